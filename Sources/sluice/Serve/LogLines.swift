import Domain
import Foundation
import Logging
import Synchronization

/// Log lines on standard error: for people on a terminal, else one JSON object a line.
///
/// A line is one write, so lines of several tasks never mix. Secrets are masked before anything is written.
struct LogLines: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let isJSON: Bool
    let mask: Mask

    /// What takes the secrets of now out of a line.
    final class Mask: Sendable {
        private let redactor: Mutex<Redactor>

        init(_ redactor: Redactor) { self.redactor = Mutex(redactor) }

        func replace(with next: Redactor) { redactor.withLock { $0 = next } }

        func masked(_ text: String) -> String { redactor.withLock { $0 }.text(text) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        for (key, value) in event.metadata ?? [:] { fields[key] = value }
        let shown = fields.sorted { $0.key < $1.key }.map { ($0.key, mask.masked("\($0.value)")) }
        let text = mask.masked("\(event.message)")
        let line = isJSON ? json(event.level, text, shown) : plain(event.level, text, shown)
        Console.write(line + "\n", to: .standardError)
    }

    private func json(_ level: Logger.Level, _ text: String, _ fields: [(String, String)]) -> String {
        var object: [String: String] = [:]
        for (key, value) in fields { object[key] = value }
        object["at"] = Timestamp.text(Date())
        object["level"] = level.rawValue
        object["message"] = text
        var line = ""
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            line += line.isEmpty ? "{" : ","
            CanonicalText.append(key, to: &line)
            line += ":"
            CanonicalText.append(value, to: &line)
        }
        return line + "}"
    }

    private func plain(_ level: Logger.Level, _ text: String, _ fields: [(String, String)]) -> String {
        let told = fields.map { " \($0.0)=\($0.1)" }.joined()
        let label = level >= .warning ? "\(level.rawValue): " : ""
        return Console.printable("\(Timestamp.text(Date()))  \(label)\(text)\(told)".replacing("\n", with: "\n    "))
    }
}
