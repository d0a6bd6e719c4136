import Domain

/// Curves over two axes: all series in one picture, told apart by their strokes and not by colour alone.
struct ChartDrawing {
    private let chart: Chart
    private let xs: Scale
    private let ys: Scale
    private let size = (width: 320.0, height: 262.0)
    private let left = 46.0
    private let top = 8.0
    private var right: Double { size.width - 10 }
    private var bottom: Double { size.height - 40 }

    /// Nil if there is nothing between the ends of an axis.
    init?(_ chart: Chart) {
        let points = chart.series.flatMap(\.points)
        guard
            let xs = Scale(from: chart.xRange.lowerBound, to: chart.xRange.upperBound)
                ?? Scale(covering: points.map(\.x)),
            let ys = Scale(from: chart.yRange.lowerBound, to: chart.yRange.upperBound)
                ?? Scale(covering: points.map(\.y))
        else { return nil }
        self.chart = chart
        self.xs = xs
        self.ys = ys
    }

    /// The picture and below it which stroke is which.
    var text: String {
        let names = chart.series.map(\.name).joined(separator: ", ")
        let words = "\(chart.y) against \(chart.x): \(names)"
        var picture = Picture(chart.title, words, size: .chart(width: size.width, height: size.height))
        drawAxes(into: &picture)
        if chart.diagonal != nil { picture.path("diagonal", [(left, bottom), (right, top)]) }
        // The challenger, which comes first, is drawn last: above the others.
        for (index, series) in chart.series.enumerated().reversed() {
            draw(series.points, stroke: min(index, 3), into: &picture)
        }
        var key = chart.series.enumerated().map { index, series in
            "<span class=\"s\(min(index, 3))\">\(HTMLText.escape(series.name))</span>"
        }
        if let diagonal = chart.diagonal { key.append("<span class=\"dots\">\(HTMLText.escape(diagonal))</span>") }
        return picture.text + "<p class=\"key\">" + key.joined() + "</p>"
    }

    private func x(_ value: Double) -> Double { left + xs.share(value) * (right - left) }
    private func y(_ value: Double) -> Double { bottom - ys.share(value) * (bottom - top) }

    private func drawAxes(into picture: inout Picture) {
        for tick in ys.ticks(4) {
            picture.line("grid", .pixels(left), y(tick), .pixels(right), y(tick))
            picture.text("tick", Numbers.text(tick), .pixels(left - 6), y(tick) + 4, .end)
        }
        for tick in xs.ticks(4) {
            picture.line("axis", .pixels(x(tick)), bottom, .pixels(x(tick)), bottom + 4)
            let anchor = x(tick) > right - 12 ? Picture.Anchor.end : .middle
            picture.text("tick", Numbers.text(tick), .pixels(x(tick)), bottom + 17, anchor)
        }
        picture.line("axis", .pixels(left), bottom, .pixels(right), bottom)
        picture.text("label", chart.x, .pixels((left + right) / 2), size.height - 5, .middle)
        picture.upright("label", chart.y, x: 11, y: (top + bottom) / 2)
    }

    /// Where a number is not finite, the line is broken.
    private func draw(_ points: [Portrait.Point], stroke: Int, into picture: inout Picture) {
        for piece in points.split(whereSeparator: { !$0.x.isFinite || !$0.y.isFinite }) {
            let places = piece.map { (x: x($0.x), y: y($0.y)) }
            picture.path("curve s\(stroke)", places)
            // Few points are measurements and not the way between them.
            guard places.count == 1 || chart.kind == .bars else { continue }
            for place in places { picture.dot("s\(stroke)", .pixels(place.x), place.y, radius: 3.5) }
        }
    }
}

/// A course of numbers without axes.
enum CourseDrawing {
    static func text(_ values: [Double]) -> String {
        guard let scale = Scale(covering: values), values.count > 1 else { return "" }
        let (width, height) = (320.0, 48.0)
        let finite = values.filter(\.isFinite)
        let words = "\(values.count) values from \(Numbers.text(scale.low)) to \(Numbers.text(scale.high))"
        var picture = Picture("course", words, size: .chart(width: width, height: height))
        let places = values.enumerated().map { index, value in
            (x: 4 + Double(index) / Double(values.count - 1) * (width - 8), y: value)
        }
        for piece in places.split(whereSeparator: { !$0.y.isFinite }) {
            picture.path("curve s0", piece.map { ($0.x, 4 + (1 - scale.share($0.y)) * (height - 8)) })
        }
        for lost in places where !lost.y.isFinite {
            picture.line("lost", .pixels(lost.x), 4, .pixels(lost.x), height - 4)
        }
        return finite.isEmpty ? "" : picture.text
    }
}
