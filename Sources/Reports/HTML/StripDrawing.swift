/// Pictures in the rows of a table, as wide as their cell.
enum StripDrawing {
    /// Each row has its own scale with zero in the middle, because the metrics of a report have different units; what
    /// a reader looks for is on which side of zero, and of the margin, the interval lies. Better is to the right.
    ///
    /// - Returns: nothing where there is neither an interval nor a margin to see, or a number is not finite.
    static func forest(_ row: Forest) -> String {
        let ends = row.interval.map { [$0.lower, $0.upper] } ?? []
        let numbers = ends + [row.difference] + (row.margin.map { [$0] } ?? [])
        guard numbers.count > 1, numbers.allSatisfy(\.isFinite) else { return "" }
        let reach = max((numbers.map(abs).max() ?? 0) * 1.12, 1e-300)
        guard let scale = Scale(from: -reach, to: reach) else { return "" }
        func place(_ value: Double) -> Double { scale.share(row.isMirrored ? -value : value) }

        var picture = Picture(row.name, words(row), size: .strip(height: height))
        if let margin = row.margin {
            let edge = place(margin)
            picture.rectangle("forbidden", .share(0), -reachUp, width: .share(edge), height: height + 2 * reachUp)
            picture.line("margin", .share(edge), -reachUp, .share(edge), height + reachUp)
        }
        picture.line("zero", .share(0.5), -reachUp, .share(0.5), height + reachUp)
        if let interval = row.interval {
            draw(interval: (place(interval.lower), place(interval.upper)), into: &picture)
        }
        picture.dot("challenger", .share(place(row.difference)), height / 2, radius: 5)
        return picture.text
    }

    private static func words(_ row: Forest) -> String {
        var parts = ["difference \(Numbers.text(row.difference))"]
        if let (lower, upper) = row.interval {
            parts.append("interval from \(Numbers.text(lower)) to \(Numbers.text(upper))")
        }
        if let margin = row.margin { parts.append("the gate's margin is \(Numbers.text(margin))") }
        return parts.joined(separator: ", ")
    }

    /// The interval of the difference is drawn from the champion's value.
    static func move(_ row: Move) -> String {
        guard row.champion.isFinite, row.challenger.isFinite else { return "" }
        let (from, to) = (row.scale.share(row.champion), row.scale.share(row.challenger))
        let words =
            "from \(Numbers.text(row.champion)) of the champion to \(Numbers.text(row.challenger)) of the challenger"
        var picture = Picture(row.name, words, size: .strip(height: height))
        for tick in row.scale.ticks(4) {
            let place = row.scale.share(tick)
            picture.line("grid", .share(place), -reachUp, .share(place), height + reachUp)
        }
        if let (lower, upper) = row.interval, lower.isFinite, upper.isFinite {
            let ends = (row.scale.share(row.champion + lower), row.scale.share(row.champion + upper))
            draw(interval: ends, into: &picture)
        } else {
            picture.line("moved", .share(from), height / 2, .share(to), height / 2)
        }
        picture.dot("champion", .share(from), height / 2, radius: 4.5)
        picture.dot("challenger", .share(to), height / 2, radius: 5)
        return picture.text
    }

    /// The numbers that the lines behind the rows of a dot plot stand for.
    static func axis(_ axis: Axis) -> String {
        let words = "from \(Numbers.text(axis.scale.low)) to \(Numbers.text(axis.scale.high))"
        var picture = Picture(axis.name, words, size: .strip(height: 16))
        for tick in axis.scale.ticks(4) {
            let place = axis.scale.share(tick)
            let anchor = place < 0.08 ? Picture.Anchor.start : place > 0.92 ? .end : .middle
            picture.text("tick", Numbers.text(tick), .share(place), 12, anchor)
        }
        return picture.text
    }

    /// A share from 0 to 1.
    static func bar(_ share: Double) -> String {
        let share = share.isFinite ? min(1, max(0, share)) : 0
        var picture = Picture("bar", Numbers.percent(share), size: .strip(height: 14))
        if share > 0 { picture.rectangle("bar", .share(0), 2, width: .share(max(share, 0.004)), height: 10) }
        return picture.text
    }

    /// A share from -1 to 1.
    static func swing(_ share: Double) -> String {
        let share = share.isFinite ? min(1, max(-1, share)) : 0
        var picture = Picture("bar from a middle", Numbers.percent(share), size: .strip(height: 14))
        let width = max(abs(share) / 2, 0.004)
        picture.rectangle("bar", .share(share < 0 ? 0.5 - width : 0.5), 2, width: .share(width), height: 10)
        picture.line("zero", .share(0.5), 0, .share(0.5), 14)
        return picture.text
    }

    static func span(_ span: Span) -> String {
        guard span.from.isFinite, span.to.isFinite else { return "" }
        let (left, right) = (span.scale.share(span.from), span.scale.share(span.to))
        let words = "from \(Numbers.duration(span.from)) to \(Numbers.duration(span.to))"
        var picture = Picture(span.name, words, size: .strip(height: 14))
        picture.line("rail", .share(0), 7, .share(1), 7)
        // A short stage is still seen.
        let width = max(right - left, 0.006)
        picture.rectangle("bar", .share(min(left, 1 - width)), 2, width: .share(width), height: 10)
        return picture.text
    }

    /// Both distributions side by side, bin by bin, on one scale.
    static func histograms(_ pair: Histograms) -> String {
        func clean(_ share: Double) -> Double { share.isFinite ? min(1, max(0, share)) : 0 }
        let bins = pair.bins.map { (before: clean($0.before), now: clean($0.now)) }
        guard let top = bins.flatMap({ [$0.before, $0.now] }).max(), top > 0 else { return "" }
        let tall = 40.0
        let words = bins.map { "\(Numbers.percent($0.before)) then \(Numbers.percent($0.now))" }
        var picture = Picture(pair.name, words.joined(separator: ", "), size: .strip(height: tall))
        // A few bins are not drawn as if they were walls.
        let width = 1 / Double(max(6, bins.count))
        for (index, bin) in bins.enumerated() {
            for (kind, share, offset) in [("before", bin.before, 0.1), ("bar", bin.now, 0.5)] where share > 0 {
                let height = max(1, share / top * (tall - 2))
                let left = (Double(index) + offset) * width
                picture.rectangle(
                    kind, .share(left), tall - height, width: .share(width * 0.36), height: height)
            }
        }
        picture.line("axis", .share(0), tall - 0.5, .share(1), tall - 0.5)
        return picture.text
    }

    private static let height = 30.0
    /// How far the lines that rows have in common reach beyond the row: the cell cuts them off, so that they meet.
    private static let reachUp = 40.0

    private static func draw(interval: (Double, Double), into picture: inout Picture) {
        picture.line("interval", .share(interval.0), height / 2, .share(interval.1), height / 2)
        for end in [interval.0, interval.1] {
            picture.line("interval", .share(end), height / 2 - 5, .share(end), height / 2 + 5)
        }
    }
}
