import Domain
import Foundation
package import Storage

/// An entry of the journal as a line for people: what happened, from where to where, by whom.
package enum JournalLine {
    /// One line. It may hold letters that steer a terminal or a page: whoever shows it makes them visible.
    package static func text(_ entry: Store.JournalEntry) -> String {
        "\(Timestamp.text(entry.at))  \(words(entry))"
    }

    /// The same without the time.
    static func words(_ entry: Store.JournalEntry) -> String {
        let body = (try? Canonical.decode(JSONValue.self, from: entry.body)) ?? .null
        var what = body["what"]?.text?.replacing("_", with: " ") ?? "entry"
        let value = body["value"]
        if let answer = value?["answer"], let by = value?["by"]?.text {
            let reason = answer["reject"]?["reason"]?.text
            what = reason.map { "rejected by \(by): \($0)" } ?? "approved by \(by)"
        } else if what == "evidence" {
            what = "evidence recorded"
        }
        var parts = ["\(entry.subject): \(what)"]
        if let to = body["to"]?.text {
            parts.append(body["from"]?.text.map { "(\($0) → \(to))" } ?? "(\(to))")
        }
        if let reason = reason(in: value) { parts.append(reason) }
        return parts.joined(separator: " ").replacing("\n", with: " ")
    }

    /// The `reason`, `message` or verdict that a state carries, however deep.
    private static func reason(in value: JSONValue?) -> String? {
        guard case .object(let members)? = value, members["answer"] == nil else { return nil }
        if let text = members["reason"]?.text ?? members["message"]?.text { return text }
        for (name, inner) in members.sorted(by: { $0.key < $1.key }) {
            if ["passed", "failed", "undecided"].contains(name) { return "verdict: \(name)" }
            if let text = reason(in: inner) { return text }
        }
        return nil
    }
}
