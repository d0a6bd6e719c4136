package import Domain
package import Foundation
import GRDB

/// What is known of a project's forge or remote. A copy of what lies there: what it says when it is asked counts.
extension Store {
    /// Remembers how a pull request is described. What was known at a later time stays, and what is merged is never
    /// open or closed again.
    package func know(_ pull: PullRequest, of project: ProjectName, at: Date) async throws(Fault) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO pull_request (project, number, state, body, known_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (project, number) DO UPDATE SET
                        state = excluded.state, body = excluded.body, known_at = excluded.known_at
                    WHERE known_at <= excluded.known_at AND (state <> 'merged' OR excluded.state = 'merged')
                    """,
                arguments: [
                    project.text, pull.number, pull.state.rawValue, Canonical.text(of: pull), Timestamp.text(at),
                ])
            guard database.changesCount == 1,
                try Self.head(database, of: pull.number, project, sql: "ORDER BY id DESC LIMIT 1") != pull.head
            else { return }
            try database.execute(
                sql: "INSERT INTO pull_head (project, number, commit_id, at) VALUES (?, ?, ?, ?)",
                arguments: [project.text, pull.number, pull.head.hex, Timestamp.text(at)])
        }
    }

    /// The commit that a pull request was known to stand on before a time; nil: nothing was known of it.
    package func head(
        ofPullRequest number: Int64, in project: ProjectName, before date: Date
    ) async throws(Fault) -> CommitID? {
        try await read { database in
            try Self.head(
                database, of: number, project, sql: "AND at < ? ORDER BY at DESC, id DESC LIMIT 1",
                [Timestamp.text(date)])
        }
    }

    private static func head(
        _ database: Database, of number: Int64, _ project: ProjectName, sql: String,
        _ more: StatementArguments = []
    ) throws -> CommitID? {
        try Row.fetchOne(
            database, sql: "SELECT commit_id FROM pull_head WHERE project = ? AND number = ? \(sql)",
            arguments: [project.text, number] + more
        ).map { try $0.value("commit_id") { CommitID(hex: $0) } }
    }

    package func pullRequest(_ number: Int64, of project: ProjectName) async throws(Fault) -> PullRequest? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT body FROM pull_request WHERE project = ? AND number = ?",
                arguments: [project.text, number]
            ).map { try $0.json("body") }
        }
    }

    /// By number.
    package func openPullRequests(of project: ProjectName) async throws(Fault) -> [PullRequest] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT body FROM pull_request WHERE project = ? AND state = 'open' ORDER BY number",
                arguments: [project.text]
            ).map { try $0.json("body") }
        }
    }

    /// Remembers who let a commit of a stranger run, and by which way. The first word stays.
    package func permit(_ commit: CommitID, of project: ProjectName, by voice: Voice, at: Date) async throws(Fault) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO permit (project, commit_id, voice, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [project.text, commit.hex, Canonical.text(of: voice), Timestamp.text(at)])
            guard database.changesCount == 1 else { return }
            try Journal.append(database, at: at, "permit \(project) \(commit)", "permit", value: voice)
        }
    }

    /// True if somebody let this very commit run.
    package func isPermitted(_ commit: CommitID, of project: ProjectName) async throws(Fault) -> Bool {
        try await read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM permit WHERE project = ? AND commit_id = ?)",
                arguments: [project.text, commit.hex]) ?? false
        }
    }

    /// Where a branch of the remote stood when it was seen last; nil: it was not there, or never seen.
    package func head(of branch: BranchName, in project: ProjectName) async throws(Fault) -> CommitID? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT commit_id FROM head WHERE project = ? AND branch = ?",
                arguments: [project.text, branch.text]
            ).map { try $0.value("commit_id") { CommitID(hex: $0) } }
        }
    }

    /// All branches that were there when the remote was seen last.
    package func heads(in project: ProjectName) async throws(Fault) -> [BranchName: CommitID] {
        try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT branch, commit_id FROM head WHERE project = ?", arguments: [project.text])
            return Dictionary(
                try rows.map { row in
                    (try row.value("branch") { BranchName($0) }, try row.value("commit_id") { CommitID(hex: $0) })
                },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// Remembers where a branch was seen; nil: it is gone.
    package func setHead(
        _ commit: CommitID?, of branch: BranchName, in project: ProjectName, at: Date
    ) async throws(Fault) {
        try await write { database in
            guard let commit else {
                return try database.execute(
                    sql: "DELETE FROM head WHERE project = ? AND branch = ?", arguments: [project.text, branch.text])
            }
            try database.execute(
                sql: """
                    INSERT INTO head (project, branch, commit_id, at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (project, branch) DO UPDATE SET commit_id = excluded.commit_id, at = excluded.at
                    """,
                arguments: [project.text, branch.text, commit.hex, Timestamp.text(at)])
        }
    }
}
