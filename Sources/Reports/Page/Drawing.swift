import Domain

/// A text that is our own, put into a report as it is.
struct Verbatim {
    let text: String
}

/// A picture as numbers: each format draws it in its own way, blocks of text, Mermaid or SVG.
enum Drawing {
    /// A share from 0 to 1.
    case bar(Double)
    /// A share from -1 to 1, on both sides of a middle.
    case swing(Double)
    /// A course of numbers on one line; what is not finite is left blank.
    case line([Double])
    case chart(Chart)
}

/// Curves or bars over one scale.
struct Chart {
    struct Series {
        /// `challenger`; shown in a legend, never inside Mermaid.
        var name: String
        /// By rising x.
        var points: [Portrait.Point]
    }

    enum Kind {
        /// Lines through points.
        case lines
        /// The first series as bars, the others as lines; all have the same x.
        case bars
    }

    var kind: Kind
    /// Words of our own.
    var title: String
    var x: String
    var y: String
    var xRange: ClosedRange<Double>
    var yRange: ClosedRange<Double>
    /// At least one, the challenger's first.
    var series: [Series]
    /// What a line from corner to corner stands for: `chance`; nil: there is none.
    var diagonal: String?
}

extension Chart {
    /// The values of a series at equal steps of x, which is how Mermaid and a line of blocks set them.
    func values(of series: Series, steps: Int) -> [Double] {
        let points = series.points
        return places(in: xRange, steps: steps).map { x in
            guard let after = points.firstIndex(where: { $0.x >= x }) else { return points.last?.y ?? 0 }
            let right = points[after]
            // Where a curve rises straight up, its highest point counts.
            if right.x == x { return points[after...].prefix { $0.x == x }.map(\.y).max() ?? right.y }
            guard after > 0 else { return right.y }
            let left = points[after - 1]
            return left.y + (right.y - left.y) * (x - left.x) / (right.x - left.x)
        }
    }

    /// Equal steps from end to end.
    func places(in range: ClosedRange<Double>, steps: Int) -> [Double] {
        (0...steps).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(steps) }
    }
}
