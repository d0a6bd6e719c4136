// What the report shows beyond metrics, gates and stages.

extension Page {
    struct ExceptionRow {
        /// `⚠` while it counts, `–` once it has expired.
        var counting: String
        /// The overlay's name.
        var exception: String
        var owner: String
        var because: String
        /// `until 2026-12-31`, `expired on 2026-12-31, has no effect`.
        var until: String
        /// Its gates as claims.
        var claims: Table<String>
    }

    struct Slices {
        /// The metric by which slices are compared: the first gate's.
        var by: String
        /// `↑` if higher is better, `↓` if lower is, else nothing.
        var better: String
        /// How many were compared.
        var note: String
        var moved: Table<SliceRow>
    }

    struct SliceRow {
        /// `carrier = UA`
        var slice: String
        var sliceRows: String
        var champion: String
        var challenger: String
        var difference: String
        /// As in `MetricRow`; nothing without a paired comparison.
        var interval: String
        var direction: String
        var bar: Drawing
    }

    struct ChangeList {
        /// `version 3, made by run 9, from commit 1f0c…`
        var since: String
        /// `3 commits since`, `the same commit`.
        var ancestry: String
        var commits: Table<CommitRow>?
        var datasets: Table<ChangedData>?
        var parameters: Table<ChangedValue>?
        var packages: Table<ChangedValue>?
        var policy: Table<ChangedValue>?
    }

    struct CommitRow {
        var commit: String
        var subject: String
        var author: String
        var day: String
    }

    struct ChangedData {
        var dataset: String
        /// `snapshot 3 → 4`
        var step: String
        /// `+27,004 rows`, `2 files added: a.csv, b.csv`, `column gone: tail`.
        var facts: [String]
    }

    struct ChangedValue {
        var key: String
        /// `–` for what was not there.
        var before: String
        var now: String
    }

    struct Replay {
        /// `Applied to 240 earlier runs: 3 that passed would be refused, …`
        var summary: String
        var groups: [ReplayGroup]
    }

    struct ReplayGroup {
        /// `would be refused now`
        var what: String
        var replayed: Table<ReplayRow>
    }

    struct ReplayRow {
        var run: String
        /// `version 3, promoted`, or nothing.
        var version: String
        var before: String
        var now: String
        var because: String
    }

    struct Confusion {
        /// How to read it: `label down, prediction across; in brackets the champion's`.
        var note: String
        /// The predictions' labels; empty if there are too many for a matrix.
        var labels: [String]
        var matrix: [ConfusionRow]
        /// The most frequent mistakes.
        var mistakes: Table<MistakeRow>?
    }

    struct ConfusionRow {
        var label: String
        var cells: [ConfusionCell]
    }

    struct ConfusionCell {
        /// `1,204`, with a champion `1,204 (1,187)`.
        var text: String
        /// Of the rows with this label, 0 to 1: how dark a picture paints it.
        var share: Double
        /// True on the diagonal.
        var isRight: Bool
    }

    struct MistakeRow {
        var label: String
        var taken: String
        var count: String
        /// `–` without a champion.
        var championCount: String
    }

    struct CurveRow {
        /// `ROC curve`
        var curve: String
        /// How to read it.
        var note: String?
        var chart: Drawing
        /// Numbers beside the picture, where few say more than a line: calibration.
        var bins: Table<CalibrationRow>?
    }

    struct CalibrationRow {
        var predicted: String
        var observed: String
        var count: String
        var bar: Drawing
    }

    struct Importance {
        var note: String
        var features: Table<FeatureRow>
    }

    struct FeatureRow {
        var feature: String
        var value: String
        var bar: Drawing
    }

    struct TrainingRow {
        /// `loss, val_loss`
        var histories: String
        /// One line for each.
        var courses: [CourseRow]
        /// None, or one: where every number is finite.
        var chart: [Drawing]
    }

    struct CourseRow {
        var metric: String
        var first: String
        var lowest: String
        var highest: String
        var last: String
        var count: String
        var line: Drawing
    }

    struct SectionRow {
        var title: String
        /// Lines of text; empty for a table.
        var lines: [String]
        /// None or one.
        var cells: [SectionTable]
    }

    struct SectionTable {
        var header: [String]
        /// Rows of cells.
        var body: [SectionCells]
        var more: [String]
    }

    struct SectionCells {
        var cells: [String]
    }

    struct Left {
        /// `Left out, so that this fits: all digests, 12 of 20 slices.`
        var sentence: String
        /// None, or where the rest is.
        var link: [Verbatim]
    }
}
