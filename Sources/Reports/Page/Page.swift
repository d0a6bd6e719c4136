/// What the templates of a report see: plain values, each text already `visible`. `templates/report/` decides what is
/// shown and how; nothing is computed there. The names are listed in `docs/reports.md`.
///
/// The order of the properties is the order of the report.
struct Page {
    /// `✓`, `✗` or `?`.
    var answerMark: String
    /// The answer and its one reason: `Not promotable: auc 0.671 is below 0.70`.
    var answer: String
    /// How the first metric compares with the champion's, unless the answer says so: `auc 0.7312 against the champion's
    /// 0.6998, +0.0314 (95 %: +0.0210 to +0.0420): better`.
    var mainDifference: String?
    /// All reasons, if there is more than one.
    var reasons: Table<String>?
    var number: String
    var model: String
    /// The run that this one repeats.
    var reproduces: String?
    var warnings: Table<String>?
    /// Overlays of the policy, those that have expired too.
    var exceptions: Table<ExceptionRow>?
    var comparison: Comparison?
    /// The challenger's metrics where there is nothing to compare with.
    var alone: Alone?
    var gates: Table<GateRow>?
    /// The slices that moved most.
    var slices: Slices?
    /// What is different from the run that made the champion.
    var changes: ChangeList?
    /// One row a dataset.
    var drift: Table<DriftRow>?
    /// What the policy would have said about earlier runs.
    var replay: Replay?
    var confusion: Confusion?
    var curves: Table<CurveRow>?
    /// The features that count most.
    var importance: Importance?
    /// How numbers went during training.
    var training: Table<TrainingRow>?
    var stages: Table<StageRow>?
    /// What the stages took together; nil if none ran.
    var cost: String?
    /// What stages have to say although it stops nothing.
    var notes: Table<NoteRow>?
    /// What the project's own files add.
    var sections: Table<SectionRow>?
    var failures: Table<FailureRow>?
    var data: Table<DataRow>?
    var code: Code
    var environment: Environment
    var decision: Decide
    var digests: Table<DigestRow>?
    /// What was left out so that the report fits; nil: nothing.
    var left: Left?

    /// Rows of a table, cut at a limit.
    struct Table<Row> {
        var rows: [Row]
        /// How many more there are.
        var left: Int

        /// None, or one sentence on the rows that are left out.
        var more: [String] { left > 0 ? ["… and \(left) more"] : [] }
    }

    struct Comparison {
        /// `version 3, made by run 9`
        var versus: String
        var scored: [String]
        /// What an interval, a word and an arrow in the table mean, or why there are none.
        var legend: [String]
        /// True if a metric has an interval.
        var isTested: Bool
        var metrics: Table<MetricRow>
    }

    struct Alone {
        /// Why there is nothing to compare with.
        var note: String
        var metrics: Table<MetricRow>?
    }

    struct MetricRow {
        var metric: String
        /// `↑` if higher is better, `↓` if lower is, else nothing.
        var better: String
        var champion: String
        var challenger: String
        var difference: String
        /// `−0.0031 to +0.0060`; nothing without a paired comparison.
        var interval: String
        /// With a paired comparison `better`, `worse` or `no difference`; else `↑ better`, as the values are.
        var direction: String
    }

    struct GateRow {
        /// `✓`, `✗`, `?`, `–`; `⚠` for what only warns.
        var outcome: String
        var gate: String
        /// What was found: `auc 0.671 is below 0.70`.
        var found: String
        /// Where it was found and how surely: the worst slice, how many were judged, the interval that decided.
        var remarks: [String]
    }

    struct DriftRow {
        /// The dataset.
        var concerning: String
        var summary: String
        /// None or one: what the policy makes of a limit that is passed.
        var consequence: [String]
        /// None or one: limits that could not be asked.
        var doubts: [Table<String>]
        /// None or one: columns with limits, and others that have moved far.
        var moved: [Table<MovedRow>]
        /// Columns over a limit, bin by bin.
        var pictures: [PictureRow]
    }

    struct MovedRow {
        /// `✗`, `✓`, or nothing for a column without limits.
        var beyond: String
        /// The column.
        var moving: String
        /// `ks 0.667 / 0.30 ✗`
        var measured: [String]
        /// `0 % → 12.5 %`
        var missing: String
        /// `new: UA, DL`, `gone: HP`
        var categories: [String]
        /// Both distributions as blocks on one scale.
        var before: String
        var after: String
    }

    struct PictureRow {
        /// The column.
        var pictured: String
        var bins: [BinRow]
    }

    struct BinRow {
        var bin: String
        var then: String
        var now: String
    }

    struct NoteRow {
        /// The stage.
        var by: String
        var note: String
    }

    struct StageRow {
        var outcome: String
        var stage: String
        /// `succeeded`, `reused from run 9`, `skipped: train did not succeed`.
        var became: String
        var wall: String
        var cpu: String
        var memory: String
    }

    struct FailureRow {
        var failed: String
        var sentences: [String]
        /// None or one: what a data-schema test complains of.
        var complaints: [Table<FindingRow>]
    }

    struct FindingRow {
        var check: String
        var place: String
        var count: String
        var value: String
        var message: String

        /// The first offending value, as the end of a sentence; the value of a drift is a measure's, and said already.
        var example: String { value == "–" || check == "drift" ? "" : ", first “\(value)”" }
    }

    struct DataRow {
        var dataset: String
        var snapshot: String
        var digest: String
        var rowCount: String
    }

    struct Code {
        var commit: String
        var subject: String
        var author: String
        /// None or one: what is said about uncommitted changes.
        var uncommitted: [String]
    }

    struct Environment {
        /// `Python 3.11.7 on x86_64-linux-gnu, built by uv 0.13.9`
        var sentence: String
        /// None or one.
        var identity: [String]
    }

    struct Decide {
        /// What the policy asks for, or why there is nothing to decide.
        var needs: String
        /// None or one: the commands, if there is something to decide.
        var commands: [Commands]
        var reproduce: Verbatim
    }

    struct Commands {
        var approve: Verbatim
        var reject: Verbatim
    }

    struct DigestRow {
        var what: String
        var value: String
    }
}

extension Page.Table {
    /// Makes rows of the first things only.
    init<Thing>(_ things: [Thing], limit: Int, row: (Thing) -> Row) {
        rows = things.prefix(limit).map(row)
        left = max(0, things.count - limit)
    }

    /// Of things that are cut already.
    /// - Parameter count: how many there are.
    init<Thing>(_ things: [Thing], of count: Int, limit: Int, row: (Thing) -> Row) {
        rows = things.prefix(limit).map(row)
        left = max(count, things.count) - rows.count
    }

    /// Leaves the first rows; the sentence on the others counts them too.
    /// - Returns: how many were taken away.
    mutating func cut(to limit: Int) -> Int {
        guard rows.count > limit else { return 0 }
        let taken = rows.count - limit
        rows.removeLast(taken)
        left += taken
        return taken
    }

    /// Nil if there is nothing to show.
    var ifAny: Page.Table<Row>? { rows.isEmpty ? nil : self }
}
