package import Domain
package import Foundation
import GRDB

extension Store {
    /// As `put(_:cursor:to:at:)`, and in the same transaction notes when runs are to be looked at again: one time for each
    /// run, the newest that was given.
    package func put(
        _ posts: [Post], cursor: String, to position: Int64, reminders: [RunID: Date], at: Date
    ) async throws(Fault) {
        try await write { database in
            guard try Posts.put(database, posts, cursor: cursor, to: position, at: at) else { return }
            for (run, due) in reminders.sorted(by: { $0.key < $1.key }) {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO reminder (run, due) VALUES (?, ?)
                        ON CONFLICT (run) DO UPDATE SET due = excluded.due
                        """
                ).execute(arguments: [run.number, Timestamp.text(due)])
            }
        }
    }

    /// Runs that are to be looked at again by now, those that wait longest first.
    package func dueReminders(now: Date, limit: Int) async throws(Fault) -> [RunID] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT run FROM reminder WHERE due <= ? ORDER BY due, run LIMIT ?",
                arguments: [Timestamp.text(now), max(0, limit)]
            ).map { try $0.runID("run") }
        }
    }

    /// When the next run is to be looked at again; nil: none is.
    package func nextReminder() async throws(Fault) -> Date? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT due FROM reminder ORDER BY due LIMIT 1").map { try $0.time("due") }
        }
    }

    /// Writes what is to be said of runs that were to be looked at again, and forgets that they were, in one transaction.
    package func put(_ posts: [Post], reminded runs: [RunID], at: Date) async throws(Fault) {
        try await write { database in
            try Posts.put(database, posts, at: at)
            for run in runs {
                try database.execute(
                    sql: "DELETE FROM reminder WHERE run = ? AND due <= ?",
                    arguments: [run.number, Timestamp.text(at)])
            }
        }
    }
}
