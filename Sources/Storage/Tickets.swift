package import Domain
package import Foundation
import GRDB

extension Store {
    /// A ticket for a run that is not created yet, or for one that is there and is asked for once more.
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

    /// As `create(_:for:at:)`, with the run's ticket in the same transaction. A live run of an equal plan gets a shared
    /// ticket, so that whoever asks for it now is told of it too.
    ///
    /// With `supersedes` the other runs of the same project, model and lane that nobody works on yet are cancelled too.
    /// One that was also asked for from another lane stays, unless something newer was asked for there. Asked again for
    /// events that all have an outcome, it changes nothing.
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

    /// Settles events with a run that answers them already: those that have no outcome are `.sameAs` it, and it gets a
    /// shared ticket. `supersedes`: as in `create`. Events that all have an outcome change nothing.
    package func share(
        _ run: Run, with ticket: TicketDraft, for events: [Int64], supersedes: Bool, at: Date
    ) async throws(Fault) {
        try await write { database in
            let pending = try events.filter { try Inbox.event(database, $0).outcome == nil }
            if pending.isEmpty { return }
            for event in pending { try Inbox.settle(database, event, as: .sameAs(run.id), at: at) }
            try Tickets.share(database, run, ticket, at: at)
            if supersedes { _ = try Tickets.supersede(database, ticket, by: run, at: at) }
        }
    }

    /// The ticket that the run was created with.
    package func ticket(of run: RunID) async throws(Fault) -> Ticket? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT body FROM ticket WHERE run = ? AND shared = 0", arguments: [run.number]
            ).map { try $0.json("body") }
        }
    }

    /// Everything that the run was asked for by, newest first; the last one is what it was created with.
    package func tickets(of run: RunID) async throws(Fault) -> [Ticket] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT body FROM ticket WHERE run = ? ORDER BY id DESC", arguments: [run.number]
            ).map { try $0.json("body") }
        }
    }

    /// What was asked for last from a lane; nil: nothing.
    package func newestTicket(
        of lane: Ticket.Lane, model: ModelName, in project: ProjectName
    ) async throws(Fault) -> Ticket? {
        try await read { try Tickets.newest($0, of: lane, model, project) }
    }

    /// Queued runs that were asked for from this lane and from no other where somebody still waits for them, by number.
    package func queuedRuns(onlyFor lane: Ticket.Lane, of project: ProjectName) async throws(Fault) -> [RunID] {
        try await read { database in
            try Int64.fetchAll(
                database, sql: Tickets.superseded, arguments: [project.text, nil, Canonical.text(of: lane), 0]
            ).compactMap { RunID($0) }
        }
    }

    /// Runs that wait for somebody to work on them: higher priority first, then the older. The ticket of each is the most
    /// urgent one that it has.
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

    /// The run that was asked for last for a pull request: where it went back to a commit, that is an older one. `model`: of
    /// that model only.
    package func newestRun(
        of project: ProjectName, pullRequest: Int64, model: ModelName? = nil
    ) async throws(Fault) -> (run: Run, ticket: Ticket)? {
        let sql = "\(Tickets.ofPullRequest) AND (? IS NULL OR ticket.model = ?) ORDER BY ticket.id DESC LIMIT 1"
        return try await ticketed(sql, [pullRequest, project.text, model?.text, model?.text]).first
    }

    /// The runs of a pull request, each once with the newest ticket that it has there; what was asked for last is first.
    package func tickets(
        pullRequest: Int64, of project: ProjectName
    ) async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        var seen: Set<RunID> = []
        return try await ticketed("\(Tickets.ofPullRequest) ORDER BY ticket.id DESC", [pullRequest, project.text])
            .filter { seen.insert($0.run.id).inserted }
    }

    /// What was asked for last is first. A run that was asked for by several is there with each of its tickets.
    package func tickets(
        commit: CommitID, of project: ProjectName
    ) async throws(Fault) -> [(run: Run, ticket: Ticket)] {
        try await ticketed("\(Tickets.ofCommit) ORDER BY ticket.id DESC", [commit.hex, project.text])
    }

    /// Judged runs of a model that something else than a pull request asked for, each once; what was asked for last is
    /// first.
    package func judgedOutside(
        of model: ModelName, in project: ProjectName, limit: Int
    ) async throws(Fault) -> [Run] {
        var seen: Set<RunID> = []
        return try await ticketed(
            "\(Tickets.judgedOutside) ORDER BY ticket.id DESC LIMIT ?", [project.text, model.text, max(0, limit)]
        ).map(\.run).filter { seen.insert($0.id).inserted }
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
        WHERE run.state = 'queued' AND ticket.id =
            (SELECT id FROM ticket AS urgent WHERE urgent.run = run.id ORDER BY urgent.priority DESC, urgent.id LIMIT 1)
        ORDER BY ticket.priority DESC, run.id
        """
    static let working = """
        \(select(from: "run INDEXED BY run_live CROSS JOIN ticket ON ticket.run = run.id AND ticket.shared = 0"))
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
    static let judgedOutside = """
        \(select(from: "ticket INDEXED BY ticket_outside CROSS JOIN run ON run.id = ticket.run"))
        WHERE ticket.project = ? AND ticket.model = ? AND ticket.pull_request IS NULL AND run.state = 'judged'
        """
    static let lastEnd = """
        SELECT finished_at FROM run INDEXED BY run_by_model_end
        WHERE model = ? AND finished_at IS NOT NULL AND started_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1
        """

    static func insert(
        _ database: Database, _ draft: Store.TicketDraft, _ run: Run, isShared: Bool, at: Date
    ) throws {
        let ticket = Ticket(
            run: run.id, project: draft.project, lane: draft.lane, priority: draft.priority,
            pullRequest: draft.pullRequest, event: draft.event, at: at)
        try database.cachedStatement(
            sql: """
                INSERT INTO ticket
                (run, shared, project, model, lane, lane_body, priority, pull_request, commit_id, event, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            run.id.number, isShared, ticket.project.text, run.model.text, ticket.lane.word,
            Canonical.text(of: ticket.lane), ticket.priority, ticket.pullRequest?.number, run.commit.hex,
            ticket.event, Canonical.text(of: ticket),
        ])
        try Journal.append(database, at: at, "run \(run.id)", isShared ? "share" : "queue", value: ticket)
    }

    static let newestOfLane = """
        SELECT body FROM ticket INDEXED BY ticket_by_lane
        WHERE project = ? AND model = ? AND lane_body = ? ORDER BY id DESC LIMIT 1
        """

    static func newest(
        _ database: Database, of lane: Ticket.Lane, _ model: ModelName, _ project: ProjectName
    ) throws -> Ticket? {
        try Row.fetchOne(
            database, sql: newestOfLane, arguments: [project.text, model.text, Canonical.text(of: lane)]
        ).map { try $0.json("body") }
    }

    /// Gives a run a further ticket, unless it is what was asked for last from that lane, in the same way.
    static func share(_ database: Database, _ run: Run, _ draft: Store.TicketDraft, at: Date) throws {
        if let newest = try newest(database, of: draft.lane, run.model, draft.project), newest.run == run.id,
            newest.pullRequest?.number == draft.pullRequest?.number,
            newest.pullRequest?.base == draft.pullRequest?.base
        {
            return
        }
        try insert(database, draft, run, isShared: true, at: at)
    }

    // Of a lane nobody waits for a run any more if something newer was asked for there, or its pull request is not open.
    static let superseded = """
        SELECT DISTINCT run.id FROM run INDEXED BY run_queued CROSS JOIN ticket ON ticket.run = run.id
        WHERE run.state = 'queued' AND ticket.project = ?1 AND (?2 IS NULL OR ticket.model = ?2)
        AND ticket.lane_body = ?3 AND run.id <> ?4
        AND NOT EXISTS (
            SELECT 1 FROM ticket AS other INDEXED BY ticket_by_run
            WHERE other.run = run.id AND other.lane_body <> ?3
            AND NOT (other.lane <> 'manual' AND EXISTS (
                SELECT 1 FROM ticket AS newer INDEXED BY ticket_by_lane
                WHERE newer.project = other.project AND newer.model = other.model
                AND newer.lane_body = other.lane_body AND newer.run <> other.run AND newer.id > other.id))
            AND NOT (other.lane = 'pull_request' AND EXISTS (
                SELECT 1 FROM pull_request
                WHERE pull_request.project = other.project AND pull_request.number = other.pull_request
                AND pull_request.state <> 'open')))
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
        for id in ids { try cancel(database, id, reason: "superseded by run \(run.id)", at: at) }
        return ids
    }

    /// Cancels a queued run and its stages.
    static func cancel(_ database: Database, _ id: RunID, reason: String, at: Date) throws {
        _ = try Runs.change(database, id, .cancel(by: nil, reason: reason), at: at)
        let stages = try String.fetchAll(
            database, sql: "SELECT name FROM stage WHERE run = ? AND state = 'pending' ORDER BY ordinal",
            arguments: [id.number])
        for name in stages.compactMap({ StageName($0) }) {
            _ = try Stages.change(database, name, of: id, .cancel, inputs: nil, at: at)
        }
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
