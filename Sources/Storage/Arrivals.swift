package import Domain
import GRDB

extension Store {
    /// The newest word on each of these names, in their order; nil for a name that never arrived.
    package func arrivals(
        of names: [String], dataset: DatasetName, model: ModelName
    ) async throws(Fault) -> [Arrival?] {
        try await read { try Arrivals.find($0, names, dataset, model) }
    }

    /// Good files that wait for the others of their batch, in the order of their names.
    package func arrivals(
        heldBackIn dataset: DatasetName, model: ModelName
    ) async throws(Fault) -> [Arrival] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT body FROM arrival INDEXED BY arrival_held_back
                    WHERE model = ? AND dataset = ? AND outcome = 'held_back' ORDER BY name
                    """,
                arguments: [model.text, dataset.text])
            return try rows.map { try $0.json("body") }
        }
    }

    /// Arrivals that came to nothing new, such as the same bytes again: only the word on their names changes. The event
    /// that a name was last sorted by stays with it.
    package func note(_ arrivals: [Arrival], dataset: DatasetName, model: ModelName) async throws(Fault) {
        try await write { database in
            for arrival in arrivals { try Arrivals.put(database, arrival, dataset, model, event: nil) }
        }
    }

    /// The newest word on a name in one dataset.
    package struct NamedArrival: Sendable, Equatable {
        package let model: ModelName
        package let dataset: DatasetName
        package let arrival: Arrival
        /// The one that it was last sorted by.
        package let event: Int64?
    }

    /// Arrivals whose name, or the last part of it, is this; newest first.
    package func arrivals(named name: String, limit: Int) async throws(Fault) -> [NamedArrival] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM arrival WHERE leaf = ? AND (leaf = ? OR name = ?)
                    ORDER BY json_extract(body, '$.at') DESC, event DESC LIMIT ?
                    """,
                arguments: [Arrivals.leaf(of: name), name, name, max(0, limit)]
            ).map { row in
                NamedArrival(
                    model: try row.value("model") { ModelName($0) },
                    dataset: try row.value("dataset") { DatasetName($0) },
                    arrival: try row.json("body"),
                    event: row.isNull("event") ? nil : try row.number("event"))
            }
        }
    }
}

/// Arrivals inside a transaction.
enum Arrivals {
    static func find(
        _ database: Database, _ names: [String], _ dataset: DatasetName, _ model: ModelName
    ) throws -> [Arrival?] {
        let statement = try database.cachedStatement(
            sql: "SELECT body FROM arrival WHERE model = ? AND dataset = ? AND name = ?")
        return try names.map { name in
            try Row.fetchOne(statement, arguments: [model.text, dataset.text, name]).map { try $0.json("body") }
        }
    }

    /// What an arrival came to must be real by now: a number of a snapshot or a refusal is never below 1.
    static func put(
        _ database: Database, _ arrival: Arrival, _ dataset: DatasetName, _ model: ModelName, event: Int64?
    ) throws {
        guard arrival.outcome.isSettled else {
            throw Fault(.bug, "the arrival of '\(arrival.name)' in \(dataset) was stored before it came to anything")
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO arrival (model, dataset, name, leaf, stamp, outcome, body, event)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (model, dataset, name) DO UPDATE SET stamp = excluded.stamp,
                outcome = excluded.outcome, body = excluded.body, event = coalesce(excluded.event, event)
                """
        ).execute(arguments: [
            model.text, dataset.text, arrival.name, leaf(of: arrival.name), arrival.stamp, arrival.outcome.word,
            Canonical.text(of: arrival), event,
        ])
    }

    static func leaf(of name: String) -> String {
        name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[name.utf8.index(after: $0)...]) } ?? name
    }
}

extension Arrival.Outcome {
    /// As the column `outcome` has it.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .unchanged: "unchanged"
        case .refused: "refused"
        case .heldBack: "held_back"
        }
    }

    /// False while it names no snapshot or refusal yet.
    var isSettled: Bool {
        switch self {
        case .accepted(let snapshot, _), .unchanged(let snapshot): snapshot > 0
        case .refused(let id): id > 0
        case .heldBack: true
        }
    }
}
