package import Domain
package import Foundation
import GRDB

extension Store {
    /// In the order of the plan.
    package func stages(of run: RunID) async throws(Fault) -> [StageRun] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM stage WHERE run = ? ORDER BY ordinal", arguments: [run.number]
            ).map(RunRecord.stage)
        }
    }

    /// Applies a change to a stage. `inputs` is stored with its key when given. A `.succeed` of a stage with a key is
    /// also remembered for reuse if `remember` is true.
    ///
    /// A stage of a run that is over can still be skipped or cancelled, and errored if the run is; everything else that
    /// comes in after the end is refused with `.environment`, so a stage that a cancel killed never reads as failed.
    @discardableResult
    package func change(
        _ stage: StageName, of run: RunID, _ change: StageState.Change, inputs: StageInputs? = nil,
        remember: Bool = false, at: Date
    ) async throws(Fault) -> StageRun {
        try await write { database in
            let changed = try Stages.change(database, stage, of: run, change, inputs: inputs, at: at)
            if remember, case .succeeded(let result) = changed.state, let key = changed.key {
                try Stages.remember(database, key, result, run)
            }
            return changed
        }
    }

    /// What a stage with this key made the last time, and in which run.
    package func reusable(_ key: Digest) async throws(Fault) -> (result: StageResult, run: RunID)? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT result, run FROM remembered WHERE key = ?", arguments: [key.hex])
                .map { (result: try $0.json("result"), run: try $0.runID("run")) }
        }
    }
}

/// Stages inside a transaction.
enum Stages {
    static func insert(_ database: Database, _ stages: [Stage], of run: RunID) throws {
        let state = StageState.pending
        let statement = try database.cachedStatement(
            sql: "INSERT INTO stage (run, ordinal, name, kind, state, state_body) VALUES (?, ?, ?, ?, ?, ?)")
        for (ordinal, stage) in stages.enumerated() {
            try statement.execute(arguments: [
                run.number, ordinal, stage.name.text, Canonical.text(of: stage.kind), state.word,
                Canonical.text(of: state),
            ])
        }
    }

    static func change(
        _ database: Database, _ name: StageName, of run: RunID, _ change: StageState.Change, inputs: StageInputs?,
        at: Date
    ) throws -> StageRun {
        let subject = "stage \(run) \(name)"
        let stage = try existing(database, name, of: run)
        try refuseWorkAfterTheEnd(database, change, of: run, subject: subject)
        let state: StageState
        do throws(IllegalTransition) {
            state = try stage.state.after(change)
        } catch {
            throw refusal(of: error, subject: subject, cameTooLate: stage.state.isPast(change))
        }
        let now = Timestamp.text(at)
        try database.update(
            """
            UPDATE stage SET state = ?, state_body = ?, key = coalesce(?, key), inputs = coalesce(?, inputs),
            started_at = coalesce(started_at, ?), finished_at = ? WHERE run = ? AND ordinal = ? AND state = ?
            """,
            [
                state.word, Canonical.text(of: state), inputs?.key.hex, inputs.map { Canonical.text(of: $0) },
                change == .start ? now : nil, state.isFinal ? now : nil, run.number, stage.ordinal, stage.state.word,
            ],
            subject: subject)
        try Journal.append(
            database, at: at, subject, change.word, from: stage.state.word, to: state.word, value: state)
        return try existing(database, name, of: run)
    }

    /// The newest result of a key is the one that is reused.
    static func remember(_ database: Database, _ key: Digest, _ result: StageResult, _ run: RunID) throws {
        try database.execute(
            sql: """
                INSERT INTO remembered (key, result, run) VALUES (?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET result = excluded.result, run = excluded.run
                """,
            arguments: [key.hex, Canonical.text(of: result), run.number])
    }

    private static func existing(_ database: Database, _ name: StageName, of run: RunID) throws -> StageRun {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM stage WHERE run = ? AND name = ?"),
            arguments: [run.number, name.text])
        guard let row else { throw Fault(.input, "run \(run) has no stage \(name)") }
        return try RunRecord.stage(row)
    }

    /// Cancel means cancel: what comes in after the end of the run does not count.
    private static func refuseWorkAfterTheEnd(
        _ database: Database, _ change: StageState.Change, of run: RunID, subject: String
    ) throws {
        let state = try Runs.existing(database, run).state
        switch (state, change) {
        case (.queued, _), (.preparing, _), (.running, _), (.judging, _): return
        case (_, .skip), (_, .cancel), (.errored, .error): return
        case (.judged, _), (.errored, _), (.cancelled, _):
            throw Fault(.environment, "\(subject) cannot \(change.word): its run is \(state.word) by now")
        }
    }
}
