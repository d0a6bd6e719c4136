package import Foundation

/// How long what runs left behind is kept. What a promoted model, an open decision or a run that is under way needs is
/// kept for ever, and so are all facts: plans, verdicts, decisions and the journal are never removed.
package struct KeepingRule: Equatable, Sendable {
    /// Seconds after the end of a run; nil: for ever.
    package var logs: Double?
    /// Seconds after the end of a run in which its model and outputs are kept; nil: for ever.
    package var outputs: Double?
    /// So many of the newest versions of each model are kept, whatever their age.
    package var versions: Int

    package init(logs: Double? = nil, outputs: Double? = nil, versions: Int = 3) {
        self.logs = logs
        self.outputs = outputs
        self.versions = versions
    }
}

/// Of a run, what the rule asks for.
package struct Footprint: Equatable, Sendable {
    package var run: RunID
    /// Nil: it is not over.
    package var finishedAt: Date?
    /// True: a person may still let its model through, or it is being promoted now.
    package var awaitsDecision: Bool
    /// True: its model is, or ever was, where an alias pointed, or was to point.
    package var wasPromoted: Bool
    /// 0 for the newest version of the model; nil: the run registered none.
    package var versionsAfter: Int?

    package init(
        run: RunID, finishedAt: Date?, awaitsDecision: Bool, wasPromoted: Bool, versionsAfter: Int?
    ) {
        self.run = run
        self.finishedAt = finishedAt
        self.awaitsDecision = awaitsDecision
        self.wasPromoted = wasPromoted
        self.versionsAfter = versionsAfter
    }
}

extension KeepingRule {
    /// Why something of a run is kept.
    package enum Reason: String, Codable, Sendable, CaseIterable {
        case underWay = "under_way"
        case awaitsDecision = "awaits_decision"
        case promoted
        case newestVersions = "newest_versions"
        /// The time that the rule gives is not over, or it gives all the time.
        case young
    }

    /// Why the model and the outputs of a run are kept; nil: they may be collected.
    package func reasonToKeepOutputs(of footprint: Footprint, now: Date) -> Reason? {
        reason(footprint, for: outputs, now: now)
    }

    /// Why the logs and work files of a run are kept; nil: they may be collected.
    package func reasonToKeepLogs(of footprint: Footprint, now: Date) -> Reason? {
        reason(footprint, for: logs, now: now)
    }

    private func reason(_ footprint: Footprint, for time: Double?, now: Date) -> Reason? {
        guard let end = footprint.finishedAt else { return .underWay }
        if footprint.awaitsDecision { return .awaitsDecision }
        if footprint.wasPromoted { return .promoted }
        if let later = footprint.versionsAfter, later < versions { return .newestVersions }
        guard let time, now >= end.addingTimeInterval(time) else { return .young }
        return nil
    }
}
