package import Domain
package import Foundation
import GRDB

extension Store {
    /// An event that waits for a word or a time waits for nothing else any more.
    package func forgetTrouble(of event: Int64) async throws(Fault) {
        try await write { try $0.execute(sql: "DELETE FROM trouble WHERE event = ?", arguments: [event]) }
    }

    /// What keeps an event from being acted on for now.
    package struct Trouble: Sendable, Equatable {
        package let event: Int64
        /// What went wrong last.
        package let fault: Fault
        /// How often it was tried.
        package let attempts: Int
        /// When it was tried first.
        package let since: Date
        /// When it is tried again.
        package let next: Date
    }

    /// Notes that an event could not be acted on. One that has an outcome has no troubles any more.
    package func note(_ fault: Fault, of event: Int64, next: Date, at: Date) async throws(Fault) {
        try await write { database in
            guard try Inbox.event(database, event).outcome == nil else { return }
            try database.execute(
                sql: """
                    INSERT INTO trouble (event, fault, attempts, since, next) VALUES (?, ?, 1, ?, ?)
                    ON CONFLICT (event) DO UPDATE SET
                        fault = excluded.fault, attempts = attempts + 1, next = excluded.next
                    """,
                arguments: [event, Canonical.text(of: fault), Timestamp.text(at), Timestamp.text(next)])
        }
    }

    /// What keeps an event from being acted on; nil: nothing, or it was not tried yet.
    package func trouble(of event: Int64) async throws(Fault) -> Trouble? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM trouble WHERE event = ?", arguments: [event]).map { row in
                Trouble(
                    event: try row.number("event"), fault: try row.json("fault"), attempts: try row.count("attempts"),
                    since: try row.time("since"), next: try row.time("next"))
            }
        }
    }

    /// How many events of each project are tried again and again; projects without one are left out.
    package func troubleCounts() async throws(Fault) -> [ProjectName: Int] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT event.project AS project, count(*) AS events
                    FROM trouble CROSS JOIN event ON event.id = trouble.event
                    WHERE event.project IS NOT NULL GROUP BY event.project
                    """)
            return Dictionary(
                try rows.map { (try $0.value("project") { ProjectName($0) }, try $0.count("events")) },
                uniquingKeysWith: +)
        }
    }
}
