import Domain

extension HTMLPage {
    /// The calibration of both sides in one picture, where Markdown has bars of one.
    static func drawn(_ curves: Page.Table<Page.CurveRow>, _ details: ReportDetails?) -> [String: Any] {
        let chart = calibration(details)
        return table(curves, of: curves.rows) { row, _ in
            guard row.bins != nil, let chart else { return [:] }
            return ["chart": Drawing.chart(chart), "note": "Of a calibrated model the dots lie on the dotted line."]
        }
    }

    private static func calibration(_ details: ReportDetails?) -> Chart? {
        let sides = [("challenger", details?.challengerPortrait), ("champion", details?.championPortrait)]
        let series = sides.compactMap { name, portrait -> Chart.Series? in
            guard let bins = portrait?.calibration, !bins.isEmpty else { return nil }
            return Chart.Series(name: name, points: bins.map { Portrait.Point(x: $0.predicted, y: $0.observed) })
        }
        guard !series.isEmpty else { return nil }
        return Chart(
            kind: .bars, title: "Calibration", x: "mean score", y: "share of positive labels", xRange: 0...1,
            yRange: 0...1, series: series, diagonal: "calibrated")
    }
}
