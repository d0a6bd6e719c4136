/// A drawing as SVG text. Its parts are numbers and the classes of `html.css`; a text is escaped on its way in, so
/// nothing from outside can end up as markup.
struct Picture {
    /// Where something lies: pixels, or a share of the picture's width.
    ///
    /// Shares make a strip as wide as the cell of the table that it stands in, with letters and lines that keep
    /// their size, on a phone as on a wide screen.
    enum Length {
        case pixels(Double)
        case share(Double)

        var text: String {
            switch self {
            case .pixels(let value): SVG.number(value)
            case .share(let value): SVG.number(value * 100) + "%"
            }
        }
    }

    enum Size {
        /// As wide as there is room.
        case strip(height: Double)
        /// Shrinks where there is no room, and never grows.
        case chart(width: Double, height: Double)
    }

    /// Where a text stands from its point.
    enum Anchor: String {
        case start
        case middle
        case end
    }

    private let head: String
    private var parts = ""

    /// - Parameters:
    ///   - title: what it is a picture of.
    ///   - description: what there is to see, for who cannot see it.
    init(_ title: String, _ description: String, size: Size) {
        let box =
            switch size {
            case .strip(let height):
                "class=\"strip\" width=\"100%\" height=\"\(SVG.number(height))\""
            case .chart(let width, let height):
                "class=\"chart\" viewBox=\"0 0 \(SVG.number(width)) \(SVG.number(height))\" "
                    + "width=\"\(SVG.number(width))\" height=\"\(SVG.number(height))\""
            }
        head =
            "<svg \(box) role=\"img\"><title>\(HTMLText.escape(title))</title>"
            + "<desc>\(HTMLText.escape(description))</desc>"
    }

    mutating func line(_ kind: String, _ x1: Length, _ y1: Double, _ x2: Length, _ y2: Double) {
        parts +=
            "<line class=\"\(kind)\" x1=\"\(x1.text)\" y1=\"\(SVG.number(y1))\" x2=\"\(x2.text)\" y2=\"\(SVG.number(y2))\"/>"
    }

    mutating func rectangle(_ kind: String, _ x: Length, _ y: Double, width: Length, height: Double) {
        parts +=
            "<rect class=\"\(kind)\" x=\"\(x.text)\" y=\"\(SVG.number(y))\" width=\"\(width.text)\" "
            + "height=\"\(SVG.number(height))\"/>"
    }

    mutating func dot(_ kind: String, _ x: Length, _ y: Double, radius: Double) {
        parts +=
            "<circle class=\"\(kind)\" cx=\"\(x.text)\" cy=\"\(SVG.number(y))\" r=\"\(SVG.number(radius))\"/>"
    }

    mutating func text(_ kind: String, _ text: String, _ x: Length, _ y: Double, _ anchor: Anchor = .start) {
        let end = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        parts +=
            "<text class=\"\(kind)\" x=\"\(x.text)\" y=\"\(SVG.number(y))\"\(end)>\(HTMLText.escape(text))</text>"
    }

    /// A text that stands on its side and is read upwards.
    mutating func upright(_ kind: String, _ text: String, x: Double, y: Double) {
        let place = "\(SVG.number(x)) \(SVG.number(y))"
        parts +=
            "<text class=\"\(kind)\" text-anchor=\"middle\" transform=\"translate(\(place)) rotate(-90)\">"
            + "\(HTMLText.escape(text))</text>"
    }

    /// A line through points in pixels.
    mutating func path(_ kind: String, _ points: [(x: Double, y: Double)]) {
        guard points.count > 1 else { return }
        let steps = points.map { "\(SVG.number($0.x)) \(SVG.number($0.y))" }
        parts += "<path class=\"\(kind)\" d=\"M\(steps.joined(separator: "L"))\"/>"
    }

    var text: String { head + parts + "</svg>" }
}

enum SVG {
    /// A coordinate with at most two decimals. What is not finite is 0, and what is far away stays where a browser can
    /// count: whoever draws leaves such numbers out, this keeps them from breaking a picture all the same.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((min(max(value, -100_000), 100_000) * 100).rounded())
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        var text = (hundredths < 0 ? "-" : "") + String(whole)
        if rest != 0 {
            text += rest < 10 ? ".0" : "."
            text += String(rest.isMultiple(of: 10) && rest >= 10 ? rest / 10 : rest)
        }
        return text
    }
}
