import Domain

extension Page.DriftRow {
    /// - Parameter details: of how many columns the bins are written out.
    init(_ report: DriftReport, details: Int) {
        concerning = visible(report.dataset.text)
        summary = Sentences.drift(report)
        consequence = report.findings.isEmpty ? [] : [Sentences.consequence(of: report.action)]
        doubts =
            report.unanswered.isEmpty
            ? [] : [Page.Table(report.unanswered, limit: 10) { "could not tell: \(visible($0))" }]
        let shown = report.columns.filter(\.isWorthShowing)
        moved =
            shown.isEmpty ? [] : [Page.Table(shown, limit: 20) { Page.MovedRow($0, nulls: report.nullFractionDelta) }]
        pictures = report.columns.filter { $0.hasDrifted && !$0.picture.isEmpty }.prefix(details)
            .map(Page.PictureRow.init)
    }
}

extension DriftReport.Column {
    /// What has a limit, what is over one, and what has moved as far as is commonly called a change (psi of 0.1 and
    /// more) although nobody set a limit.
    var isWorthShowing: Bool {
        hasDrifted || measures.contains { $0.limit != nil || ($0.measure == .psi && $0.value >= 0.1) }
    }
}

extension Page.MovedRow {
    init(_ column: DriftReport.Column, nulls limit: Double?) {
        let limits = column.measures.filter { $0.limit != nil }
        beyond = column.hasDrifted ? "✗" : limits.isEmpty ? "" : "✓"
        moving = visible(column.name, limit: 80)
        measured = (limits.isEmpty ? column.measures.filter { $0.measure == .psi } : limits).map(Self.measured)
        missing = Self.missing(column, limit)
        categories = [("new", column.newCategories), ("gone", column.vanishedCategories)].compactMap { word, names in
            names.isEmpty ? nil : "\(word): \(names.map { visible($0, limit: 40) }.joined(separator: ", "))"
        }
        (before, after) = Sparkline.pair(column.picture.map { ($0.reference, $0.current) })
    }

    private static func measured(_ value: DriftReport.Value) -> String {
        let name = value.measure.rawValue
        guard let limit = value.limit else { return "\(name) \(Numbers.text(value.value))" }
        let (shown, bound) = Numbers.distinct(value.value, limit)
        return "\(name) \(shown) / \(bound)" + (value.isOver ? " ✗" : "")
    }

    private static func missing(_ column: DriftReport.Column, _ limit: Double?) -> String {
        let (then, now) = (Numbers.percent(column.referenceNulls), Numbers.percent(column.currentNulls))
        let delta = abs(column.currentNulls - column.referenceNulls)
        let isOver = limit.map { delta > $0 + Domain.Measure.slack } ?? false
        return then == now ? then : "\(then) → \(now)" + (isOver ? " ✗" : "")
    }
}

extension Page.PictureRow {
    init(_ column: DriftReport.Column) {
        pictured = visible(column.name, limit: 80)
        bins = column.picture.prefix(10).map { bin in
            Page.BinRow(
                bin: visible(bin.label, limit: 60), then: Numbers.percent(bin.reference),
                now: Numbers.percent(bin.current))
        }
    }
}

extension Sentences {
    /// `1 of 2 columns is over its limits: feb.csv (60 rows), compared with snapshot 1 of points (60 rows).`
    static func drift(_ report: DriftReport) -> String {
        let head =
            switch (report.drifted, report.unanswered.isEmpty) {
            case (0, true): "no column is over its limits"
            case (0, false): "no column is over those limits that could be asked"
            case (1, _): "1 of \(columns(report.compared)) is over its limits"
            case (let count, _): "\(count) of \(columns(report.compared)) are over their limits"
            }
        return "\(head): \(visible(report.current)) (\(rows(report.currentRows))), compared with "
            + "\(visible(report.reference)) (\(rows(report.referenceRows)))."
    }

    /// What the policy makes of a limit that is passed.
    static func consequence(of action: DriftRules.Action) -> String {
        switch action {
        case .quarantine: "The policy refuses such data until a person has looked."
        case .retrain: "The policy takes such data in, and may retrain on it."
        case .warn: "The policy only says so."
        }
    }

    private static func columns(_ count: Int) -> String {
        "\(Numbers.count(Int64(count))) \(count == 1 ? "column" : "columns")"
    }

    private static func rows(_ count: Int64) -> String { "\(Numbers.count(count)) \(count == 1 ? "row" : "rows")" }
}
