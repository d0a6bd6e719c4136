package import Domain
package import Foundation
import GRDB

extension Store {
    /// An event as stored.
    package struct StoredEvent: Sendable, Equatable {
        package let id: Int64
        package let event: Event
        /// Nil while it is not acted on.
        package let outcome: EventOutcome?
    }

    /// Records an event; one with the same key is returned as it was recorded the first time.
    package func record(_ event: Event) async throws(Fault) -> StoredEvent {
        try await write { try Inbox.record($0, event) }
    }

    /// Says what became of an event that started no run. An event that has an outcome keeps it.
    package func settle(event id: Int64, as outcome: EventOutcome, at: Date) async throws(Fault) {
        try await write { database in
            if try Inbox.event(database, id).outcome == nil {
                try Inbox.settle(database, id, as: outcome, at: at)
            }
        }
    }

    /// Settles older drops of a dataset that nobody brought to an end: a process was killed, and its files were given
    /// anew, not all as they were. The caller is the one process that watches the drops of the repository.
    package func settle(
        dropsBefore event: StoredEvent, in dataset: DatasetName, at: Date
    ) async throws(Fault) {
        let repository = event.event.repository
        try await write { database in
            let left = try Int64.fetchAll(
                database, sql: Inbox.unfinishedDrops, arguments: [repository.path, dataset.text, event.id])
            for id in left {
                let reason = "it was not finished; event \(event.id) looked at the files again"
                try Inbox.settle(database, id, as: .ignored(reason: reason), at: at)
            }
        }
    }

    /// Events of a repository that may start a run and have no outcome: new snapshots and drift alarms, oldest first.
    /// Costs the same whatever else there is.
    package func pendingTriggers(repository: RepositoryID, limit: Int) async throws(Fault) -> [StoredEvent] {
        try await read { database in
            try Row.fetchAll(
                database, sql: Inbox.pendingTriggers, arguments: [repository.path, max(0, limit)]
            ).map(Inbox.event)
        }
    }

    /// What events can be asked for by.
    package enum Topic: Sendable, Equatable {
        /// What came to this run, to nothing new because of it, or asked for it again.
        case run(RunID)
        /// A prefix of the commit's id.
        case commit(String)
        case dataset(DatasetName)
    }

    /// Newest first.
    package func events(about topic: Topic? = nil, limit: Int) async throws(Fault) -> [StoredEvent] {
        let (condition, arguments): (String, StatementArguments) =
            switch topic {
            case nil: ("true", [])
            case .run(let id): ("run = ? OR reproduces = ?", [id.number, id.number])
            case .commit(let prefix): RunPage.commits(startingWith: prefix)
            case .dataset(let name): ("dataset = ?", [name.text])
            }
        return try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM event WHERE \(condition) ORDER BY id DESC LIMIT ?",
                arguments: arguments + [max(0, limit)]
            ).map(Inbox.event)
        }
    }
}

/// Events inside a transaction.
enum Inbox {
    static func event(_ row: Row) throws -> Store.StoredEvent {
        Store.StoredEvent(
            id: try row.number("id"), event: try row.json("body"), outcome: try row.optionalJSON("outcome"))
    }

    /// What an event is about: the column that it is found by, and what stands there.
    static func subject(of kind: Event.Kind) -> (column: String, value: DatabaseValue)? {
        switch kind {
        case .runCommand(let commit): ("commit_id", commit.hex.databaseValue)
        case .dataAdded(let dataset, _), .filesDropped(let dataset, _, _), .fileReleased(let dataset, _),
            .driftAlarm(let dataset, _):
            ("dataset", dataset.text.databaseValue)
        case .reproduceCommand(let run): ("reproduces", run.number.databaseValue)
        case .branchMoved(_, _, let commit): commit.map { ("commit_id", $0.hex.databaseValue) }
        case .asked(let ask): ask.commit.map { ("commit_id", $0.hex.databaseValue) }
        case .forge(_, let told): told.commit.map { ("commit_id", $0.hex.databaseValue) }
        case .tick: nil
        }
    }

    // The index is named because without statistics SQLite would rather walk all events in the order of their numbers.
    static let pendingTriggers = """
        SELECT * FROM event INDEXED BY event_pending
        WHERE outcome IS NULL AND dataset IS NOT NULL AND json_extract(body, '$.repository') = ?
        AND (json_extract(body, '$.kind.dataAdded') IS NOT NULL
            OR json_extract(body, '$.kind.driftAlarm') IS NOT NULL)
        ORDER BY id LIMIT ?
        """

    static let unfinishedDrops = """
        SELECT id FROM event INDEXED BY event_pending
        WHERE outcome IS NULL AND dataset IS NOT NULL AND json_extract(body, '$.repository') = ?
        AND dataset = ? AND id < ? AND json_extract(body, '$.kind.filesDropped') IS NOT NULL ORDER BY id
        """

    static func record(_ database: Database, _ event: Event) throws -> Store.StoredEvent {
        if let known = try Inbox.event(database, key: event.key) { return known }
        return try Inbox.event(database, try insert(database, event))
    }

    /// The caller has seen, in this transaction, that no event has this key. Returns the event's number.
    static func insert(_ database: Database, _ event: Event) throws -> Int64 {
        let (column, value) = subject(of: event.kind) ?? ("commit_id", .null)
        let body = Canonical.text(of: event)
        try database.cachedStatement(sql: "INSERT INTO event (key, body, project, \(column)) VALUES (?, ?, ?, ?)")
            .execute(arguments: [event.key, body, event.project?.text, value])
        let id = database.lastInsertedRowID
        if case .tick(let cron, let timezone, let due) = event.kind, let project = event.project {
            try Ticks.note(database, cron: cron, timezone: timezone, of: project, due: due)
        }
        try Journal.append(database, at: event.at, "event \(id)", "record", json: body)
        return id
    }

    static func event(_ database: Database, key: String) throws -> Store.StoredEvent? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM event WHERE key = ?"), arguments: [key]
        ).map(event)
    }

    static func event(_ database: Database, _ id: Int64) throws -> Store.StoredEvent {
        guard let row = try row(database, id) else { throw Fault(.bug, "there is no event \(id)") }
        return try event(row)
    }

    static func row(_ database: Database, _ id: Int64) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: "SELECT * FROM event WHERE id = ?"), arguments: [id])
    }

    /// The caller has seen, in this transaction, that the event has no outcome.
    static func settle(_ database: Database, _ id: Int64, as outcome: EventOutcome, at: Date) throws {
        let run: RunID? =
            switch outcome {
            case .started(let run), .sameAs(let run): run
            case .sorted, .ignored, .handled, .refused: nil
            }
        try database.update(
            "UPDATE event SET outcome = ?, settled_at = ?, run = ? WHERE id = ? AND outcome IS NULL",
            [Canonical.text(of: outcome), Timestamp.text(at), run?.number, id], subject: "event \(id)")
        try database.cachedStatement(sql: "DELETE FROM trouble WHERE event = ?").execute(arguments: [id])
        try Journal.append(database, at: at, "event \(id)", "settle", value: outcome)
    }
}
