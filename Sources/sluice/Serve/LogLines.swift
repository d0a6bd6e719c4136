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

    /// The secrets of now.
    final class Mask: Sendable {
        private let secrets = Mutex<[String]>([])

        func replace(with next: [String]) {
            // Shorter ones would hide ordinary words. The longest first: one that is replaced may hold its successor.
            let kept = next.filter { $0.utf8.count >= 4 }.sorted { $0.utf8.count > $1.utf8.count }
            secrets.withLock { $0 = kept }
        }

        func masked(_ text: String) -> String {
            secrets.withLock { $0 }.reduce(text) { text, secret in
                // A line is written for each request, and to look is much cheaper than to replace.
                text.holds(secret) ? text.replacing(secret, with: "[secret]") : text
            }
        }
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

extension String {
    /// True if the text has these bytes somewhere.
    fileprivate func holds(_ part: String) -> Bool {
        var (text, part) = (self, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first else { return true }
                var rest = text[...]
                while let start = rest.firstIndex(of: first) {
                    if rest[start...].starts(with: part) { return true }
                    rest = rest[(start + 1)...]
                }
                return false
            }
        }
    }
}
