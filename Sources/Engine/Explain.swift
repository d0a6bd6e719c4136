package import Domain
import Foundation
package import Storage

extension Engine {
    /// What happened to something, oldest first, as the events and the journal have it.
    package struct Explanation: Sendable, Equatable {
        package let events: [Store.StoredEvent]
        package let entries: [Store.JournalEntry]

        package init(events: [Store.StoredEvent], entries: [Store.JournalEntry]) {
            self.events = events
            self.entries = entries
        }
    }

    /// Answers `sluice why` for a run's number, a commit (prefix) or a dataset's name. A text that is more than one of
    /// them is answered for all.
    package func explain(_ subject: String) async throws(Fault) -> Explanation {
        var events: [Int64: Store.StoredEvent] = [:]
        var runs: Set<RunID> = []
        for topic in try await topics(of: subject) {
            if case .run(let id) = topic { runs.insert(id) }
            for stored in try await store.events(about: topic, limit: 1000) {
                events[stored.id] = stored
                if case .started(let run) = stored.outcome { runs.insert(run) }
            }
        }
        var entries: [Store.JournalEntry] = []
        for run in runs.sorted() { entries += try await journal(of: run) }
        guard !events.isEmpty || !entries.isEmpty else {
            throw Fault(
                .input, "nothing is known of '\(subject)' in this home",
                advice: "give a run's number, a commit, a dataset's name or that of a dropped file")
        }
        return Explanation(
            events: events.values.sorted { $0.id < $1.id }, entries: entries.sorted { $0.sequence < $1.sequence })
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
