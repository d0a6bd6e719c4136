import Domain
import Foundation

extension Page.CurveRow {
    static func all(_ details: ReportDetails?) -> [Page.CurveRow] {
        guard let now = details?.challengerPortrait else { return [] }
        let before = details?.championPortrait
        return [
            curve(
                "ROC curve", now.roc, before?.roc, x: "false positive rate", y: "true positive rate", diagonal: "chance"
            ),
            curve(
                "Precision and recall", now.precisionRecall, before?.precisionRecall, x: "recall", y: "precision",
                diagonal: nil),
            calibration(now.calibration),
            fit(now.fit, before?.fit),
        ].compactMap { $0 }
    }

    private static func curve(
        _ name: String, _ now: [Portrait.Point], _ before: [Portrait.Point]?, x: String, y: String, diagonal: String?
    ) -> Page.CurveRow? {
        guard let series = sides(now, before) else { return nil }
        let chart = Chart(
            kind: .lines, title: name, x: x, y: y, xRange: 0...1, yRange: 0...1, series: series, diagonal: diagonal)
        return Page.CurveRow(
            curve: name, note: nil, chart: .chart(chart), bins: nil)
    }

    private static func fit(_ now: [Portrait.Point], _ before: [Portrait.Point]?) -> Page.CurveRow? {
        guard let series = sides(now, before), let range = range(series.flatMap(\.points).flatMap { [$0.x, $0.y] })
        else { return nil }
        let chart = Chart(
            kind: .lines, title: "Prediction against label", x: "label", y: "mean prediction", xRange: range,
            yRange: range, series: series, diagonal: "a perfect model")
        return Page.CurveRow(
            curve: "Prediction against label", note: nil, chart: .chart(chart), bins: nil)
    }

    private static func calibration(_ bins: [Portrait.CalibrationBin]) -> Page.CurveRow? {
        let bins = bins.filter { $0.predicted.isFinite && $0.observed.isFinite }
        guard bins.count > 1 else { return nil }
        let observed = bins.map { Portrait.Point(x: $0.predicted, y: $0.observed) }
        let ideal = bins.map { Portrait.Point(x: $0.predicted, y: $0.predicted) }
        let chart = Chart(
            kind: .bars, title: "Calibration", x: "mean score", y: "share of positive labels", xRange: 0...1,
            yRange: 0...1,
            series: [
                Chart.Series(name: "share of positive labels", points: observed),
                Chart.Series(name: "mean score", points: ideal),
            ], diagonal: nil)
        return Page.CurveRow(
            curve: "Calibration", note: "Of a calibrated model the bars end at the line.",
            chart: .chart(chart),
            bins: Page.Table(bins, limit: 20) { bin in
                Page.CalibrationRow(
                    predicted: Numbers.percent(bin.predicted), observed: Numbers.percent(bin.observed),
                    count: Numbers.count(bin.rows), bar: .bar(bin.observed))
            })
    }

    /// Nil without a curve of the challenger's.
    private static func sides(_ now: [Portrait.Point], _ before: [Portrait.Point]?) -> [Chart.Series]? {
        let curves = [("challenger", now), ("champion", before ?? [])].map { name, points in
            Chart.Series(
                name: name, points: points.filter { $0.x.isFinite && $0.y.isFinite }.sorted { $0.x < $1.x })
        }
        guard let first = curves.first, first.points.count > 1 else { return nil }
        return curves.filter { $0.points.count > 1 }
    }

    /// A little more than the values take; nil if they are all the same.
    static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max(), low < high, (high - low).isFinite else { return nil }
        return low...high
    }
}

extension Page.TrainingRow {
    /// Histories whose names end in the same word stand in one picture: `loss`, `val_loss`.
    static func all(_ histories: [History]) -> [Page.TrainingRow] {
        var order: [String] = []
        var groups: [String: [History]] = [:]
        for history in histories.prefix(200) where !history.values.isEmpty {
            let word = history.metric.suffix(200).lowercased().split { !$0.isLetter && !$0.isNumber }.last.map(
                String.init)
            let key = word ?? history.metric
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(history)
        }
        return order.compactMap { groups[$0] }.map(Page.TrainingRow.init)
    }

    init(_ group: [History]) {
        let shown = group.prefix(4)
        histories =
            shown.map { visible($0.metric, limit: 60) }.joined(separator: ", ")
            + (group.count > 4 ? " and \(group.count - 4) more" : "")
        courses = shown.map(Page.CourseRow.init)
        chart = Self.chart(Array(shown)).map { [.chart($0)] } ?? []
    }

    private static func chart(_ group: [History]) -> Chart? {
        let values = group.flatMap(\.values)
        guard values.allSatisfy(\.isFinite), group.allSatisfy({ $0.values.count > 2 }),
            let y = Page.CurveRow.range(values), let most = group.map({ max($0.count, $0.values.count) }).max()
        else { return nil }
        let series = group.map { history in
            let last = Double(max(history.count, history.values.count))
            let step = (last - 1) / Double(history.values.count - 1)
            return Chart.Series(
                name: visible(history.metric, limit: 60),
                points: history.values.enumerated().map {
                    Portrait.Point(x: 1 + Double($0.offset) * step, y: $0.element)
                })
        }
        return Chart(
            kind: .lines, title: "During training", x: "step", y: "value", xRange: 1...Double(most), yRange: y,
            series: series, diagonal: nil)
    }
}

extension Page.CourseRow {
    init(_ history: History) {
        let finite = history.values.filter(\.isFinite)
        metric = visible(history.metric, limit: 60)
        first = history.values.first.map(Numbers.text) ?? "–"
        lowest = finite.min().map(Numbers.text) ?? "–"
        highest = finite.max().map(Numbers.text) ?? "–"
        last = history.values.last.map(Numbers.text) ?? "–"
        count = Numbers.count(Int64(max(history.count, history.values.count)))
        line = .line(history.values)
    }
}
