package import Domain
package import Foundation
import GRDB

extension Store {
    /// A ticket for a run that is not created yet.
    package struct TicketDraft: Sendable, Equatable {
        package var project: ProjectName
        package var lane: Ticket.Lane
        /// Higher goes first.
        package var priority: Int
        /// The pull request that the run reports to.
        package var pullRequest: PullRequest?
        /// The event that it comes from.
        package var event: Int64

        package init(
            project: ProjectName, lane: Ticket.Lane, priority: Int = 0, pullRequest: PullRequest? = nil, event: Int64
        ) {
            self.project = project
            self.lane = lane
            self.priority = priority
            self.pullRequest = pullRequest
            self.event = event
        }
    }

    /// As `create(_:for:at:)`, with the run's ticket in the same transaction.
    ///
    /// With `supersedes` the other runs of the same project, model and lane that nobody works on yet are cancelled too.
    /// One that was also asked for from another lane stays, because what was asked for there is not superseded. Asked
    /// again for events that all have an outcome, it changes nothing.
    ///
    /// - Returns: what `create` came to, and the runs that were cancelled.
    package func create(
        _ plan: Plan, for events: [Int64], ticket: TicketDraft, supersedes: Bool, at: Date
    ) async throws(Fault) -> (Creation, superseded: [RunID]) {
        try await write { database in
            let isNews = try events.contains { try Inbox.event(database, $0).outcome == nil }
            let creation = try Runs.create(database, plan, for: events, ticket: ticket, at: at)
            guard supersedes, isNews else { return (creation, superseded: []) }
            let run =
                switch creation {
                case .created(let run), .live(let run): run
                }
            let superseded = try Tickets.supersede(database, ticket, by: run, at: at)
            return (creation, superseded: superseded)
        }
    }

    package func ticket(of run: RunID) async throws(Fault) -> Ticket? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT body FROM ticket WHERE run = ?", arguments: [run.number])
                .map { try $0.json("body") }
        }
    }

    /// Runs that wait for somebody to work on them: higher priority first, then the older.
    package func queue() async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        try await ticketed(Tickets.queue)
    }

    /// Runs that somebody works on, or did when a process ended; oldest first.
    package func working() async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        try await ticketed(Tickets.working)
    }

    /// What the runs of a project used since a time: those that began since then, and the wall seconds since then of
    /// all that worked. Runs of a home without tickets are of no project.
    package func usage(
        of project: ProjectName, since: Date, now: Date
    ) async throws(Fault) -> (runs: Int, seconds: Double) {
        try await read { try Tickets.usage($0, of: project, since: since, now: now) }
    }

    /// When the run of the model that ended last did so; runs that nobody worked on do not count. Nil: none ended.
    package func lastEnd(ofModel model: ModelName) async throws(Fault) -> Date? {
        try await read { database in
            try Row.fetchOne(database, sql: Tickets.lastEnd, arguments: [model.text])
                .map { try $0.time("finished_at") }
        }
    }

    /// The newest run for a pull request. `model`: of that model only.
    package func newestRun(
        of project: ProjectName, pullRequest: Int64, model: ModelName? = nil
    ) async throws(Fault) -> (run: Run, ticket: Ticket)? {
        let sql = "\(Tickets.ofPullRequest) AND (? IS NULL OR ticket.model = ?) ORDER BY ticket.run DESC LIMIT 1"
        return try await ticketed(sql, [pullRequest, project.text, model?.text, model?.text]).first
    }

    /// Newest first.
    package func tickets(
        pullRequest: Int64, of project: ProjectName
    ) async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        try await ticketed("\(Tickets.ofPullRequest) ORDER BY ticket.run DESC", [pullRequest, project.text])
    }

    /// Newest first.
    package func tickets(
        commit: CommitID, of project: ProjectName
    ) async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        try await ticketed("\(Tickets.ofCommit) ORDER BY ticket.run DESC", [commit.hex, project.text])
    }

    private func ticketed(
        _ sql: String, _ arguments: StatementArguments = []
    ) async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        try await read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments)
                .map { (run: try RunRecord.run($0), ticket: try $0.json("ticket_body", as: Ticket.self)) }
        }
    }
}

/// Tickets inside a transaction.
enum Tickets {
    /// Runs with tickets, and nothing else. The index is named because without statistics SQLite would rather walk all
    /// runs in the order of their numbers; `CROSS JOIN` keeps what follows in this order.
    private static func select(from first: String) -> String {
        """
        SELECT run.*, \(VersionRecord.columns(of: "challenger")), conclusion.evidence, ticket.body AS ticket_body
        FROM \(first)
        LEFT JOIN version AS challenger ON challenger.run = run.id
        LEFT JOIN conclusion ON conclusion.run = run.id
        """
    }

    static let queue = """
        \(select(from: "run INDEXED BY run_queued CROSS JOIN ticket ON ticket.run = run.id"))
        WHERE run.state = 'queued' ORDER BY ticket.priority DESC, run.id
        """
    static let working = """
        \(select(from: "run INDEXED BY run_live CROSS JOIN ticket ON ticket.run = run.id"))
        WHERE run.state IN \(RunPage.liveWords) AND run.state <> 'queued' ORDER BY run.id
        """
    static let ofPullRequest = """
        \(select(from: "ticket INDEXED BY ticket_by_pull_request CROSS JOIN run ON run.id = ticket.run"))
        WHERE ticket.pull_request = ? AND ticket.project = ?
        """
    static let ofCommit = """
        \(select(from: "ticket INDEXED BY ticket_by_commit CROSS JOIN run ON run.id = ticket.run"))
        WHERE ticket.commit_id = ? AND ticket.project = ?
        """
    static let lastEnd = """
        SELECT finished_at FROM run INDEXED BY run_by_model_end
        WHERE model = ? AND finished_at IS NOT NULL AND started_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1
        """

    static func insert(
        _ database: Database, _ draft: Store.TicketDraft, _ plan: Plan, run: RunID, at: Date
    ) throws {
        let ticket = Ticket(
            run: run, project: draft.project, lane: draft.lane, priority: draft.priority,
            pullRequest: draft.pullRequest, event: draft.event, at: at)
        try database.cachedStatement(
            sql: """
                INSERT INTO ticket
                (run, project, model, lane, lane_body, priority, pull_request, commit_id, event, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run.number, ticket.project.text, plan.policy.model.text, ticket.lane.word,
            Canonical.text(of: ticket.lane), ticket.priority, ticket.pullRequest?.number, plan.commit.hex,
            ticket.event, Canonical.text(of: ticket),
        ])
        try Journal.append(database, at: at, "run \(run)", "queue", value: ticket)
    }

    /// Notes that a run was also asked for from a lane.
    static func share(_ database: Database, _ run: RunID, with lane: Ticket.Lane) throws {
        try database.execute(
            sql: "INSERT INTO shared_run (run, lane) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [run.number, Canonical.text(of: lane)])
    }

    static let superseded = """
        SELECT run.id FROM run INDEXED BY run_queued CROSS JOIN ticket ON ticket.run = run.id
        WHERE run.state = 'queued' AND ticket.project = ?1 AND ticket.model = ?2 AND ticket.lane_body = ?3
        AND run.id <> ?4
        AND NOT EXISTS (SELECT 1 FROM shared_run WHERE shared_run.run = run.id AND shared_run.lane <> ?3)
        ORDER BY run.id
        """

    static func supersede(
        _ database: Database, _ draft: Store.TicketDraft, by run: Run, at: Date
    ) throws -> [RunID] {
        guard draft.lane != .manual else { return [] }
        let ids = try Int64.fetchAll(
            database, sql: superseded,
            arguments: [draft.project.text, run.model.text, Canonical.text(of: draft.lane), run.id.number]
        ).compactMap { RunID($0) }
        for id in ids {
            _ = try Runs.change(database, id, .cancel(by: nil, reason: "superseded by run \(run.id)"), at: at)
            let stages = try String.fetchAll(
                database, sql: "SELECT name FROM stage WHERE run = ? AND state = 'pending' ORDER BY ordinal",
                arguments: [id.number])
            for name in stages.compactMap({ StageName($0) }) {
                _ = try Stages.change(database, name, of: id, .cancel, inputs: nil, at: at)
            }
        }
        return ids
    }

    private static let ended = """
        SELECT run.started_at, run.finished_at FROM run INDEXED BY run_by_end
        WHERE run.finished_at >= ?1 AND run.finished_at IS NOT NULL AND run.started_at IS NOT NULL AND run.project = ?2
        """
    private static let going = """
        SELECT run.started_at, run.finished_at FROM run INDEXED BY run_live
        WHERE run.state IN \(RunPage.liveWords) AND run.started_at IS NOT NULL AND run.project = ?2
        """
    static let usage = "\(ended) UNION ALL \(going)"

    static func usage(
        _ database: Database, of project: ProjectName, since: Date, now: Date
    ) throws -> (runs: Int, seconds: Double) {
        var runs = 0
        var seconds = 0.0
        let rows = try Row.fetchCursor(
            database, sql: usage, arguments: [Timestamp.text(since), project.text])
        while let row = try rows.next() {
            let start = try row.time("started_at")
            let end = try row.optionalTime("finished_at") ?? now
            if start >= since { runs += 1 }
            seconds += max(0, end.timeIntervalSince(max(start, since)))
        }
        return (runs: runs, seconds: seconds)
    }
}
