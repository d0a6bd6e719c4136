package import Domain
import Foundation
import GRDB

extension Store {
    /// Goes through the judged runs of a model, newest first, one at a time: memory does not grow with their number.
    /// Reproductions are left out, because nothing was promoted from them. One view of the database.
    ///
    /// - Parameters:
    ///   - alias: whose promotions count as past ones of runs that did not keep them.
    ///   - needs: what of the measurements is read; the rest is empty.
    package func judgedRuns<Result: Sendable>(
        of model: ModelName, alias: AliasName, needs: RecordedRun.Needs, limit: Int, into initial: Result,
        _ next: @escaping @Sendable (inout Result, RecordedRun) -> Void
    ) async throws(Fault) -> Result {
        try await read { database in
            var result = initial
            var past = PastNumbers(model: model, alias: alias)
            let rows = try Row.fetchCursor(
                database, sql: JudgedRuns.select, arguments: [model.text, max(0, limit)])
            while let row = try rows.next() {
                next(&result, try JudgedRuns.recorded(row, database, needs, &past))
            }
            return result
        }
    }

    /// The names of all models that have runs.
    package func modelNames() async throws(Fault) -> [ModelName] {
        try await read { database in
            // Steps from name to name in the index, however many runs each has.
            try String.fetchAll(
                database,
                sql: """
                    WITH RECURSIVE step (name) AS (
                        SELECT min(model) FROM run
                        UNION ALL
                        SELECT (SELECT min(model) FROM run WHERE model > name) FROM step WHERE name IS NOT NULL
                    )
                    SELECT name FROM step WHERE name IS NOT NULL
                    """
            ).compactMap { ModelName($0) }
        }
    }
}

private enum JudgedRuns {
    static let select = """
        WITH page AS (
            SELECT id FROM run
            WHERE model = ? AND state = 'judged' AND json_type(trigger_body, '$.reproduction') IS NULL
            ORDER BY id DESC LIMIT ?
        )
        SELECT run.id, run.created_at, conclusion.body, version.version, EXISTS (
            SELECT 1 FROM promotion
            WHERE promotion.model = run.model AND promotion.challenger = version.version
                AND promotion.state = 'promoted'
        ) AS promoted
        FROM page
        CROSS JOIN run ON run.id = page.id
        CROSS JOIN conclusion ON conclusion.run = run.id
        LEFT JOIN version ON version.run = run.id
        ORDER BY run.id DESC
        """

    static func recorded(
        _ row: Row, _ database: Database, _ needs: RecordedRun.Needs, _ past: inout PastNumbers
    ) throws -> RecordedRun {
        let record = try MeasurementsRecord(try row.text("body"), needs: needs)
        guard let verdict = record.verdict else { throw DamagedColumn(column: "body") }
        let (run, createdAt) = (try row.runID("id"), try row.time("created_at"))
        var measurements = record.measurements
        if !record.isComplete {
            if measurements.champion == nil, try hadChampion(database, run) {
                measurements.championFault = "its run recorded no numbers of it"
            }
            if needs.promotions > 0 { measurements.promotions = try past.before(createdAt, database) }
        }
        return RecordedRun(
            run: run, createdAt: createdAt, version: row.isNull("version") ? nil : try row.count("version"),
            wasPromoted: try row.number("promoted") != 0, verdict: verdict, measurements: measurements)
    }

    private static func hadChampion(_ database: Database, _ run: RunID) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT coalesce(json_type(body, '$.champion'), 'null') <> 'null' FROM plan WHERE run = ?"),
            arguments: [run.number]) ?? false
    }
}

/// What was promoted when, for runs that were judged before they kept it themselves. Read once, when first asked.
private struct PastNumbers {
    let model: ModelName
    let alias: AliasName
    private var all: [(finishedAt: String, promotion: Measurements.PastPromotion)]?

    init(model: ModelName, alias: AliasName) {
        self.model = model
        self.alias = alias
    }

    /// Newest first, each version once.
    mutating func before(_ time: Date, _ database: Database) throws -> [Measurements.PastPromotion] {
        let all = try self.all ?? read(database)
        self.all = all
        let limit = Timestamp.text(time)
        var known: Set<Int> = []
        return all.lazy.filter { $0.finishedAt <= limit }.map(\.promotion).filter { known.insert($0.version).inserted }
    }

    private func read(
        _ database: Database
    ) throws -> [(finishedAt: String, promotion: Measurements.PastPromotion)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT promotion.finished_at, version.version, version.run,
                    json_extract(conclusion.body, '$.challenger') AS metrics
                FROM promotion
                JOIN version ON version.model = promotion.model AND version.version = promotion.challenger
                JOIN conclusion ON conclusion.run = version.run
                WHERE promotion.model = ? AND promotion.alias = ? AND promotion.state = 'promoted'
                ORDER BY promotion.id DESC
                """,
            arguments: [model.text, alias.text]
        ).map { row in
            (
                try row.text("finished_at"),
                Measurements.PastPromotion(
                    version: try row.count("version"), run: try row.runID("run"), metrics: try row.json("metrics"))
            )
        }
    }
}
