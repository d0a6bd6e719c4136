package import Domain
package import Foundation
import GRDB

extension Store {
    /// Writes what is to be said. A post whose key is known replaces what it says: an equal message changes nothing,
    /// another one is due at once, whatever became of the one before.
    package func put(_ posts: [Post], at: Date) async throws(Fault) {
        if posts.isEmpty { return }
        try await write { try Posts.put($0, posts, at: at) }
    }

    /// As `put(_:at:)`, and in the same transaction says how far `cursor` came. A cursor that is further already stays,
    /// and nothing is written: somebody else has said it, and newer things.
    package func put(_ posts: [Post], cursor: String, to position: Int64, at: Date) async throws(Fault) {
        try await write { _ = try Posts.put($0, posts, cursor: cursor, to: position, at: at) }
    }

    /// How far it came; 0 if it never was moved.
    package func cursor(_ name: String) async throws(Fault) -> Int64 {
        try await read { try Posts.cursor($0, name) }
    }

    /// Posts that may be sent now, oldest first: those whose message is not the one that was sent, that nobody gave up,
    /// and whose time has come. No target gets more than its share while others wait.
    package func duePosts(now: Date, limit: Int) async throws(Fault) -> [PostRecord] {
        try await read { try Posts.due($0, now: now, limit: limit) }
    }

    /// As `duePosts(now:limit:)`, without what they say.
    package func dueTargets(now: Date, limit: Int) async throws(Fault) -> [(post: Int64, target: Post.Target)] {
        try await read { database in
            try Posts.turns(database, now: now, limit: limit).map { turn in
                (post: turn.id, target: try Canonical.decode(Post.Target.self, from: turn.target))
            }
        }
    }

    package func post(_ id: Int64) async throws(Fault) -> PostRecord? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM post WHERE id = ?", arguments: [id]).map(Posts.record)
        }
    }

    /// When the next post may be sent; in the past if one may be now. Nil: nothing waits.
    package func nextPostDue() async throws(Fault) -> Date? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT not_before FROM post WHERE \(Posts.waits) ORDER BY not_before LIMIT 1"
            ).map { try $0.time("not_before") }
        }
    }

    /// Remembers which message was sent. If another was put in the meantime, that one stays due.
    ///
    /// - Parameters:
    ///   - message: `Digest.of(canonical:)` of the message.
    ///   - remote: what the forge calls it; nil: as before.
    package func sent(post id: Int64, message: Digest, remote: String?, at: Date) async throws(Fault) {
        try await write { database in
            try database.update(
                """
                UPDATE post SET sent = ?, remote = coalesce(?, remote), attempts = 0, trouble = NULL, abandoned = 0,
                sent_at = ? WHERE id = ?
                """,
                [message.hex, remote, Timestamp.text(at), id], subject: "post \(id)")
        }
    }

    /// Remembers that sending went wrong. If another message was put in the meantime, it is about that one nothing:
    /// it stays due as it was.
    ///
    /// - Parameter message: `Digest.of(canonical:)` of the message that was tried; nil: the one that stands there.
    package func failed(
        post id: Int64, message: Digest? = nil, trouble: String, notBefore: Date, abandon: Bool, at: Date
    ) async throws(Fault) {
        try await write { database in
            try database.execute(
                sql: """
                    UPDATE post SET attempts = attempts + 1, trouble = ?, not_before = ?, abandoned = ?
                    WHERE id = ? AND digest = coalesce(?, digest)
                    """,
                arguments: [trouble, Timestamp.text(notBefore), abandon, id, message?.hex])
        }
    }

    package func post(key: String) async throws(Fault) -> PostRecord? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM post WHERE key = ?", arguments: [key]).map(Posts.record)
        }
    }

    /// Nil: there is none of that number.
    package func post(id: Int64) async throws(Fault) -> PostRecord? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM post WHERE id = ?", arguments: [id]).map(Posts.record)
        }
    }

    /// Posts that nobody tries to send any more, newest first.
    package func abandonedPosts(limit: Int) async throws(Fault) -> [PostRecord] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM post WHERE abandoned = 1 ORDER BY id DESC LIMIT ?",
                arguments: [max(0, limit)]
            ).map(Posts.record)
        }
    }

    /// The posts to one target that were not sent yet.
    package struct WaitingPosts: Sendable, Equatable {
        package let target: Post.Target
        package let count: Int
        /// Those whose time has not come.
        package let later: Int
        /// When the oldest of them was written.
        package let oldest: Date

        package init(target: Post.Target, count: Int, later: Int, oldest: Date) {
            self.target = target
            self.count = count
            self.later = later
            self.oldest = oldest
        }
    }

    /// What waits to be sent, by target.
    package func waitingPosts(now: Date) async throws(Fault) -> [WaitingPosts] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT target, count(*) AS count, sum(not_before > ?) AS later, min(written_at) AS oldest
                    FROM post WHERE \(Posts.waits) GROUP BY target ORDER BY target
                    """,
                arguments: [Timestamp.text(now)]
            ).map { row in
                WaitingPosts(
                    target: try row.json("target"), count: try row.count("count"), later: try row.count("later"),
                    oldest: try row.time("oldest"))
            }
        }
    }

    /// How many posts wait to be sent, and how many nobody tries to send any more.
    package func postCounts() async throws(Fault) -> (waiting: Int, abandoned: Int) {
        try await read { database in
            (
                waiting: try Int.fetchOne(database, sql: "SELECT count(*) FROM post WHERE \(Posts.waits)") ?? 0,
                abandoned: try Int.fetchOne(database, sql: "SELECT count(*) FROM post WHERE abandoned = 1") ?? 0
            )
        }
    }
}

/// Posts inside a transaction.
enum Posts {
    /// As the partial indexes have it, so that they are used.
    static let waits = "digest IS NOT sent AND abandoned = 0"

    /// A message that was replaced before anybody said that it was sent may have been sent all the same: then nobody
    /// knows what stands outside, and even what was sent before it is due again. A post that waits for nothing but its
    /// turn keeps its place.
    static let putting = """
        INSERT INTO post (key, target, message, digest, not_before, written_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET
            target = excluded.target, message = excluded.message, digest = excluded.digest, attempts = 0,
            trouble = NULL, abandoned = 0, written_at = excluded.written_at,
            sent = CASE WHEN digest IS NOT sent THEN NULL ELSE sent END,
            not_before = CASE WHEN digest IS NOT sent AND abandoned = 0
                THEN min(not_before, excluded.not_before) ELSE excluded.not_before END
        WHERE digest <> excluded.digest OR target <> excluded.target
        """

    static func put(_ database: Database, _ posts: [Post], at: Date) throws {
        if posts.isEmpty { return }
        let statement = try database.cachedStatement(sql: putting)
        let now = Timestamp.text(at)
        for post in posts {
            let message = Canonical.text(of: post.message)
            try statement.execute(arguments: [
                post.key, Canonical.text(of: post.target), message, Digest.of(message).hex, now, now,
            ])
        }
    }

    /// False: the cursor is further already, and nothing was written.
    static func put(
        _ database: Database, _ posts: [Post], cursor: String, to position: Int64, at: Date
    ) throws -> Bool {
        let reached = try Posts.cursor(database, cursor)
        guard position >= reached else { return false }
        try put(database, posts, at: at)
        guard position > reached else { return true }
        try database.execute(
            sql: """
                INSERT INTO cursor (name, position) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET position = excluded.position
                """,
            arguments: [cursor, position])
        return true
    }

    static func cursor(_ database: Database, _ name: String) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT position FROM cursor WHERE name = ?", arguments: [name]) ?? 0
    }

    static let waitingTargets = """
        WITH RECURSIVE waiting(target) AS (
            SELECT min(target) FROM post WHERE \(waits)
            UNION ALL
            SELECT (SELECT min(target) FROM post WHERE \(waits) AND target > waiting.target)
            FROM waiting WHERE waiting.target IS NOT NULL
        )
        SELECT target FROM waiting WHERE target IS NOT NULL
        """

    static let dueOfTarget = """
        SELECT id, not_before FROM post WHERE \(waits) AND target = ? AND not_before <= ?
        ORDER BY not_before, id LIMIT ?
        """

    /// Seconds; no post is to wait for so long. One that is was written before the machine's clock was put back, and is
    /// due.
    private static let endlessWait = 1000.0

    static let overdueOfTarget = """
        SELECT id, not_before FROM post WHERE \(waits) AND target = ? AND not_before > ?
        ORDER BY not_before, id LIMIT ?
        """

    struct Turn {
        let target: String
        let rank: Int
        let notBefore: String
        let id: Int64
    }

    /// The first of every target, then the second of every target, and so on, until there are enough.
    static func turns(_ database: Database, now: Date, limit: Int) throws -> [Turn] {
        let (time, endless) = (Timestamp.text(now), Timestamp.text(now.addingTimeInterval(endlessWait)))
        var turns: [Turn] = []
        for target in try String.fetchAll(database, sql: waitingTargets) {
            var rows = try Row.fetchAll(
                database.cachedStatement(sql: dueOfTarget), arguments: [target, time, max(0, limit)])
            rows += try Row.fetchAll(
                database.cachedStatement(sql: overdueOfTarget), arguments: [target, endless, max(0, limit)])
            for (rank, row) in rows.enumerated() {
                turns.append(
                    Turn(
                        target: target, rank: rank, notBefore: try row.text("not_before"), id: try row.number("id")))
            }
        }
        turns.sort { ($0.rank, $0.notBefore, $0.id) < ($1.rank, $1.notBefore, $1.id) }
        return turns.prefix(max(0, limit)).sorted { ($0.notBefore, $0.id) < ($1.notBefore, $1.id) }
    }

    static func due(_ database: Database, now: Date, limit: Int) throws -> [PostRecord] {
        let statement = try database.cachedStatement(sql: "SELECT * FROM post WHERE id = ?")
        return try turns(database, now: now, limit: limit).compactMap { turn in
            try Row.fetchOne(statement, arguments: [turn.id]).map(record)
        }
    }

    static func record(_ row: Row) throws -> PostRecord {
        PostRecord(
            id: try row.number("id"),
            post: Post(key: try row.text("key"), target: try row.json("target"), message: try row.json("message")),
            sent: try row.optionalValue("sent") { Digest(hex: $0) },
            remote: try row.optionalText("remote"),
            attempts: try row.count("attempts"),
            notBefore: try row.time("not_before"),
            trouble: try row.optionalText("trouble"),
            isAbandoned: try row.number("abandoned") != 0)
    }
}
