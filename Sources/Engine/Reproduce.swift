package import Domain
package import Git
import Storage

extension Engine {
    /// What a reproduction came to.
    package struct Reproduction: Sendable, Equatable {
        package let original: Run
        package let again: Run
        package let verdict: ReproductionVerdict
    }

    /// Runs a past run again, without any cache and in a fresh environment, and compares.
    ///
    /// - Throws: `Fault` if it could not be run: its commit, data or interpreter is gone, or the new run errored.
    package func reproduce(
        _ id: RunID, by person: PersonName?, keepTree: Bool = false, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Reproduction {
        let original = try await required(id)
        guard case .judged = original.state else {
            throw Fault(.input, "run \(id) is \(original.state.word): only a judged run can be reproduced")
        }
        let plan = try await requiredPlan(of: id)
        guard plan.trigger.reproduced == nil else {
            throw Fault(.input, "run \(id) is itself a reproduction", advice: "reproduce the run that it repeats")
        }
        let event = try await accept(.reproduceCommand(id), plan.repository, by: person)
        let blueprint: Blueprint
        do throws(Fault) {
            blueprint = try await replan(plan, as: id)
        } catch {
            try await store.settle(event: event.id, as: .refused(error), at: now())
            throw error
        }
        let created = try await begin(blueprint.plan, for: [event.id], progress)
        let again = try await work(on: created.id, blueprint: blueprint, keepTree: keepTree, progress: progress)
        let now = try await stagesToCompare(of: again)
        let verdict = ReproductionVerdict.compare(
            before: try await store.stages(of: id), now: now, tolerance: plan.policy.reproduction.tolerance)
        return Reproduction(original: original, again: again, verdict: verdict)
    }

    /// What a run that repeats another one came to; nil for any other run, and while nothing can be compared: it is not
    /// judged, or a stage of it could not be run again.
    package func comparison(of again: Run) async throws(Fault) -> ReproductionVerdict? {
        guard let original = again.trigger.reproduced, case .judged = again.state else { return nil }
        let now = try await store.stages(of: again.id)
        if now.contains(where: { if case .errored = $0.state { true } else { false } }) { return nil }
        let plan = try await requiredPlan(of: original)
        return ReproductionVerdict.compare(
            before: try await store.stages(of: original), now: now, tolerance: plan.policy.reproduction.tolerance)
    }

    /// The stages of a run that answered; whatever kept it from answering is thrown.
    private func stagesToCompare(of run: Run) async throws(Fault) -> [StageRun] {
        switch run.state {
        case .judged: break
        case .errored(let fault): throw fault
        case .cancelled(_, let reason): throw Fault(.environment, "run \(run.id) was cancelled: \(reason)")
        case .queued, .preparing, .running, .judging:
            throw Fault(.environment, "run \(run.id) is still \(run.state.word)")
        }
        let stages = try await store.stages(of: run.id)
        for stage in stages {
            if case .errored(let fault, _) = stage.state {
                throw Fault(fault.kind, "stage '\(stage.name)' could not be run again: \(fault.message)")
            }
        }
        return stages
    }

    /// The run that a person means by a number (`12`, `#12`) or by a commit (a prefix of its id, or any revision of the
    /// repository): the newest judged run of that commit that is not itself a reproduction.
    package func runToReproduce(_ text: String, in repository: GitRepository?) async throws(Fault) -> Run {
        var numbered: Run?
        if let id = RunID(text) { numbered = try await store.run(id) }
        if text.hasPrefix("#") || text.utf8.count < 4, let id = RunID(text) { return try await required(id) }
        var commit = text.lowercased()
        if let repository, let found = try? await repository.commit(text) { commit = found.id.hex }
        let isHex = commit.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
        guard commit.utf8.count >= 4, isHex else {
            throw Fault(.input, "'\(text)' is neither a run's number nor a commit", advice: "'sluice runs' lists both")
        }
        let judged = try await store.runs(commit: commit, limit: 100).filter { run in
            if case .judged = run.state { run.trigger.reproduced == nil } else { false }
        }
        if let numbered {
            guard judged.isEmpty else {
                throw Fault(
                    .input, "'\(text)' is a run's number and the beginning of a commit that was run",
                    advice: "say '#\(text)' for the run, or give more digits of the commit")
            }
            return numbered
        }
        if Set(judged.map(\.commit)).count > 1 {
            throw Fault(.input, "'\(text)' fits more than one commit that was run", advice: "give more digits")
        }
        guard let run = judged.first else {
            throw Fault(
                .input, "no run \(text) and no judged run of a commit '\(text)' is in this home",
                advice: "'sluice runs' lists them")
        }
        return run
    }
}
