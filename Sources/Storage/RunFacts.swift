package import Domain
package import Foundation
import GRDB

extension Store {
    /// What the status of a run is derived from.
    package struct RunFacts: Sendable, Equatable {
        package let run: Run
        /// The `approval:` of the run's own policy.
        package let approval: ApprovalPolicy
        /// In the order in which they were made.
        package let decisions: [Decision]
        /// The newest promotion of the run's model, whatever called for it.
        package let promotion: Promotion?

        /// Where the run stands for people.
        package func status(at now: Date) -> RunStatus {
            RunStatus(run: run, approval: approval, decisions: decisions, promotion: promotion, now: now)
        }
    }

    /// In the order in which the runs are given: one view of the store, and as many queries for a page of runs as for
    /// one.
    package func facts(of runs: [Run]) async throws(Fault) -> [RunFacts] {
        try await read { try Facts.all($0, of: runs) }
    }

    /// Every promotion of the model that a run made, oldest first, whatever called for it.
    package func promotions(ofModelOf run: RunID) async throws(Fault) -> [Promotion] {
        try await read { try Facts.promotions($0, Canonical.text(of: [run])) }
    }
}

/// The facts of a page of runs, inside a transaction.
enum Facts {
    static func all(_ database: Database, of runs: [Run]) throws -> [Store.RunFacts] {
        let ids = Canonical.text(of: runs.map(\.id))
        let approvals = try approvals(database, ids)
        let decisions = Dictionary(grouping: try decisions(database, ids), by: \.run)
        let promotions = Dictionary(
            try promotions(database, ids).map { ($0.challenger.run, $0) }, uniquingKeysWith: { _, newer in newer })
        return try runs.map { run in
            guard let approval = approvals[run.id] else { throw Fault(.bug, "run \(run.id) has no plan") }
            return Store.RunFacts(
                run: run, approval: approval, decisions: decisions[run.id] ?? [], promotion: promotions[run.id])
        }
    }

    /// The rest of a plan is not decoded: it is a hundred times as long.
    private static func approvals(_ database: Database, _ ids: String) throws -> [RunID: ApprovalPolicy] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT plan.run, json_extract(plan.body, '$.policy.approval') AS approval
                FROM json_each(?) AS wanted CROSS JOIN plan ON plan.run = wanted.value
                """,
            arguments: [ids])
        return Dictionary(
            try rows.map { (try $0.runID("run"), try $0.json("approval")) }, uniquingKeysWith: { first, _ in first })
    }

    private static func decisions(_ database: Database, _ ids: String) throws -> [Decision] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT decision.body
                FROM json_each(?) AS wanted CROSS JOIN decision ON decision.run = wanted.value
                ORDER BY decision.id
                """,
            arguments: [ids]
        ).map { try $0.json("body") }
    }

    /// Oldest first.
    static func promotions(_ database: Database, _ ids: String) throws -> [Promotion] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT promotion.*, \(VersionRecord.columns(of: "next")), \(VersionRecord.columns(of: "before"))
                FROM json_each(?) AS wanted
                CROSS JOIN version AS next ON next.run = wanted.value
                CROSS JOIN promotion INDEXED BY promotion_by_version
                    ON promotion.model = next.model AND promotion.challenger = next.version
                LEFT JOIN version AS before ON before.model = promotion.model AND before.version = promotion.previous
                ORDER BY promotion.id
                """,
            arguments: [ids]
        ).map(Promotions.promotion)
    }
}
