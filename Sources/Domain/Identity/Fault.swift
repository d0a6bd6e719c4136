package import Foundation

/// Why something could not be asked: never a "no", always "could not tell".
package struct Fault: Error, Codable, Equatable, Sendable, CustomStringConvertible {
    /// Whose doing it is.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The user's input: policy, repository, data or command. Shown in full.
        case input
        /// The machine or the network: disk, a missing tool, a lost process. Worth asking again.
        case environment
        /// Ours.
        case bug
    }

    package let kind: Kind
    /// One sentence: what was wrong, and where.
    package let message: String
    /// What to do about it, if we know.
    package let advice: String?
    /// Before then it is of no use to ask again, as whoever was asked said; nil: nobody said.
    package let notBefore: Date?

    package init(_ kind: Kind, _ message: String, advice: String? = nil, notBefore: Date? = nil) {
        self.kind = kind
        self.message = message
        self.advice = advice
        self.notBefore = notBefore
    }

    package var description: String {
        advice.map { "\(message)\n\($0)" } ?? message
    }
}
