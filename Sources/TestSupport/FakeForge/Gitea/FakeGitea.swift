import Domain
import Foundation

extension FakeDialect {
    /// Gitea's and Forgejo's REST API, version 1.
    static func gitea(_ kind: ForgeKind) -> FakeDialect {
        FakeDialect(
            prefix: "/api/v1", routes: FakeGitea.questions + FakeGitea.acts, refuse: FakeGitea.refuse,
            limited: { until, now in
                FakeAnswer(
                    429, ["message": "Too many requests"],
                    headers: ["retry-after": String(max(1, Int(until.timeIntervalSince(now).rounded(.up))))])
            }, tell: FakeGitea.tell)
    }
}

/// What Gitea and Forgejo answer. Stricter in one thing: a field that they do not know they ignore in silence; here it is
/// refused, because nobody sends one on purpose.
enum FakeGitea {
    static func refuse(_ call: FakeCall, _ state: FakeForgeState) -> FakeAnswer? {
        guard call.headers["authorization"] == "token \(state.token)" else { return wrong(401, "token is required") }
        guard !state.troubles.isRevoked else { return wrong(401, "invalid username, password or token") }
        return nil
    }

    static func wrong(_ status: Int, _ message: String) -> FakeAnswer {
        FakeAnswer(status, ["message": message, "url": "https://gitea.example.com/api/swagger"])
    }

    static let missing = wrong(404, "The target couldn't be found.")

    /// The repository of the first two captures, if the bot may do as much in it.
    static func inRepository(
        _ call: FakeCall, _ state: inout FakeForgeState, least: FakeRole = .read,
        _ act: (inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        guard let place = state.index(of: call.repository()) else { return missing }
        var repository = state.repositories[place]
        let role = state.role(of: state.bot, in: repository)
        guard role > .none else { return missing }
        guard role >= least else { return wrong(403, "user should have a permission to write to a repo") }
        let answer = act(&repository, &state)
        state.repositories[place] = repository
        return answer
    }

    /// The pull request of the third capture.
    static func onPull(
        _ call: FakeCall, _ state: inout FakeForgeState,
        _ act: (inout FakePull, inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        inRepository(call, &state) { repository, state in
            guard let number = Int64(call.part(2)), var pull = repository.pulls[number] else { return missing }
            let answer = act(&pull, &repository, &state)
            repository.pulls[number] = pull
            return answer
        }
    }

    /// A page as both have it. The address in `Link` is that of the instance's outside, where the fake is not.
    static func page(_ items: [Any], of call: FakeCall) -> FakeAnswer {
        let size = min(max(Int(call.query["limit"] ?? "") ?? 30, 1), 50)
        let number = max(Int(call.query["page"] ?? "") ?? 1, 1)
        let start = min((number - 1) * size, items.count)
        let end = min(start + size, items.count)
        var headers = ["x-total-count": String(items.count)]
        if end < items.count {
            headers["link"] = "<https://gitea.example.com/api/v1/x?page=\(number + 1)>; rel=\"next\""
        }
        return FakeAnswer(200, Array(items[start..<end]), headers: headers)
    }

    static func orNull(_ value: Any?) -> Any { value ?? NSNull() }

    static func user(_ user: FakeUser) -> [String: Any] {
        [
            "id": user.isMachine ? -2 : user.id, "login": user.login, "username": user.login, "full_name": "",
            "email": "\(user.login)@noreply.example.com",
        ]
    }

    static func repository(_ path: String, _ state: FakeForgeState) -> [String: Any] {
        let parts = path.split(separator: "/")
        return [
            "id": id(of: path, state), "name": String(parts.last ?? ""), "full_name": path,
            "owner": ["id": 1, "login": String(parts.first ?? "")] as [String: Any], "default_branch": "main",
            "clone_url": "https://elsewhere.example.com/\(path).git",
        ]
    }

    private static func id(of path: String, _ state: FakeForgeState) -> Int64 {
        if let place = state.index(of: path) { return state.repositories[place].id }
        return 5_000_000 + path.utf8.reduce(Int64(0)) { ($0 * 31 + Int64($1)) % 1_000_003 }
    }

    static func pull(_ pull: FakePull, in path: String, _ state: FakeForgeState) -> [String: Any] {
        let head = pull.headRepository
        return [
            "id": 10_000 + pull.number, "number": pull.number, "user": user(pull.author), "title": pull.title,
            "body": pull.body, "state": pull.state == "open" ? "open" : "closed", "draft": pull.isDraft, "flow": 0,
            "merged": pull.state == "merged", "merged_by": orNull(pull.mergedBy.map { user($0) }),
            "merge_commit_sha": orNull(pull.mergeCommit), "created_at": fakeTime(pull.createdAt),
            "updated_at": fakeTime(pull.updatedAt), "html_url": "https://elsewhere.example.com/pulls/1",
            "base": [
                "label": pull.base, "ref": pull.base, "sha": String(repeating: "b", count: 40),
                "repo_id": id(of: path, state), "repo": repository(path, state),
            ] as [String: Any],
            // A head whose repository is gone keeps the ref that the forge itself holds.
            "head": [
                "label": pull.headBranch, "ref": head == nil ? "refs/pull/\(pull.number)/head" : pull.headBranch,
                "sha": pull.head, "repo_id": head.map { id(of: $0, state) } ?? -1,
                "repo": orNull(head.map { repository($0, state) }),
            ] as [String: Any],
        ]
    }

    static func comment(_ comment: FakeComment) -> [String: Any] {
        [
            "id": comment.id, "user": user(comment.author), "body": comment.body,
            "created_at": fakeTime(comment.createdAt), "updated_at": fakeTime(comment.updatedAt),
            "original_author": "", "original_author_id": 0,
        ]
    }

    static func status(_ status: FakeStatus, id: Int) -> [String: Any] {
        [
            "id": id, "status": status.state, "context": status.context, "description": status.description,
            "target_url": status.link ?? "", "created_at": fakeTime(status.at), "updated_at": fakeTime(status.at),
        ]
    }
}
