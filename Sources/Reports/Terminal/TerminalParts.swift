import Domain

extension Layout {
    /// A section of the report by its name; nil if it has nothing to say.
    func section(_ name: String, _ page: Page, details: Bool) -> TerminalPage.Section? {
        let everything = details ? nil : "sluice show \(page.number) --all"
        switch name {
        case "reasons": return section(name, "Reasons", list(page.reasons))
        case "warnings": return section(name, "Warnings", list(page.warnings))
        case "exceptions": return section(name, "Exceptions", exceptions(page.exceptions))
        case "metrics":
            return section(name, page.comparison == nil ? "Challenger" : "Champion and challenger", metrics(page))
        case "gates": return section(name, "Gates", gates(page.gates))
        case "slices": return section(name, "Slices that moved most", slices(page.slices, details: details))
        case "changes": return section(name, "What changed since the champion", changes(page.changes, details: details))
        case "drift": return section(name, "Data drift", drift(page.drift))
        case "replay": return section(name, "This policy on earlier runs", replay(page.replay, details: details))
        case "confusion": return section(name, "Confusion matrix", confusion(page.confusion))
        case "curves": return section(name, "Curves", curves(page.curves))
        case "importance": return section(name, "Feature importance", importance(page.importance))
        case "training": return section(name, "Training", training(page.training))
        case "stages": return section(name, "Stages", stages(page.stages, page.notes, page.cost))
        case "sections": return section(name, "From the project", sections(page.sections))
        case "failures": return section(name, "Failures", failures(page.failures))
        case "data": return section(name, "Data", data(page.data))
        case "origin": return section(name, "Code and environment", origin(page))
        case "decision": return section(name, "Decision", decision(page.decision, everything: everything))
        default: return nil
        }
    }

    private func exceptions(_ exceptions: Page.Table<Page.ExceptionRow>?) -> [String] {
        guard let exceptions else { return [] }
        return exceptions.rows.flatMap { row in
            let gates =
                row.claims.rows.isEmpty ? "" : " (\((row.claims.rows + row.claims.more).joined(separator: "; ")))"
            return text(
                "\(row.exception), \(row.until), by \(row.owner): \(row.because)\(gates)", mark: "\(row.counting) ")
        } + exceptions.more
    }

    private func slices(_ slices: Page.Slices?, details: Bool) -> [String] {
        guard var slices else { return [] }
        if !details { _ = slices.moved.cut(to: 5) }
        let names: [TextTable.Column] = [.left("by \(slices.by)"), .right("rows")]
        let numbers: [TextTable.Column] = [.right("champion"), .right("challenger"), .right("difference")]
        let whole = TextTable(
            columns: names + numbers + [.left(""), .left("")],
            rows: slices.moved.rows.map { row in
                [
                    row.slice, row.sliceRows, row.champion, row.challenger, row.difference, BlockDrawing.text(row.bar),
                    row.direction,
                ]
            })
        let lines =
            whole.fits(width - 2)
            ? whole.lines(width: width - 2, brush: brush) + slices.moved.more
            : table(names + [.right("difference"), .left("")], slices.moved) {
                [$0.slice, $0.sliceRows, $0.difference, $0.direction]
            }
        return lines + text(slices.note)
    }

    private func changes(_ changes: Page.ChangeList?, details: Bool) -> [String] {
        guard var changes else { return [] }
        if !details {
            _ = changes.commits?.cut(to: 5)
            _ = changes.packages?.cut(to: 5)
        }
        let commits = changes.commits.map { commits in
            commits.rows.flatMap { text("\($0.commit) \($0.day) \($0.subject) (\($0.author))", mark: "• ") }
                + commits.more
        }
        let data = changes.datasets.map { datasets in
            datasets.rows.flatMap { row in
                text("data \(row.dataset): \(([row.step] + row.facts).joined(separator: "; "))", mark: "• ")
            } + datasets.more
        }
        let values = [("parameter", changes.parameters), ("package", changes.packages), ("policy", changes.policy)]
        let others = values.flatMap { what, table in
            table.map { table in
                table.rows.flatMap { text("\(what) \($0.key): \($0.before) → \($0.now)", mark: "• ") } + table.more
            } ?? []
        }
        return text("Since \(changes.since): \(changes.ancestry)") + (commits ?? []) + (data ?? []) + others
    }

    private func replay(_ replay: Page.Replay?, details: Bool) -> [String] {
        guard var replay else { return [] }
        for index in replay.groups.indices where !details { _ = replay.groups[index].replayed.cut(to: 3) }
        return text(replay.summary)
            + replay.groups.flatMap { group in
                text(group.what)
                    + group.replayed.rows.flatMap { row in
                        let model = row.version.isEmpty ? "" : " (\(row.version))"
                        return text("run \(row.run)\(model): \(row.before), now \(row.now): \(row.because)", mark: "• ")
                    } + group.replayed.more
            }
    }

    private func sections(_ sections: Page.Table<Page.SectionRow>?) -> [String] {
        guard let sections else { return [] }
        return sections.rows.flatMap { section in
            let tables = section.cells.flatMap { cells in
                TextTable(columns: cells.header.map { .left($0) }, rows: cells.body.map(\.cells))
                    .lines(width: width - 2, brush: brush) + cells.more
            }
            return text(section.title) + section.lines.map { fitted($0, to: width - 2) } + tables
        } + sections.more
    }
}
