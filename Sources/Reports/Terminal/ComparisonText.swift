import Domain

/// Two runs side by side.
struct ComparisonText {
    let left: Report
    let right: Report

    func sections(brush: Brush, width: Int) -> [TerminalPage.Section] {
        let layout = Layout(brush: brush, width: max(60, width))
        let titles: [TextTable.Column] = [.right("run \(left.run.id)"), .right("run \(right.run.id)")]
        return [
            layout.section(
                "metrics", "Metrics",
                layout.table(
                    [.left("metric")] + titles + [.right("difference"), .left("")],
                    Page.Table(metrics, limit: 200) { $0 }
                ) { [$0.metric, $0.champion, $0.challenger, $0.difference, $0.direction] }),
            layout.section("inputs", "Inputs", side(inputs.map { $0 + [$0[1] == $0[2] ? "=" : "differs"] }, layout)),
            layout.section("stages", "Stages", side(stages, layout)),
        ].compactMap { $0 }
    }

    private func side(_ rows: [[String]], _ layout: Layout) -> [String] {
        layout.table(
            [.left(""), .left("run \(left.run.id)"), .left("run \(right.run.id)"), .left("")],
            Page.Table(rows, limit: 300) { $0 }
        ) { $0 }
    }

    private var metrics: [Page.MetricRow] {
        let gates = right.plan.policy.gates + left.plan.policy.gates
        let names = inOrder(Set(left.challenger.keys).union(right.challenger.keys), gates: gates)
        return names.map { name in
            Page.MetricRow(
                Measure(name, gates: gates), champion: left.challenger[name], challenger: right.challenger[name])
        }
    }

    private var inputs: [[String]] {
        var rows = [
            ["verdict", verdict(left), verdict(right)],
            ["commit", left.plan.commit.short, right.plan.commit.short],
            ["policy", left.plan.policyDigest.short, right.plan.policyDigest.short],
            ["environment", environment(left), environment(right)],
        ]
        let snapshots = (snapshots(left), snapshots(right))
        for name in Set(snapshots.0.keys).union(snapshots.1.keys).sorted() {
            rows.append(["data \(visible(name))", snapshots.0[name] ?? "–", snapshots.1[name] ?? "–"])
        }
        for file in Set(left.plan.parameters.keys).union(right.plan.parameters.keys).sorted() {
            let digests = (left.plan.parameters[file]?.short ?? "–", right.plan.parameters[file]?.short ?? "–")
            rows.append([visible(file), digests.0, digests.1])
        }
        return rows
    }

    private var stages: [[String]] {
        let before = byName(left.stages)
        let now = byName(right.stages)
        let names = left.stages.map(\.name) + right.stages.map(\.name).filter { before[$0] == nil }
        return names.map { name in
            [visible(name.text), outcome(before[name]), outcome(now[name]), relation(before[name], now[name])]
        }
    }

    /// What counts is what a stage made, not how long it took or whether it had to run.
    private func relation(_ before: StageRun?, _ now: StageRun?) -> String {
        guard let before, let now else { return "differs" }
        guard let old = before.state.result, let new = now.state.result else {
            return before.state.word == now.state.word ? "=" : "differs"
        }
        let same = old.outs.mapValues(\.digest) == new.outs.mapValues(\.digest)
        return same ? "=" : "other outputs"
    }

    private func byName(_ stages: [StageRun]) -> [StageName: StageRun] {
        Dictionary(stages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func outcome(_ stage: StageRun?) -> String {
        guard let stage else { return "–" }
        let row = Page.StageRow(stage)
        return stage.state.usage == nil ? row.became : "\(row.became) in \(row.wall)"
    }

    private func verdict(_ report: Report) -> String {
        switch report.run.state {
        case .errored, .cancelled: report.run.state.word
        case .queued, .preparing, .running, .judging, .judged: report.verdict.word
        }
    }

    private func environment(_ report: Report) -> String {
        report.plan.environment?.digest.short ?? "the machine's own tools"
    }

    private func snapshots(_ report: Report) -> [String: String] {
        let pairs = report.plan.snapshots.map { ($0.dataset.text, "snapshot \($0.number), \($0.digest.short)") }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
