package import Domain
package import Foundation
import GRDB

extension Store {
    /// A file of a snapshot.
    package struct SnapshotFile: Sendable, Codable, Equatable {
        package var name: String
        package var artifact: Artifact
        package init(name: String, artifact: Artifact) {
            self.name = name
            self.artifact = artifact
        }
    }

    /// A snapshot as stored.
    package struct Snapshot: Sendable, Equatable {
        package let ref: SnapshotRef
        package let model: ModelName
        package let files: [SnapshotFile]
        package let createdAt: Date
        package let by: PersonName?

        package init(ref: SnapshotRef, model: ModelName, files: [SnapshotFile], createdAt: Date, by: PersonName?) {
            self.ref = ref
            self.model = model
            self.files = files
            self.createdAt = createdAt
            self.by = by
        }
    }

    /// A snapshot that is to be added.
    package struct NewSnapshot: Sendable, Equatable {
        package var digest: Digest
        package var object: ObjectID
        package var files: [SnapshotFile]
        /// The number of the newest one that it was made from; nil: there was none.
        package var after: Int?
        package init(digest: Digest, object: ObjectID, files: [SnapshotFile], after: Int?) {
            self.digest = digest
            self.object = object
            self.files = files
            self.after = after
        }
    }

    /// Adds a snapshot after the newest, which must still be `after` (nil: there was none); throws `.environment`
    /// "somebody else added" otherwise. Equal content to the newest adds nothing and returns the newest.
    package func addSnapshot(
        of dataset: DatasetName, model: ModelName, digest: Digest, object: ObjectID, files: [SnapshotFile],
        after: Int?, by: PersonName?, at: Date
    ) async throws(Fault) -> Snapshot {
        let new = NewSnapshot(digest: digest, object: object, files: files, after: after)
        return try await write { try Snapshots.add($0, new, to: dataset, of: model, by: by, at: at).snapshot }
    }

    package func newestSnapshot(of dataset: DatasetName, model: ModelName) async throws(Fault) -> Snapshot? {
        try await read { try Snapshots.newest($0, dataset, model) }
    }

    /// Nil unless dataset, number, digest and object are all as they were recorded.
    package func snapshot(_ ref: SnapshotRef, model: ModelName) async throws(Fault) -> Snapshot? {
        try await read { database in
            guard let snapshot = try Snapshots.find(database, ref.number, ref.dataset, model), snapshot.ref == ref
            else { return nil }
            return snapshot
        }
    }

    /// A snapshot by its number.
    package func snapshot(
        number: Int, of dataset: DatasetName, model: ModelName
    ) async throws(Fault) -> Snapshot? {
        try await read { try Snapshots.find($0, number, dataset, model) }
    }

    /// The number of the newest snapshot with this content; nil if there is none.
    package func number(
        ofSnapshot digest: Digest, of dataset: DatasetName, model: ModelName
    ) async throws(Fault) -> Int? {
        try await read { database in
            try Int.fetchOne(
                database,
                sql: "SELECT max(number) FROM snapshot WHERE model = ? AND dataset = ? AND digest = ?",
                arguments: [model.text, dataset.text, digest.hex])
        }
    }

    /// Those of one dataset, newest first.
    ///
    /// - Parameters:
    ///   - before: those with a smaller number only.
    ///   - until: those that were there at that time only.
    package func snapshots(
        of dataset: DatasetName, model: ModelName, before: Int? = nil, until: Date? = nil, limit: Int
    ) async throws(Fault) -> [Snapshot] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM snapshot WHERE model = ? AND dataset = ? AND number < ? AND created_at <= ?
                    ORDER BY number DESC LIMIT ?
                    """,
                arguments: [
                    model.text, dataset.text, before ?? .max, Timestamp.text(until ?? .distantFuture), max(0, limit),
                ]
            ).map(Snapshots.snapshot)
        }
    }

    /// Those of one dataset, whatever the model, newest first.
    package func snapshots(of dataset: DatasetName, limit: Int) async throws(Fault) -> [Snapshot] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM snapshot WHERE dataset = ? ORDER BY id DESC LIMIT ?",
                arguments: [dataset.text, max(0, limit)]
            ).map(Snapshots.snapshot)
        }
    }

    /// Newest first.
    package func snapshots(model: ModelName?, limit: Int) async throws(Fault) -> [Snapshot] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM snapshot \(model == nil ? "" : "WHERE model = ?") ORDER BY id DESC LIMIT ?",
                arguments: (model.map { [$0.text] } ?? []) + [max(0, limit)]
            ).map(Snapshots.snapshot)
        }
    }
}

/// Snapshots inside a transaction.
enum Snapshots {
    static func newest(_ database: Database, _ dataset: DatasetName, _ model: ModelName) throws -> Store.Snapshot? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM snapshot WHERE model = ? AND dataset = ? ORDER BY number DESC LIMIT 1",
            arguments: [model.text, dataset.text]
        ).map(snapshot)
    }

    static func find(
        _ database: Database, _ number: Int, _ dataset: DatasetName, _ model: ModelName
    ) throws -> Store.Snapshot? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM snapshot WHERE model = ? AND dataset = ? AND number = ?",
            arguments: [model.text, dataset.text, number]
        ).map(snapshot)
    }

    /// The snapshot, and whether it was added: equal content to the newest adds nothing.
    static func add(
        _ database: Database, _ new: Store.NewSnapshot, to dataset: DatasetName, of model: ModelName,
        by: PersonName?, at: Date
    ) throws -> (snapshot: Store.Snapshot, isNew: Bool) {
        let newest = try newest(database, dataset, model)
        if let newest, newest.ref.digest == new.digest { return (newest, false) }
        guard newest?.ref.number == new.after else {
            throw Fault(
                .environment, "somebody else added to dataset \(dataset) at the same time; nothing was added",
                advice: "Add the files again: they join what is there now.")
        }
        let number = (new.after ?? 0) + 1
        try database.execute(
            sql: """
                INSERT INTO snapshot (model, dataset, number, digest, object, files, created_at, by)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                model.text, dataset.text, number, new.digest.hex, new.object.description,
                Canonical.text(of: new.files), Timestamp.text(at), by?.text,
            ])
        guard let added = try find(database, number, dataset, model) else {
            throw Fault(.bug, "a snapshot of \(dataset) was added and is not there")
        }
        try Journal.append(database, at: at, "snapshot \(model) \(dataset) \(number)", "add", value: added.ref)
        return (added, true)
    }

    static func snapshot(_ row: Row) throws -> Store.Snapshot {
        Store.Snapshot(
            ref: SnapshotRef(
                dataset: try row.value("dataset") { DatasetName($0) },
                number: try row.count("number"),
                digest: try row.value("digest") { Digest(hex: $0) },
                object: try row.value("object") { ObjectID($0) }),
            model: try row.value("model") { ModelName($0) },
            files: try row.json("files"),
            createdAt: try row.time("created_at"),
            by: try row.optionalValue("by") { PersonName($0) }
        )
    }
}
