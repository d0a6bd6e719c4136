package import Domain
import Engine
import Foundation
import Host
import Settings
import Storage

/// The way back, and making runs again: what comments, pages and the API have in common.
extension Bot {
    /// What a user's wish to go back came to.
    package enum Returned: Sendable, Equatable {
        /// What has to be deployed for it may still go on.
        case begun(Promotion)
        case refused(DecisionRefusal)
    }

    /// Puts the version back that held the alias before, because a user of the server says so.
    ///
    /// - Parameter version: the version that has to hold the alias; nil: whichever does.
    /// - Throws: `.input` if there is nothing to go back to, or another version holds the alias; a forge that cannot be
    ///   asked about a team is `.refused(.couldNotAsk)`.
    package func rollBack(
        _ model: ModelName, alias: AliasName, from version: Int?, by user: User, token: Token?, reason: String
    ) async throws(Fault) -> Returned {
        let role = min(user.role, token?.role ?? user.role)
        guard role >= .approver, user.disabledAt == nil else {
            return .refused(.roleTooLow(user.name, has: role, needs: .approver))
        }
        if let holder = try await engine.store.holder(of: alias, model: model) {
            let plan = try await engine.requiredPlan(of: holder.run)
            let owner = try await engine.store.ticket(of: holder.run)?.project
            let live = configuration.now
            let floor = owner.flatMap { live.settings.projects[$0] }.map(\.floor)
            var listing = Listing(of: Speaker(user), on: owner.flatMap { live.onForge($0) })
            do throws(Stop) {
                for listed in deciders(of: plan, floor) {
                    guard try await listing.entry(of: listed) != nil else {
                        return .refused(.notListed(user.person, allowed: listed))
                    }
                }
            } catch {
                return .refused(try error.refusal())
            }
        }
        return .begun(try await goBack(model, alias: alias, from: version, by: user.name, reason: reason))
    }

    /// Lists of which each must name whoever goes back: those of the policy, and of the operator.
    func deciders(of plan: Plan, _ floor: Floor?) -> [[PersonName]] {
        [plan.policy.approval.by, floor?.by ?? []].filter { !$0.isEmpty }
    }

    /// Goes back; whoever calls has found out that the person may.
    func goBack(
        _ model: ModelName, alias: AliasName, from version: Int? = nil, by person: PersonName, reason: String
    ) async throws(Fault) -> Promotion {
        let promotion = try await engine.rollBack(
            model, alias: alias, from: version, by: person, reason: reason, deployment: .later, progress: { _ in })
        bells.queue.ring()
        bells.publishing.ring()
        return promotion
    }

    /// Queues a run that repeats a judged one, because a user of the server says so. Said again while that run is not
    /// over, it is that run.
    ///
    /// - Throws: `.input` for what cannot be repeated here.
    package func reproduce(_ run: Run, by user: User) async throws(Fault) -> Run {
        guard case .judged = run.state else {
            throw Fault(.input, "run \(run.id) is \(run.state.word): only a judged run can be reproduced")
        }
        guard run.trigger.reproduced == nil else {
            throw Fault(
                .input, "run \(run.id) is itself a reproduction", advice: "reproduce the run that it repeats")
        }
        guard let ticket = try await engine.store.ticket(of: run.id) else {
            throw Fault(.input, "run \(run.id) is of no project of this server")
        }
        let plan = try await engine.requiredPlan(of: run.id)
        let blueprint = try await engine.replan(plan, as: run.id)
        // Without a project, so that nobody acts on it before the run is there.
        let event = try await engine.store.record(
            Event(
                key: "reproduce:\(run.id):\(UUID().uuidString)", kind: .reproduceCommand(run.id),
                repository: plan.repository, at: engine.now(), by: user.name))
        return try await queue(blueprint, of: ticket.project, pullRequest: ticket.pullRequest, for: event.id)
    }

    /// Queues a run that repeats another one, as a wish of somebody's.
    func queue(
        _ blueprint: Blueprint, of project: ProjectName, pullRequest: PullRequest?, for event: Int64
    ) async throws(Fault) -> Run {
        let lane = Ticket.Lane.manual
        let priority = configuration.now.settings.projects[project]?.priority(of: lane) ?? 0
        let draft = Store.TicketDraft(
            project: project, lane: lane, priority: priority, pullRequest: pullRequest, event: event)
        let created = try await engine.store.create(
            blueprint.plan, for: [event], ticket: draft, supersedes: false, at: engine.now())
        bells.queue.ring()
        bells.publishing.ring()
        switch created.0 {
        case .created(let run), .live(let run): return run
        }
    }
}
