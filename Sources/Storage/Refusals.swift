package import Domain
package import Foundation
import GRDB

extension Store {
    package func refusal(_ id: Int64) async throws(Fault) -> Refusal? {
        try await read { try Refusals.find($0, id) }
    }

    /// Newest first. `onlyHeld`: those that were not released, and under whose name nothing was taken in since.
    package func refusals(
        model: ModelName? = nil, dataset: DatasetName? = nil, name: String? = nil, onlyHeld: Bool = false, limit: Int
    ) async throws(Fault) -> [Refusal] {
        let asked = [("model", model?.text), ("dataset", dataset?.text), ("name", name)]
            .compactMap { column, value in value.map { (condition: "\(column) = ?", value: $0) } }
        let conditions = asked.map(\.condition) + (onlyHeld ? [Refusals.held] : [])
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let arguments = StatementArguments(asked.map(\.value)) + [max(0, limit)]
        return try await read { try Refusals.find($0, "\(filter) ORDER BY id DESC LIMIT ?", arguments) }
    }

    /// Refused files whose bytes still lie where they were found, oldest first.
    package func refusals(
        awaitingMoveIn dataset: DatasetName, model: ModelName
    ) async throws(Fault) -> [Refusal] {
        try await read { database in
            try Refusals.find(
                database, "WHERE model = ? AND dataset = ? AND place = 'awaits_move' ORDER BY id",
                [model.text, dataset.text])
        }
    }

    /// The event by which a file was refused; nil for an unknown refusal.
    package func event(ofRefusal id: Int64) async throws(Fault) -> StoredEvent? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT event.* FROM event JOIN refusal ON refusal.event = event.id WHERE refusal.id = ?",
                arguments: [id]
            ).map(Inbox.event)
        }
    }

    /// Where the bytes of each of these lie.
    package func places(ofRefusals ids: [Int64]) async throws(Fault) -> [Int64: Refusal.Place] {
        if ids.isEmpty { return [:] }
        return try await read { database in
            let statement = try database.cachedStatement(sql: "SELECT place_body FROM refusal WHERE id = ?")
            var places: [Int64: Refusal.Place] = [:]
            for id in ids {
                places[id] = try Row.fetchOne(statement, arguments: [id]).map { try $0.json("place_body") }
            }
            return places
        }
    }

    /// Says where the bytes of a refused file lie now. Only one that awaits its move can be moved; to say the same twice
    /// changes nothing.
    package func moved(refusal id: Int64, to place: Refusal.Place, at: Date) async throws(Fault) {
        try await write { try Refusals.move($0, id, to: place, at: at) }
    }
}

/// Refusals inside a transaction.
enum Refusals {
    /// SQL: neither released nor corrected.
    static let held = """
        release IS NULL AND NOT EXISTS (
            SELECT 1 FROM arrival WHERE arrival.model = refusal.model AND arrival.dataset = refusal.dataset
            AND arrival.name = refusal.name AND arrival.outcome IN ('accepted', 'unchanged'))
        """

    static func find(_ database: Database, _ id: Int64) throws -> Refusal? {
        try find(database, "WHERE id = ?", [id]).first
    }

    static func existing(_ database: Database, _ id: Int64) throws -> Refusal {
        guard let refusal = try find(database, id) else {
            throw Fault(.input, "there is no refusal \(id)", advice: "'sluice data why' lists them.")
        }
        return refusal
    }

    /// `condition` is all that comes after the table.
    static func find(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Refusal] {
        try Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM refusal \(condition)"), arguments: arguments
        ).map(refusal)
    }

    static func add(
        _ database: Database, _ new: Store.NewRefusal, digest: Digest?, in sorting: Store.Sorting, event: Int64
    ) throws -> Refusal {
        try database.cachedStatement(
            sql: """
                INSERT INTO refusal (model, dataset, name, digest, findings, artifact, place, place_body, event, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            sorting.model.text, sorting.dataset.text, new.name, digest?.hex, Canonical.text(of: new.findings),
            new.artifact.map { Canonical.text(of: $0) }, new.place.word, Canonical.text(of: new.place), event,
            Timestamp.text(sorting.at),
        ])
        let added = try existing(database, database.lastInsertedRowID)
        try Journal.append(database, at: sorting.at, "refusal \(added.id)", "add", value: added)
        return added
    }

    static func move(_ database: Database, _ id: Int64, to place: Refusal.Place, at: Date) throws {
        let refusal = try existing(database, id)
        if refusal.place == place { return }
        if case .awaitsMove = place { throw Fault(.bug, "refusal \(id) cannot be moved to where it awaits a move") }
        guard case .awaitsMove = refusal.place else {
            throw Fault(.environment, "refusal \(id) was moved by somebody else just now")
        }
        try database.update(
            "UPDATE refusal SET place = ?, place_body = ? WHERE id = ? AND place = 'awaits_move'",
            [place.word, Canonical.text(of: place), id], subject: "refusal \(id)")
        try Journal.append(
            database, at: at, "refusal \(id)", "move", from: refusal.place.word, to: place.word, value: place)
    }

    static func refusal(_ row: Row) throws -> Refusal {
        Refusal(
            id: try row.number("id"),
            dataset: try row.value("dataset") { DatasetName($0) },
            model: try row.value("model") { ModelName($0) },
            name: try row.text("name"),
            artifact: try row.optionalJSON("artifact"),
            findings: try row.json("findings"),
            place: try row.json("place_body"),
            release: try row.optionalJSON("release"),
            at: try row.time("at")
        )
    }
}

extension Refusal.Place {
    /// As the column `place` has it.
    var word: String {
        switch self {
        case .awaitsMove: "awaits_move"
        case .quarantine: "quarantine"
        case .left: "left"
        }
    }
}
