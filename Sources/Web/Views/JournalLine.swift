import Domain
import Foundation
import Reports
package import Storage

/// An entry of the journal as a line for people: what happened, from where to where, by whom.
package enum JournalLine {
    /// One line. It may hold letters that steer a terminal or a page: whoever shows it makes them visible.
    package static func text(_ entry: Store.JournalEntry) -> String {
        "\(Timestamp.text(entry.at))  \(words(entry))"
    }

    /// The same without the time.
    static func words(_ entry: Store.JournalEntry) -> String { WhySentences.step(entry.subject, entry.body) }
}
