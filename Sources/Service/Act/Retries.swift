import Domain
import Foundation
import Synchronization

/// Events that wait for a word or a time, and when they are looked at again anyway: so that what waits costs a look at the
/// store and not one at the forge. Lost with the process, which then looks at once.
final class Parked: Sendable {
    private let places = Mutex<[Int64: (since: Date, until: Date)]>([:])

    func park(_ event: Int64, until date: Date, now: Date) { places.withLock { $0[event] = (now, date) } }
    func free(_ event: Int64) { _ = places.withLock { $0.removeValue(forKey: event) } }

    /// False also if the machine's clock was put back meanwhile.
    func isParked(_ event: Int64, now: Date) -> Bool {
        places.withLock { $0[event].map { $0.since <= now && now < $0.until } ?? false }
    }
}

/// When a project was fetched last.
final class Fetches: Sendable {
    private let began = Mutex<Date?>(nil)

    /// The time at which the newest fetch that succeeded began.
    var last: Date? {
        get { began.withLock { $0 } }
        set { began.withLock { $0 = newValue } }
    }
}

/// Events that were settled.
final class Settled: Sendable {
    private let count = Mutex(0)

    func note() { count.withLock { $0 += 1 } }

    /// How many there were since it was asked last.
    func take() -> Int {
        count.withLock { count in
            defer { count = 0 }
            return count
        }
    }
}

/// When what failed is tried again. Lost with the process, which then tries at once; what people are told about it is in
/// the store.
final class Retries: Sendable {
    enum Work: Hashable {
        /// What events of a project are about: a branch, a pull request.
        case subject(ProjectName, String)
        /// New data and drift of a project.
        case data(ProjectName)
        /// Everything of a project: its forge, its repository.
        case project(ProjectName)
    }

    private struct Attempts {
        var count = 0
        let first: Date
        /// When it failed last.
        var last: Date
        var next: Date
    }

    /// Seconds.
    static let longestPause = 300.0
    /// What is nobody's fault but ours, or is forbidden, is tried for this long before it is given up; the first also this
    /// often.
    static let patience = 3600.0
    private static let least = 8

    private let attempts = Mutex<[Work: Attempts]>([:])
    private let jitter: @Sendable () -> Double

    init(jitter: @escaping @Sendable () -> Double = { Double.random(in: 0.8...1.2) }) { self.jitter = jitter }

    /// The earliest time from now on at which something is to be tried again.
    func nextDue(after now: Date) -> Date? {
        attempts.withLock { $0.values.map(\.next).filter { $0 > now }.min() }
    }

    /// Also true if the machine's clock was put back meanwhile: nobody knows then how long it waited.
    func isDue(_ work: Work, now: Date) -> Bool {
        attempts.withLock { $0[work].map { $0.next <= now || now < $0.last } ?? true }
    }

    /// True if it failed and did not succeed since.
    func isTroubled(_ work: Work) -> Bool { attempts.withLock { $0[work] != nil } }

    /// Returns when it is tried again, later each time and not all at the same second, and never before whoever was asked
    /// wants to be asked again. `isSpent`: it was tried long enough for something that is no passing trouble.
    @discardableResult
    func failed(_ work: Work, _ fault: Fault, now: Date) -> (next: Date, isSpent: Bool) {
        attempts.withLock { attempts in
            var known = attempts[work] ?? Attempts(first: now, last: now, next: now)
            known.count += 1
            known.last = now
            let pause = min(2 * pow(2, Double(min(known.count, 12))), Self.longestPause) * jitter()
            known.next = now.addingTimeInterval(pause)
            if let told = fault.notBefore { known.next = max(known.next, told.addingTimeInterval(jitter())) }
            attempts[work] = known
            return (known.next, known.count >= Self.least && now.timeIntervalSince(known.first) >= Self.patience)
        }
    }

    func forget(_ work: Work) { _ = attempts.withLock { $0.removeValue(forKey: work) } }

    /// Forgets what no event of the project is about any more.
    func keep(_ subjects: Set<String>, of project: ProjectName) {
        attempts.withLock { attempts in
            attempts = attempts.filter { work, _ in
                if case .subject(project, let subject) = work { subjects.contains(subject) } else { true }
            }
        }
    }

    /// What is due is due at once: the project's forge answers again.
    func hurry(_ project: ProjectName, now: Date) {
        attempts.withLock { attempts in
            for (work, known) in attempts {
                guard case .subject(project, _) = work, known.next > now else { continue }
                attempts[work]?.next = now
            }
        }
    }
}
