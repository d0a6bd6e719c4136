import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Reports
import Settings
import Storage

extension Acts {
    /// A pull request changed. What it says about itself is what the forge said then; what is known to be newer counts.
    func act(
        on pull: PullRequest, _ change: PullRequestChange, _ stored: Store.StoredEvent
    ) async throws(Fault) {
        if try await store.pullRequest(pull.number, of: project.name) != pull {
            try await store.know(pull, of: project.name, at: stored.event.at)
        }
        let newest = try await store.pullRequest(pull.number, of: project.name) ?? pull
        switch change {
        case .closed:
            if newest.state == .open, newest.updatedAt > pull.updatedAt {
                return try await ignore(stored, "pull request \(pull.number) is open by now")
            }
            try await cancelQueued(pull, "pull request \(pull.number) was closed")
            try await settle(stored, as: .handled("pull request \(pull.number) was closed"))
        case .merged:
            try await cancelQueued(pull, "pull request \(pull.number) was merged")
            let (outcome, posts) = try await bot.act(onMerge: pull, event: stored, project: project)
            if case .handled = outcome { engine.hooks.reached(.eventObeyed) }
            try await settle(stored, as: outcome, posts: posts)
            ringAll()
        case .opened, .synchronized, .edited, .reopened:
            guard newest.state == .open else {
                return try await ignore(stored, "pull request \(pull.number) is \(newest.state.rawValue) by now")
            }
            guard newest.head == pull.head else {
                return try await ignore(
                    stored, "pull request \(pull.number) stands on commit \(newest.head.short) by now")
            }
            if bot.isOwn(newest) { return try await ignore(stored, "it is the bot's own pull request") }
            if parked.isParked(stored.id, now: engine.now()),
                try await !store.isPermitted(pull.head, of: project.name)
            {
                return
            }
            switch try await standing(of: pull) {
            case .asTold: break
            case .gone: return try await ignore(stored, "the forge has no pull request \(pull.number) any more")
            case .moved(let head):
                return try await ignore(stored, "pull request \(pull.number) stands on commit \(head.short) by now")
            }
            try await start(newest, change, stored)
        }
    }

    enum Standing {
        case asTold
        case moved(CommitID)
        case gone
    }

    /// Whether a pull request stands on the commit that is told of or asked for: what comes late would take the place of
    /// what is newer, whether its commit ever had a run or not. Asked where the newest run is of another commit, for the
    /// order of what is told says nothing.
    func standing(of pull: PullRequest) async throws(Fault) -> Standing {
        guard let onForge = project.onForge,
            let newest = try await store.newestRun(of: project.name, pullRequest: pull.number)?.run,
            newest.commit != pull.head
        else { return .asTold }
        let now: PullRequest?
        do throws(ForgeError) {
            now = try await onForge.pullRequestIfThere(pull.number)
        } catch {
            throw error.fault
        }
        guard let now else { return .gone }
        guard now.head != pull.head else { return .asTold }
        try await bot.note(now, of: project, on: onForge)
        return .moved(now.head)
    }

    /// A pull request changed, and only its number is known: the forge is asked for the rest.
    func act(onChangeOf number: Int64, _ stored: Store.StoredEvent) async throws(Fault) {
        guard let onForge = project.onForge else { return try await ignore(stored, "the project lies on no forge") }
        let known = try await store.pullRequest(number, of: project.name)
        if let known, parked.isParked(stored.id, now: engine.now()),
            try await !store.isPermitted(known.head, of: project.name)
        {
            return
        }
        let asked = engine.now()
        let found: PullRequest?
        do throws(ForgeError) {
            found = try await onForge.pullRequestIfThere(number)
        } catch {
            if case .unreadable(let why) = error {
                return try await ignore(stored, "pull request \(number) cannot be read: \(why)")
            }
            throw error.fault
        }
        guard let pull = found else { return try await ignore(stored, "the forge has no pull request \(number)") }
        // It stands so now, whatever was seen between the delivery and this answer.
        try await store.know(pull, of: project.name, at: asked)
        // What is known already may still have to be acted on: by a process that ended in between, for one.
        try await act(on: pull, PullRequestChange(from: known, to: pull) ?? PullRequestChange(pull.state), stored)
    }

    /// Blocked looks blocked from the first second, whatever comes of it: the status is written before anything is
    /// fetched.
    private func start(
        _ pull: PullRequest, _ change: PullRequestChange, _ stored: Store.StoredEvent
    ) async throws(Fault) {
        try await bot.put(bot.pendingStatus(for: pull, project: project))
        try await refresh(for: stored)
        let rules = try await project.rules(of: pull)
        guard let policy = try await policy(of: pull, at: rules.commit) else {
            return try await ignore(stored, "neither '\(rules.branch)' nor commit \(pull.head.short) has a sluice.yaml")
        }
        // What was not fetched yet when the first status was written is known now.
        try await bot.put(bot.pendingStatus(for: pull, project: project))
        switch policy.match(pull) {
        case .nothing(let reason):
            // A draft's run is not asked for yet, and will be; what a stranger wrote may never have one.
            let posts =
                policy.blocks(pull)
                ? [] : bot.status(.success, Outside.noRunNeeded, of: pull.head, model: policy.model, project: project)
            try await settle(stored, as: .ignored(reason: reason), posts: posts)
        case .run(let trigger, let needsPermission):
            if needsPermission, try await !store.isPermitted(pull.head, of: project.name) {
                return try await park(stored, until: engine.now().addingTimeInterval(300))
            }
            parked.free(stored.id)
            if let run = try await run(of: pull, policy.model) {
                // Closing it cancelled what had not begun, and is taken back.
                let wasCancelled = if case .cancelled = run.state { true } else { false }
                if change != .reopened || !wasCancelled { return try await settle(stored, as: .sameAs(run.id)) }
            }
            let commit = try await project.commit(of: pull)
            // Another base makes void what was said about the commit, and that is bound to its run.
            let known = try await store.newestRun(of: project.name, pullRequest: pull.number, model: policy.model)
            let isMoved = known.map { $0.run.commit == pull.head && $0.ticket.pullRequest?.base != pull.base } ?? false
            try await enqueue(
                PlanRequest(commit: commit, trigger: trigger, rules: rules, isForeign: pull.isFork),
                as: ticket(.pullRequest(pull.number), stored.id, pull: pull), again: isMoved, for: [stored.id])
        }
    }

    /// The run that the head has already: a webhook and a look at the forge may tell of it in different words, and by the
    /// second the champion or the base may be another, so that its plan is not the same. Nil: it has none.
    private func run(of pull: PullRequest, _ model: ModelName) async throws(Fault) -> Run? {
        guard
            let (run, ticket) = try await store.newestRun(of: project.name, pullRequest: pull.number, model: model)
        else { return nil }
        return run.commit == pull.head && ticket.pullRequest?.base == pull.base ? run : nil
    }

    /// The policy that gives the rules; where there is none, that of the pull request, which then can have nothing
    /// promoted. Nil: neither has one, or it comes from a stranger.
    private func policy(of pull: PullRequest, at tip: CommitID) async throws(Fault) -> Policy? {
        if let policy = try await policy(at: tip) { return policy }
        if pull.isFork { return nil }
        return try await policy(at: try await project.commit(of: pull).id)
    }

    /// Those that nobody else waits for: another pull request or a branch may stand on the same commit.
    private func cancelQueued(_ pull: PullRequest, _ reason: String) async throws(Fault) {
        for run in try await store.queuedRuns(onlyFor: .pullRequest(pull.number), of: project.name) {
            do throws(Fault) {
                _ = try await engine.cancel(run, by: nil, reason: reason)
            } catch {
                // It began or ended in between.
                guard error.kind == .input else { throw error }
            }
        }
        bot.bells.queue.ring()
        bot.bells.publishing.ring()
    }

    func act(on comment: PullRequestComment, _ stored: Store.StoredEvent) async throws(Fault) {
        let (outcome, posts) = try await bot.act(on: comment, event: stored, project: project)
        if case .handled = outcome { engine.hooks.reached(.eventObeyed) }
        try await settle(stored, as: outcome, posts: posts)
        ringAll()
    }

    func act(on button: ForgeEvent.Button, _ stored: Store.StoredEvent) async throws(Fault) {
        let (outcome, posts) = try await bot.act(on: button, event: stored, project: project)
        if case .handled = outcome { engine.hooks.reached(.eventObeyed) }
        try await settle(stored, as: outcome, posts: posts)
        ringAll()
    }

    /// A command may have asked for a run, cancelled one, let a commit run or decided.
    private func ringAll() {
        bot.bells.events.ring()
        bot.bells.queue.ring()
        bot.bells.publishing.ring()
    }
}
