import Domain
import Foundation

/// Numbers for people. Never depends on a locale.
enum Numbers {
    /// Four significant digits without needless zeros: `0.671`, `0.70`, `336776`, `1.2e-07`.
    static func text(_ value: Double) -> String {
        tidy(value, significant: 4)
    }

    /// Two numbers that look different whenever they are.
    static func distinct(_ left: Double, _ right: Double) -> (String, String) {
        for significant in 4...17 {
            let pair = (tidy(left, significant: significant), tidy(right, significant: significant))
            if left == right || Double(pair.0) != Double(pair.1) { return pair }
        }
        return ("\(left)", "\(right)")
    }

    /// Two numbers and their signed difference with the same count of decimals, for a row of a table.
    static func row(from left: Double, to right: Double) -> (left: String, right: String, difference: String) {
        let texts = distinct(left, right)
        guard left.isFinite, right.isFinite, let decimals = decimals(texts.0, texts.1) else {
            return (texts.0, texts.1, signed(right - left, tidy(right - left, significant: 4)))
        }
        let gap = right - left
        var shown = fixed(gap, decimals)
        // The rounded numbers can differ although their difference rounds to nothing.
        if gap != 0, Double(shown) == 0 { shown = tidy(gap, significant: 2) }
        return (fixed(left, decimals), fixed(right, decimals), signed(gap, shown))
    }

    /// A comparison for a row of a table: as many decimals as its interval deserves, which is two digits of half of it.
    static func row(_ comparison: Comparison, _ bounds: Comparison.Bounds) -> (
        left: String, right: String, difference: String, interval: String
    ) {
        let decimals = decimals(deserved: bounds)
        guard let decimals, comparison.champion.isFinite, comparison.challenger.isFinite else {
            let row = row(from: comparison.champion, to: comparison.challenger)
            return (row.left, row.right, row.difference, interval(bounds))
        }
        return (
            fixed(comparison.champion, decimals), fixed(comparison.challenger, decimals),
            difference(comparison.difference, decimals), interval(bounds)
        )
    }

    /// `−0.0031 to +0.0060`
    static func interval(_ bounds: Comparison.Bounds) -> String {
        guard bounds.lower.isFinite, bounds.upper.isFinite else { return "–" }
        guard let decimals = decimals(deserved: bounds) else {
            return "\(signed(bounds.lower, text(bounds.lower))) to \(signed(bounds.upper, text(bounds.upper)))"
        }
        return "\(difference(bounds.lower, decimals)) to \(difference(bounds.upper, decimals))"
    }

    private static func difference(_ value: Double, _ decimals: Int) -> String {
        let text = fixed(value, decimals)
        // What rounds to nothing carries no sign.
        return Double(text) == 0 ? fixed(0, decimals) : signed(value, text)
    }

    /// Nil for an interval without width, or one that is too far from 1 to be written without an exponent.
    private static func decimals(deserved bounds: Comparison.Bounds) -> Int? {
        let half = (bounds.upper - bounds.lower) / 2
        guard half.isFinite, half > 1e-9, half < 1e9 else { return nil }
        return max(0, 1 - Int(log10(half).rounded(.down)))
    }

    /// A count of things: `27,004`.
    static func count(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "−" : "") + text
    }

    /// A confidence, which is never rounded up to certainty: `95 %`, `99.67 %`, `99.9999 %`.
    static func confidence(_ share: Double) -> String {
        let error = (1 - share) * 100
        guard error > 1e-9, error < 100 else { return percent(share) }
        let decimals = max(0, min(10, 1 - Int(log10(error).rounded(.down))))
        var text = fixed(share * 100, decimals)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
        return text + " %"
    }

    /// A share: `12.5 %`, `0 %`.
    static func percent(_ share: Double) -> String {
        let text = tidy(share * 100, significant: 3)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " %"
    }

    /// A size: `812 bytes`, `1.9 kB`, `48.3 MB`.
    /// - Parameter decimals: at most so many.
    static func bytes(_ count: Double, decimals: Int = 1) -> String {
        guard count.isFinite else { return "\(count)" }
        var size = abs(count)
        if size < 1000 { return "\(fixed(count, 0)) bytes" }
        for unit in ["kB", "MB", "GB", "TB"] {
            size /= 1000
            if size < 999.95 || unit == "TB" {
                let text = fixed(size, decimals)
                let short = decimals == 1 && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
                return (count < 0 ? "−" : "") + short + " " + unit
            }
        }
        return "\(fixed(count, 0)) bytes"
    }

    /// A span of time: `340 ms`, `3.4 s`, `45 s`, `1 m 12 s`, `2 h 5 m`, `7 d`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "\(seconds) s" }
        if seconds > 0, seconds < 0.0009995 { return tidy(seconds * 1e6, significant: 3) + " µs" }
        if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
        if seconds < 9.95 {
            let text = fixed(seconds, 1)
            return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " s"
        }
        let whole = Int(seconds.rounded())
        let parts = [(whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "m"), (whole % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 != 0 }
        return shown.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// With the sign that a difference carries; nothing is `0`.
    static func signed(_ value: Double, _ text: String) -> String {
        if value == 0 { return "0" }
        if value > 0 { return "+" + text }
        return text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }

    private static func tidy(_ value: Double, significant: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        if value == 0 { return "0" }
        if value == value.rounded(), abs(value) < 1e15 { return fixed(value, 0) }
        let magnitude = Int(log10(abs(value)).rounded(.down))
        guard magnitude >= -5, magnitude < 15 else { return scientific(value, significant) }
        var text = fixed(value, max(0, significant - 1 - magnitude))
        guard text.contains(".") else { return text }
        let least = abs(value) < 1 ? 2 : 1
        while text.hasSuffix("0"), (text.split(separator: ".").last?.count ?? 0) > least { text.removeLast() }
        return text
    }

    private static func scientific(_ value: Double, _ significant: Int) -> String {
        String(format: "%.\(significant - 1)e", value)
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }

    /// The larger count of decimals; nil if one is written with an exponent.
    private static func decimals(_ texts: String...) -> Int? {
        if texts.contains(where: { $0.contains("e") }) { return nil }
        return texts.map { text in
            text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        }.max()
    }
}
