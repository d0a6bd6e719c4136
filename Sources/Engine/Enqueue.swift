package import Domain
package import Storage

extension Engine {
    /// What a plan came to that was to be queued.
    package enum Enqueued: Sendable, Equatable {
        /// It has a run, which waits; runs that waited for the same are superseded by it.
        case queued(Run, superseded: [RunID])
        /// An equal plan was answered before or is under way.
        case known(Run)
    }

    /// Creates the run of a plan for events that call for it, with its place in the queue, and works on nothing.
    ///
    /// Asked again for events that came to a run already, it gives that run. An equal plan's run gets a shared ticket.
    /// - Parameters:
    ///   - supersedes: other queued runs of the same project, model and lane are cancelled with it.
    ///   - again: also if an equal plan was answered before.
    package func enqueue(
        _ blueprint: Blueprint, for events: [Int64], ticket: Store.TicketDraft, supersedes: Bool, again: Bool
    ) async throws(Fault) -> Enqueued {
        let plan = blueprint.plan
        if !again, let known = try await store.answer(to: plan.fingerprint), isAnswer(known) {
            try await store.share(known, with: ticket, for: events, supersedes: supersedes, at: now())
            return .known(known)
        }
        let (creation, superseded) = try await store.create(
            plan, for: events, ticket: ticket, supersedes: supersedes, at: now())
        switch creation {
        case .created(let run):
            hooks.reached(.runCreated)
            return .queued(run, superseded: superseded)
        case .live(let run):
            return .known(run)
        }
    }
}
