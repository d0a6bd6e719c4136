import Foundation
import Synchronization

/// A clock that a test moves.
final class Clock: Sendable {
    private let ahead = Mutex<Double>(0)
    var now: Date { Date().addingTimeInterval(ahead.withLock { $0 }) }
    func move(by seconds: Double) { ahead.withLock { $0 += seconds } }
}

/// Headers that were seen.
final class Headers: Sendable {
    private let all = Mutex<[String]>([])
    func keep(_ header: String) { all.withLock { $0.append(header) } }
    var first: String? { all.withLock { $0.first } }
}
