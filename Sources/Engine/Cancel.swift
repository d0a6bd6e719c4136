package import Domain
import Executors
import Host
import Storage

extension Engine {
    /// Ends a run: from now on nothing that it writes counts, and within seconds no process of it is left.
    ///
    /// Returns the run; throws `.input` if it is over already. Asked again after it was cut off, it goes on.
    package func cancel(_ id: RunID, by person: PersonName?, reason: String) async throws(Fault) -> Run {
        let run = try await required(id)
        let cancelled: Run
        if case .cancelled = run.state, try await !unfinishedStages(of: id).isEmpty {
            // The process that cancelled it ended before it had ended everything.
            cancelled = run
        } else {
            guard !run.state.isFinal else { throw Fault(.input, "run \(id) is over: it is \(run.state.word)") }
            cancelled = try await store.change(id, .cancel(by: person, reason: reason), at: now())
            hooks.reached(.runCancelled)
        }
        let directory = home.directory(of: id)
        for stage in try await unfinishedStages(of: id) {
            if case .running(let attempt) = stage.state {
                let job = directory.job(stage.name, attempt: attempt)
                if await Blocking.run({ Files.exists(job) }) { try await executor.cancel(in: job) }
            }
            try await close(stage)
        }
        try await waitForOwner(of: id)
        try await sweep(cancelled) { _ in }
        return cancelled
    }

    /// The owner stops its own tools (uv, DuckDB) when it sees the run's end; an owner that hangs is not waited for.
    private func waitForOwner(of id: RunID) async throws(Fault) {
        let patience = ContinuousClock.now + .seconds(4)
        while ContinuousClock.now < patience, try await isOwned(id) {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func unfinishedStages(of id: RunID) async throws(Fault) -> [StageRun] {
        try await store.stages(of: id).filter { !$0.state.isFinal }
    }

    /// The owner of the run may have been faster.
    private func close(_ stage: StageRun) async throws(Fault) {
        do throws(Fault) {
            try await store.change(stage.name, of: stage.run, .cancel, at: now())
        } catch {
            let isOpen = try await unfinishedStages(of: stage.run).contains { $0.name == stage.name }
            if isOpen { throw error }
        }
    }
}
