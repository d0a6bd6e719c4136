import Domain
package import Foundation

/// A time for people: `2026-11-24 15:04:05 UTC`. Scripts get milliseconds from `--json`.
package func moment(_ date: Date) -> String {
    Timestamp.text(date).prefix(19).replacing("T", with: " ") + " UTC"
}

/// `1 file`, `3 files`.
package func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
