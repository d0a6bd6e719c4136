import Domain

extension Layout {
    func confusion(_ confusion: Page.Confusion?) -> [String] {
        guard let confusion else { return [] }
        let matrix = TextTable(
            columns: [.left("")] + confusion.labels.map { .right($0) },
            rows: confusion.matrix.map { [$0.label] + $0.cells.map(\.text) })
        let mistakes = table(
            [.left("label"), .left("predicted"), .right("rows"), .right("champion")], confusion.mistakes
        ) { [$0.label, $0.taken, $0.count, $0.championCount] }
        if matrix.fits(width - 2) {
            return (matrix.rows.isEmpty ? [] : matrix.lines(width: width - 2, brush: brush)) + mistakes
                + text(confusion.note)
        }
        // Half a matrix says nothing: how often each label is found does.
        return confusion.matrix.flatMap { row in
            text("\(row.label): \(Numbers.percent(row.cells.first { $0.isRight }?.share ?? 0)) right")
        }
    }

    func curves(_ curves: Page.Table<Page.CurveRow>?) -> [String] {
        guard let curves else { return [] }
        return curves.rows.flatMap { row in
            text(row.curve) + (row.bins.map(bins) ?? lines(row.chart))
        }
    }

    func importance(_ importance: Page.Importance?) -> [String] {
        guard let importance else { return [] }
        return table([.left("feature"), .left(""), .right("value")], importance.features) {
            [$0.feature, BlockDrawing.text($0.bar), $0.value]
        } + text(importance.note)
    }

    func training(_ training: Page.Table<Page.TrainingRow>?) -> [String] {
        guard let training else { return [] }
        let columns: [TextTable.Column] = [
            .left(""), .right("first"), .right("lowest"), .right("last"), .left("course"),
        ]
        let rows = training.rows.flatMap(\.courses).map { course in
            [course.metric, course.first, course.lowest, course.last, BlockDrawing.text(course.line)]
        }
        return TextTable(columns: columns, rows: rows).lines(width: width - 2, brush: brush) + training.more
    }

    private func bins(_ bins: Page.Table<Page.CalibrationRow>) -> [String] {
        table([.right("mean score"), .right("positive"), .right("rows"), .left("")], bins) {
            [$0.predicted, $0.observed, $0.count, BlockDrawing.text($0.bar)]
        }
    }

    /// One line of blocks for each curve, over the whole range of x.
    private func lines(_ drawing: Drawing) -> [String] {
        guard case .chart(let chart) = drawing else { return [BlockDrawing.text(drawing)] }
        let range = chart.yRange
        let rows = chart.series.map { series in
            let shares = chart.values(of: series, steps: 39).map { value in
                max(0.01, (value - range.lowerBound) / (range.upperBound - range.lowerBound))
            }
            return [series.name, Sparkline.text(shares, top: 1)]
        }
        return TextTable(columns: [.left(chart.y), .left("by \(chart.x)")], rows: rows)
            .lines(width: width - 2, brush: brush)
    }
}
