import Foundation
import Synchronization

/// Threads that may block, kept for the next piece of work.
///
/// Not a dispatch queue: when all of its threads wait, it starts about one more a second, so that two dozen waits for
/// locks would hold up everything else for half a minute.
final class BlockingThreads: Sendable {
    static let shared = BlockingThreads(most: 256, kept: 8)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
        var idle = 0
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    /// Above this many threads, work waits for one of them.
    private let most: Int
    /// Threads that stay without work.
    private let kept: Int

    init(most: Int, kept: Int) {
        self.most = most
        self.kept = kept
    }

    private enum Need {
        case wake
        case thread
        case nothing
    }

    /// Runs the piece as soon as a thread is free for it.
    func run(_ piece: @escaping @Sendable () -> Void) {
        let need = state.withLock { state -> Need in
            state.waiting.append(piece)
            if state.idle > 0 {
                state.idle -= 1
                return .wake
            }
            guard state.threads < most else { return .nothing }
            state.threads += 1
            return .thread
        }
        switch need {
        case .wake: work.signal()
        case .thread: Thread.detachNewThread { self.serve() }
        case .nothing: break
        }
    }

    private enum Next {
        case piece(@Sendable () -> Void)
        case wait
        case end
    }

    // A thread goes idle only after it saw, under the lock, that nothing waits; so no piece is ever left behind.
    private func serve() {
        while true {
            let next = state.withLock { state -> Next in
                if !state.waiting.isEmpty { return .piece(state.waiting.removeFirst()) }
                if state.idle >= kept {
                    state.threads -= 1
                    return .end
                }
                state.idle += 1
                return .wait
            }
            switch next {
            case .piece(let piece): piece()
            case .wait: work.wait()
            case .end: return
            }
        }
    }
}
