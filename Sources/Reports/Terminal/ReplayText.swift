import Domain

/// What a policy would have said about earlier runs, for the terminal.
struct ReplayText {
    let replay: PolicyReplay
    /// The file or the commit that the policy was read from.
    let policy: String
    let model: ModelName

    /// `sluice.yaml on 120 judged runs of flight-delay: 2 that passed would not pass, 1 of them promoted`
    var headline: String {
        let runs = "\(counted(replay.runs, "judged run")) of \(visible(model.text))"
        let start = "\(visible(policy)) on \(runs)"
        if replay.runs == 0 { return "\(start): nothing to compare with" }
        let promoted = replay.refused.count { $0.wasPromoted }
        // Rows are limited: of those that are not among them it is not known.
        let some = replay.refused.count < replay.refusedCount ? "at least " : ""
        let parts = [
            (
                replay.refusedCount,
                "that passed would not pass" + (promoted > 0 ? " (\(some)\(promoted) promoted)" : "")
            ),
            (replay.letThroughCount, "that did not pass would pass"),
            (replay.unansweredCount, "recorded too little to tell"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(start): \(parts.isEmpty ? "no verdict would be different" : parts.joined(separator: ", "))"
    }

    func sections(brush: Brush, width: Int) -> [TerminalPage.Section] {
        let layout = Layout(brush: brush, width: max(60, width))
        return [
            ("refused", "Would not pass", replay.refused, replay.refusedCount),
            ("letThrough", "Would pass", replay.letThrough, replay.letThroughCount),
            ("unanswered", "Could not tell", replay.unanswered, replay.unansweredCount),
        ].compactMap { name, title, rows, count in
            let table = Page.Table(rows, of: count, limit: PolicyReplay.mostRows) { $0 }
            let columns: [TextTable.Column] = [
                .right("run"), .right("version"), .left(""), .left("before"), .left("now"), .left("why"),
            ]
            let lines = layout.table(columns, table) { row in
                [
                    "\(row.run)", row.version.map(String.init) ?? "–", row.wasPromoted ? "promoted" : "", row.before,
                    row.now, visibleLines(row.why).joined(separator: " "),
                ]
            }
            return layout.section(name, title, lines)
        }
    }
}
