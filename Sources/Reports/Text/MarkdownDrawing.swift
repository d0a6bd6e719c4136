import Domain
import Foundation

/// Pictures in Markdown: letters in a table, Mermaid for charts. Inside Mermaid stand numbers and words of our own only.
enum MarkdownDrawing {
    static func text(_ drawing: Drawing) -> String {
        switch drawing {
        case .bar, .swing, .line: "`" + BlockDrawing.text(drawing) + "`"
        case .chart(let chart): mermaid(chart)
        }
    }

    /// The colours of the series, in their order; said in words below the picture, because Mermaid draws no legend.
    static let colours = [("blue", "#1f6feb"), ("orange", "#d9822b"), ("green", "#2da44e"), ("grey", "#8b949e")]

    /// Places at which a curve is read.
    private static let steps = 20

    private static func mermaid(_ chart: Chart) -> String {
        let series = Array(chart.series.prefix(chart.diagonal == nil ? 4 : 3))
        let names = series.map(\.name) + [chart.diagonal].compactMap { $0 }
        let inks = colours.prefix(series.count) + (chart.diagonal == nil ? [] : colours.suffix(1))
        let palette = inks.map(\.1).joined(separator: ", ")
        let head = [
            "```mermaid",
            "%%{init: {\"themeVariables\": {\"xyChart\": {\"plotColorPalette\": \"\(palette)\"}}}}%%",
            "xychart-beta",
            "    title \"\(plain(chart.title))\"",
            "    x-axis \"\(plain(chart.x))\" \(scale(chart))",
            "    y-axis \"\(plain(chart.y))\" \(span(chart.yRange))",
        ]
        let legend = zip(inks, names).map { "\($0.0): \(MarkdownText.escaped($1))" }.joined(separator: ", ")
        return (head + series.enumerated().map { plot($1, $0, chart) } + diagonal(chart) + ["```", "", legend])
            .joined(separator: "\n")
    }

    private static func scale(_ chart: Chart) -> String {
        switch chart.kind {
        case .lines: span(chart.xRange)
        case .bars: list((chart.series.first?.points ?? []).map(\.x))
        }
    }

    private static func plot(_ series: Chart.Series, _ index: Int, _ chart: Chart) -> String {
        switch chart.kind {
        case .lines: "    line " + list(chart.values(of: series, steps: steps))
        case .bars: "    \(index == 0 ? "bar" : "line") " + list(series.points.map(\.y))
        }
    }

    private static func diagonal(_ chart: Chart) -> [String] {
        chart.diagonal == nil ? [] : ["    line " + list(chart.places(in: chart.yRange, steps: steps))]
    }

    private static func span(_ range: ClosedRange<Double>) -> String {
        "\(number(range.lowerBound)) --> \(number(range.upperBound))"
    }

    private static func list(_ values: [Double]) -> String { "[\(values.map(number).joined(separator: ", "))]" }

    /// A number as Mermaid reads it: no exponent, and nothing that is not finite.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let bounded = min(max(value, -1e15), 1e15)
        let size = abs(bounded)
        let decimals = size == 0 ? 0 : max(0, min(12, 3 - Int(log10(size).rounded(.down))))
        var text = String(format: "%.\(decimals)f", bounded)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// Letters, digits, blanks and underscores: nothing that Mermaid could obey.
    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(60).map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || scalar == " " || scalar == "_" ? Character(scalar) : " "
        }
        return String(kept)
    }
}
