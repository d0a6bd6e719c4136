import Content
package import Domain
import Host
import Reports
import Storage
import SystemPackage

extension Engine {
    /// Who runs the commands of a promotion.
    package enum Deployment: Sendable, Equatable {
        /// Whoever promotes, before it hears what came of it.
        case here
        /// Whoever calls `finish` later: a promotion with commands stays intended. One without any is over at once.
        case later
    }

    /// Promotes the model of a run whose decisions allow it, or finishes the promotion that they started.
    ///
    /// - Parameter floor: the operator's of now; nil: it is not known here.
    package func promote(
        decided id: RunID, floor: Floor? = nil, deployment: Deployment = .here, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Promotion {
        if let begun = try await store.promotion(ofRun: id) {
            // What stands against a promotion was asked before it began; asking anew could only leave it half done.
            return begun.state.isFinal
                ? begun : try await goOn(begun, try await requiredPlan(of: id), deployment, progress)
        }
        let run = try await required(id)
        let plan = try await requiredPlan(of: id)
        guard try await isApproved(run, plan) else { throw Fault(.input, "run \(id) is not approved") }
        if let refusal = try await refusal(of: plan, floor: floor) {
            throw Fault(.input, "run \(id) cannot be promoted: \(ReportRenderer.sentence(refusal))")
        }
        try await requireEvidence(of: run)
        return try await begin(run, plan, deployment, progress)
    }

    /// As `promote(decided:)`, for a caller that has just looked at decisions and evidence.
    func begin(
        _ run: Run, _ plan: Plan, _ deployment: Deployment, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Promotion {
        guard let challenger = run.challenger else { throw Fault(.bug, "run \(run.id) passed without a model") }
        return try await begin(challenger, plan, why: .decided(run.id), deployment, progress)
    }

    /// Puts a registered version in place because a person says so: `sluice promote`. Only a version whose own run was
    /// approved can be, and only if nothing changed of what was decided on.
    package func promote(
        _ version: Int, of model: ModelName, by person: PersonName, reason: String, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Promotion {
        guard let found = try await store.version(version, of: model) else {
            throw Fault(.input, "model '\(model)' has no version \(version)", advice: "'sluice models' lists them")
        }
        let run = try await required(found.ref.run)
        let plan = try await requiredPlan(of: run.id)
        guard try await isApproved(run, plan) else {
            throw Fault(
                .input, "version \(version) comes from run \(run.id), which nobody approved",
                advice: "'sluice approve \(run.id)' promotes it if its gates passed")
        }
        try await requireEvidence(of: run)
        return try await begin(found.ref, plan, why: .command(by: person, reason: reason), .here, progress)
    }

    /// Puts the version back that held the alias before the one that holds it now.
    ///
    /// It served before, so nothing but the bytes of its model is looked at: a way back must not depend on the data
    /// that it was trained on still being there.
    ///
    /// - Parameter version: the version that has to hold the alias, so that who says it twice goes back one step; nil:
    ///   whichever holds it.
    package func rollBack(
        _ model: ModelName, alias: AliasName, from version: Int? = nil, by person: PersonName, reason: String,
        deployment: Deployment = .here, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Promotion {
        guard let holder = try await store.holder(of: alias, model: model) else {
            throw Fault(
                .input, "model '\(model)' has no '\(alias)'", advice: "'sluice models' lists models and aliases")
        }
        if let version, version != holder.version {
            throw Fault(
                .input, "version \(holder.version) holds '\(alias)' of '\(model)', and not version \(version)",
                advice: "look again which version serves")
        }
        guard let previous = try await predecessor(of: holder, as: alias) else {
            throw Fault(.input, "no version held '\(alias)' of '\(model)' before version \(holder.version)")
        }
        let plan = try await requiredPlan(of: previous.run)
        return try await begin(
            previous, plan, alias: alias, why: .command(by: person, reason: reason), deployment, progress)
    }

    /// The version that held an alias before the one that holds it; nil: there was none.
    package func predecessor(of holder: ModelRef, as alias: AliasName) async throws(Fault) -> ModelRef? {
        // A promotion that is stuck has moved the alias too. One of the holder onto itself (deployed once more) tells
        // nothing of who was there before.
        let past = try await store.promotions(of: holder.model, alias: alias, limit: 1000)
        let before = past.first { promotion in
            promotion.challenger == holder && promotion.previous != holder && promotion.leftItsModel
        }
        return before?.previous
    }

    private func requireEvidence(of run: Run) async throws(Fault) {
        let changed = try await changedEvidence(of: run)
        guard changed.isEmpty else {
            throw Fault(
                .input,
                "what was decided on is not what is there now: \(changed.map(\.rawValue).joined(separator: ", ")) changed",
                advice: "make a new run and decide on that: 'sluice run --again'")
        }
    }

    private func begin(
        _ challenger: ModelRef, _ plan: Plan, alias: AliasName? = nil, why: Promotion.Why, _ deployment: Deployment,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Promotion {
        try await requirePolicy(of: plan)
        try await verifyModel(challenger)
        let beginning = try await store.beginPromotion(
            of: challenger, alias: alias ?? plan.policy.promotion.alias, repository: plan.repository, why: why,
            at: now())
        switch beginning {
        case .begun(let promotion):
            hooks.reached(.promotionIntended)
            return try await goOn(promotion, plan, deployment, progress)
        case .done(let promotion):
            return promotion.state.isFinal ? promotion : try await goOn(promotion, plan, deployment, progress)
        case .busy(let other):
            throw Fault(
                .environment,
                "promotion \(other.id) of '\(other.challenger.model)' version \(other.challenger.version) is \(other.state.word)",
                advice: "'sluice resume' finishes one that was interrupted")
        }
    }

    /// Finishes a promotion, or leaves its commands to whoever does so later.
    func goOn(
        _ promotion: Promotion, _ plan: Plan, _ deployment: Deployment, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Promotion {
        let hasCommands = !plan.policy.promotion.deploy.isEmpty || !plan.policy.promotion.verify.isEmpty
        if deployment == .later, hasCommands { return promotion }
        return try await finish(promotion.id, progress: progress)
    }

    /// True if the bytes of a model are not in the store any more: nothing needed them, and they were collected.
    package func isCollected(_ model: ModelRef) async -> Bool {
        let place = content.location(of: model.object)
        return await Blocking.run { !Files.exists(place) }
    }

    private func verifyModel(_ model: ModelRef) async throws(Fault) {
        if await isCollected(model) {
            throw Fault(
                .input,
                "version \(model.version) of '\(model.model)' was collected: its bytes are not in the store any more",
                advice: "make a new run: 'sluice run --again'; 'sluice reproduce \(model.run)' shows what it was")
        }
        do throws(Fault) {
            try await content.verify(model.artifact)
        } catch {
            throw Fault(
                .input, "the model of run \(model.run) is not the one that was decided on: \(error.message)",
                advice: "make a new run: 'sluice run --again'")
        }
    }

    /// Brings a promotion to its end from wherever it stands. One process at a time; a second one waits and returns
    /// what came of it.
    package func finish(_ id: Int64, progress: @escaping ProgressHandler) async throws(Fault) -> Promotion {
        let path = home.promotionLock(id)
        let lock = try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(path.removingLastComponent(), mode: 0o700)
            return try FileLock.wait(for: path)
        }
        defer { withExtendedLifetime(lock) {} }
        guard var promotion = try await store.promotion(id) else {
            throw Fault(.bug, "promotion \(id) is not in the store")
        }
        while !promotion.state.isFinal {
            let change = try await next(for: promotion)
            promotion = try await store.change(id, change, at: now())
            reached(promotion.state)
            progress(.promotion(promotion.state))
        }
        return promotion
    }

    /// Does the act that leads out of a state, and says which change it came to.
    private func next(for promotion: Promotion) async throws(Fault) -> Promotion.State.Change {
        let challenger = promotion.challenger
        switch promotion.state {
        case .intended:
            return .moveAlias
        case .aliasMoved:
            guard let failure = try await ask("deploy", of: challenger, for: promotion, { $0.deploy }) else {
                return .deploy
            }
            return try await retreat(failure, challenger)
        case .deployed:
            guard let failure = try await ask("verify", of: challenger, for: promotion, { $0.verify }) else {
                return .verify
            }
            return try await retreat(failure, challenger)
        case .rollingBack(let reason):
            guard let previous = promotion.previous else { return .restore }
            let failure = try await ask("restore", of: previous, for: promotion) { $0.deploy }
            return failure.map { .giveUp(reason: "\(reason); and putting version \(previous.version) back: \($0)") }
                ?? .restore
        case .promoted, .rolledBack, .stuck:
            throw Fault(.bug, "promotion \(promotion.id) is over")
        }
    }

    /// An act that cannot be asked for (its secret is not set, its environment cannot be built) has failed: a promotion
    /// that waited for better days would bar every other one.
    private func ask(
        _ act: String, of model: ModelRef, for promotion: Promotion, _ commands: (PromotionPolicy) -> [String]
    ) async throws(Fault) -> String? {
        do throws(Fault) {
            return try await self.act(act, of: model, for: promotion, commands: commands)
        } catch {
            // A process that is asked to end leaves the promotion as it is; the next one goes on with it.
            guard error.kind != .bug, !Task.isCancelled else { throw error }
            return "\(act) could not be started: \(error.message)"
        }
    }

    private func retreat(_ reason: String, _ challenger: ModelRef) async throws(Fault) -> Promotion.State.Change {
        let policy = try await requiredPlan(of: challenger.run).policy.promotion
        return policy.rollsBack ? .rollBack(reason: reason) : .giveUp(reason: reason)
    }

    private func reached(_ state: Promotion.State) {
        switch state {
        case .intended, .stuck: break
        case .aliasMoved: hooks.reached(.aliasMoved)
        case .deployed: hooks.reached(.deployed)
        case .promoted: hooks.reached(.verified)
        case .rollingBack: hooks.reached(.rollingBack)
        case .rolledBack: hooks.reached(.restored)
        }
    }
}

extension Promotion {
    /// True if the alias pointed at the challenger when the promotion was over.
    fileprivate var leftItsModel: Bool {
        switch state {
        case .promoted, .stuck: true
        case .intended, .aliasMoved, .deployed, .rollingBack, .rolledBack: false
        }
    }
}
