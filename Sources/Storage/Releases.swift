package import Domain
package import Foundation
import GRDB

extension Store {
    /// Takes a refused file in after all, in one transaction: the snapshot that holds it (by the rules of
    /// `addSnapshot`), who released it and why, the word on its name, and the outcome of the `.fileReleased` event. A
    /// snapshot that was added is an event in turn, `.dataAdded`.
    ///
    /// `.input` if it was released before, or is nothing that could be taken in.
    package func release(
        _ id: Int64, by: PersonName, reason: String, snapshot: NewSnapshot, event: Int64, at: Date
    ) async throws(Fault) -> Snapshot {
        let word = Releases.Word(by: by, reason: reason, at: at)
        return try await write { try Releases.release($0, id, word, snapshot, event: event) }
    }

    /// Contents that a person has released into a dataset, with who and why.
    package func released(dataset: DatasetName, model: ModelName) async throws(Fault) -> [Digest: Refusal] {
        try await read { database in
            let refusals = try Refusals.find(
                database, "WHERE model = ? AND dataset = ? AND release IS NOT NULL ORDER BY id",
                [model.text, dataset.text])
            let known = refusals.compactMap { refusal in refusal.artifact.map { ($0.digest, refusal) } }
            return Dictionary(known, uniquingKeysWith: { $1 })
        }
    }
}

/// Releases inside a transaction.
enum Releases {
    /// A person's word.
    struct Word: Sendable {
        let by: PersonName
        let reason: String
        let at: Date
    }

    static func release(
        _ database: Database, _ id: Int64, _ word: Word, _ new: Store.NewSnapshot, event eventID: Int64
    ) throws -> Store.Snapshot {
        let refusal = try Refusals.existing(database, id)
        try check(refusal)
        let event = try Inbox.event(database, eventID)
        guard event.event.kind == .fileReleased(refusal.dataset, refusal: id) else {
            throw Fault(.bug, "event \(eventID) is not the release of refusal \(id)")
        }
        guard event.outcome == nil else {
            throw Fault(.environment, "event \(eventID) was settled by somebody else")
        }
        let before = try Snapshots.newest(database, refusal.dataset, refusal.model)
        let snapshot = try Batch.add(
            database, new, to: refusal.dataset, of: refusal.model, because: event.event, by: word.by, at: word.at)
        let release = Refusal.Release(
            by: word.by, reason: word.reason, at: word.at, snapshot: snapshot.ref.number)
        try database.update(
            "UPDATE refusal SET release = ? WHERE id = ? AND release IS NULL", [Canonical.text(of: release), id],
            subject: "refusal \(id)")
        try Journal.append(database, at: word.at, "refusal \(id)", "release", value: release)
        try welcome(database, refusal, release, before, event: eventID)
        try Inbox.settle(
            database, eventID, as: .sorted(accepted: 1, refused: 0, snapshot: snapshot.ref.number), at: word.at)
        return snapshot
    }

    private static func check(_ refusal: Refusal) throws {
        if let release = refusal.release {
            throw Fault(
                .input,
                "'\(refusal.name)' was released by \(release.by) before: it is in snapshot \(release.snapshot)"
                    + " of \(refusal.dataset)")
        }
        guard refusal.artifact != nil else {
            throw Fault(
                .input, "'\(refusal.name)' cannot be released: there is no file of it in the content store",
                advice: "Put a file in its place and drop that.")
        }
    }

    /// The word on the name is that it was taken in, unless another file of that name came since.
    private static func welcome(
        _ database: Database, _ refusal: Refusal, _ release: Refusal.Release, _ before: Store.Snapshot?, event: Int64
    ) throws {
        guard
            var arrival = try Arrivals.find(database, [refusal.name], refusal.dataset, refusal.model).first ?? nil,
            arrival.outcome == .refused(refusal.id)
        else { return }
        let replaced = before?.files.contains { $0.name.utf8.elementsEqual(refusal.name.utf8) } ?? false
        arrival.outcome = .accepted(snapshot: release.snapshot, replaced: replaced)
        arrival.at = release.at
        try Arrivals.put(database, arrival, refusal.dataset, refusal.model, event: event)
    }
}
