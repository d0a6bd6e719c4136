package import Domain
package import Foundation
import GRDB

extension Store {
    /// What `create` came to.
    package enum Creation: Sendable, Equatable {
        case created(Run)
        /// An equal plan has a run that is not final: the event was settled as `.sameAs` it.
        case live(Run)
    }

    /// In one transaction: the plan, the run (`queued`), its stages (`pending`) and the event's outcome
    /// (`started`). At most one run of a fingerprint is not final at any time (partial unique index).
    ///
    /// Asked again for an event that already came to a run, it gives that run and makes nothing.
    package func create(_ plan: Plan, for event: Int64, at: Date) async throws(Fault) -> Creation {
        try await write { try Runs.create($0, plan, for: event, at: at) }
    }

    /// As `create(_:for:at:)`, for several events that one plan answers: the first is `.started` and the others are
    /// `.sameAs` it. Those that have an outcome keep it; when all have one, it is the first that is answered for.
    package func create(_ plan: Plan, for events: [Int64], at: Date) async throws(Fault) -> Creation {
        try await write { try Runs.create($0, plan, for: events, at: at) }
    }

    package func run(_ id: RunID) async throws(Fault) -> Run? {
        try await read { try Runs.find($0, id) }
    }

    /// Exactly the plan that the run was created with.
    package func plan(of run: RunID) async throws(Fault) -> Plan? {
        try await read { try Runs.plan($0, of: run) }
    }

    /// The newest judged run of an equal plan.
    package func answer(to fingerprint: Digest) async throws(Fault) -> Run? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: """
                    \(RunRecord.select) WHERE run.fingerprint = ? AND run.state = 'judged'
                    ORDER BY run.id DESC LIMIT 1
                    """,
                arguments: [fingerprint.hex]
            ).map(RunRecord.run)
        }
    }

    /// Newest first. `commit` matches a prefix of the id.
    package func runs(
        model: ModelName? = nil, commit: String? = nil, unfinishedOnly: Bool = false, before: RunID? = nil, limit: Int
    ) async throws(Fault) -> [Run] {
        let page = RunPage(model: model, commit: commit, unfinishedOnly: unfinishedOnly, before: before, limit: limit)
        return try await read { database in
            try Row.fetchAll(database, sql: page.sql, arguments: page.arguments).map(RunRecord.run)
        }
    }

    /// Applies a change to a run and returns it as it is then. A run is judged by `conclude`, which keeps what the
    /// verdict stands on; here that is a `.bug`.
    @discardableResult
    package func change(_ run: RunID, _ change: RunState.Change, at: Date) async throws(Fault) -> Run {
        if case .conclude = change { throw Fault(.bug, "run \(run) can only be judged together with its evidence") }
        return try await write { try Runs.change($0, run, change, at: at) }
    }
}

/// Runs inside a transaction.
enum Runs {
    static func find(_ database: Database, _ id: RunID) throws -> Run? {
        try Row.fetchOne(
            database.cachedStatement(sql: "\(RunRecord.select) WHERE run.id = ?"), arguments: [id.number]
        ).map(RunRecord.run)
    }

    static func existing(_ database: Database, _ id: RunID) throws -> Run {
        guard let run = try find(database, id) else { throw Fault(.input, "there is no run \(id)") }
        return run
    }

    static func plan(_ database: Database, of run: RunID) throws -> Plan? {
        try Row.fetchOne(database, sql: "SELECT body FROM plan WHERE run = ?", arguments: [run.number])
            .map { try $0.json("body") }
    }

    static func create(
        _ database: Database, _ plan: Plan, for event: Int64, ticket: Store.TicketDraft? = nil, at: Date
    ) throws -> Store.Creation {
        switch try Inbox.event(database, event).outcome {
        case nil: break
        case .started(let run): return .created(try existing(database, run))
        case .sameAs(let run): return .live(try existing(database, run))
        case .sorted, .ignored, .handled, .refused:
            throw Fault(.environment, "event \(event) was settled by somebody else")
        }
        if let run = try live(database, plan.fingerprint) {
            try Inbox.settle(database, event, as: .sameAs(run.id), at: at)
            if let ticket { try Tickets.share(database, run, ticket, at: at) }
            return .live(run)
        }
        let run = try insert(database, plan, ticket: ticket, at: at)
        try Inbox.settle(database, event, as: .started(run.id), at: at)
        return .created(run)
    }

    /// The run of an equal plan that is not over.
    static func live(_ database: Database, _ fingerprint: Digest) throws -> Run? {
        try Row.fetchOne(
            database,
            sql: "\(RunRecord.select) WHERE run.fingerprint = ? AND run.state IN \(RunPage.liveWords)",
            arguments: [fingerprint.hex]
        ).map(RunRecord.run)
    }

    static func create(
        _ database: Database, _ plan: Plan, for events: [Int64], ticket: Store.TicketDraft? = nil, at: Date
    ) throws -> Store.Creation {
        guard let first = events.first else { throw Fault(.bug, "a run was asked for by no event") }
        let pending = try events.filter { try Inbox.event(database, $0).outcome == nil }
        let creation = try create(database, plan, for: pending.first ?? first, ticket: ticket, at: at)
        let run =
            switch creation {
            case .created(let run), .live(let run): run.id
            }
        for event in pending where try Inbox.event(database, event).outcome == nil {
            try Inbox.settle(database, event, as: .sameAs(run), at: at)
        }
        return creation
    }

    static func insert(_ database: Database, _ plan: Plan, ticket: Store.TicketDraft?, at: Date) throws -> Run {
        let (state, fingerprint) = (RunState.queued, plan.fingerprint)
        try database.execute(
            sql: """
                INSERT INTO run
                (fingerprint, repository, model, commit_id, trigger_body, state, state_body, created_at, project, cause)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                fingerprint.hex, plan.repository.path, plan.policy.model.text, plan.commit.hex,
                Canonical.text(of: plan.trigger), state.word, Canonical.text(of: state), Timestamp.text(at),
                ticket?.project.text, plan.trigger.word,
            ])
        guard let id = RunID(database.lastInsertedRowID) else { throw Fault(.bug, "a run got a number below 1") }
        let body = Canonical.text(of: plan)
        try database.execute(sql: "INSERT INTO plan (run, body) VALUES (?, ?)", arguments: [id.number, body])
        try Stages.insert(database, plan.stages, of: id)
        try RunText.insert(database, plan, ticket, run: id)
        try Journal.append(
            database, at: at, "run \(id)", "create", to: state.word,
            value: ["fingerprint": fingerprint, "plan": Digest.of(body)])
        let run = try existing(database, id)
        if let ticket { try Tickets.insert(database, ticket, run, isShared: false, at: at) }
        return run
    }

    static func change(_ database: Database, _ id: RunID, _ change: RunState.Change, at: Date) throws -> Run {
        let run = try existing(database, id)
        let state: RunState
        do throws(IllegalTransition) {
            state = try run.state.after(change)
        } catch {
            throw refusal(of: error, subject: "run \(id)", cameTooLate: run.state.isPast(change))
        }
        let now = Timestamp.text(at)
        try database.update(
            """
            UPDATE run SET state = ?, state_body = ?, started_at = coalesce(started_at, ?), finished_at = ?
            WHERE id = ? AND state = ?
            """,
            [
                state.word, Canonical.text(of: state), state == .preparing ? now : nil, state.isFinal ? now : nil,
                id.number, run.state.word,
            ],
            subject: "run \(id)")
        try Journal.append(
            database, at: at, "run \(id)", change.word, from: run.state.word, to: state.word, value: state)
        return try existing(database, id)
    }
}
