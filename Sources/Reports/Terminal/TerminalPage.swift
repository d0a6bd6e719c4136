/// What the terminal template sees: the page of the report laid out in lines that fit.
struct TerminalPage {
    struct Section {
        var title: String
        var lines: [String]
    }

    var headline: [String]
    var blocks: [Section]
}

extension TerminalPage {
    init(_ page: Page, headline: String, brush: Brush, width: Int) {
        let layout = Layout(brush: brush, width: max(60, width))
        let ink = Ink(for: page.answerMark) ?? .bold
        self.headline = wrapped("\(page.answerMark) \(headline)", to: layout.width).map { brush.paint($0, ink) }
        blocks = [
            layout.section("Reasons", layout.list(page.reasons)),
            layout.section("Warnings", layout.list(page.warnings)),
            layout.metrics(page),
            layout.gates(page.gates),
            layout.section("Data drift", layout.drift(page.drift)),
            layout.stages(page.stages, page.notes),
            layout.section("Failures", layout.failures(page.failures)),
            layout.data(page.data),
            layout.section("Code and environment", layout.origin(page)),
            layout.section("Decision", layout.decision(page.decision)),
        ].compactMap { $0 }
    }
}

/// Lays parts of a page out in lines, indented by two columns.
struct Layout {
    let brush: Brush
    let width: Int

    private var inner: Int { width - 2 }

    /// Nil without lines.
    func section(_ title: String, _ lines: [String]) -> TerminalPage.Section? {
        lines.isEmpty ? nil : TerminalPage.Section(title: brush.paint(title, .bold), lines: lines)
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

    func metrics(_ page: Page) -> TerminalPage.Section? {
        if let comparison = page.comparison {
            let lines = table(
                [.left("metric"), .right("champion"), .right("challenger"), .right("difference"), .left("")],
                comparison.metrics
            ) { [$0.metric, $0.champion, $0.challenger, $0.difference, $0.direction] }
            let notes = text("The champion is \(comparison.versus).") + comparison.scored.flatMap { text($0) }
            return section("Champion and challenger", lines + notes)
        }
        guard let alone = page.alone else { return nil }
        let lines = table([.left("metric"), .right("challenger")], alone.metrics) { [$0.metric, $0.challenger] }
        return section("Challenger", lines + text(alone.note))
    }

    func gates(_ gates: Page.Table<Page.GateRow>?) -> TerminalPage.Section? {
        section(
            "Gates",
            table([.left(""), .left("gate"), .left("found")], gates, orList: true) {
                [$0.outcome, $0.gate, $0.found]
            })
    }

    func stages(
        _ stages: Page.Table<Page.StageRow>?, _ notes: Page.Table<Page.NoteRow>?
    ) -> TerminalPage.Section? {
        let names: [TextTable.Column] = [.left(""), .left("stage"), .left("outcome"), .right("wall")]
        let lines =
            width < 76
            ? table(names, stages) { [$0.outcome, $0.stage, $0.became, $0.wall] }
            : table(names + [.right("cpu"), .right("peak memory")], stages) {
                [$0.outcome, $0.stage, $0.became, $0.wall, $0.cpu, $0.memory]
            }
        let said = notes.map { notes in notes.rows.flatMap { text("\($0.by): \($0.note)", mark: "• ") } + notes.more }
        return section("Stages", lines + (said ?? []))
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

    func data(_ data: Page.Table<Page.DataRow>?) -> TerminalPage.Section? {
        section(
            "Data",
            table([.left("dataset"), .right("snapshot"), .left("digest"), .right("rows tested")], data) {
                [$0.dataset, $0.snapshot, $0.digest, $0.rowCount]
            })
    }

    func origin(_ page: Page) -> [String] {
        let identity = page.environment.identity.map { " (\($0))" }.joined()
        return text("commit \(page.code.commit.prefix(10)) “\(page.code.subject)” by \(page.code.author)")
            + page.code.uncommitted.flatMap { text($0) } + text("\(page.environment.sentence)\(identity)")
    }

    func decision(_ decision: Page.Decide) -> [String] {
        text(decision.needs)
            + decision.commands.flatMap { ["approve:    \($0.approve.text)", "reject:     \($0.reject.text)"] }
            + ["reproduce:  \(decision.reproduce.text)"]
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
