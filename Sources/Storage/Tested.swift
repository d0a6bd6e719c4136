package import Domain
import GRDB

/// Files that passed their questions are not asked the same again.
extension Store {
    /// Rows of those of the files that passed these questions before.
    package func tested(_ question: Digest, files: [Digest]) async throws(Fault) -> [Digest: Int64] {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT rows FROM tested WHERE question = ? AND digest = ?")
            var rows: [Digest: Int64] = [:]
            for file in files {
                rows[file] = try Int64.fetchOne(statement, arguments: [question.hex, file.hex])
            }
            return rows
        }
    }

    /// Remembers files that passed these questions, with their rows. What is known already stays as it is.
    package func remember(tested files: [Digest: Int64], question: Digest) async throws(Fault) {
        try await write { database in
            let statement = try database.cachedStatement(
                sql: "INSERT INTO tested (question, digest, rows) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            for (file, rows) in files { try statement.execute(arguments: [question.hex, file.hex, rows]) }
        }
    }
}
