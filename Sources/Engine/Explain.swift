package import Domain
import Foundation
import Host
package import Storage

extension Engine {
    /// What happened to something, oldest first, as the events and the journal have it.
    package struct Explanation: Sendable, Equatable {
        package let events: [Store.StoredEvent]
        package let entries: [Store.JournalEntry]
        /// What is not acted on yet, and what it waits for.
        package let waits: [Wait]

        package init(events: [Store.StoredEvent], entries: [Store.JournalEntry], waits: [Wait] = []) {
            self.events = events
            self.entries = entries
            self.waits = waits
        }

        package struct Wait: Sendable, Equatable {
            /// `run 12`, `event 7`.
            package let subject: String
            package let waiting: Waiting

            package init(subject: String, waiting: Waiting) {
                self.subject = subject
                self.waiting = waiting
            }
        }
    }

    /// What a server knows of what waits; without one nothing does.
    package struct WaitingHook: Sendable {
        package let run: @Sendable (RunID) async -> Waiting?
        package let event: @Sendable (Store.StoredEvent) async -> Waiting?

        package init(
            run: @escaping @Sendable (RunID) async -> Waiting? = { _ in nil },
            event: @escaping @Sendable (Store.StoredEvent) async -> Waiting? = { _ in nil }
        ) {
            self.run = run
            self.event = event
        }
    }

    /// Answers `sluice why` for a run's number (also `run 12`), an event (`event 12`), a delivery's id, a commit (prefix),
    /// a dataset's name, a pull request (`pr 12`), a time of a schedule (`2026-11-30T03:00`, UTC) or a branch. A text that
    /// is more than one of them is answered for all; a branch only if it is none of the others.
    ///
    /// - Parameter more: events that are known to belong to the answer.
    package func explain(
        _ subject: String, and more: [Store.StoredEvent] = [], waiting hook: WaitingHook = WaitingHook()
    ) async throws(Fault) -> Explanation {
        var events: [Int64: Store.StoredEvent] = [:]
        var runs: Set<RunID> = []
        for stored in try await happenings(subject, &runs) + more {
            events[stored.id] = stored
            if case .started(let run) = stored.outcome { runs.insert(run) }
        }
        var entries: [Store.JournalEntry] = []
        for run in runs.sorted() { entries += try await journal(of: run) }
        guard !events.isEmpty || !entries.isEmpty else {
            throw Fault(
                .input, "nothing is known of '\(subject.shown(limit: 100))' in this home",
                advice:
                    "give a run's number, a commit, a branch, a dataset's name, that of a dropped file, 'event N', 'pr N', "
                    + "a delivery's id or the time of a schedule")
        }
        var waits: [Explanation.Wait] = []
        for stored in events.values.sorted(by: { $0.id < $1.id }) where stored.outcome == nil {
            var waiting = await hook.event(stored)
            if let trouble = try await store.trouble(of: stored.id) {
                waiting = .trouble(trouble.fault, attempts: trouble.attempts, next: trouble.next)
            }
            guard let waiting else { continue }
            waits.append(.init(subject: "event \(stored.id)", waiting: waiting))
        }
        for run in runs.sorted() {
            guard let waiting = await hook.run(run) else { continue }
            waits.append(.init(subject: "run \(run)", waiting: waiting))
        }
        return Explanation(
            events: events.values.sorted { $0.id < $1.id }, entries: entries.sorted { $0.sequence < $1.sequence },
            waits: waits)
    }

    private func happenings(
        _ subject: String, _ runs: inout Set<RunID>
    ) async throws(Fault) -> [Store.StoredEvent] {
        if let number = Self.number(subject, after: ["event"]) {
            return try await store.event(number).map { [$0] } ?? []
        }
        if let number = Self.number(subject, after: ["pr", "pull request", "mr", "merge request"]) {
            return try await recent { $0.concerns(pullRequest: number) }
        }
        if Self.isTime(subject) { return try await recent { $0.isTick(at: subject) } }
        if let number = Self.number(subject, after: ["run"]) {
            guard let id = RunID(String(number)), try await store.run(id) != nil else { return [] }
            runs.insert(id)
            return try await store.events(about: .run(id), limit: 1000)
        }
        var found = try await store.events(delivery: subject)
        for topic in try await topics(of: subject) {
            if case .run(let id) = topic { runs.insert(id) }
            found += try await store.events(about: topic, limit: 1000)
        }
        guard found.isEmpty, runs.isEmpty, let branch = BranchName(subject) else { return found }
        return try await recent { $0.concerns(branch) }
    }

    /// Of the newest events; none is kept by these subjects, and nobody asks about a push of last year by its branch.
    private func recent(_ isMeant: (Event.Kind) -> Bool) async throws(Fault) -> [Store.StoredEvent] {
        try await store.events(limit: 5000).filter { isMeant($0.event.kind) }
    }

    private static func number(_ subject: String, after words: [String]) -> Int64? {
        for word in words {
            guard subject.lowercased().hasPrefix(word) else { continue }
            let rest = subject.dropFirst(word.count).drop { $0 == " " || $0 == ":" || $0 == "#" || $0 == "!" }
            if let number = Int64(rest), number > 0 { return number }
        }
        return nil
    }

    /// `2026-11-30T03:00`, with or without more behind it.
    private static func isTime(_ subject: String) -> Bool {
        let form = Array("dddd-dd-ddTdd:dd".utf8)
        let bytes = Array(subject.utf8)
        guard bytes.count >= form.count, bytes.count <= 30 else { return false }
        return zip(form, bytes).allSatisfy { wanted, byte in
            wanted == UInt8(ascii: "d") ? byte >= 0x30 && byte <= 0x39 : wanted == byte
        }
    }

    private func topics(of subject: String) async throws(Fault) -> [Store.Topic] {
        var topics: [Store.Topic] = []
        if let id = RunID(subject), try await store.run(id) != nil { topics.append(.run(id)) }
        if subject.utf8.count >= 4 { topics.append(.commit(subject)) }
        if let name = DatasetName(subject) { topics.append(.dataset(name)) }
        return topics
    }

    private func journal(of run: RunID) async throws(Fault) -> [Store.JournalEntry] {
        var subjects = ["run \(run)", "decision \(run)"]
        subjects += try await store.promotions(ofModelOf: run).map { "promotion \($0.id)" }
        var entries: [Store.JournalEntry] = []
        for subject in subjects { entries += try await store.journal(subject: subject, limit: 1000) }
        return entries
    }
}

extension Event.Kind {
    fileprivate func concerns(pullRequest number: Int64) -> Bool {
        switch self {
        case .forge(_, .pullRequest(let pull, _)): pull.number == number
        case .forge(_, .comment(let comment)): comment.pullRequest == number
        case .asked(let ask): ask.pullRequest == number
        default: false
        }
    }

    fileprivate func concerns(_ branch: BranchName) -> Bool {
        switch self {
        case .forge(_, .push(let pushed, _, _, _)): pushed == branch
        case .forge(_, .pullRequest(let pull, _)): pull.headBranch == branch
        case .branchMoved(let moved, _, _): moved == branch
        case .asked(let ask): ask.branch == branch
        default: false
        }
    }

    fileprivate func isTick(at time: String) -> Bool {
        if case .tick(_, _, let due) = self { Timestamp.text(due).hasPrefix(time.prefix(16)) } else { false }
    }
}
