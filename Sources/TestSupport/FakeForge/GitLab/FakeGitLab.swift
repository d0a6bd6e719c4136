import Domain
import Foundation

extension FakeDialect {
    /// GitLab's REST API, version 4.
    static var gitlab: FakeDialect {
        FakeDialect(
            prefix: "/api/v4", routes: FakeGitLab.questions + FakeGitLab.acts, refuse: FakeGitLab.refuse,
            limited: { until, now in
                FakeAnswer(
                    429, ["message": "This endpoint has been requested too many times. Try again later."],
                    headers: [
                        "retry-after": String(max(1, Int(until.timeIntervalSince(now).rounded(.up)))),
                        "ratelimit-reset": String(Int(until.timeIntervalSince1970)), "ratelimit-remaining": "0",
                    ])
            }, tell: FakeGitLab.tell)
    }
}

/// What GitLab answers, with its own words where it refuses. Stricter in one thing: a field that it does not know GitLab
/// ignores in silence; here it is refused, because nobody sends one on purpose.
enum FakeGitLab {
    static func refuse(_ call: FakeCall, _ state: FakeForgeState) -> FakeAnswer? {
        guard call.headers["private-token"] == state.token else { return .message(401, "401 Unauthorized") }
        guard !state.troubles.isRevoked else {
            return FakeAnswer(
                401,
                [
                    "error": "invalid_token",
                    "error_description": "Token was revoked. You have to re-authorize from the user.",
                ])
        }
        return nil
    }

    /// The project of the first capture, by path or number, if the bot may do as much in it.
    static func inProject(
        _ call: FakeCall, _ state: inout FakeForgeState, least: FakeRole = .read,
        _ act: (inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        let name = call.part(0)
        let place = Int64(name).map { id in state.repositories.firstIndex { $0.id == id } } ?? state.index(of: name)
        guard let place else { return .message(404, "404 Project Not Found") }
        var repository = state.repositories[place]
        let role = state.role(of: state.bot, in: repository)
        guard role > .none else { return .message(404, "404 Project Not Found") }
        guard role >= least else { return .message(403, "403 Forbidden") }
        let answer = act(&repository, &state)
        state.repositories[place] = repository
        return answer
    }

    /// The merge request of the second capture.
    static func onRequest(
        _ call: FakeCall, _ state: inout FakeForgeState, least: FakeRole = .read,
        _ act: (inout FakePull, inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        inProject(call, &state, least: least) { repository, state in
            guard let number = Int64(call.part(1)), var pull = repository.pulls[number] else {
                return .message(404, "404 Not found")
            }
            let answer = act(&pull, &repository, &state)
            repository.pulls[number] = pull
            return answer
        }
    }

    /// A page as GitLab has it. The address in `Link` is that of the instance's outside, where the fake is not.
    static func page(_ items: [Any], of call: FakeCall) -> FakeAnswer {
        let size = min(max(Int(call.query["per_page"] ?? "") ?? 20, 1), 100)
        let number = max(Int(call.query["page"] ?? "") ?? 1, 1)
        let start = min((number - 1) * size, items.count)
        let end = min(start + size, items.count)
        let next = end < items.count ? String(number + 1) : ""
        var headers = ["x-page": String(number), "x-per-page": String(size), "x-next-page": next]
        if !next.isEmpty { headers["link"] = "<https://gitlab.example.com/api/v4/x?page=\(next)>; rel=\"next\"" }
        return FakeAnswer(200, Array(items[start..<end]), headers: headers)
    }

    static func orNull(_ value: Any?) -> Any { value ?? NSNull() }

    static func user(_ user: FakeUser) -> [String: Any] {
        var fields: [String: Any] = [
            "id": user.id, "username": user.login, "name": user.login, "state": "active", "locked": false,
            "avatar_url": NSNull(), "web_url": "https://gitlab.example.com/\(user.login)",
        ]
        if user.isMachine { fields["bot"] = true }
        return fields
    }

    /// Forks that are no repository here have a number all the same.
    static func projectID(_ path: String, _ state: FakeForgeState) -> Int64 {
        if let place = state.index(of: path) { return state.repositories[place].id }
        return 5_000_000 + path.utf8.reduce(Int64(0)) { ($0 * 31 + Int64($1)) % 1_000_003 }
    }

    static func mergeRequest(
        _ pull: FakePull, in repository: FakeRepository, _ state: FakeForgeState
    ) -> [String: Any] {
        let names = ["open": "opened", "closed": "closed", "merged": "merged"]
        return [
            "id": 10_000 + pull.number, "iid": pull.number, "project_id": repository.id, "title": pull.title,
            "description": pull.body, "state": orNull(names[pull.state]), "draft": pull.isDraft,
            "created_at": Timestamp.text(pull.createdAt), "updated_at": Timestamp.text(pull.updatedAt),
            "author": user(pull.author), "sha": pull.head, "source_branch": pull.headBranch,
            "target_branch": pull.base, "source_project_id": orNull(pull.headRepository.map { projectID($0, state) }),
            "target_project_id": repository.id, "merged_by": orNull(pull.mergedBy.map { user($0) }),
            "merge_user": orNull(pull.mergedBy.map { user($0) }), "merge_commit_sha": orNull(pull.mergeCommit),
            "squash_commit_sha": NSNull(), "web_url": "https://elsewhere.example.com/-/merge_requests/1",
        ]
    }

    static func note(_ comment: FakeComment) -> [String: Any] {
        [
            "id": comment.id, "type": NSNull(), "body": comment.body, "author": user(comment.author),
            "created_at": Timestamp.text(comment.createdAt), "updated_at": Timestamp.text(comment.updatedAt),
            "system": comment.isSystem, "noteable_type": "MergeRequest", "noteable_iid": comment.pull,
            "resolvable": false, "confidential": false, "internal": false,
        ]
    }

    /// Notes of people, and those that GitLab writes itself when somebody pushes.
    static func notes(of pull: FakePull, in repository: FakeRepository) -> [FakeComment] {
        let pushes = pull.commits.enumerated().dropFirst().compactMap { at, commit in
            commit.author.map { author in
                FakeComment(
                    id: 9_000_000 + Int64(at), pull: pull.number, author: author,
                    body: "added 1 commit\n\n<ul><li>\(commit.sha.prefix(8)) - Tune</li></ul>",
                    createdAt: pull.createdAt, updatedAt: pull.createdAt, isSystem: true)
            }
        }
        return repository.comments.filter { $0.pull == pull.number } + pushes
    }

    static func status(_ status: FakeStatus, id: Int) -> [String: Any] {
        [
            "id": id, "sha": status.commit, "name": status.context, "status": status.state,
            "description": status.description, "target_url": orNull(status.link), "ref": "main",
            "created_at": Timestamp.text(status.at), "allow_failure": false, "pipeline_id": 1,
        ]
    }
}
