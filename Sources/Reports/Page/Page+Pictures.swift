import Domain

extension Page.Confusion {
    /// Above so many labels a matrix says less than a list of mistakes.
    static let mostColumns = 12

    /// Nil without a matrix of the challenger's.
    init?(_ details: ReportDetails?) {
        guard let now = details?.challengerPortrait?.confusion, !now.labels.isEmpty else { return nil }
        let before = details?.championPortrait?.confusion
        let known = Champion(before)
        let isMatrix = now.labels.count <= Self.mostColumns
        labels = isMatrix ? now.labels.map { named($0, limit: 40) } : []
        matrix = isMatrix ? now.labels.indices.map { Page.ConfusionRow(now, $0, known) } : []
        mistakes = isMatrix ? nil : Page.Table(Self.mistakes(now), limit: 20) { Page.MistakeRow(now, $0, known) }.ifAny
        let side = before == nil ? "" : isMatrix ? "; in brackets the champion's" : ""
        let head = isMatrix ? "Labels down, predictions across\(side)." : "The most frequent mistakes."
        note = head + (now.others > 0 ? " \(Numbers.count(now.others)) rows have other labels." : "")
    }

    /// Places off the diagonal, those with the most rows first.
    private static func mistakes(_ now: Portrait.Confusion) -> [Place] {
        now.labels.indices.flatMap { label in
            now.labels.indices.filter { $0 != label && now.count(label, $0) > 0 }.map { Place(label: label, taken: $0) }
        }.sorted { now.count($0.label, $0.taken) > now.count($1.label, $1.taken) }
    }

    struct Place {
        var label: Int
        var taken: Int
    }

    /// The champion's counts by name: its labels may be others.
    struct Champion {
        private let matrix: Portrait.Confusion?
        private let places: [String: Int]

        init(_ matrix: Portrait.Confusion?) {
            self.matrix = matrix
            places = Dictionary(
                (matrix?.labels ?? []).enumerated().map { ($0.element, $0.offset) },
                uniquingKeysWith: { first, _ in first })
        }

        func count(_ label: String, _ taken: String) -> Int64? {
            guard let matrix else { return nil }
            guard let row = places[label], let column = places[taken] else { return 0 }
            return matrix.count(row, column)
        }
    }
}

extension Portrait.Confusion {
    /// 0 outside of what was recorded.
    fileprivate func count(_ label: Int, _ taken: Int) -> Int64 {
        counts.indices.contains(label) && counts[label].indices.contains(taken) ? counts[label][taken] : 0
    }
}

extension Page.ConfusionRow {
    init(_ now: Portrait.Confusion, _ row: Int, _ champion: Page.Confusion.Champion) {
        let total = now.labels.indices.reduce(0.0) { $0 + Double(now.count(row, $1)) }
        label = named(now.labels[row], limit: 40)
        cells = now.labels.indices.map { column in
            let count = now.count(row, column)
            let before = champion.count(now.labels[row], now.labels[column]).map { " (\(Numbers.count($0)))" } ?? ""
            return Page.ConfusionCell(
                text: Numbers.count(count) + before, share: total > 0 ? Double(count) / total : 0,
                isRight: row == column)
        }
    }
}

extension Page.MistakeRow {
    init(_ now: Portrait.Confusion, _ place: Page.Confusion.Place, _ champion: Page.Confusion.Champion) {
        let names = (now.labels[place.label], now.labels[place.taken])
        label = named(names.0, limit: 40)
        taken = named(names.1, limit: 40)
        count = Numbers.count(now.count(place.label, place.taken))
        championCount = champion.count(names.0, names.1).map(Numbers.count) ?? "–"
    }
}

extension Page.Importance {
    init?(_ importances: [ReportDetails.Importance]) {
        let finite = importances.filter(\.value.isFinite)
        let widest = finite.map { abs($0.value) }.max() ?? 0
        guard widest > 0 else { return nil }
        let isSigned = finite.contains { $0.value < 0 }
        features = Page.Table(finite, limit: 30) { one in
            let share = one.value / widest
            return Page.FeatureRow(
                feature: visible(one.feature, limit: 80), value: Numbers.text(one.value),
                bar: isSigned ? .swing(share) : .bar(share))
        }
        note = "As the project's own file says, the greatest first."
    }
}

extension Page.SectionRow {
    init(_ section: ReportDetails.Section) {
        title = visible(section.title, limit: 100)
        switch section.body {
        case .text(let texts):
            // Blanks at the start of a line are part of how it looks.
            lines = texts.prefix(200).map { text in
                let shown = visible(text)
                return String(repeating: "\u{A0}", count: shown.prefix { $0 == " " }.count) + shown.drop { $0 == " " }
            }
            cells = []
        case .table(let names, let rows, let left):
            lines = []
            let width = min(names.count, 20)
            let body = rows.prefix(100).map { row in
                Page.SectionCells(cells: (0..<width).map { $0 < row.count ? visible(row[$0]) : "" })
            }
            let more = left + max(0, rows.count - 100)
            cells = [
                Page.SectionTable(
                    header: names.prefix(width).map { visible($0, limit: 80) }, body: body,
                    more: more > 0 ? ["… and \(counted(more, "row")) more"] : [])
            ]
        }
    }
}
