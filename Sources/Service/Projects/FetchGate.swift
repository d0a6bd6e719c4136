import Domain
import Host
import Synchronization

/// Keeps a server with many projects from asking all their remotes at once.
///
/// Whoever takes longer than the patience keeps nobody else waiting any more: a remote that accepts and never answers
/// costs a process that waits, and no turn of others.
final class FetchGate: Sendable {
    private struct State {
        var next: UInt64 = 0
        var began: [UInt64: ContinuousClock.Instant] = [:]
    }

    private let width: Int
    private let patience: Duration
    private let state = Mutex(State())

    init(width: Int = 4, patience: Duration = .seconds(10)) {
        self.width = width
        self.patience = patience
    }

    /// Does the work when it is its turn.
    func pass<Value: Sendable>(_ work: () async throws(Fault) -> Value) async throws(Fault) -> Value {
        let turn = try await enter()
        defer { state.withLock { _ = $0.began.removeValue(forKey: turn) } }
        return try await work()
    }

    private func enter() async throws(Fault) -> UInt64 {
        while true {
            if let turn = claim() { return turn }
            do {
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...60)))
            } catch {
                throw Fault(.environment, "waiting for the turn to ask a remote was cancelled")
            }
        }
    }

    private func claim() -> UInt64? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard state.began.values.count(where: { now - $0 < patience }) < width else { return nil }
            state.next += 1
            state.began[state.next] = now
            return state.next
        }
    }
}
