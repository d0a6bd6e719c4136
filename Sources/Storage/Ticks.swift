package import Domain
package import Foundation
import GRDB

extension Store {
    /// The newest `due` that was recorded for an entry of a project's schedule.
    package func lastTick(cron: String, timezone: String, of project: ProjectName) async throws(Fault) -> Date? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT due FROM tick WHERE project = ? AND cron = ? AND timezone = ?",
                arguments: [project.text, cron, timezone]
            ).map { try $0.time("due") }
        }
    }
}

/// Times of schedules inside a transaction.
enum Ticks {
    /// In the transaction that records the event.
    static func note(
        _ database: Database, cron: String, timezone: String, of project: ProjectName, due: Date
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO tick (project, cron, timezone, due) VALUES (?, ?, ?, ?)
                ON CONFLICT (project, cron, timezone) DO UPDATE SET due = max(due, excluded.due)
                """,
            arguments: [project.text, cron, timezone, Timestamp.text(due)])
    }
}
