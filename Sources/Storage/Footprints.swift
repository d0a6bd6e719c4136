package import Domain
package import Foundation
import GRDB

extension Store {
    /// What the rule of keeping asks for, of runs with greater numbers, oldest first. A run awaits a decision while its
    /// policy's time for one is not over, nobody rejected it, and the champion that it was compared with is the champion.
    package func footprints(after run: RunID? = nil, now: Date, limit: Int) async throws(Fault) -> [Footprint] {
        try await read { try Footprints.page($0, after: run?.number ?? 0, now: now, limit: max(0, limit)) }
    }

    /// The objects that runs name: in their plans, in the inputs and results of their stages, and as their models.
    package func objects(namedBy runs: [RunID]) async throws(Fault) -> Set<ObjectID> {
        try await read { try Footprints.objects($0, namedBy: runs) }
    }

    /// The objects that are kept whatever runs name: every snapshot, every refused file that was not removed, and every
    /// model that an alias points at or a promotion names.
    package func objectsKeptAlways() async throws(Fault) -> Set<ObjectID> {
        try await read { try Footprints.objectsKeptAlways($0) }
    }

    /// Environments by the digests that the plans of runs name.
    package func environments(namedBy runs: [RunID]) async throws(Fault) -> Set<Digest> {
        try await read { database in
            Set(
                try String.fetchAll(
                    database,
                    sql: """
                        SELECT DISTINCT json_extract(plan.body, '$.environment.digest')
                        FROM json_each(?) AS wanted CROSS JOIN plan ON plan.run = wanted.value
                        WHERE json_extract(plan.body, '$.environment.digest') IS NOT NULL
                        """,
                    arguments: [Canonical.text(of: runs)]
                ).compactMap { Digest(hex: $0) })
        }
    }

    /// Runs that are not over or whose model is promoted, or is being so: asked again right before each removal.
    package func runsKeptNow(of runs: [RunID]) async throws(Fault) -> Set<RunID> {
        try await read { database in
            let ids = try Int64.fetchAll(database, sql: Footprints.keptNow, arguments: [Canonical.text(of: runs)])
            return Set(ids.compactMap { RunID($0) })
        }
    }
}

/// What runs leave behind, inside a transaction.
enum Footprints {
    private static let promoted = """
        EXISTS (SELECT 1 FROM promotion INDEXED BY promotion_by_version
            WHERE promotion.model = version.model AND promotion.challenger = version.version)
        OR EXISTS (SELECT 1 FROM promotion
            WHERE promotion.model = version.model AND promotion.previous = version.version)
        OR EXISTS (SELECT 1 FROM alias WHERE alias.model = version.model AND alias.version = version.version)
        """

    static let page = """
        SELECT run.id, run.finished_at, run.state, run.trigger_body, run.state_body, (
                SELECT count(*) FROM (
                    SELECT 1 FROM version AS later
                    WHERE later.model = version.model AND later.version > version.version LIMIT 100
                )
            ) AS later, version.version AS version, coalesce(\(promoted), 0) AS promoted,
            json_extract(plan.body, '$.policy.approval') AS approval,
            json_extract(plan.body, '$.champion.version') IS (
                SELECT alias.version FROM alias
                WHERE alias.model = run.model AND alias.alias = json_extract(plan.body, '$.policy.promotion.alias')
            ) AS is_current,
            (SELECT json_group_array(json(body)) FROM (
                SELECT body FROM decision WHERE decision.run = run.id ORDER BY decision.id)) AS decisions
        FROM run
        CROSS JOIN plan ON plan.run = run.id
        LEFT JOIN version ON version.run = run.id
        WHERE run.id > ? ORDER BY run.id LIMIT ?
        """

    static func page(_ database: Database, after: Int64, now: Date, limit: Int) throws -> [Footprint] {
        try Row.fetchAll(database, sql: page, arguments: [after, limit]).map { row in
            let finishedAt = try row.optionalTime("finished_at")
            return Footprint(
                run: try row.runID("id"), finishedAt: finishedAt,
                awaitsDecision: try finishedAt.map { try awaitsDecision(row, $0, now: now) } ?? false,
                wasPromoted: try row.number("promoted") != 0,
                versionsAfter: row.isNull("version") ? nil : try row.count("later"))
        }
    }

    private static func awaitsDecision(_ row: Row, _ finishedAt: Date, now: Date) throws -> Bool {
        guard case .judged(.passed) = try row.json("state_body", as: RunState.self) else { return false }
        if try row.json("trigger_body", as: Trigger.self).reproduced != nil { return false }
        if try row.number("is_current") == 0 { return false }
        let approval = try row.json("approval", as: ApprovalPolicy.self)
        switch approval.standing(of: try row.json("decisions"), judgedAt: finishedAt, now: now) {
        case .waiting, .approved, .notNeeded: return true
        case .rejected, .expired: return false
        }
    }

    static let keptNow = """
        SELECT run.id FROM json_each(?) AS wanted
        CROSS JOIN run ON run.id = wanted.value
        LEFT JOIN version ON version.run = run.id
        WHERE run.finished_at IS NULL OR \(promoted)
        """

    /// Every text in the rows that has the form of an address. What a row will name in later versions is found too, and
    /// a digest that only looks like one keeps something for longer than it had to.
    static func objects(_ database: Database, namedBy runs: [RunID]) throws -> Set<ObjectID> {
        let wanted = Canonical.text(of: runs)
        var found: Set<ObjectID> = []
        for sql in [
            "SELECT plan.body FROM json_each(?) AS wanted CROSS JOIN plan ON plan.run = wanted.value",
            "SELECT state_body FROM json_each(?) AS wanted CROSS JOIN stage ON stage.run = wanted.value",
            """
            SELECT inputs FROM json_each(?) AS wanted CROSS JOIN stage ON stage.run = wanted.value
            WHERE inputs IS NOT NULL
            """,
            "SELECT '\"' || object || '\"' FROM json_each(?) AS wanted CROSS JOIN version ON version.run = wanted.value",
        ] {
            let texts = try String.fetchCursor(database, sql: sql, arguments: [wanted])
            while let text = try texts.next() { found.formUnion(addresses(in: text)) }
        }
        return found
    }

    static func objectsKeptAlways(_ database: Database) throws -> Set<ObjectID> {
        var found: Set<ObjectID> = []
        for sql in [
            "SELECT '\"' || object || '\"' FROM snapshot",
            "SELECT artifact FROM refusal WHERE artifact IS NOT NULL",
            "SELECT '\"' || object || '\"' FROM version WHERE \(promoted)",
        ] {
            let texts = try String.fetchCursor(database, sql: sql)
            while let text = try texts.next() { found.formUnion(addresses(in: text)) }
        }
        return found
    }

    /// Addresses of objects between quotation marks.
    static func addresses(in json: String) -> [ObjectID] {
        json.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: true).compactMap { part in
            part.count == 32 || part.count == 36 ? ObjectID(String(Substring(part))) : nil
        }
    }
}
