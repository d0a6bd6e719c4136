package import Domain
import Foundation
package import Storage

extension Engine {
    /// What happened to something, oldest first, as the events and the journal have it.
    package struct Explanation: Sendable, Equatable {
        package let events: [Store.StoredEvent]
        package let entries: [Store.JournalEntry]
    }

    /// Answers `sluice why` for a run's number, a commit (prefix) or a dataset's name.
    package func explain(_ subject: String) async throws(Fault) -> Explanation {
        let events = try await store.events(limit: 10_000).reversed().filter { stored in
            concerns(stored, subject)
        }
        var entries: [Store.JournalEntry] = []
        var runs: Set<RunID> = []
        if subject.utf8.count < 7 || subject.hasPrefix("#"), let id = RunID(subject), try await store.run(id) != nil {
            runs.insert(id)
        }
        for stored in events {
            if case .started(let run) = stored.outcome { runs.insert(run) }
        }
        for run in runs.sorted() {
            entries += try await store.journal(subject: "run \(run)", limit: 1000)
            entries += try await store.journal(subject: "decision \(run)", limit: 1000)
            if let promotion = try await store.promotion(ofRun: run) {
                entries += try await store.journal(subject: "promotion \(promotion.id)", limit: 1000)
            }
        }
        guard !events.isEmpty || !entries.isEmpty else {
            throw Fault(
                .input, "nothing is known of '\(subject)' in this home",
                advice: "give a run's number, a commit or a dataset's name")
        }
        return Explanation(events: events, entries: entries.sorted { $0.sequence < $1.sequence })
    }

    private func concerns(_ stored: Store.StoredEvent, _ subject: String) -> Bool {
        switch stored.outcome {
        case .started(let run), .sameAs(let run):
            if subject == run.description || subject == "#\(run)" { return true }
        case .ignored, .refused, nil: break
        }
        switch stored.event.kind {
        case .runCommand(let commit): return subject.utf8.count >= 4 && commit.hex.hasPrefix(subject.lowercased())
        case .dataAdded(let dataset, _): return subject == dataset.text
        case .reproduceCommand(let run): return subject == run.description
        }
    }
}
