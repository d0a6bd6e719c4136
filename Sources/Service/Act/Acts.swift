import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Settings
import Storage

/// Acts for one project on one event after the other. What it does is committed by whoever it calls; it remembers
/// nothing but when it fetched.
struct Acts: Sendable {
    let bot: Bot
    let project: ServedProject
    let parked: Parked
    private let fetches = Fetches()
    let settled = Settled()

    init(bot: Bot, project: ServedProject, parked: Parked) {
        self.bot = bot
        self.project = project
        self.parked = parked
    }

    var engine: Engine { bot.engine }
    var store: Store { bot.engine.store }

    /// Settles the event, or leaves it to wait for a person or a time.
    ///
    /// - Throws: `.input` where the event can come to nothing, else what may be over when it is tried again.
    func act(on stored: Store.StoredEvent) async throws(Fault) {
        switch stored.event.kind {
        case .forge(_, .push(let branch, let before, let after, _)), .branchMoved(let branch, let before, let after):
            try await act(onPush: branch, before: before, after: after, stored)
        case .forge(_, .pullRequest(let pull, let change)): try await act(on: pull, change, stored)
        case .forge(_, .pullRequestChanged(let number)): try await act(onChangeOf: number, stored)
        case .forge(_, .mergeGroup(let head, let base)): try await act(onGroup: head, base: base, stored)
        case .forge(_, .comment(let comment)): try await act(on: comment, stored)
        case .forge(_, .button(let button)): try await act(on: button, stored)
        case .forge(_, .nothing(let name)): try await settle(stored, as: .ignored(reason: name))
        case .tick(let cron, let timezone, let due): try await act(onTick: cron, timezone, due: due, stored)
        case .asked(let ask): try await act(on: ask, stored)
        case .runCommand, .reproduceCommand, .dataAdded, .driftAlarm, .filesDropped, .fileReleased:
            // Those who record these act on them.
            break
        }
    }

    /// Fetches all branches, unless that was done since the event was recorded: of twenty branches that are pushed at
    /// once, all come with the first fetch.
    func refresh(for stored: Store.StoredEvent) async throws(Fault) {
        let began = engine.now()
        if let last = fetches.last, last > stored.event.at { return }
        try await project.refresh()
        fetches.last = began
    }

    func settle(_ stored: Store.StoredEvent, as outcome: EventOutcome, posts: [Post] = []) async throws(Fault) {
        try await store.settle(event: stored.id, as: outcome, posts: posts, at: engine.now())
        engine.hooks.reached(.eventSettled)
        settled.note()
        if !posts.isEmpty { bot.bells.posts.ring() }
    }

    func ignore(_ stored: Store.StoredEvent, _ reason: String) async throws(Fault) {
        try await settle(stored, as: .ignored(reason: reason))
    }

    /// The event waits for a word or a time.
    func park(_ stored: Store.StoredEvent, until date: Date) async throws(Fault) {
        parked.park(stored.id, until: date, now: engine.now())
        try await store.forgetTrouble(of: stored.id)
    }

    /// The event can come to nothing: it says why, and so does a status on the commit that it is about.
    func refuse(_ stored: Store.StoredEvent, _ fault: Fault) async throws(Fault) {
        let shown = bot.masked(fault)
        let posts = await bot.refusalStatus(of: stored, for: shown, project: project)
        try await settle(stored, as: .refused(shown), posts: posts)
        switch stored.event.kind {
        case .forge(_, .push(let branch, let before, let after?, _)), .branchMoved(let branch, let before, let after?):
            try await advance(branch, before: before, to: after)
        default: break
        }
    }

    /// Plans and queues a run for an event.
    func enqueue(_ request: PlanRequest, as ticket: Store.TicketDraft, again: Bool = false, for events: [Int64])
        async throws(Fault)
    {
        let blueprint = try await plan(request)
        _ = try await engine.enqueue(
            blueprint, for: events, ticket: ticket, supersedes: ticket.lane != .manual, again: again)
        settled.note()
        bot.bells.queue.ring()
        bot.bells.publishing.ring()
    }

    /// Makes the plan that the operator allows.
    func plan(_ request: PlanRequest) async throws(Fault) -> Blueprint {
        var request = request
        request.floor = project.settings.floor
        request.allowedSecrets = project.settings.allowedSecrets(besides: bot.configuration.now.settings.ownVariables)
        let blueprint = try await engine.plan(project.repository, request)
        try requireModel(blueprint.plan.policy.model)
        return blueprint
    }

    /// Throws unless the operator lets the project make the model: models belong to the home, and the one of another
    /// project is not for everybody to replace.
    private func requireModel(_ model: ModelName) throws(Fault) {
        guard let models = project.settings.models, !models.contains(where: { NamePattern($0).fits(model.text) })
        else { return }
        throw Fault(
            .input, "the model '\(model)' is not one that the server lets this project make (projects.NAME.models)",
            advice: models.isEmpty ? "it lets it make none" : "it lets it make \(models.joined(separator: ", "))")
    }

    func ticket(
        _ lane: Ticket.Lane, _ event: Int64, pull: PullRequest? = nil
    ) -> Store.TicketDraft {
        Store.TicketDraft(
            project: project.name, lane: lane, priority: project.settings.priority(of: lane), pullRequest: pull,
            event: event)
    }

    /// The policy at a commit; nil: the commit has none. One that cannot be read is thrown.
    func policy(at commit: CommitID) async throws(Fault) -> Policy? {
        try await bot.policy(of: project, at: commit)
    }

}

extension Bot {
    /// The policy at a commit; nil: the commit has none. One that cannot be read is thrown.
    func policy(of project: ServedProject, at commit: CommitID) async throws(Fault) -> Policy? {
        guard let path = TreePath("sluice.yaml"),
            try await project.repository.file(path, at: commit, limit: 1 << 20) != nil
        else { return nil }
        return try await engine.policy(in: project.repository, at: commit).policy
    }
}

extension ProjectSettings {
    /// The project's own priority comes first; in one project people who wait go before what begins by itself.
    func priority(of lane: Ticket.Lane) -> Int { priority * 10 + lane.urgency }
}

extension Ticket.Lane {
    /// One digit.
    fileprivate var urgency: Int {
        switch self {
        case .manual: 3
        case .pullRequest: 2
        case .branch: 1
        case .data, .schedule, .drift: 0
        }
    }
}
