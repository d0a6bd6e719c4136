import Crypto
import Domain
import Foundation

extension FakeGitLab {
    static func tell(_ happening: FakeHappening, _ state: FakeForgeState) -> FakeDelivery? {
        switch happening {
        case .ping, .button: return nil
        case .push(let path, let branch, let before, let after, let by):
            return deliver(
                "Push Hook",
                [
                    "object_kind": "push", "event_name": "push", "ref": "refs/heads/\(branch)", "before": before,
                    "after": after, "checkout_sha": after, "user_id": by.id, "user_username": by.login,
                    "project": project(path, state), "total_commits_count": 0,
                ], state)
        case .pullRequest(let path, let number, let action, let by):
            guard let place = state.index(of: path), let pull = state.repositories[place].pulls[number] else {
                return nil
            }
            var attributes = self.attributes(pull, of: path, state)
            switch action {
            case "opened": attributes["action"] = "open"
            case "reopened": attributes["action"] = "reopen"
            case "closed": attributes["action"] = pull.state == "merged" ? "merge" : "close"
            default: attributes["action"] = "update"
            }
            if action == "synchronize" {
                attributes["oldrev"] = pull.commits.dropLast().last?.sha ?? String(repeating: "0", count: 40)
            }
            return deliver(
                "Merge Request Hook",
                [
                    "object_kind": "merge_request", "event_type": "merge_request", "user": user(by),
                    "project": project(path, state), "object_attributes": attributes,
                ], state)
        case .comment(let comment, let path, let action, let by):
            guard action != "deleted" else { return nil }
            return deliver(
                "Note Hook",
                [
                    "object_kind": "note", "event_type": "note", "user": user(by), "project": project(path, state),
                    "object_attributes": [
                        "id": comment.id, "note": comment.body, "noteable_type": "MergeRequest",
                        "author_id": comment.author.id, "created_at": hookTime(comment.createdAt),
                        "updated_at": hookTime(comment.updatedAt), "system": comment.isSystem, "internal": false,
                        "action": action == "created" ? "create" : "update",
                    ] as [String: Any],
                    "merge_request": ["id": 10_000 + comment.pull, "iid": comment.pull],
                ], state)
        }
    }

    private static func attributes(_ pull: FakePull, of path: String, _ state: FakeForgeState) -> [String: Any] {
        let names = ["open": "opened", "closed": "closed", "merged": "merged"]
        return [
            "id": 10_000 + pull.number, "iid": pull.number, "author_id": pull.author.id, "title": pull.title,
            "description": pull.body, "state": orNull(names[pull.state]), "draft": pull.isDraft,
            "source_branch": pull.headBranch, "target_branch": pull.base,
            "source_project_id": orNull(pull.headRepository.map { projectID($0, state) }),
            "target_project_id": projectID(path, state),
            "source": orNull(pull.headRepository.map { project($0, state) }), "target": project(path, state),
            "last_commit": ["id": pull.head, "message": "Tune"], "created_at": hookTime(pull.createdAt),
            "updated_at": hookTime(pull.updatedAt), "merge_commit_sha": orNull(pull.mergeCommit),
        ]
    }

    private static func project(_ path: String, _ state: FakeForgeState) -> [String: Any] {
        [
            "id": projectID(path, state), "name": path, "path_with_namespace": path, "default_branch": "main",
            "git_http_url": "https://elsewhere.example.com/\(path).git",
        ]
    }

    /// `2026-05-01 10:05:00 UTC`
    private static func hookTime(_ date: Date) -> String {
        fakeTime(date).replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: " UTC")
    }

    private static func deliver(_ name: String, _ payload: [String: Any], _ state: FakeForgeState) -> FakeDelivery {
        let body = fakeJSON(payload)
        let id = UUID().uuidString.lowercased()
        let stamp = String(Int64(Date().timeIntervalSince1970))
        var headers = [
            "content-type": "application/json", "user-agent": "GitLab/19.0.0", "x-gitlab-event": name,
            "x-gitlab-instance": "https://gitlab.example.com", "idempotency-key": id, "webhook-id": id,
            "webhook-timestamp": stamp, "x-gitlab-webhook-uuid": UUID().uuidString.lowercased(),
            "x-gitlab-event-uuid": "9cebe914-4827-408f-b014-cfa23a47a35f",
        ]
        if state.webhookSecret.hasPrefix("whsec_"),
            let key = Data(base64Encoded: String(state.webhookSecret.dropFirst(6)))
        {
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("\(id).\(stamp).".utf8) + body, using: SymmetricKey(data: key))
            headers["webhook-signature"] = "v1,\(Data(code).base64EncodedString())"
        } else {
            headers["x-gitlab-token"] = state.webhookSecret
        }
        return FakeDelivery(id: id, headers: headers, body: body)
    }
}
