package import Domain
package import Foundation
import GRDB

extension Store {
    /// Puts a run of a newer plan in the place of one that is still queued, which is cancelled. It takes over what the
    /// queued one was asked for by, as far as nothing newer was asked for there. A live run of an equal plan takes it over
    /// too.
    ///
    /// - Returns: the run that is there instead; nil: the run is not queued any more, or its plan is the same, and nothing
    ///   was changed.
    package func replace(_ queued: RunID, by plan: Plan, at: Date) async throws(Fault) -> Run? {
        try await write { database in
            let old = try Runs.existing(database, queued)
            guard old.state == .queued, old.fingerprint != plan.fingerprint else { return nil }
            let drafts = try Tickets.standing(database, of: queued).map(TicketDraft.init)
            guard let first = drafts.first else { throw Fault(.bug, "run \(queued) has no ticket") }
            let run = try Runs.live(database, plan.fingerprint) ?? Runs.insert(database, plan, ticket: first, at: at)
            for draft in drafts { try Tickets.share(database, run, draft, at: at) }
            try Tickets.cancel(database, queued, reason: "superseded by run \(run.id)", at: at)
            return run
        }
    }
}

extension Store.TicketDraft {
    fileprivate init(_ ticket: Ticket) {
        self.init(
            project: ticket.project, lane: ticket.lane, priority: ticket.priority, pullRequest: ticket.pullRequest,
            event: ticket.event)
    }
}

extension Tickets {
    /// What a run was asked for by, oldest first, without what a newer run was asked for by from the same lane.
    fileprivate static func standing(_ database: Database, of run: RunID) throws -> [Ticket] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT body FROM ticket AS mine WHERE mine.run = ? AND (mine.lane = 'manual' OR NOT EXISTS (
                    SELECT 1 FROM ticket AS newer INDEXED BY ticket_by_lane
                    WHERE newer.project = mine.project AND newer.model = mine.model
                    AND newer.lane_body = mine.lane_body AND newer.run <> mine.run AND newer.id > mine.id))
                ORDER BY mine.id
                """,
            arguments: [run.number]
        ).map { try $0.json("body") }
    }
}
