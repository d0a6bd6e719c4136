import Domain
import Foundation

extension FakeDialect {
    /// Bitbucket Cloud's REST API, version 2.0: what a bot needs of it.
    static var bitbucket: FakeDialect {
        FakeDialect(
            prefix: "/2.0", routes: FakeBitbucket.questions + FakeBitbucket.acts, refuse: FakeBitbucket.refuse,
            limited: { until, now in
                FakeAnswer(
                    429, error("Rate limit for this resource has been exceeded"),
                    headers: ["retry-after": String(Int(until.timeIntervalSince(now).rounded(.up)))])
            },
            tell: FakeBitbucket.tell)
    }

    private static func error(_ text: String) -> [String: Any] { ["type": "error", "error": ["message": text]] }
}

/// The parts of the fake Bitbucket.
enum FakeBitbucket {
    static let refuse: @Sendable (FakeCall, FakeForgeState) -> FakeAnswer? = { call, state in
        let token = state.token.split(separator: ":").last.map(String.init) ?? ""
        let isAccount =
            call.headers["authorization"] == "Basic \(Data(state.token.utf8).base64EncodedString())"
        // As if the same secret were also an access token of the repository: such a one is nobody's.
        let isAccess = call.headers["authorization"] == "Bearer \(token)" && call.path != "/user"
        guard isAccount || isAccess, !state.troubles.isRevoked else {
            return error(401, "Token is invalid, expired, or not supported for this endpoint.")
        }
        return nil
    }

    static func error(_ status: Int, _ text: String) -> FakeAnswer {
        FakeAnswer(status, ["type": "error", "error": ["message": text]])
    }

    static func on(
        _ call: FakeCall, _ state: inout FakeForgeState, writes: Bool = false,
        _ act: (inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        guard let place = state.index(of: call.repository()) else {
            return error(404, "Repository \(call.repository()) not found")
        }
        var repository = state.repositories[place]
        let role = state.role(of: state.bot, in: repository)
        guard role >= .read else { return error(404, "Repository \(call.repository()) not found") }
        guard !writes || role >= .write else { return error(403, "Access denied. You must have write access.") }
        let answer = act(&repository, &state)
        state.repositories[place] = repository
        return answer
    }

    /// One page of a list: `values`, and `next` if there is more.
    static func page(_ items: [[String: Any]], of call: FakeCall) -> FakeAnswer {
        let wanted = Int(call.query["pagelen"] ?? "") ?? 10
        guard (1...100).contains(wanted) else { return error(400, "Invalid pagelen") }
        let number = max(Int(call.query["page"] ?? "") ?? 1, 1)
        let start = min((number - 1) * wanted, items.count)
        let end = min(start + wanted, items.count)
        var answer: [String: Any] = [
            "pagelen": wanted, "size": items.count, "page": number, "values": Array(items[start..<end]),
        ]
        if end < items.count { answer["next"] = "\(call.base)\(call.path)?pagelen=\(wanted)&page=\(number + 1)" }
        return FakeAnswer(200, answer)
    }

    static func user(_ user: FakeUser) -> [String: Any] {
        [
            "type": user.isMachine ? "app_user" : "user", "uuid": user.uuid, "nickname": user.login,
            "display_name": user.login,
        ]
    }

    static func pull(_ pull: FakePull, _ repository: FakeRepository) -> [String: Any] {
        [
            "id": pull.number, "state": ["open": "OPEN", "merged": "MERGED"][pull.state] ?? "DECLINED",
            "draft": pull.isDraft, "title": pull.title, "description": pull.body, "author": user(pull.author),
            "source": [
                "branch": ["name": pull.headBranch], "commit": ["hash": String(pull.head.prefix(12))],
                "repository": pull.headRepository.map { ["full_name": $0] as Any } ?? NSNull(),
            ] as [String: Any],
            "destination": ["branch": ["name": pull.base], "repository": ["full_name": repository.path]]
                as [String: Any],
            "merge_commit": pull.mergeCommit.map { ["hash": String($0.prefix(12))] as Any } ?? NSNull(),
            "closed_by": pull.mergedBy.map { user($0) as Any } ?? NSNull(), "updated_on": time(pull.updatedAt),
        ]
    }

    static func comment(_ comment: FakeComment) -> [String: Any] {
        [
            "id": comment.id, "content": ["raw": comment.body], "user": user(comment.author),
            "created_on": time(comment.createdAt), "updated_on": time(comment.updatedAt), "deleted": false,
        ]
    }

    /// With microseconds and an offset, as the real one writes it.
    static func time(_ date: Date) -> String {
        let text = Timestamp.text(date)
        return String(text.dropLast()) + "000+00:00"
    }
}
