package import Domain
import Storage

extension Engine {
    /// What a decision came to.
    package enum Decided: Sendable, Equatable {
        /// More people must approve.
        case waiting(missing: Int)
        case rejected
        case promoted(Promotion)
        case refused(DecisionRefusal)
    }

    /// As `decide(_:on:voice:standpoint:floor:progress:)`, for a person at this machine: a name, and no more.
    package func decide(
        _ answer: Decision.Answer, on id: RunID, by person: PersonName, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Decided {
        try await decide(
            answer, on: id, voice: Voice(person: person, way: .commandLine), standpoint: nil, floor: nil,
            progress: progress)
    }

    /// Records an approve or a reject, whichever way it came, and promotes if it was the last approval needed.
    ///
    /// The decision is bound to the run, its model's digest and its evidence; if one byte of that changed since the
    /// verdict, it is refused, naming what changed. So is one under rules or a floor that are not those of now, and every
    /// approval of a model that foreign code made.
    ///
    /// - Parameters:
    ///   - standpoint: what was found out about the voice; nil: only its name is known.
    ///   - floor: the operator's of now; nil: it is not known here.
    ///   - deployment: who runs the commands of the promotion that it may lead to.
    package func decide(
        _ answer: Decision.Answer, on id: RunID, voice: Voice, standpoint: Standpoint?, floor: Floor?,
        deployment: Deployment = .here, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Decided {
        let run = try await required(id)
        let plan = try await requiredPlan(of: id)
        guard plan.trigger.reproduced == nil else {
            throw Fault(.input, "run \(id) is a reproduction: it is compared, not promoted")
        }
        guard run.state.isFinal, case .judged(let verdict) = run.state, let evidence = run.evidence else {
            return .refused(.notJudged(state: run.state.word))
        }
        if answer == .approve, verdict != .passed { return .refused(.verdictIsNo(verdict)) }
        if let promotion = try await store.promotion(ofRun: id), answer == .approve {
            guard !promotion.state.isFinal else { return .refused(.alreadyPromoted) }
            return .promoted(try await goOn(promotion, plan, deployment, progress))
        }
        if answer == .approve, let refusal = try await staleness(of: run, plan, floor) { return .refused(refusal) }
        let decision = Decision(
            run: id, answer: answer, by: voice.person, at: now(),
            model: run.challenger?.digest ?? Digest.of("no model"), evidence: evidence.digest, voice: voice,
            standpoint: standpoint)
        let recorded = try await store.record(
            decision, under: plan.policy.approval, author: plan.commitAuthor, floor: plan.floor?.by ?? [])
        switch recorded {
        case .failure(.alreadyDecided):
            // Killed between the decision and the promotion: the same person says it again.
            guard answer == .approve, try await isApproved(run, plan) else {
                return .refused(.alreadyDecided(voice.person))
            }
            return .promoted(try await begin(run, plan, deployment, progress))
        case .failure(let refusal):
            return .refused(refusal)
        case .success(let standing):
            hooks.reached(.decisionRecorded)
            switch standing {
            case .rejected: return .rejected
            case .waiting(let missing): return .waiting(missing: missing)
            case .expired(let end): return .refused(.expired(at: end))
            case .approved, .notNeeded: return .promoted(try await begin(run, plan, deployment, progress))
            }
        }
    }

    /// Why what was judged is not what would be promoted; nil: it is.
    private func staleness(of run: Run, _ plan: Plan, _ floor: Floor?) async throws(Fault) -> DecisionRefusal? {
        if let refusal = try await refusal(of: plan, floor: floor) { return refusal }
        let changed = try await changedEvidence(of: run)
        return changed.isEmpty ? nil : .evidenceChanged(changed)
    }

    /// True if the decisions on a run allow its promotion. Approvals that were given in time stay.
    func isApproved(_ run: Run, _ plan: Plan) async throws(Fault) -> Bool {
        isApproved(run, plan.policy.approval, try await store.decisions(of: run.id))
    }

    func isApproved(_ run: Run, _ approval: ApprovalPolicy, _ decisions: [Decision]) -> Bool {
        guard run.state == .judged(.passed), run.trigger.reproduced == nil else { return false }
        switch approval.standing(of: decisions, judgedAt: run.finishedAt ?? run.createdAt, now: now()) {
        case .approved, .notNeeded: return true
        case .waiting, .rejected, .expired: return false
        }
    }

    /// Where a run stands for people.
    package func status(of run: Run) async throws(Fault) -> RunStatus {
        guard let facts = try await store.facts(of: [run]).first else {
            throw Fault(.bug, "nothing is known of run \(run.id)")
        }
        return facts.status(at: now())
    }
}
