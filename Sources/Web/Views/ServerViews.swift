package import Domain
package import Engine
package import Foundation
import Host
import Reports
package import Storage

/// What a decision came to: what `approve` and `reject` print, and what the server answers.
package struct DecidedView: Encodable, Sendable {
    package let run: RunView
    /// `promoted`, `rolled_back`, `stuck`, `waiting`, `rejected`, `refused`.
    package let outcome: String
    package let missing: Int?
    /// A sentence.
    package let refusal: String?
    package let promotion: PromotionView?

    package init(_ decided: Engine.Decided, _ run: RunView) {
        self.run = run
        switch decided {
        case .waiting(let more): (outcome, missing, refusal, promotion) = ("waiting", more, nil, nil)
        case .rejected: (outcome, missing, refusal, promotion) = ("rejected", nil, nil, nil)
        case .refused(let why):
            (outcome, missing, refusal, promotion) = ("refused", nil, ReportRenderer.sentence(why), nil)
        case .promoted(let done):
            (outcome, missing, refusal, promotion) = (done.state.word, nil, nil, PromotionView(done))
        }
    }

    /// True if the decision counts and what it set off went well.
    package var isYes: Bool { ["waiting", "rejected", Promotion.State.promoted.word].contains(outcome) }
}

/// A registered version with the aliases that point at it.
package struct VersionView: Encodable, Sendable {
    package let version: ModelView
    package let aliases: [AliasName]
    package let createdAt: Date

    package init(_ version: Store.Version) {
        self.version = ModelView(version.ref)
        aliases = version.aliases
        createdAt = version.createdAt
    }
}

/// An entry of the journal.
package struct JournalView: Encodable, Sendable {
    package let at: Date
    package let subject: String
    /// Canonical JSON.
    package let what: String
    /// The same as a sentence.
    package let said: String

    package init(_ entry: Store.JournalEntry) {
        at = entry.at
        subject = entry.subject
        what = entry.body
        said = JournalLine.words(entry)
    }
}

/// What happened to something, and what it waits for: what `why` prints, and what the server answers.
package struct ExplanationView: Encodable, Sendable {
    /// Something that is not acted on yet.
    package struct Wait: Encodable, Sendable {
        /// `run 12`, `event 7`.
        package let subject: String
        /// The end of a sentence.
        package let waitsFor: String
    }

    package let events: [EventView]
    package let journal: [JournalView]
    /// Dropped files of that name.
    package let files: [ArrivalView]
    package let waits: [Wait]

    package init(_ explanation: Engine.Explanation, files stories: [Engine.FileStory]) {
        events = explanation.events.map(EventView.init)
        journal = explanation.entries.map(JournalView.init)
        files = stories.map(ArrivalView.init)
        waits = explanation.waits.map { Wait(subject: $0.subject, waitsFor: $0.waiting.words) }
    }
}

/// A message that is to be said outside, without what it says.
struct PostView: Encodable, Sendable {
    let id: Int64
    let key: String
    let target: String
    let message: String
    let attempts: Int
    let notBefore: Date
    let isAbandoned: Bool
    let trouble: String?

    init(_ record: PostRecord) {
        id = record.id
        key = record.post.key
        target =
            switch record.post.target {
            case .forge(let forge, let repository): "\(forge): \(repository)"
            case .notify(let name): "notify: \(name)"
            case .notes(let project): "git notes of \(project)"
            }
        message =
            switch record.post.message {
            case .status: "status"
            case .report: "report"
            case .reply: "reply"
            case .reaction: "reaction"
            case .check: "check"
            case .promotionPullRequest: "promotion pull request"
            case .notice: "notice"
            case .note: "git note"
            }
        attempts = record.attempts
        notBefore = record.notBefore
        isAbandoned = record.isAbandoned
        trouble = record.trouble
    }
}

extension Waiting {
    /// What it waits for, as a sentence's end.
    var words: String { WhySentences.waits(for: self) }
}
