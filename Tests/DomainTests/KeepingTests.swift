import Foundation
import Testing

@testable import Domain

/// What of a run may be collected.
struct KeepingTests {
    private static let end = Date(timeIntervalSince1970: 1_764_000_000)

    private static func footprint(
        over: Bool = true, awaits: Bool = false, promoted: Bool = false, after: Int? = 9
    ) throws -> Footprint {
        Footprint(
            run: try #require(RunID(1)), finishedAt: over ? end : nil, awaitsDecision: awaits, wasPromoted: promoted,
            versionsAfter: after)
    }

    @Test func `what is needed is kept, whatever its age, and the rest for as long as the rule says`() throws {
        let rule = KeepingRule(logs: 10, outputs: 100, versions: 3)
        let table: [(Footprint, Double, KeepingRule.Reason?, KeepingRule.Reason?)] = [
            (try Self.footprint(over: false), 1e9, .underWay, .underWay),
            (try Self.footprint(awaits: true), 1e9, .awaitsDecision, .awaitsDecision),
            (try Self.footprint(promoted: true), 1e9, .promoted, .promoted),
            (try Self.footprint(after: 2), 1e9, .newestVersions, .newestVersions),
            (try Self.footprint(after: 3), 1e9, nil, nil),
            (try Self.footprint(after: nil), 1e9, nil, nil),
            (try Self.footprint(), 0, .young, .young),
            (try Self.footprint(), 9.999, .young, .young),
            (try Self.footprint(), 10, .young, nil),
            (try Self.footprint(), 99.999, .young, nil),
            (try Self.footprint(), 100, nil, nil),
            (try Self.footprint(), -5, .young, .young),
        ]
        for (footprint, age, outputs, logs) in table {
            let now = Self.end.addingTimeInterval(age)
            #expect(rule.reasonToKeepOutputs(of: footprint, now: now) == outputs, "\(footprint) at \(age)")
            #expect(rule.reasonToKeepLogs(of: footprint, now: now) == logs, "\(footprint) at \(age)")
        }
    }

    @Test func `a rule without times keeps everything`() throws {
        let now = Self.end.addingTimeInterval(1e9)
        #expect(KeepingRule().reasonToKeepOutputs(of: try Self.footprint(), now: now) == .young)
        #expect(KeepingRule().reasonToKeepLogs(of: try Self.footprint(), now: now) == .young)
    }
}
