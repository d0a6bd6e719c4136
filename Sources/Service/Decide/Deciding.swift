package import Domain
package import Engine
import Forges
import Foundation
import Host
import Reports
import Settings
package import Storage

extension Bot {
    /// Acts on a comment: a command is done and answered, anything else is settled without a word.
    ///
    /// Asked again for the same event, it does nothing a second time and gives the same answer. Whatever it does is
    /// committed by whoever it calls; the posts are for the caller to write in the transaction that settles the event.
    /// - Throws: `.environment` while the forge or the machine cannot be asked: nothing was decided, and the event is to
    ///   be acted on again.
    package func act(
        on comment: PullRequestComment, event: Store.StoredEvent, project: ServedProject
    ) async throws(Fault) -> (EventOutcome, [Post]) {
        guard let speaking = Speaking(bot: self, project: project, event: event) else {
            return (.ignored(reason: "the project lies on no forge"), [])
        }
        return try await speaking.act(on: comment)
    }

    /// Acts on a button of a check; as `act(on:event:project:)` for comments.
    package func act(
        on button: ForgeEvent.Button, event: Store.StoredEvent, project: ServedProject
    ) async throws(Fault) -> (EventOutcome, [Post]) {
        guard let speaking = Speaking(bot: self, project: project, event: event) else {
            return (.ignored(reason: "the project lies on no forge"), [])
        }
        return try await speaking.act(on: button)
    }

    /// Acts on a merge: that of a promotion pull request is an approval by whoever merged it; any other is nothing here.
    package func act(
        onMerge pull: PullRequest, event: Store.StoredEvent, project: ServedProject
    ) async throws(Fault) -> (EventOutcome, [Post]) {
        let merged = EventOutcome.handled("pull request \(pull.number) was merged")
        guard isOwn(pull), let speaking = Speaking(bot: self, project: project, event: event) else {
            return (merged, [])
        }
        return try await speaking.act(onMerge: pull)
    }

    /// True for branches that only the bot writes: what is pushed there starts no run.
    package func isOwnBranch(_ branch: BranchName) -> Bool { branch.text.hasPrefix(Ground.ownBranches) }

    /// True for a pull request from one of the bot's own branches: it starts no run.
    package func isOwn(_ pull: PullRequest) -> Bool { !pull.isFork && isOwnBranch(pull.headBranch) }

    /// True if nothing but the bot's own files changed: such a push starts no run.
    package func areOwnFiles(_ changed: [String]) -> Bool {
        !changed.isEmpty && changed.allSatisfy { $0.hasPrefix(".sluice/") }
    }

    /// The pull request in which a run is decided on, as it was when the run was asked for there: the newest that is open
    /// and stands on its commit. Nil: it is decided on outside of pull requests, because a branch or somebody asked for it
    /// as well. That the base itself stands on the commit ends a pull request, whoever tells it first.
    func pullRequest(decidingOn run: Run) async throws(Fault) -> PullRequest? {
        let store = engine.store
        let tickets = try await store.tickets(of: run.id)
        for ticket in tickets {
            guard let pull = ticket.pullRequest, !tickets.contains(where: { $0.lane == .branch(pull.base) }),
                let now = try await store.pullRequest(pull.number, of: ticket.project), now.state == .open,
                now.head == run.commit
            else { continue }
            return pull
        }
        return tickets.contains { $0.pullRequest == nil } ? nil : tickets.first?.pullRequest
    }

    /// A decision by a user of the server, on a page or with a token.
    ///
    /// What the forge can tell is asked of it now: the pull request must be open and stand on the run's commit, and who is
    /// to count for a team must be in it. What has to be deployed because of it goes on after this returns.
    /// - Throws: `Fault` for a run that is not there, and what the engine throws; a forge that cannot be asked is
    ///   `.refused(.couldNotAsk)`.
    package func decide(
        _ answer: Decision.Answer, on run: RunID, by user: User, token: Token?, way: Voice.Way
    ) async throws(Fault) -> Engine.Decided {
        let role = min(user.role, token?.role ?? user.role)
        guard role >= .approver, user.disabledAt == nil else {
            return .refused(.roleTooLow(user.name, has: role, needs: .approver))
        }
        let found = try await engine.required(run)
        let plan = try await engine.requiredPlan(of: run)
        let ticket = try await engine.store.ticket(of: run)
        let project: ServedProject? = if let ticket { try await self.project(ticket.project) } else { nil }
        let speaker = Speaker(user)
        let standpoint: Standpoint
        do throws(Stop) {
            let asked = try await trying { () async throws(Fault) in try await pullRequest(decidingOn: found) }
            let pull = try await now(asked, of: found, project)
            standpoint = try await self.standpoint(of: speaker, on: found, plan, pull, of: project)
        } catch {
            return .refused(try error.refusal())
        }
        if plan.rules != nil { try await project?.refresh() }
        let decided = try await engine.decide(
            answer, on: run, voice: Voice(person: speaker.login, way: way), standpoint: standpoint,
            floor: project?.settings.floor, deployment: .later, progress: { _ in })
        bells.queue.ring()
        bells.publishing.ring()
        return decided
    }

    /// A pull request in which a run is decided on as it is now; nil: there is none. It must be open, and what the run
    /// judged.
    private func now(
        _ asked: PullRequest?, of run: Run, _ project: ServedProject?
    ) async throws(Stop) -> PullRequest? {
        guard let asked, let onForge = project?.onForge else { return nil }
        let now = try await asking { () async throws(ForgeError) in
            try await onForge.forge.pullRequest(asked.number, in: onForge.repository)
        }
        guard now.state == .open, now.head == run.commit else {
            throw .refused(.headMoved(of: run.commit, now: now.state == .open ? now.head : nil))
        }
        guard asked.base == now.base else { throw .refused(.baseChanged(of: asked.base, now: now.base)) }
        return now
    }
}
