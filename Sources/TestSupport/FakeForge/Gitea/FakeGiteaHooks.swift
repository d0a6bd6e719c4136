import Domain
import Foundation

extension FakeGitea {
    static func tell(_ happening: FakeHappening, _ state: FakeForgeState) -> FakeDelivery? {
        let none = String(repeating: "0", count: 40)
        switch happening {
        case .ping, .button: return nil
        case .push(let path, let branch, let before, let after, let by):
            // A branch that is gone is told of by another event.
            guard after != none else {
                return deliver(
                    "delete", "delete",
                    [
                        "ref": branch, "ref_type": "branch", "pusher_type": "user",
                        "repository": repository(path, state), "sender": user(by),
                    ], state)
            }
            return deliver(
                "push", "push",
                [
                    "ref": "refs/heads/\(branch)", "before": before, "after": after, "total_commits": 0,
                    "repository": repository(path, state), "pusher": user(by), "sender": user(by),
                ], state)
        case .pullRequest(let path, let number, let action, let by):
            guard let place = state.index(of: path), let pull = state.repositories[place].pulls[number] else {
                return nil
            }
            return deliver(
                "pull_request", action == "synchronize" ? "pull_request_sync" : "pull_request",
                [
                    "action": action == "synchronize" ? "synchronized" : action, "number": number,
                    "pull_request": self.pull(pull, in: path, state), "repository": repository(path, state),
                    "sender": user(by),
                ], state)
        case .comment(let comment, let path, let action, let by):
            // The words of the two headers are not those of each other.
            return deliver(
                "issue_comment", "pull_request_comment",
                [
                    "action": action, "is_pull": true,
                    "issue": [
                        "id": 20_000 + comment.pull, "number": comment.pull, "state": "open",
                        "pull_request": ["merged": false, "merged_at": NSNull()] as [String: Any],
                    ] as [String: Any],
                    "comment": self.comment(comment), "repository": repository(path, state), "sender": user(by),
                ], state)
        }
    }

    /// Both send the headers of GitHub and Gogs too, and Forgejo those of Gitea.
    private static func deliver(
        _ event: String, _ type: String, _ payload: [String: Any], _ state: FakeForgeState
    ) -> FakeDelivery {
        let body = fakeJSON(payload)
        let id = UUID().uuidString.lowercased()
        let code = fakeSignature(body, secret: state.webhookSecret)
        var headers = ["content-type": "application/json", "x-hub-signature-256": "sha256=\(code)"]
        var names = ["gitea", "gogs", "github"]
        if state.kind == .forgejo { names.append("forgejo") }
        for name in names {
            headers["x-\(name)-event"] = event
            headers["x-\(name)-event-type"] = type
            headers["x-\(name)-delivery"] = id
            if name != "github" { headers["x-\(name)-signature"] = code }
        }
        return FakeDelivery(id: id, headers: headers, body: body)
    }
}
