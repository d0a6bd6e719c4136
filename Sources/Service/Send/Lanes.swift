import Domain
import Foundation
import Synchronization

/// The lanes of a sender: which one is in use, and when each may be written to.
final class Lanes: Sendable {
    private struct State {
        var paces: [Lane: Pace] = [:]
        var busy: Set<Lane> = []
    }

    private let state = Mutex(State())

    /// Takes a lane for one write; false: it is in use, or its time has not come.
    func begin(_ lane: Lane, credentials: Digest, at now: Date) -> Bool {
        state.withLock { state in
            state.paces[lane]?.bound(to: now)
            guard !state.busy.contains(lane), state.paces[lane, default: Pace()].opens(with: credentials) <= now else {
                return false
            }
            state.busy.insert(lane)
            state.paces[lane, default: Pace()].began(at: now)
            return true
        }
    }

    func end(_ lane: Lane) { state.withLock { _ = $0.busy.remove(lane) } }

    /// Those that were written to since the start.
    var known: [Lane: Pace] { state.withLock { $0.paces } }

    func isOpen(_ lane: Lane) -> Bool { state.withLock { $0.paces[lane, default: Pace()].isOpen } }

    func succeeded(_ lane: Lane) { state.withLock { $0.paces[lane, default: Pace()].succeeded() } }

    func failed(_ lane: Lane, _ failure: Pace.Failure, at now: Date) {
        state.withLock { $0.paces[lane, default: Pace()].failed(failure, at: now) }
    }
}
