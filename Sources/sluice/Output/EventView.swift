import Domain
import Foundation
import Reports
import Storage

/// An event and what became of it, in words.
struct EventView: Encodable {
    let event: String
    let at: Date
    let by: PersonName?
    let outcome: String
    let run: RunID?

    init(_ stored: Store.StoredEvent) {
        at = stored.event.at
        by = stored.event.by
        switch stored.event.kind {
        case .runCommand(let commit): event = "'sluice run' of commit \(commit.short)"
        case .dataAdded(let dataset, let digest): event = "new snapshot \(digest.short) of '\(dataset)'"
        case .filesDropped(let dataset, _, let count): event = "\(counted(count, "file")) dropped for '\(dataset)'"
        case .fileReleased(let dataset, let refusal):
            event = "release of the refused file \(refusal) of '\(dataset)'"
        case .driftAlarm(let dataset, let digest): event = "snapshot \(digest.short) of '\(dataset)' has drifted"
        case .reproduceCommand(let run): event = "'sluice reproduce' of run \(run)"
        }
        switch stored.outcome {
        case nil: (outcome, run) = ("not acted on yet", nil)
        case .started(let id): (outcome, run) = ("started run \(id)", id)
        case .sameAs(let id): (outcome, run) = ("no new run: run \(id) is of an equal plan", id)
        case .sorted(let accepted, let refused, let snapshot):
            let parts = [(accepted, "taken in"), (refused, "refused")].filter { $0.0 > 0 }
                .map { "\(counted($0.0, "file")) \($0.1)" }
            let words = parts.isEmpty ? "no file is new" : parts.joined(separator: ", ")
            (outcome, run) = (words + (snapshot.map { ": snapshot \($0)" } ?? ""), nil)
        case .ignored(let reason): (outcome, run) = ("no run: \(reason)", nil)
        case .refused(let fault): (outcome, run) = ("no run could be planned: \(fault.message)", nil)
        }
    }
}
