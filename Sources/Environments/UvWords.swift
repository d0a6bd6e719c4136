import Domain
import Foundation
import Host

/// What uv said when it failed, cut to what a person needs.
struct UvWords {
    /// uv's sentences without its prefixes, on one line.
    let cause: String
    /// Whose doing it is.
    let kind: Fault.Kind

    init(_ outcome: Tool.Outcome) { self.init(status: outcome.status, errors: outcome.errors) }

    init(status: Int32, errors: String) {
        let lines = errors.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let sentences = lines.drop { !$0.hasPrefix("error:") }.map { line -> String in
            for prefix in ["error: ", "cause: ", "hint: "] where line.hasPrefix(prefix) {
                return String(line.dropFirst(prefix.count))
            }
            return line
        }
        let said = (sentences.isEmpty ? lines.suffix(6).map { $0 } : sentences).joined(separator: "; ")
        let joined = said.replacingOccurrences(of: ":; ", with: ": ").replacingOccurrences(of: ".; ", with: ". ")
        cause = joined.isEmpty ? "status \(status)" : String(joined.prefix(1200))
        kind = machineTroubles.contains { errors.contains($0) } || status > 128 ? .environment : .input
    }
}

/// Words by which uv says that it could not ask, as opposed to that the answer is no.
private let machineTroubles = [
    "Failed to fetch", "Request failed", "error sending request", "network was disabled", "dns error", "timed out",
    "No space left", "Permission denied", "Read-only file system", "Too many open files", "invalid peer certificate",
    "Failed to initialize cache", "Quota exceeded", "Disk quota",
]
