package import Domain
package import Foundation

/// The bounds of a difference, at a confidence.
package struct IntervalView: Encodable, Sendable {
    package let confidence: Double
    package let lower: Double
    package let upper: Double

    package init(_ bounds: Comparison.Bounds) {
        confidence = bounds.confidence
        lower = bounds.lower
        upper = bounds.upper
    }
}

/// A paired comparison of challenger and champion on the same rows.
package struct ComparisonView: Encodable, Sendable {
    package let metric: String
    package let slice: Slice?
    package let rows: Int64
    package let challenger: Double
    package let champion: Double
    package let difference: Double
    /// `mcnemar`, `delong`, `bootstrap`.
    package let method: String
    package let resamples: Int?
    package let pValue: Double
    /// Of the difference, at 0.95.
    package let interval: IntervalView

    package init(_ comparison: Comparison) {
        metric = comparison.metric
        slice = comparison.slice
        rows = comparison.rows
        challenger = comparison.challenger
        champion = comparison.champion
        difference = comparison.difference
        switch comparison.method {
        case .mcnemar(let count): (method, resamples) = ("mcnemar", count)
        case .delong: (method, resamples) = ("delong", nil)
        case .bootstrap(let count): (method, resamples) = ("bootstrap", count)
        }
        pValue = comparison.pValue
        interval = IntervalView(comparison.bounds(at: 0.95))
    }
}

/// A slice of the predictions with the metrics of both sides.
package struct SliceView: Encodable, Sendable {
    package let column: String
    package let value: String
    package let rows: Int64
    package let challenger: [String: Double]
    package let champion: [String: Double]?

    /// In the order in which the challenger's evaluation has them.
    package static func all(_ measurements: Measurements) -> [SliceView] {
        let theirs = Dictionary(
            measurements.championSlices.map { ($0.slice, $0.metrics) }, uniquingKeysWith: { first, _ in first })
        return measurements.challengerSlices.map { scores in
            SliceView(
                column: scores.slice.column, value: scores.slice.value, rows: scores.rows,
                challenger: scores.metrics, champion: theirs[scores.slice])
        }
    }
}

/// An exception from the gates.
package struct ExceptionView: Encodable, Sendable {
    package let name: String
    package let owner: PersonName
    package let reason: String
    package let expires: String
    package let expired: Bool

    package init(_ exception: ReportDetails.Exception) {
        name = exception.overlay.name
        owner = exception.overlay.owner
        reason = exception.overlay.reason
        expires = exception.overlay.expires
        expired = exception.hasExpired
    }
}

/// What is different from the run that made the champion.
package struct ChangesView: Encodable, Sendable {
    package struct Value: Encodable, Sendable {
        package let name: String
        package let before: String?
        package let now: String?

        package init(_ value: Changes.Value) {
            name = value.name
            before = value.before
            now = value.now
        }
    }

    package struct Commit: Encodable, Sendable {
        package let commit: CommitID
        package let author: String
        package let subject: String
        package let at: Date

        package init(_ commit: Changes.Commit) {
            self.commit = commit.id
            author = commit.author
            subject = commit.subject
            at = commit.at
        }
    }

    package let version: Int
    package let run: RunID
    package let commit: CommitID
    /// `same`, `ahead`, `diverged`, `unknown`.
    package let ancestry: String
    package let missingCommits: Int?
    package let why: String?
    package let commits: [Commit]
    package let commitCount: Int
    package let datasets: [Changes.Dataset]
    package let parameters: [Value]
    package let packages: [Value]
    package let policy: [Value]

    package init(_ changes: Changes) {
        version = changes.champion.version
        run = changes.champion.run
        commit = changes.commit
        switch changes.ancestry {
        case .same: (ancestry, missingCommits, why) = ("same", nil, nil)
        case .ahead: (ancestry, missingCommits, why) = ("ahead", nil, nil)
        case .diverged(let missing): (ancestry, missingCommits, why) = ("diverged", missing, nil)
        case .unknown(let reason): (ancestry, missingCommits, why) = ("unknown", nil, reason)
        }
        commits = changes.commits.map(Commit.init)
        commitCount = changes.commitCount
        datasets = changes.datasets
        parameters = changes.parameters.map(Value.init)
        packages = changes.packages.map(Value.init)
        policy = changes.policy.map(Value.init)
    }
}

/// What a policy would have said about earlier runs.
package struct ReplayView: Encodable, Sendable {
    package let runs: Int
    package let refused: [PolicyReplay.Row]
    package let refusedCount: Int
    package let letThrough: [PolicyReplay.Row]
    package let letThroughCount: Int
    package let unanswered: [PolicyReplay.Row]
    package let unansweredCount: Int

    package init(_ replay: PolicyReplay) {
        runs = replay.runs
        refused = replay.refused
        refusedCount = replay.refusedCount
        letThrough = replay.letThrough
        letThroughCount = replay.letThroughCount
        unanswered = replay.unanswered
        unansweredCount = replay.unansweredCount
    }
}

/// A file of the project's that its report shows.
package struct SectionView: Encodable, Sendable {
    package let title: String
    package let lines: [String]?
    package let header: [String]?
    package let rows: [[String]]?
    package let left: Int?

    package init(_ section: ReportDetails.Section) {
        title = section.title
        switch section.body {
        case .text(let text): (lines, header, rows, left) = (text, nil, nil, nil)
        case .table(let names, let cells, let more): (lines, header, rows, left) = (nil, names, cells, more)
        }
    }
}
