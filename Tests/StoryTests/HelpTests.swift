import Domain
import Foundation
import Testing

/// What the program says of itself.
@Suite(.timeLimit(.minutes(15)))
struct HelpTests {
    private static let commands = [
        "run", "resume", "cancel", "reproduce", "approve", "reject", "promote", "rollback", "runs", "show", "logs",
        "compare", "models", "why", "watch", "init", "data add", "data check", "data infer", "data ls", "data show",
        "data diff",
        "data drift", "data release", "data why", "policy check",
        "policy show", "policy blocks",
        "policy schema", "policy replay", "doctor", "audit verify", "serve", "trigger", "user add", "user list",
        "user role",
        "user disable", "user enable", "token create", "token list", "token revoke", "hook install", "hook send",
        "backup", "gc",
    ]

    @Test(arguments: commands)
    func `every command shows an example that it takes, in lines that fit`(_ command: String) async throws {
        try await withProject { project in
            let call = try await project.call(
                command.split(separator: " ").map(String.init) + ["--help"], environment: ["COLUMNS": "80"])
            #expect(call.status == 0)
            #expect(call.output.contains("  sluice \(command)"), "no example: \(call.output)")
            let overview = call.output.components(separatedBy: "USAGE:")[0].components(separatedBy: "\n")
            // A paragraph is one text, broken where the terminal ends and nowhere else.
            for (line, next) in zip(overview, overview.dropFirst()) where !line.hasPrefix(" ") && !next.hasPrefix(" ") {
                guard !line.isEmpty, let word = next.split(separator: " ").first else { continue }
                #expect(line.count + 1 + word.count >= 80, "broken too early: \(line)")
            }
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there is a completion script for each shell`(_ shell: String) async throws {
        try await withProject { project in
            let call = try await project.sluice("--generate-completion-script", shell)
            #expect(call.status == 0)
            #expect(call.output.contains("reproduce") && call.output.contains("rollback"))
        }
    }
}
