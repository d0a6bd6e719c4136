package import Domain
package import Foundation
import GRDB

extension Store {
    /// A file that a batch refuses. Its arrival in the same batch, found by name, has the rest.
    package struct NewRefusal: Sendable, Equatable {
        package var name: String
        /// Nil for what is no file.
        package var artifact: Artifact?
        package var findings: [DataFinding]
        package var place: Refusal.Place
        package init(name: String, artifact: Artifact?, findings: [DataFinding], place: Refusal.Place) {
            self.name = name
            self.artifact = artifact
            self.findings = findings
            self.place = place
        }
    }

    /// What a batch of dropped files came to.
    package struct Sorting: Sendable, Equatable {
        package var model: ModelName
        package var dataset: DatasetName
        /// One for each file, refused ones too. Those that are `.accepted` get the number of this batch's snapshot, and
        /// `.refused(0)` that of the refusal of this batch with its name.
        package var arrivals: [Arrival]
        package var refusals: [NewRefusal]
        /// What the dataset holds then; nil if nothing was taken in.
        package var snapshot: NewSnapshot?
        package var at: Date
        package var by: PersonName?
        package init(
            model: ModelName, dataset: DatasetName, arrivals: [Arrival], refusals: [NewRefusal],
            snapshot: NewSnapshot?, at: Date, by: PersonName?
        ) {
            self.model = model
            self.dataset = dataset
            self.arrivals = arrivals
            self.refusals = refusals
            self.snapshot = snapshot
            self.at = at
            self.by = by
        }
    }

    /// What was stored of a batch.
    package struct Sorted: Sendable, Equatable {
        /// The one that the accepted files are in; nil: none was accepted.
        package let snapshot: Snapshot?
        /// In the order of the batch.
        package let refusals: [Refusal]
    }

    /// Stores a whole batch in one transaction: the snapshot (by the rules of `addSnapshot`), the refusals, the word on
    /// every name and the outcome of the event, `.sorted`. A snapshot that was added is an event in turn, `.dataAdded`,
    /// in the repository and by the person of this one.
    ///
    /// Asked again for an event that was sorted, it gives what was stored and changes nothing.
    package func sort(_ sorting: Sorting, event: Int64) async throws(Fault) -> Sorted {
        try await write { try Batch.sort($0, sorting, event: event) }
    }
}

/// Batches inside a transaction.
enum Batch {
    static func sort(_ database: Database, _ sorting: Store.Sorting, event id: Int64) throws -> Store.Sorted {
        let event = try Inbox.event(database, id)
        try check(event, isAbout: sorting.dataset)
        switch event.outcome {
        case nil: break
        case .sorted(_, _, let number): return try stored(database, sorting, event: id, snapshot: number)
        case .started, .sameAs, .ignored, .handled, .refused:
            throw Fault(.environment, "event \(id) was settled by somebody else")
        }
        let snapshot = try sorting.snapshot.map { new in
            try add(
                database, new, to: sorting.dataset, of: sorting.model, because: event.event, by: sorting.by,
                at: sorting.at)
        }
        let refusals = try refuse(database, sorting, event: id)
        try welcome(database, sorting, refusals, snapshot, event: id)
        let refused = sorting.arrivals.count { if case .refused = $0.outcome { true } else { false } }
        let accepted = sorting.arrivals.count { if case .accepted = $0.outcome { true } else { false } }
        try Inbox.settle(
            database, id, as: .sorted(accepted: accepted, refused: refused, snapshot: snapshot?.ref.number),
            at: sorting.at)
        return Store.Sorted(snapshot: snapshot, refusals: refusals)
    }

    /// A caller that mixes up events would settle one that nobody looked at.
    static func check(_ event: Store.StoredEvent, isAbout dataset: DatasetName) throws {
        guard let subject = Inbox.subject(of: event.event.kind), subject == ("dataset", dataset.text.databaseValue)
        else {
            throw Fault(.bug, "event \(event.id) is not about dataset \(dataset)")
        }
    }

    /// Adds a snapshot and records that it is there, if it was not there before.
    static func add(
        _ database: Database, _ new: Store.NewSnapshot, to dataset: DatasetName, of model: ModelName,
        because cause: Event, by: PersonName?, at: Date
    ) throws -> Store.Snapshot {
        let (snapshot, isNew) = try Snapshots.add(database, new, to: dataset, of: model, by: by, at: at)
        if isNew {
            let added = Event(
                key: "data:\(model):\(dataset):\(snapshot.ref.number)",
                kind: .dataAdded(dataset, snapshot: snapshot.ref.digest), repository: cause.repository, at: at,
                by: cause.by)
            _ = try Inbox.record(database, added)
        }
        return snapshot
    }

    private static func stored(
        _ database: Database, _ sorting: Store.Sorting, event: Int64, snapshot: Int?
    ) throws -> Store.Sorted {
        Store.Sorted(
            snapshot: try snapshot.flatMap { try Snapshots.find(database, $0, sorting.dataset, sorting.model) },
            refusals: try Refusals.find(database, "WHERE event = ? ORDER BY id", [event]))
    }

    private static func refuse(
        _ database: Database, _ sorting: Store.Sorting, event: Int64
    ) throws -> [Refusal] {
        let digests = Dictionary(
            sorting.arrivals.map { (Array($0.name.utf8), $0.digest) }, uniquingKeysWith: { $1 })
        return try sorting.refusals.map { new in
            guard let digest = digests[Array(new.name.utf8)] else {
                throw Fault(.bug, "'\(new.name)' was refused in \(sorting.dataset) and did not arrive")
            }
            return try Refusals.add(database, new, digest: digest, in: sorting, event: event)
        }
    }

    /// Names are compared byte by byte, as the disk does: to Swift, two spellings of one letter are equal.
    private static func welcome(
        _ database: Database, _ sorting: Store.Sorting, _ refusals: [Refusal], _ snapshot: Store.Snapshot?,
        event: Int64
    ) throws {
        let ids = Dictionary(refusals.map { (Array($0.name.utf8), $0.id) }, uniquingKeysWith: { $1 })
        for var arrival in sorting.arrivals {
            switch arrival.outcome {
            case .accepted(let number, let replaced):
                arrival.outcome = .accepted(snapshot: snapshot?.ref.number ?? number, replaced: replaced)
            case .refused(0):
                arrival.outcome = .refused(ids[Array(arrival.name.utf8)] ?? 0)
            case .refused, .unchanged, .heldBack: break
            }
            try Arrivals.put(database, arrival, sorting.dataset, sorting.model, event: event)
        }
    }
}
