import Domain
import Foundation
import Settings

/// What is sent one after the other: everything to one forge, one address for notices, one project's notes.
enum Lane: Hashable, Sendable {
    case forge(ForgeName)
    case notify(String)
    case notes(ProjectName)

    init(_ target: Post.Target) {
        self =
            switch target {
            case .forge(let name, _): .forge(name)
            case .notify(let name): .notify(name)
            case .notes(let project): .notes(project)
            }
    }

    /// For the log, health and metrics.
    var work: String {
        switch self {
        case .forge(let name): "sending to \(name)"
        case .notify(let name): "sending to \(name)"
        case .notes(let project): "sending notes of \(project)"
        }
    }
}

/// When a lane may be written to: one write a second, not before the other side said, and after repeated failure only
/// one try now and then until one succeeds. May be lost with the process: then the first write finds out anew.
struct Pace: Equatable, Sendable {
    /// What the other side answered, as far as the pace goes.
    enum Failure: Equatable, Sendable {
        /// It said when to come again.
        case held(until: Date)
        /// It cannot be reached, or answers nonsense.
        case down
        /// It does not know us any more. What it was asked with is `credentials`.
        case locked(credentials: Digest)
        /// It answered, and it is about the post alone.
        case answered
    }

    /// Seconds between two writes. Tests of a debug build, which have no forge to spare, set `SLUICE_TEST_PACE`.
    static let interval: Double = {
        #if DEBUG
            if let text = ProcessInfo.processInfo.environment["SLUICE_TEST_PACE"], let pace = Double(text) {
                return pace
            }
        #endif
        return 1
    }()
    /// Failures in a row after which the breaker opens.
    static let patience = 5
    /// Seconds for which it opens first; twice as long each time, up to `longest`.
    static let first = 30.0
    static let longest = 600.0
    /// A forge that says a year means a mistake; it is asked again after an hour.
    static let longestHeld = 3600.0
    /// Seconds until one post is tried again at the latest.
    static let longestBackoff = 900.0

    private(set) var next = Date.distantPast
    private var heldUntil = Date.distantPast
    private var failures = 0
    private var openUntil = Date.distantPast
    private var locked: (Digest, until: Date)?

    static func == (left: Pace, right: Pace) -> Bool {
        left.next == right.next && left.heldUntil == right.heldUntil && left.failures == right.failures
            && left.openUntil == right.openUntil && left.locked?.0 == right.locked?.0
    }

    /// True while only a probe is let through.
    var isOpen: Bool { failures >= Self.patience || locked != nil }

    /// The earliest time for the next write.
    /// - Parameter credentials: what it would be asked with; others than those that were refused are tried at once.
    func opens(with credentials: Digest) -> Date {
        var time = max(next, heldUntil, openUntil)
        if let locked, locked.0 == credentials { time = max(time, locked.until) }
        return time
    }

    /// No wait lasts longer than it was meant to, also if the machine's clock was put back meanwhile.
    mutating func bound(to now: Date) {
        next = min(next, now.addingTimeInterval(Self.interval))
        heldUntil = min(heldUntil, now.addingTimeInterval(Self.longestHeld))
        openUntil = min(openUntil, now.addingTimeInterval(Self.longest))
        if let (credentials, until) = locked {
            locked = (credentials, min(until, now.addingTimeInterval(Self.longest)))
        }
    }

    mutating func began(at now: Date) { next = now.addingTimeInterval(Self.interval) }

    mutating func succeeded() {
        failures = 0
        openUntil = .distantPast
        locked = nil
    }

    mutating func failed(_ failure: Failure, at now: Date) {
        switch failure {
        case .held(let until):
            heldUntil = min(max(heldUntil, until), now.addingTimeInterval(Self.longestHeld))
        case .down:
            failures = min(failures + 1, 60)
            guard failures >= Self.patience else { return }
            let pause = min(Self.first * pow(2, Double(failures - Self.patience)), Self.longest)
            openUntil = now.addingTimeInterval(pause)
        case .locked(let credentials): locked = (credentials, now.addingTimeInterval(Self.longest))
        case .answered: succeeded()
        }
    }

    /// Seconds until one post is tried again after so many failures of its own.
    /// - Parameter jitter: from 0 to 1.
    static func backoff(after attempts: Int, jitter: Double) -> Double {
        let longest = min(5 * pow(2, Double(min(max(0, attempts), 10))), longestBackoff)
        return longest * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }
}
