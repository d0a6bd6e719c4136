import Foundation

extension FakeGitHub {
    /// The webhooks that GitHub sends, signed over the bytes of the body.
    static let tell: @Sendable (FakeHappening, FakeForgeState) -> FakeDelivery? = { happening, state in
        let (name, payload) = content(of: happening, state)
        let body = fakeJSON(payload)
        let id = UUID().uuidString.lowercased()
        return FakeDelivery(
            id: id,
            headers: [
                "content-type": "application/json", "x-github-event": name, "x-github-delivery": id,
                "x-hub-signature-256": "sha256=" + fakeSignature(body, secret: state.webhookSecret),
                "user-agent": "GitHub-Hookshot/fake",
            ], body: body)
    }

    private static func content(of happening: FakeHappening, _ state: FakeForgeState) -> (String, [String: Any]) {
        switch happening {
        case .ping:
            return ("ping", ["zen": "Keep it logically awesome.", "hook_id": 1])
        case .push(let repository, let branch, let before, let after, let by):
            return (
                "push",
                [
                    "ref": "refs/heads/\(branch)", "before": before, "after": after, "created": isNone(before),
                    "deleted": isNone(after), "forced": false, "repository": ["full_name": repository],
                    "sender": user(by), "commits": [Any](),
                ]
            )
        case .pullRequest(let path, let number, let action, let by):
            let repository = state.index(of: path).map { state.repositories[$0] }
            let found = repository.flatMap { $0.pulls[number] }
            var payload: [String: Any] = [
                "action": action, "number": number, "repository": ["full_name": path], "sender": user(by),
            ]
            if let repository, let found { payload["pull_request"] = pull(found, repository) }
            return ("pull_request", payload)
        case .comment(let written, let path, let action, let by):
            let repository = state.index(of: path).map { state.repositories[$0] }
            var payload: [String: Any] = [
                "action": action, "repository": ["full_name": path], "sender": user(by),
                "issue": ["number": written.pull, "pull_request": ["url": "https://example.invalid"]] as [String: Any],
            ]
            if let repository { payload["comment"] = comment(written, repository, base: state.base) }
            return ("issue_comment", payload)
        case .button(let path, let check, let identifier, let by):
            return (
                "check_run",
                [
                    "action": "requested_action", "requested_action": ["identifier": identifier],
                    "check_run": ["id": check.id, "head_sha": check.commit, "external_id": check.externalID]
                        as [String: Any],
                    "repository": ["full_name": path], "sender": user(by),
                ]
            )
        }
    }

    private static func isNone(_ commit: String) -> Bool { commit.allSatisfy { $0 == "0" } }
}
