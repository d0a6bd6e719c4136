import CSupervisor
// A dispatch source may be cancelled from any thread; its type does not say so.
@preconcurrency import Dispatch
import Domain
import Glibc
import Host
import SystemPackage

/// How a job ended, as soon as it has.
func waitForOutcome(in directory: FilePath) async throws(Fault) -> JobOutcome {
    let place = JobPlace(directory)
    while true {
        guard !Task.isCancelled else { throw waitingCancelled(directory) }
        switch try await Blocking.run({ () throws(Fault) in try Sighting(place) }) {
        case .over(let outcome):
            return outcome
        case .alive(let supervisor):
            await supervisor.end()
        case .unclear:
            // A supervisor between its lock and its first status, or one that is ending: a matter of milliseconds.
            do { try await Task.sleep(for: .milliseconds(10)) } catch { throw waitingCancelled(directory) }
        }
    }
}

private func waitingCancelled(_ directory: FilePath) -> Fault {
    Fault(.environment, "waiting for the job in \(directory) was cancelled; the job goes on")
}

/// Ends a job and returns when no process of it is left. Blocks for at most some seconds.
func endJob(in directory: FilePath) throws(Fault) {
    let place = JobPlace(directory)
    let deadline = ContinuousClock.now.advanced(by: .milliseconds(3500))
    while true {
        switch try Sighting(place) {
        case .over:
            return
        case .alive(let supervisor):
            // One that does not answer is killed, and what it leaves is swept away on the next look.
            let isLate = ContinuousClock.now >= deadline
            supervisor.send(isLate ? SIGKILL : SIGTERM)
            supervisor.waitForEnd(until: isLate ? .now.advanced(by: .seconds(1)) : deadline)
        case .unclear:
            // Somebody is between taking the lock and the first status; only another look tells how it went on.
            usleep(10_000)
        }
        guard ContinuousClock.now < deadline.advanced(by: .seconds(10)) else {
            throw Fault(.environment, "the job in \(directory) could not be ended")
        }
    }
}

/// What one look at a job's directory shows.
enum Sighting: Sendable {
    case over(JobOutcome)
    case alive(Supervisor)
    case unclear

    /// Blocks. A job that was lost is swept away before this says so.
    init(_ place: JobPlace) throws(Fault) {
        if case .ended(let outcome) = try JobRecord.read(place) {
            self = .over(outcome)
            return
        }
        // The order matters. A process that is opened first and still has the lock afterwards is the supervisor; and a
        // lock that is free means that the status, read once more, is the last.
        let supervisor = Supervisor(try JobRecord.read(place))
        if try isLocked(place) {
            self = supervisor.map(Sighting.alive) ?? .unclear
            return
        }
        switch try JobRecord.read(place) {
        case .ended(let outcome):
            self = .over(outcome)
        case .absent:
            self = .over(.neverStarted)
        case .running(_, let token):
            try Survivors(token).end()
            self = .over(.lost)
        }
    }
}

/// True if a supervisor, or a process about to start one, lives. Shares the lock for an instant: two that ask at once
/// do not mislead each other.
private func isLocked(_ place: JobPlace) throws(Fault) -> Bool {
    let file = open(place.lock.string, O_RDONLY | O_CLOEXEC)
    if file < 0, errno == ENOENT { return false }
    let lock = try Descriptor(file, place.lock)
    if flock(lock.number, LOCK_SH | LOCK_NB) == 0 { return false }
    guard errno == EWOULDBLOCK else { throw Files.systemFault("lock", place.lock) }
    return true
}

/// A process that cannot be mistaken for a later one of the same number.
final class Supervisor: Sendable {
    private let handle: Descriptor

    /// Nil if the record names none or it has gone.
    init?(_ record: JobRecord) {
        guard case .running(let process, _) = record,
            let handle = try? Descriptor(supervisor_pidfd(process), FilePath("/proc/\(process)"))
        else { return nil }
        self.handle = handle
    }

    func send(_ signal: Int32) {
        _ = supervisor_signal(handle.number, signal)
    }

    /// Blocks.
    func waitForEnd(until deadline: ContinuousClock.Instant) {
        while ContinuousClock.now < deadline {
            var wanted = pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0)
            if poll(&wanted, 1, 100) > 0 { return }
        }
    }

    /// Waits for the end of the process or the cancellation of the task. Takes no thread: any number of jobs may be
    /// waited for.
    func end() async {
        let source = DispatchSource.makeReadSource(fileDescriptor: handle.number, queue: .global())
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                source.setEventHandler { source.cancel() }
                source.setCancelHandler { continuation.resume() }
                source.resume()
            }
        } onCancel: {
            source.cancel()
        }
    }
}
