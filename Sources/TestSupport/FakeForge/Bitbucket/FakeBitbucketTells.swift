import Foundation

extension FakeBitbucket {
    /// The webhooks that Bitbucket sends. It has no buttons, and its ping is unsigned.
    static let tell: @Sendable (FakeHappening, FakeForgeState) -> FakeDelivery? = { happening, state in
        guard let (name, payload) = content(of: happening, state) else { return nil }
        let body = fakeJSON(payload)
        let id = UUID().uuidString.lowercased()
        return FakeDelivery(
            id: id,
            headers: [
                "content-type": "application/json", "x-event-key": name, "x-request-uuid": id,
                "x-hook-uuid": "{3cd42b6b-0000-4000-8000-000000000000}", "x-attempt-number": "1",
                "x-hub-signature": "sha256=" + fakeSignature(body, secret: state.webhookSecret),
            ], body: body)
    }

    private static func content(of happening: FakeHappening, _ state: FakeForgeState) -> (String, [String: Any])? {
        switch happening {
        case .ping, .button: return nil
        case .push(let repository, let branch, let before, let after, let by):
            let change: [String: Any] = [
                "old": ref(branch, before), "new": ref(branch, after), "created": isNone(before),
                "closed": isNone(after), "truncated": false,
            ]
            return (
                "repo:push",
                ["actor": user(by), "repository": ["full_name": repository], "push": ["changes": [change]]]
            )
        case .pullRequest(let path, let number, let action, let by):
            guard let repository = state.index(of: path).map({ state.repositories[$0] }),
                let found = repository.pulls[number]
            else { return nil }
            let name: String
            switch action {
            case "opened", "reopened": name = "pullrequest:created"
            case "closed": name = found.state == "merged" ? "pullrequest:fulfilled" : "pullrequest:rejected"
            default: name = "pullrequest:updated"
            }
            return (
                name, ["actor": user(by), "repository": ["full_name": path], "pullrequest": pull(found, repository)]
            )
        case .comment(let written, let path, let action, let by):
            guard let repository = state.index(of: path).map({ state.repositories[$0] }),
                let found = repository.pulls[written.pull]
            else { return nil }
            let names = ["edited": "comment_updated", "deleted": "comment_deleted"]
            return (
                "pullrequest:\(names[action] ?? "comment_created")",
                [
                    "actor": user(by), "repository": ["full_name": path], "pullrequest": pull(found, repository),
                    "comment": comment(written),
                ]
            )
        }
    }

    private static func ref(_ branch: String, _ commit: String) -> Any {
        isNone(commit)
            ? NSNull()
            : ["type": "branch", "name": branch, "target": ["type": "commit", "hash": commit]] as [String: Any]
    }

    private static func isNone(_ commit: String) -> Bool { commit.allSatisfy { $0 == "0" } }
}
