package import Domain
import Executors
import Host
import Storage

extension Engine {
    /// Ends a run: from now on nothing that it writes counts, and within seconds no process of it is left.
    ///
    /// Returns the run; throws `.input` if it is over already.
    package func cancel(_ id: RunID, by person: PersonName?, reason: String) async throws(Fault) -> Run {
        let run = try await required(id)
        guard !run.state.isFinal else {
            throw Fault(.input, "run \(id) is over: it is \(run.state.word)")
        }
        let cancelled = try await store.change(id, .cancel(by: person, reason: reason), at: now())
        let directory = home.directory(of: id)
        for stage in try await store.stages(of: id) {
            if case .running(let attempt) = stage.state {
                let job = directory.job(stage.name, attempt: attempt)
                if await Blocking.run({ Files.exists(job) }) { try await executor.cancel(in: job) }
            }
        }
        // The owner, if there is one, sees the run's state at its next step and marks nothing any more.
        for stage in try await store.stages(of: id) where !stage.state.isFinal {
            _ = try? await store.change(stage.name, of: id, .cancel, at: now())
        }
        try await sweep(cancelled) { _ in }
        return cancelled
    }
}
