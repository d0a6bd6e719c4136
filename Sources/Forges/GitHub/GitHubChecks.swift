import Domain
import Foundation
import Wire

/// Check runs: only an App may write them.
extension GitHubForge {
    private struct Listed: Decodable {
        let checkRuns: [Run]
    }

    private struct Run: Decodable {
        struct App: Decodable {
            let id: Int64
        }
        let id: Int64
        let externalId: String?
        let app: App?
    }

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        guard let app else { throw .refused("only an App may write checks") }
        let fields = Self.fields(of: check)
        return try await on(repository) { (caller) throws(ForgeError) in
            let path = "/repos/\(repository)/check-runs"
            if let id = known.flatMap({ Int64($0) }) {
                do throws(ForgeError) {
                    return String(try await caller.ask(Run.self, .patch, "\(path)/\(id)", body: fields).id)
                } catch .notFound {
                    // Gone: look for another one, else make one.
                }
            }
            let listed = try await caller.ask(
                Listed.self, "/repos/\(repository)/commits/\(check.commit)/check-runs",
                query: ["check_name": check.name, "filter": "all", "per_page": "100"])
            let mine = listed.checkRuns.first { run in
                run.externalId == check.run.description && run.app.map { String($0.id) } == app.id
            }
            if let mine {
                return String(try await caller.ask(Run.self, .patch, "\(path)/\(mine.id)", body: fields).id)
            }
            let new = fields.merging(["head_sha": .string(check.commit.hex)]) { old, _ in old }
            return String(try await caller.ask(Run.self, .post, path, body: new).id)
        }
    }

    static func fields(of check: Check) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "name": .string(check.name), "external_id": .string(check.run.description),
            "output": .object([
                "title": .string(cut(check.title, to: 255)), "summary": .string(cut(check.summary, to: 65_535)),
            ]),
            "actions": .array(check.awaitsDecision ? buttons : []),
        ]
        if let link = check.link, link.hasPrefix("https://") || link.hasPrefix("http://") {
            fields["details_url"] = .string(link)
        }
        if let conclusion = conclusion(of: check) {
            fields["status"] = .string("completed")
            fields["conclusion"] = .string(conclusion)
        } else {
            fields["status"] = .string("in_progress")
        }
        return fields
    }

    /// Nil: not over. An error is a `failure`, because branch protection lets `neutral` and `skipped` through.
    private static func conclusion(of check: Check) -> String? {
        if check.awaitsDecision { return "action_required" }
        switch check.state {
        case .pending: return nil
        case .success: return "success"
        case .failure, .error: return "failure"
        case .cancelled: return "cancelled"
        }
    }

    private static let buttons: [JSONValue] = [
        button("Approve", "Promote this model", .approve), button("Reject", "Keep the champion", .reject),
    ]

    /// Label and identifier have at most 20 characters, the description at most 40.
    private static func button(
        _ label: String, _ description: String, _ action: ForgeEvent.Button.Action
    ) -> JSONValue {
        .object([
            "label": .string(label), "description": .string(description), "identifier": .string(action.rawValue),
        ])
    }
}
