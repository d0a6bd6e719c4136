package import Domain
package import Foundation
import GRDB
import Host

extension Store {
    /// What a forge delivered, and the event that it means.
    package struct Delivery: Sendable {
        package var forge: ForgeName
        /// The forge's id of the delivery; nil: it sent none.
        package var id: String?
        /// SHA-256 of the body as it was sent.
        package var body: Digest
        /// The forge's own word for what it is.
        package var name: String
        /// Its key is its meaning: a second delivery with the same one tells nothing new.
        package var event: Event
        /// 0 for the first event of a delivery, 1 for the second, and so on.
        package var part: Int
        /// What is known to come of it at once, written in the same transaction; nil: it is to be acted on.
        package var outcome: EventOutcome?

        package init(
            forge: ForgeName, id: String?, body: Digest, name: String, event: Event, part: Int = 0,
            outcome: EventOutcome? = nil
        ) {
            self.forge = forge
            self.id = id
            self.body = body
            self.name = name
            self.event = event
            self.part = part
            self.outcome = outcome
        }
    }

    /// The event of a delivery.
    package struct Recorded: Sendable, Equatable {
        package let event: StoredEvent
        /// False: it was known before, by the delivery's id, its bytes or its meaning.
        package let isNew: Bool

        package init(event: StoredEvent, isNew: Bool) {
            self.event = event
            self.isNew = isNew
        }
    }

    /// Records deliveries, all in one transaction and in the order in which they are given. One that is known, also from
    /// earlier in the same batch, gives the event that was recorded the first time.
    package func record(_ deliveries: [Delivery], at: Date) async throws(Fault) -> [Recorded] {
        if deliveries.isEmpty { return [] }
        return try await write { database in
            try deliveries.map { try Deliveries.record(database, $0, at: at) }
        }
    }

    package func event(_ id: Int64) async throws(Fault) -> StoredEvent? {
        try await read { database in
            try Inbox.row(database, id).map(Inbox.event)
        }
    }

    package func event(key: String) async throws(Fault) -> StoredEvent? {
        try await read { try Inbox.event($0, key: key) }
    }

    /// What a delivery came to, by the id that the forge gave it; more than one if it told several things at once, or if
    /// two forges use the same id.
    package func events(delivery id: String) async throws(Fault) -> [StoredEvent] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM event WHERE id IN (SELECT event FROM delivery WHERE delivery = ?) ORDER BY id
                    """,
                arguments: [id]
            ).map(Inbox.event)
        }
    }

    /// Events of projects that have no outcome, oldest first. For looking at: it sorts all that wait.
    package func pendingEvents(limit: Int) async throws(Fault) -> [StoredEvent] {
        try await read { database in
            try Row.fetchAll(database, sql: Inbox.pendingEvents, arguments: [max(0, limit)]).map(Inbox.event)
        }
    }

    /// Events of one project that have no outcome, oldest first. Costs the same whatever else there is.
    package func pendingEvents(
        of project: ProjectName, after id: Int64 = 0, limit: Int
    ) async throws(Fault) -> [StoredEvent] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(sql: Inbox.pendingEventsOfProject),
                arguments: [project.text, id, max(0, limit)]
            ).map(Inbox.event)
        }
    }

    /// Projects with events that have no outcome. Costs a look for each of them, however many events wait.
    package func projectsWithPendingEvents() async throws(Fault) -> [ProjectName] {
        try await read { database in
            try String.fetchAll(database.cachedStatement(sql: Inbox.pendingProjects)).compactMap { ProjectName($0) }
        }
    }

    /// How many events of projects have no outcome; at most `limit` are counted.
    package func countPendingEvents(limit: Int) async throws(Fault) -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM (\(Inbox.anyPendingEvents) LIMIT ?)", arguments: [max(0, limit)])
                ?? 0
        }
    }

    /// True if the event is there and has no outcome.
    package func isPending(event id: Int64) async throws(Fault) -> Bool {
        try await read { database in
            let statement = try database.cachedStatement(sql: "SELECT outcome IS NULL FROM event WHERE id = ?")
            return try Bool.fetchOne(statement, arguments: [id]) ?? false
        }
    }

    /// Those of the events that are about data, in the order of their numbers; what is no event is left out.
    package func dataEvents(among ids: some Collection<Int64>) async throws(Fault) -> [StoredEvent] {
        if ids.isEmpty { return [] }
        let wanted = Canonical.text(of: Array(ids))
        return try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT event.* FROM json_each(?) AS wanted CROSS JOIN event ON event.id = wanted.value
                    WHERE event.dataset IS NOT NULL ORDER BY event.id
                    """,
                arguments: [wanted]
            ).map(Inbox.event)
        }
    }

    /// Says what became of an event and what is to be said outside because of it, in one transaction. An event that has
    /// an outcome keeps it, and the posts are then not written: whoever settled it wrote theirs.
    package func settle(
        event id: Int64, as outcome: EventOutcome, posts: [Post], at: Date
    ) async throws(Fault) {
        try await write { database in
            guard try Inbox.event(database, id).outcome == nil else { return }
            try Inbox.settle(database, id, as: outcome, at: at)
            try Posts.put(database, posts, at: at)
        }
    }
}

extension Inbox {
    static let anyPendingEvents = """
        SELECT * FROM event INDEXED BY event_waiting WHERE outcome IS NULL AND project IS NOT NULL
        """
    static let pendingEvents = "\(anyPendingEvents) ORDER BY id LIMIT ?"
    static let pendingEventsOfProject = """
        SELECT * FROM event INDEXED BY event_waiting
        WHERE outcome IS NULL AND project IS NOT NULL AND project = ? AND id > ? ORDER BY id LIMIT ?
        """

    // From one project to the next in the index, instead of past all events that wait.
    static let pendingProjects = """
        WITH RECURSIVE waiting (project) AS (
            SELECT min(project) FROM event INDEXED BY event_waiting WHERE outcome IS NULL AND project IS NOT NULL
            UNION ALL
            SELECT (
                SELECT min(event.project) FROM event INDEXED BY event_waiting
                WHERE outcome IS NULL AND event.project IS NOT NULL AND event.project > waiting.project
            ) FROM waiting WHERE waiting.project IS NOT NULL
        )
        SELECT project FROM waiting WHERE project IS NOT NULL
        """
}

/// Deliveries inside a transaction.
enum Deliveries {
    static func record(_ database: Database, _ delivery: Store.Delivery, at: Date) throws -> Store.Recorded {
        if let event = try known(database, delivery) {
            return Store.Recorded(event: try Inbox.event(database, event), isNew: false)
        }
        if let event = try Inbox.event(database, key: delivery.event.key) {
            try insert(database, delivery, event: event.id, at: at)
            return Store.Recorded(event: event, isNew: false)
        }
        let id = try Inbox.insert(database, delivery.event)
        try insert(database, delivery, event: id, at: at)
        if let outcome = delivery.outcome { try Inbox.settle(database, id, as: outcome, at: at) }
        let event = Store.StoredEvent(id: id, event: delivery.event, outcome: delivery.outcome)
        return Store.Recorded(event: event, isNew: true)
    }

    private static func known(_ database: Database, _ delivery: Store.Delivery) throws -> Int64? {
        if let id = delivery.id {
            let statement = try database.cachedStatement(
                sql: "SELECT event FROM delivery WHERE delivery = ? AND forge = ? AND part = ?")
            let known = try Int64.fetchOne(statement, arguments: [id, delivery.forge.text, delivery.part])
            if let known { return known }
        }
        let statement = try database.cachedStatement(
            sql: "SELECT event FROM delivery WHERE forge = ? AND digest = ? AND part = ?")
        return try Int64.fetchOne(statement, arguments: [delivery.forge.text, delivery.body.hex, delivery.part])
    }

    private static func insert(
        _ database: Database, _ delivery: Store.Delivery, event: Int64, at: Date
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO delivery (forge, delivery, digest, name, event, received_at, part)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            delivery.forge.text, delivery.id, delivery.body.hex, delivery.name, event, Timestamp.text(at),
            delivery.part,
        ])
    }
}
