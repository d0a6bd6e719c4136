/// Pictures in HTML: SVG that stands in the page itself.
enum HTMLDrawing {
    static func text(_ drawing: Drawing) -> String {
        switch drawing {
        case .bar(let share): StripDrawing.bar(share)
        case .swing(let share): StripDrawing.swing(share)
        case .line(let values): CourseDrawing.text(values)
        case .chart(let chart): ChartDrawing(chart)?.text ?? ""
        }
    }
}
