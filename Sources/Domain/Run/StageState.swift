/// Where a stage of a run stands.
package enum StageState: Codable, Equatable, Sendable {
    case pending
    /// Its command was given to an executor; `attempt` counts from 1 and names the job.
    case running(attempt: Int)
    /// Nothing changed since `run` made the same outputs from the same inputs.
    case reused(StageResult, from: RunID)
    case succeeded(StageResult)
    /// The answer is no.
    case failed(StageFailure, Usage?)
    /// Could not be asked.
    case errored(Fault, Usage?)
    /// A stage that it needs did not succeed.
    case skipped(because: StageName)
    case cancelled

    /// What can happen to a stage.
    package enum Change: Equatable, Sendable {
        case start
        case reuse(StageResult, from: RunID)
        case succeed(StageResult)
        case fail(StageFailure, Usage?)
        case error(Fault, Usage?)
        case skip(because: StageName)
        case cancel
        /// The job was lost with its machine or its supervisor; the stage may be started again.
        case lose
    }

    package var isFinal: Bool {
        switch self {
        case .pending, .running: false
        case .reused, .succeeded, .failed, .errored, .skipped, .cancelled: true
        }
    }

    /// What the stage made, if it succeeded or was reused.
    package var result: StageResult? {
        switch self {
        case .reused(let result, _), .succeeded(let result): result
        case .pending, .running, .failed, .errored, .skipped, .cancelled: nil
        }
    }

    /// What a drift test found, whichever way it ended.
    package var drift: DriftReport? {
        switch self {
        case .reused(let result, _), .succeeded(let result): return result.drift
        case .failed(let failure, _):
            if case .drift(let report) = failure { return report }
            return nil
        case .pending, .running, .errored, .skipped, .cancelled: return nil
        }
    }

    /// What the stage used, if it ran in this run.
    package var usage: Usage? {
        switch self {
        case .succeeded(let result): result.usage
        case .failed(_, let usage), .errored(_, let usage): usage
        case .pending, .running, .reused, .skipped, .cancelled: nil
        }
    }

    /// The word that the store's `state` column and `--json` hold.
    package var word: String {
        switch self {
        case .pending: "pending"
        case .running: "running"
        case .reused: "reused"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .errored: "errored"
        case .skipped: "skipped"
        case .cancelled: "cancelled"
        }
    }

    /// The state after a change. Throws `IllegalTransition` for every pair that is not named here.
    package func after(_ change: Change) throws(IllegalTransition) -> StageState {
        switch (self, change) {
        case (.pending, .start): return .running(attempt: 1)
        case (.running(let attempt), .lose): return .running(attempt: attempt + 1)
        case (.pending, .reuse(let result, let run)): return .reused(result, from: run)
        case (.running, .succeed(let result)), (.pending, .succeed(let result)): return .succeeded(result)
        case (.running, .fail(let failure, let usage)), (.pending, .fail(let failure, let usage)):
            return .failed(failure, usage)
        case (.running, .error(let fault, let usage)), (.pending, .error(let fault, let usage)):
            return .errored(fault, usage)
        case (.pending, .skip(let stage)): return .skipped(because: stage)
        case (.pending, .cancel), (.running, .cancel): return .cancelled
        case (.pending, _), (.running, _), (.reused, _), (.succeeded, _), (.failed, _), (.errored, _), (.skipped, _),
            (.cancelled, _):
            throw IllegalTransition(from: word, change: change.word)
        }
    }
}

extension StageState.Change {
    package var word: String {
        switch self {
        case .start: "start"
        case .reuse: "reuse"
        case .succeed: "succeed"
        case .fail: "fail"
        case .error: "error"
        case .skip: "skip"
        case .cancel: "cancel"
        case .lose: "lose"
        }
    }
}

/// What a stage left behind, and what it used.
package struct StageResult: Codable, Equatable, Sendable {
    /// Path in the work tree to what lies there.
    package var outs: [String: Artifact]
    /// Numbers read from the stage's metrics files, or measured by Sluice.
    package var metrics: [String: Double]
    /// Nil for work that Sluice did itself.
    package var usage: Usage?
    /// Rows looked at, for a schema test or an evaluation.
    package var rows: Int64?
    /// Equal for two evaluations of the same rows.
    package var rowsDigest: Digest?
    /// Of a drift test.
    package var drift: DriftReport?
    /// What a reader should know although it stops nothing.
    package var notes: [String]?
    /// Of an evaluation's predictions.
    package var slices: [SliceScores]?
    package var portrait: Portrait?
    /// From files of metrics.
    package var histories: [History]?

    package init(
        outs: [String: Artifact], metrics: [String: Double] = [:], usage: Usage? = nil, rows: Int64? = nil,
        rowsDigest: Digest? = nil, drift: DriftReport? = nil, notes: [String]? = nil, slices: [SliceScores]? = nil,
        portrait: Portrait? = nil, histories: [History]? = nil
    ) {
        self.outs = outs
        self.metrics = metrics
        self.usage = usage
        self.rows = rows
        self.rowsDigest = rowsDigest
        self.drift = drift
        self.notes = notes
        self.slices = slices
        self.portrait = portrait
        self.histories = histories
    }
}

/// What a process tree used.
package struct Usage: Codable, Equatable, Sendable {
    /// Wall time in seconds.
    package var wall: Double
    /// User and system CPU time in seconds, over the whole tree.
    package var cpu: Double
    /// Largest resident memory of the tree seen, in bytes.
    package var peakMemory: Int64

    package init(wall: Double, cpu: Double, peakMemory: Int64) {
        self.wall = wall
        self.cpu = cpu
        self.peakMemory = peakMemory
    }
}

/// Why a stage's answer is no.
package enum StageFailure: Codable, Equatable, Sendable {
    /// A command ended with this status.
    case exit(Int32)
    /// A command was ended by this signal, not by us.
    case signal(Int32)
    case timeLimit(seconds: Double)
    case memoryLimit(bytes: Int64)
    case diskLimit(bytes: Int64)
    /// It ended with 0 and left no evidence: the sentences say what is missing or wrong.
    case noEvidence([String])
    /// The data breaks its schema.
    case findings([DataFinding])
    /// The data has moved beyond limits that the policy sets, and is refused for it.
    case drift(DriftReport)

    /// What is wrong with the data, one by one; empty for all that is no test of data.
    package var findings: [DataFinding] {
        switch self {
        case .findings(let findings): findings
        case .drift(let report): report.findings
        case .exit, .signal, .timeLimit, .memoryLimit, .diskLimit, .noEvidence: []
        }
    }
}

/// One complaint of a data-schema test.
package struct DataFinding: Codable, Equatable, Sendable {
    /// `type`, `required`, `unique`, `primary-key`, `minimum`, `maximum`, `min-length`, `max-length`, `enum`, `pattern`,
    /// `missing-column`, `extra-column`, `column-order`, `duplicate-column`, `null-fraction`, `row-count`, `constant`,
    /// `ragged-row`, `encoding`, `mojibake`, `file-empty`, `file-format`, `file-name`, `leakage`, `drift`, `foreign-key`,
    /// `freshness`, `test:NAME`, `class-count`, `image-size`.
    package var check: String
    /// File in the snapshot.
    package var file: String
    package var column: String?
    /// First record concerned, from 1, the header not counted.
    package var record: Int64?
    /// The line of the file on which that record starts, from 1; nil for formats without lines.
    package var line: Int64?
    package var count: Int64
    /// The first offending value, cut to 200 characters.
    package var value: String?
    package var message: String
    /// The first records concerned, ten at most. Absent in what was stored before there was such a list.
    package var records: [Int64]?

    package init(
        check: String, file: String, column: String? = nil, record: Int64? = nil, line: Int64? = nil,
        count: Int64 = 1, value: String? = nil, message: String, records: [Int64]? = nil
    ) {
        self.check = check
        self.file = file
        self.column = column
        self.record = record
        self.line = line
        self.count = count
        self.value = value
        self.message = message
        self.records = records
    }
}
