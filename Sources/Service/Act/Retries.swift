import Domain
import Foundation
import Synchronization

/// Events that wait for a word or a time, and when they are looked at again anyway: so that what waits costs a look at the
/// store and not one at the forge. Lost with the process, which then looks at once.
final class Parked: Sendable {
    private let until = Mutex<[Int64: Date]>([:])

    func park(_ event: Int64, until date: Date) { until.withLock { $0[event] = date } }
    func free(_ event: Int64) { _ = until.withLock { $0.removeValue(forKey: event) } }
    func isParked(_ event: Int64, now: Date) -> Bool { until.withLock { $0[event].map { $0 > now } ?? false } }
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

/// When what failed is tried again. Lost with the process, which then tries at once.
final class Retries: Sendable {
    private struct Attempts {
        var count = 0
        var first: Date
        var next: Date
    }

    private enum Work: Hashable {
        case event(Int64)
        case data(ProjectName)
    }

    /// Tried for this long, and this often, before it is given up.
    private static let patience = 3600.0
    private static let least = 8

    private let attempts = Mutex<[Work: Attempts]>([:])

    /// The earliest time at which something is to be tried again.
    var nextDue: Date? { attempts.withLock { $0.values.map(\.next).min() } }

    func isDue(_ event: Int64, now: Date) -> Bool { isDue(.event(event), now) }
    func isDue(dataOf project: ProjectName, now: Date) -> Bool { isDue(.data(project), now) }

    /// True if it was tried long enough.
    func failed(_ event: Int64, now: Date) -> Bool { failed(.event(event), now) }
    func failed(dataOf project: ProjectName, now: Date) -> Bool { failed(.data(project), now) }

    func forget(_ event: Int64) { _ = attempts.withLock { $0.removeValue(forKey: .event(event)) } }
    func forget(dataOf project: ProjectName) { _ = attempts.withLock { $0.removeValue(forKey: .data(project)) } }

    private func isDue(_ work: Work, _ now: Date) -> Bool {
        attempts.withLock { attempts in
            guard let known = attempts[work] else { return true }
            return known.next <= now
        }
    }

    private func failed(_ work: Work, _ now: Date) -> Bool {
        attempts.withLock { attempts in
            var known = attempts[work] ?? Attempts(first: now, next: now)
            known.count += 1
            let pause = min(2 * pow(2, Double(min(known.count, 12))), 600)
            known.next = now.addingTimeInterval(pause * Double.random(in: 0.8...1.2))
            attempts[work] = known
            return known.count >= Self.least && now.timeIntervalSince(known.first) >= Self.patience
        }
    }
}
