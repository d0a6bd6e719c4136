import Domain
import Foundation

/// The bounds of a difference, at a confidence.
struct IntervalView: Encodable {
    let confidence: Double
    let lower: Double
    let upper: Double

    init(_ bounds: Comparison.Bounds) {
        confidence = bounds.confidence
        lower = bounds.lower
        upper = bounds.upper
    }
}

/// A paired comparison of challenger and champion on the same rows.
struct ComparisonView: Encodable {
    let metric: String
    let slice: Slice?
    let rows: Int64
    let challenger: Double
    let champion: Double
    let difference: Double
    /// `mcnemar`, `delong`, `bootstrap`.
    let method: String
    let resamples: Int?
    let pValue: Double
    /// Of the difference, at 0.95.
    let interval: IntervalView

    init(_ comparison: Comparison) {
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
struct SliceView: Encodable {
    let column: String
    let value: String
    let rows: Int64
    let challenger: [String: Double]
    let champion: [String: Double]?

    /// In the order in which the challenger's evaluation has them.
    static func all(_ measurements: Measurements) -> [SliceView] {
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
struct ExceptionView: Encodable {
    let name: String
    let owner: PersonName
    let reason: String
    let expires: String
    let expired: Bool

    init(_ exception: ReportDetails.Exception) {
        name = exception.overlay.name
        owner = exception.overlay.owner
        reason = exception.overlay.reason
        expires = exception.overlay.expires
        expired = exception.hasExpired
    }
}

/// What is different from the run that made the champion.
struct ChangesView: Encodable {
    struct Value: Encodable {
        let name: String
        let before: String?
        let now: String?

        init(_ value: Changes.Value) {
            name = value.name
            before = value.before
            now = value.now
        }
    }

    struct Commit: Encodable {
        let commit: CommitID
        let author: String
        let subject: String
        let at: Date

        init(_ commit: Changes.Commit) {
            self.commit = commit.id
            author = commit.author
            subject = commit.subject
            at = commit.at
        }
    }

    let version: Int
    let run: RunID
    let commit: CommitID
    /// `same`, `ahead`, `diverged`, `unknown`.
    let ancestry: String
    let missingCommits: Int?
    let why: String?
    let commits: [Commit]
    let commitCount: Int
    let datasets: [Changes.Dataset]
    let parameters: [Value]
    let packages: [Value]
    let policy: [Value]

    init(_ changes: Changes) {
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
struct ReplayView: Encodable {
    let runs: Int
    let refused: [PolicyReplay.Row]
    let refusedCount: Int
    let letThrough: [PolicyReplay.Row]
    let letThroughCount: Int
    let unanswered: [PolicyReplay.Row]
    let unansweredCount: Int

    init(_ replay: PolicyReplay) {
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
struct SectionView: Encodable {
    let title: String
    let lines: [String]?
    let header: [String]?
    let rows: [[String]]?
    let left: Int?

    init(_ section: ReportDetails.Section) {
        title = section.title
        switch section.body {
        case .text(let text): (lines, header, rows, left) = (text, nil, nil, nil)
        case .table(let names, let cells, let more): (lines, header, rows, left) = (nil, names, cells, more)
        }
    }
}
