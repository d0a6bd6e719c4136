import Domain
import Foundation

extension FakeGitHub {
    static let checks: [FakeRoute] = [
        FakeRoute("GET", "/repos/*/*/commits/*/check-runs") { call, state in
            on(call, &state) { repository, state in
                let name = call.query["check_name"]
                let found = repository.checks.filter { $0.commit == call.part(2) && (name == nil || $0.name == name) }
                let runs = found.map { check($0, state) }
                return FakeAnswer(200, ["total_count": runs.count, "check_runs": runs])
            }
        },
        FakeRoute("POST", "/repos/*/*/check-runs") { call, state in
            guard state.app != nil else { return .message(403, "You must authenticate via a GitHub App.") }
            return on(call, &state, needs: "checks") { repository, state in
                if let wrong = wrong(call, required: ["name": "string", "head_sha": "string"]) {
                    return invalid(wrong)
                }
                let sha = call.body["head_sha"]?.text ?? ""
                guard state.has(sha, in: repository) else { return invalid("No commit found for SHA: \(sha)") }
                var made = FakeCheck(
                    id: state.newID(), commit: sha, name: "", externalID: "", status: "queued", title: "", summary: "",
                    actions: [])
                write(call, to: &made)
                repository.checks.append(made)
                return FakeAnswer(201, check(made, state))
            }
        },
        FakeRoute("PATCH", "/repos/*/*/check-runs/*") { call, state in
            guard state.app != nil else { return .message(403, "You must authenticate via a GitHub App.") }
            return on(call, &state, needs: "checks") { repository, state in
                guard let place = repository.checks.firstIndex(where: { String($0.id) == call.part(2) }) else {
                    return .message(404, "Not Found")
                }
                if let wrong = wrong(call, required: [:]) { return invalid(wrong) }
                write(call, to: &repository.checks[place])
                return FakeAnswer(200, check(repository.checks[place], state))
            }
        },
    ]

    private static func check(_ check: FakeCheck, _ state: FakeForgeState) -> [String: Any] {
        [
            "id": check.id, "head_sha": check.commit, "name": check.name, "external_id": check.externalID,
            "status": check.status, "conclusion": check.conclusion as Any? ?? NSNull(),
            "app": ["id": state.app.flatMap { Int64($0) } ?? 0],
        ]
    }

    private static func wrong(_ call: FakeCall, required: [String: String]) -> String? {
        let optional = [
            "name": "string", "external_id": "string", "status": "string", "conclusion": "string", "output": "object",
            "actions": "array", "details_url": "string",
        ]
        if let wrong = call.fields(required, optional: optional) { return wrong }
        if let status = call.body["status"]?.text, !["queued", "in_progress", "completed"].contains(status) {
            return "status is not a status"
        }
        let conclusions = [
            "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out",
        ]
        if let conclusion = call.body["conclusion"]?.text, !conclusions.contains(conclusion) {
            return "conclusion is not a conclusion"
        }
        if call.body["status"]?.text == "completed", call.body["conclusion"] == nil { return "conclusion is missing" }
        if let output = call.body["output"] {
            guard output["title"]?.text != nil, let summary = output["summary"]?.text else { return "output" }
            guard summary.unicodeScalars.count <= 65_535 else { return "summary exceeds 65535 characters" }
        }
        let actions = call.body["actions"]?.items ?? []
        guard actions.count <= 3 else { return "No more than 3 actions are allowed" }
        for action in actions {
            for (name, most) in [("label", 20), ("description", 40), ("identifier", 20)] {
                guard let text = action[name]?.text, !text.isEmpty, text.count <= most else { return "actions.\(name)" }
            }
        }
        return nil
    }

    private static func write(_ call: FakeCall, to check: inout FakeCheck) {
        let body = call.body
        check.name = body["name"]?.text ?? check.name
        check.externalID = body["external_id"]?.text ?? check.externalID
        check.status = body["status"]?.text ?? check.status
        check.conclusion = check.status == "completed" ? body["conclusion"]?.text : nil
        check.title = body["output"]?["title"]?.text ?? check.title
        check.summary = body["output"]?["summary"]?.text ?? check.summary
        check.link = body["details_url"]?.text ?? check.link
        if let actions = body["actions"] { check.actions = actions.items.compactMap { $0["identifier"]?.text } }
    }

    /// The App's own questions; the installation has the same number everywhere.
    static let app: [FakeRoute] = [
        FakeRoute("GET", "/app") { _, _ in FakeAnswer(200, ["id": 1, "slug": "sluice"]) },
        FakeRoute("GET", "/app/installations") { _, _ in FakeAnswer(200, [["id": 77]]) },
        FakeRoute("GET", "/repos/*/*/installation") { call, state in
            state.index(of: call.repository()) == nil ? .message(404, "Not Found") : FakeAnswer(200, ["id": 77])
        },
        FakeRoute("GET", "/orgs/*/installation") { _, _ in FakeAnswer(200, ["id": 77]) },
        FakeRoute("POST", "/app/installations/*/access_tokens") { call, state in
            guard call.part(0) == "77" else { return .message(404, "Not Found") }
            if let wrong = call.fields(["permissions": "object"], optional: ["repositories": "array"]) {
                return invalid(wrong)
            }
            let granted = [
                "checks": "write", "contents": "write", "members": "read", "metadata": "read", "pull_requests": "write",
                "statuses": "write",
            ]
            var permissions: [String: String] = [:]
            if case .object(let members)? = call.body["permissions"] {
                for (name, value) in members {
                    guard let most = granted[name], most == "write" || value.text == "read" else {
                        return invalid("The permissions requested are not granted to this installation.")
                    }
                    permissions[name] = value.text
                }
            }
            let repositories = call.body["repositories"]?.items.compactMap(\.text) ?? []
            let token = "ghs_\(UInt64.random(in: 0 ... .max))"
            let end = call.now.addingTimeInterval(3600)
            state.installationTokens[token] = (end, permissions, repositories)
            return FakeAnswer(
                201, ["token": token, "expires_at": fakeTime(end), "permissions": permissions])
        },
    ]
}
