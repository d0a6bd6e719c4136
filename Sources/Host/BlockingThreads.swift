import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

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
    private let start: Start

    /// Starts a thread that does the work; false: the system gives none, as at the limit of a service's tasks.
    typealias Start = @Sendable (_ work: @escaping @Sendable () -> Void) -> Bool

    init(most: Int, kept: Int, start: @escaping Start = startThread) {
        self.most = most
        self.kept = kept
        self.start = start
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
        case .thread: if !start({ self.serve() }) { goWithout() }
        case .nothing: break
        }
    }

    /// After a thread could not be started: another one takes the piece up, and if there is none it is done here.
    private func goWithout() {
        let isLast = state.withLock { state in
            state.threads -= 1
            return state.threads == 0
        }
        while isLast, let piece = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) { piece() }
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

/// Not Foundation's `Thread`, which does not tell when it cannot start one.
private func startThread(_ work: @escaping @Sendable () -> Void) -> Bool {
    final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    let box = Unmanaged.passRetained(Box(work))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let code = pthread_create(
        &thread, &attributes,
        { pointer in
            if let pointer { Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().work() }
            return nil
        }, box.toOpaque())
    if code != 0 { box.release() }
    return code == 0
}
