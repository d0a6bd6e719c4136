import Domain
import Foundation

extension FakeDialect {
    /// GitHub's REST API: what a bot needs of it.
    static var github: FakeDialect {
        FakeDialect(
            prefix: "", routes: FakeGitHub.questions + FakeGitHub.acts + FakeGitHub.checks + FakeGitHub.app,
            refuse: FakeGitHub.refuse,
            limited: { until, now in
                FakeAnswer(
                    403, ["message": "API rate limit exceeded for user ID 900."],
                    headers: [
                        "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0",
                        "x-ratelimit-reset": String(Int(until.timeIntervalSince1970.rounded(.up))),
                    ])
            },
            tell: FakeGitHub.tell)
    }
}

/// The parts of the fake GitHub.
enum FakeGitHub {
    /// 401 for a token that is not good; 403 as the real one does without a user agent.
    static let refuse: @Sendable (FakeCall, FakeForgeState) -> FakeAnswer? = { call, state in
        guard call.headers["user-agent"]?.isEmpty == false else {
            return .message(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent")
        }
        guard call.headers["accept"] == "application/vnd.github+json" else {
            return .message(415, "Unsupported 'Accept' header")
        }
        guard call.headers["authorization"]?.hasPrefix("Bearer ") == true, let token = call.token,
            !state.troubles.isRevoked
        else { return .message(401, "Bad credentials") }
        if isForApps(call) {
            return isAppToken(token, state, call.now)
                ? nil : .message(401, "A JSON web token could not be decoded")
        }
        if state.app == nil, token == state.token { return nil }
        if let kept = state.installationTokens[token], kept.end > call.now { return nil }
        return .message(401, "Bad credentials")
    }

    static func secondLimit(_ until: Date, _ now: Date) -> FakeAnswer {
        FakeAnswer(
            429,
            ["message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."],
            headers: ["retry-after": String(max(1, Int(until.timeIntervalSince(now).rounded(.up))))])
    }

    private static func isForApps(_ call: FakeCall) -> Bool {
        call.path == "/app" || call.path.hasPrefix("/app/") || call.path.hasSuffix("/installation")
    }

    /// The claims of the App's token; who signed it is for the tests of the client to say.
    private static func isAppToken(_ token: String, _ state: FakeForgeState, _ now: Date) -> Bool {
        let parts = token.split(separator: ".").map { part -> JSONValue in
            var text = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            while !text.utf8.count.isMultiple(of: 4) { text += "=" }
            let data = Data(base64Encoded: text) ?? Data()
            return (try? JSONDecoder().decode(JSONValue.self, from: data)) ?? .null
        }
        guard parts.count == 3, parts[0]["alg"]?.text == "RS256", parts[1]["iss"]?.text == state.app,
            case .integer(let from)? = parts[1]["iat"], case .integer(let until)? = parts[1]["exp"]
        else { return false }
        let time = Int64(now.timeIntervalSince1970)
        return from <= time + 5 && until > time && until - time <= 600
    }

    /// The repository, or 404; with `needs`, 403 unless the credentials allow as much.
    static func on(
        _ call: FakeCall, _ state: inout FakeForgeState, needs permission: String? = nil,
        _ act: (inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        guard let place = state.index(of: call.repository()) else { return .message(404, "Not Found") }
        var repository = state.repositories[place]
        if let kept = call.token.flatMap({ state.installationTokens[$0] }) {
            guard
                kept.repositories.isEmpty || kept.repositories.contains(where: { repository.path.hasSuffix("/\($0)") })
            else { return .message(404, "Not Found") }
            if let permission, kept.permissions[permission] != "write" {
                return .message(403, "Resource not accessible by integration")
            }
        } else {
            let role = state.role(of: state.bot, in: repository)
            guard role >= .read else { return .message(404, "Not Found") }
            if permission != nil, role < .write {
                return .message(403, "Resource not accessible by personal access token")
            }
        }
        let answer = act(&repository, &state)
        state.repositories[place] = repository
        return answer
    }

    static func invalid(_ what: String) -> FakeAnswer {
        FakeAnswer(422, ["message": "Validation Failed", "errors": [["message": what]]])
    }

    static func user(_ user: FakeUser) -> [String: Any] {
        ["id": user.id, "login": user.login, "type": user.isMachine ? "Bot" : "User"]
    }

    static func pull(_ pull: FakePull, _ repository: FakeRepository) -> [String: Any] {
        [
            "id": 5_000 + pull.number, "number": pull.number, "state": pull.state == "open" ? "open" : "closed",
            "draft": pull.isDraft, "title": pull.title, "body": pull.body, "user": user(pull.author),
            "head": [
                "ref": pull.headBranch, "sha": pull.head,
                "repo": pull.headRepository.map { ["full_name": $0] as Any } ?? NSNull(),
            ] as [String: Any],
            "base": [
                "ref": pull.base,
                "sha": FakeGit.head(of: pull.base, in: repository.folder) ?? String(repeating: "b", count: 40),
                "repo": ["full_name": repository.path],
            ] as [String: Any],
            "created_at": fakeTime(pull.createdAt), "updated_at": fakeTime(pull.updatedAt),
            "merged": pull.state == "merged",
            "merged_at": pull.state == "merged" ? fakeTime(pull.updatedAt) as Any : NSNull(),
            "merged_by": pull.mergedBy.map { user($0) as Any } ?? NSNull(),
            "merge_commit_sha": pull.mergeCommit as Any? ?? NSNull(), "commits": pull.commits.count,
        ]
    }

    static func comment(_ comment: FakeComment, _ repository: FakeRepository, base: String) -> [String: Any] {
        [
            "id": comment.id, "body": comment.body, "user": user(comment.author),
            "created_at": fakeTime(comment.createdAt), "updated_at": fakeTime(comment.updatedAt),
            "issue_url": "\(base)/repos/\(repository.path)/issues/\(comment.pull)",
            "performed_via_github_app": comment.author.isMachine ? ["id": 1] as Any : NSNull(),
        ]
    }
}
