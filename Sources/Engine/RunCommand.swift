package import Domain
import Foundation
package import Git
import Host
import Storage

/// What a person asked `sluice run` for.
package struct RunRequest: Sendable {
    package var revision: String
    /// True: make a snapshot commit of the uncommitted changes and run that.
    package var dirty: Bool
    /// True: run even if an equal plan was answered before.
    package var again: Bool
    /// True: leave the work tree for a look.
    package var keepTree: Bool
    package var by: PersonName?
    /// Parameters to change for this run, see `PlanRequest`.
    package var overrides: [String: String]

    package init(
        revision: String = "HEAD", dirty: Bool = false, again: Bool = false, keepTree: Bool = false, by: PersonName?,
        overrides: [String: String] = [:]
    ) {
        self.revision = revision
        self.dirty = dirty
        self.again = again
        self.keepTree = keepTree
        self.by = by
        self.overrides = overrides
    }
}

extension Engine {
    /// What a request came to.
    package enum Answer: Sendable, Equatable {
        /// A run was made, or one that was under way was followed to its end.
        case ran(Run)
        /// An equal plan was answered before; nothing was run.
        case known(Run)

        package var run: Run {
            switch self {
            case .ran(let run), .known(let run): run
            }
        }
    }

    /// The path of `sluice run`: event, plan, run, verdict, and promotion where the policy needs no person.
    ///
    /// - Throws: `Fault` where no run could be planned; the event then says so. Once a run exists, what goes wrong is
    ///   the run's state.
    package func run(
        _ request: RunRequest, in repository: GitRepository, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Answer {
        let (commit, source) = try await commit(for: request, in: repository)
        let event = try await accept(.runCommand(commit: commit.id), repository.id, by: request.by)
        let blueprint: Blueprint
        do throws(Fault) {
            let uncommitted = request.dirty || request.revision != "HEAD" ? [] : try await repository.uncommitted()
            blueprint = try await plan(
                source,
                PlanRequest(
                    commit: commit, trigger: .manual, overrides: request.overrides, uncommitted: uncommitted,
                    dirty: request.dirty, identity: repository.id))
        } catch {
            try await store.settle(event: event.id, as: .refused(error), at: now())
            throw error
        }
        if !request.again, let known = try await store.answer(to: blueprint.plan.fingerprint), isAnswer(known) {
            try await store.settle(event: event.id, as: .sameAs(known.id), at: now())
            try await sweep(known, progress)
            return .known(known)
        }
        let run = try await begin(blueprint.plan, for: [event.id], progress)
        return .ran(try await carry(run.id, blueprint, keepTree: request.keepTree, progress: progress))
    }

    /// Creates the run of a plan, or finds the one that is under way with an equal plan.
    func begin(
        _ plan: Plan, for events: [Int64], _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Run {
        switch try await store.create(plan, for: events, at: now()) {
        case .created(let run):
            hooks.reached(.runCreated)
            progress(.created(run.id))
            return run
        case .live(let run):
            progress(.following(run.id))
            return run
        }
    }

    /// Brings a queued or interrupted run to its end, and promotes its model where the policy needs no person.
    ///
    /// A cancelled task leaves the run where it stands and returns: what its supervisor does goes on, and the next process
    /// that carries it takes it up.
    package func carry(_ run: RunID, progress: @escaping ProgressHandler) async throws(Fault) -> Run {
        try await carry(run, nil, progress: progress)
    }

    func carry(
        _ id: RunID, _ blueprint: Blueprint?, keepTree: Bool = false, progress: @escaping ProgressHandler
    ) async throws(Fault) -> Run {
        let done = try await work(on: id, blueprint: blueprint, keepTree: keepTree, progress: progress)
        guard done.state == .judged(.passed), !Task.isCancelled else { return done }
        if let promotion = try await store.promotion(ofRun: id) {
            if !promotion.state.isFinal { _ = try await finish(promotion.id, progress: progress) }
        } else {
            let plan = try await requiredPlan(of: id)
            // Under rules that changed meanwhile it is for the run of the newest commit.
            if try await isApproved(done, plan), try await refusal(of: plan, floor: nil) == nil {
                _ = try await promote(decided: id, progress: progress)
            }
        }
        return try await required(id)
    }

    /// Records an event before anything is done about it.
    func accept(
        _ kind: Event.Kind, _ repository: RepositoryID, by: PersonName?, key: String? = nil
    ) async throws(Fault) -> Store.StoredEvent {
        let event = Event(
            key: key ?? "command:\(UUID().uuidString)", kind: kind, repository: repository, at: now(), by: by)
        let stored = try await store.record(event)
        hooks.reached(.eventRecorded)
        return stored
    }

    /// A run that must exist. Throws `.input` for an unknown number.
    package func required(_ id: RunID) async throws(Fault) -> Run {
        guard let run = try await store.run(id) else {
            throw Fault(.input, "there is no run \(id)", advice: "'sluice runs' lists them")
        }
        return run
    }

    /// The plan of a run that exists.
    package func requiredPlan(of id: RunID) async throws(Fault) -> Plan {
        guard let plan = try await store.plan(of: id) else { throw Fault(.bug, "run \(id) has no plan") }
        return plan
    }

    func isAnswer(_ run: Run) -> Bool {
        switch run.state {
        case .judged(.passed), .judged(.failed): true
        case .judged(.undecided), .queued, .preparing, .running, .judging, .errored, .cancelled: false
        }
    }

    private func commit(
        for request: RunRequest, in repository: GitRepository
    ) async throws(Fault) -> (GitRepository.Commit, GitRepository) {
        guard request.dirty else { return (try await repository.commit(request.revision), repository) }
        guard request.revision == "HEAD" else {
            throw Fault(.input, "--dirty takes the work tree as it is and goes with no revision")
        }
        let mirror = try await GitRepository.Mirror(path: home.mirror(of: repository.id))
        let head = try await repository.commit("HEAD")
        try await mirror.keep(head.id, from: repository)
        let snapshot = try await mirror.snapshot(of: repository, by: request.by?.text ?? "sluice")
        let source = try await mirror.repository()
        return (try await source.commit(snapshot.hex), source)
    }
}
