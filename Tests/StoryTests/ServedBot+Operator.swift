import Domain
import Foundation
import Host
import Testing

extension ServedBot {
    /// The token of an admin.
    func admin() async throws -> String {
        try await project.sluice("user", "add", "root", "--role", "admin")
        let made = try await project.sluice("token", "create", "root")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The run once it is over.
    func finished(_ run: Int64) async throws -> JSONValue {
        try await eventually {
            try await self.runs().first { known in
                known["run"]?.int64 == run && ["judged", "errored", "cancelled"].contains(known["state"]?.text ?? "")
            }
        }
    }

    /// An answer of the server to curl.
    func curl(_ path: String, _ more: String..., token: String? = nil) async throws -> (status: Int, text: String) {
        var words = ["-sS", "--max-time", "60", "-w", "\n%{http_code}"] + more
        if let token { words += ["-H", "Authorization: Bearer \(token)"] }
        let told = try await Tool.find("curl", advice: "").run(words + [address + path], in: project.folder)
        var lines = told.output.components(separatedBy: "\n")
        let status = lines.popLast().flatMap { Int($0) } ?? 0
        return (status, lines.joined(separator: "\n"))
    }
}
