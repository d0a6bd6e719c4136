/// What the terminal template sees: the page of the report laid out in lines that fit.
struct TerminalPage {
    struct Section {
        /// As `{{> gates}}` names it.
        var name: String
        var title: String
        var lines: [String]
    }

    var headline: [String]
    /// In the order of the report, without those that have nothing to say.
    var blocks: [Section]
}

extension TerminalPage {
    /// All that there may be, in the order of the report.
    static let names = [
        "reasons", "warnings", "exceptions", "metrics", "gates", "slices", "changes", "drift", "replay", "confusion",
        "curves", "importance", "training", "stages", "sections", "failures", "data", "origin", "decision",
    ]

    /// What a decision needs; the rest stands behind `--all`.
    private static let brief: Set<String> = [
        "reasons", "warnings", "exceptions", "metrics", "gates", "slices", "changes", "drift", "replay", "failures",
        "decision",
    ]

    init(_ page: Page, headline: String, brush: Brush, width: Int, details: Bool) {
        let layout = Layout(brush: brush, width: max(60, width))
        let ink = Ink(for: page.answerMark) ?? .bold
        self.headline =
            wrapped("\(page.answerMark) \(headline)", to: layout.width).map { brush.paint($0, ink) }
            + (page.mainDifference.map { layout.text($0).map { "  " + $0 } } ?? [])
        // What was not committed is worth saying in every form.
        let brief = Self.brief.union(page.code.uncommitted.isEmpty ? [] : ["origin"])
        blocks = Self.names.filter { details || brief.contains($0) }.compactMap { name in
            layout.section(name, page, details: details)
        }
    }
}

/// Lays parts of a page out in lines, indented by two columns.
struct Layout {
    let brush: Brush
    let width: Int

    private var inner: Int { width - 2 }

    /// Nil without lines.
    func section(_ name: String, _ title: String, _ lines: [String]) -> TerminalPage.Section? {
        lines.isEmpty ? nil : TerminalPage.Section(name: name, title: brush.paint(title, .bold), lines: lines)
    }

    func text(_ sentence: String, mark: String = "") -> [String] {
        let blank = String(repeating: " ", count: mark.count)
        return wrapped(sentence, to: inner - mark.count).enumerated().map {
            ($0.offset == 0 ? mark : blank) + $0.element
        }
    }

    func list(_ table: Page.Table<String>?) -> [String] {
        guard let table else { return [] }
        return table.rows.flatMap { text($0, mark: "• ") } + table.more
    }

    func metrics(_ page: Page) -> [String] {
        if let comparison = page.comparison {
            let numbers: [TextTable.Column] = [.right("champion"), .right("challenger"), .right("difference")]
            let names: [TextTable.Column] = [.left("metric"), .left("")]
            let columns = names + numbers + [.left("95 % interval"), .left("")]
            let rows = comparison.metrics.rows.map { row in
                [row.metric, row.better, row.champion, row.challenger, row.difference, row.interval, row.direction]
            }
            let isWhole = comparison.isTested && TextTable(columns: columns, rows: rows).fits(width - 2)
            // What gives way to a narrow terminal is the interval.
            let lines =
                isWhole
                ? TextTable(columns: columns, rows: rows).lines(width: width - 2, brush: brush)
                    + comparison.metrics.more
                : table(names + numbers + [.left("")], comparison.metrics) {
                    [$0.metric, $0.better, $0.champion, $0.challenger, $0.difference, $0.direction]
                }
            return lines + text("The champion is \(comparison.versus).")
                + (comparison.scored + comparison.legend).flatMap { text($0) }
        }
        guard let alone = page.alone else { return [] }
        let lines = table([.left("metric"), .left(""), .right("challenger")], alone.metrics) {
            [$0.metric, $0.better, $0.challenger]
        }
        return lines + text(alone.note)
    }

    func gates(_ gates: Page.Table<Page.GateRow>?) -> [String] {
        guard let gates else { return [] }
        return table([.left(""), .left("gate"), .left("found")], gates, orList: true) { row in
            let remarks = row.remarks.isEmpty ? "" : " (\(row.remarks.joined(separator: "; ")))"
            return [row.outcome, row.gate, row.found + remarks]
        }
    }

    func stages(_ stages: Page.Table<Page.StageRow>?, _ notes: Page.Table<Page.NoteRow>?, _ cost: String?) -> [String] {
        let names: [TextTable.Column] = [.left(""), .left("stage"), .left("outcome"), .right("wall")]
        let lines =
            width < 76
            ? table(names, stages) { [$0.outcome, $0.stage, $0.became, $0.wall] }
            : table(names + [.right("cpu"), .right("peak memory")], stages) {
                [$0.outcome, $0.stage, $0.became, $0.wall, $0.cpu, $0.memory]
            }
        let said = notes.map { notes in notes.rows.flatMap { text("\($0.by): \($0.note)", mark: "• ") } + notes.more }
        return lines + (cost.map { text("Together \($0).") } ?? []) + (said ?? [])
    }

    func failures(_ failures: Page.Table<Page.FailureRow>?) -> [String] {
        guard let failures else { return [] }
        return failures.rows.flatMap { row in
            let sentences = row.sentences.enumerated().flatMap { index, sentence in
                text(index == 0 ? "\(row.failed) \(sentence)" : sentence, mark: index == 0 ? "" : "  ")
            }
            let findings = row.complaints.flatMap { complaints in
                complaints.rows.flatMap { text("\($0.check): \($0.place): \($0.message)\($0.example)", mark: "• ") }
                    + complaints.more
            }
            return sentences + findings
        } + failures.more
    }

    func data(_ data: Page.Table<Page.DataRow>?) -> [String] {
        table([.left("dataset"), .right("snapshot"), .left("digest"), .right("rows tested")], data) {
            [$0.dataset, $0.snapshot, $0.digest, $0.rowCount]
        }
    }

    func origin(_ page: Page) -> [String] {
        let identity = page.environment.identity.map { " (\($0))" }.joined()
        return text("commit \(page.code.commit.prefix(10)) “\(page.code.subject)” by \(page.code.author)")
            + page.code.uncommitted.flatMap { text($0) } + text("\(page.environment.sentence)\(identity)")
    }

    func decision(_ decision: Page.Decide, everything: String?) -> [String] {
        text(decision.needs)
            + decision.commands.flatMap { ["approve:    \($0.approve.text)", "reject:     \($0.reject.text)"] }
            + ["reproduce:  \(decision.reproduce.text)"] + (everything.map { ["everything: \($0)"] } ?? [])
    }

    /// - Parameter orList: rows become sentences where the table would have to be cut.
    func table<Row>(
        _ columns: [TextTable.Column], _ table: Page.Table<Row>?, orList: Bool = false, cells: (Row) -> [String]
    ) -> [String] {
        guard let table, !table.rows.isEmpty else { return [] }
        let layout = TextTable(columns: columns, rows: table.rows.map(cells))
        if orList, !layout.fits(inner) {
            return layout.rows.flatMap { row in
                let isSign = row.first?.count == 1
                let sentence = row.dropFirst(isSign ? 1 : 0).filter { !$0.isEmpty && $0 != "–" }
                return text(sentence.joined(separator: ": "), mark: (isSign ? row[0] : "•") + " ")
            } + table.more
        }
        return layout.lines(width: inner, brush: brush) + table.more
    }
}
