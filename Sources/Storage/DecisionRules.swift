import Domain
import Foundation
import GRDB

/// Decisions inside a transaction.
enum Decisions {
    static func all(_ database: Database, of run: RunID) throws -> [Decision] {
        try Row.fetchAll(
            database, sql: "SELECT body FROM decision WHERE run = ? ORDER BY id", arguments: [run.number]
        ).map { try $0.json("body") }
    }

    static func insert(_ database: Database, _ decision: Decision) throws {
        try database.execute(
            sql: "INSERT INTO decision (run, body) VALUES (?, ?)",
            arguments: [decision.run.number, Canonical.text(of: decision)])
        try Journal.append(database, at: decision.at, "decision \(decision.run)", "decide", value: decision)
    }

    /// Throws `DecisionRefusal` if the decision is not allowed. Returns when the run was judged.
    static func check(
        _ database: Database, _ decision: Decision, _ decisions: [Decision], _ policy: ApprovalPolicy,
        _ author: String, floor: [PersonName]
    ) throws -> Date {
        let run = try Runs.existing(database, decision.run)
        guard case .judged(let verdict) = run.state, let evidence = run.evidence else {
            throw DecisionRefusal.notJudged(state: run.state.word)
        }
        if decision.answer == .approve, verdict != .passed { throw DecisionRefusal.verdictIsNo(verdict) }
        if try Promotions.find(database, ofRun: run.id) != nil { throw DecisionRefusal.alreadyPromoted }
        if decision.answer == .approve, let (then, now) = try championChange(database, run) {
            throw DecisionRefusal.championChanged(then: then?.version, now: now?.version)
        }
        let judgedAt = run.finishedAt ?? run.createdAt
        try policy.check(
            decision, author: author, floor: floor, decisions: decisions, judgedAt: judgedAt)
        guard decision.evidence == evidence.digest, run.challenger.map({ $0.digest == decision.model }) ?? true else {
            throw Fault(.bug, "the decision on run \(run.id) is bound to something else than the run")
        }
        return judgedAt
    }

    /// The champion that a run was compared with and the one that holds the alias now, if they are not the same: the
    /// comparison then says nothing about what would be replaced.
    static func championChange(_ database: Database, _ run: Run) throws -> (then: ModelRef?, now: ModelRef?)? {
        guard let plan = try Runs.plan(database, of: run.id) else { throw Fault(.bug, "run \(run.id) has no plan") }
        let holder = try Registry.holder(database, of: plan.policy.promotion.alias, run.model)
        return holder == plan.champion ? nil : (plan.champion, holder)
    }
}
