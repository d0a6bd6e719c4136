import Domain

extension Page.ChangeList {
    init(_ changes: Changes) {
        since = "\(describe(changes.champion)), at commit \(changes.commit.short)"
        ancestry = Self.ancestry(changes)
        commits =
            Page.Table(changes.commits, of: changes.commitCount, limit: 10) { commit in
                Page.CommitRow(
                    commit: commit.id.short, subject: visible(commit.subject, limit: 100),
                    author: visible(commit.author, limit: 80), day: String(Timestamp.text(commit.at).prefix(10)))
            }.ifAny
        datasets = Page.Table(changes.datasets, limit: 20, row: Page.ChangedData.init).ifAny
        parameters = Page.Table(changes.parameters, limit: 30, row: Page.ChangedValue.init).ifAny
        packages = Page.Table(changes.packages, limit: 50, row: Page.ChangedValue.init).ifAny
        policy = Page.Table(changes.policy, limit: 30, row: Page.ChangedValue.init).ifAny
    }

    private static func ancestry(_ changes: Changes) -> String {
        let commits = counted(max(changes.commitCount, changes.commits.count), "commit")
        switch changes.ancestry {
        case .same: return "the code is the same."
        case .ahead: return "\(commits)."
        case .diverged(let missing):
            let others = missing == 1 ? "1 commit of the champion's is" : "\(missing) commits of the champion's are"
            return "\(commits); \(others) not in this one."
        case .unknown(let why): return "how the commits are related is not known: \(firstLine(why))."
        }
    }
}

extension Page.ChangedValue {
    init(_ value: Changes.Value) {
        key = visible(value.name, limit: 120)
        before = value.before.map { visible($0, limit: 120) } ?? "–"
        now = value.now.map { visible($0, limit: 120) } ?? "–"
    }
}

extension Page.ChangedData {
    init(_ data: Changes.Dataset) {
        dataset = visible(data.name.text)
        step =
            switch (data.before, data.now) {
            case (let before?, let now?): "snapshot \(before) → \(now)"
            case (nil, let now?): "snapshot \(now), new"
            case (let before?, nil): "snapshot \(before), not used any more"
            case (nil, nil): "not used"
            }
        facts =
            Self.rows(data)
            + [
                Self.names("column", "added", data.columnsAdded), Self.names("column", "gone", data.columnsRemoved),
                Self.names("file", "added", data.filesAdded), Self.names("file", "changed", data.filesChanged),
                Self.names("file", "gone", data.filesRemoved),
            ].compactMap { $0 }
    }

    private static func rows(_ data: Changes.Dataset) -> [String] {
        guard let now = data.rowsNow else { return [] }
        guard let before = data.rowsBefore else { return ["\(Numbers.count(now)) rows"] }
        let (gap, overflow) = now.subtractingReportingOverflow(before)
        let sign = overflow || gap == 0 ? "" : gap > 0 ? " (+\(Numbers.count(gap)))" : " (\(Numbers.count(gap)))"
        return ["\(Numbers.count(before)) → \(Numbers.count(now)) rows\(sign)"]
    }

    private static func names(_ noun: String, _ became: String, _ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(5).map { visible($0, limit: 80) }.joined(separator: ", ")
        let left = names.count > 5 ? " and \(names.count - 5) more" : ""
        return "\(counted(names.count, noun)) \(became): \(shown)\(left)"
    }
}

extension Page.Replay {
    init(_ replay: PolicyReplay) {
        let parts = [
            (replay.refusedCount, "that passed would not pass now"),
            (replay.letThroughCount, "that did not pass would pass now"),
            (replay.unansweredCount, "recorded too little for the gates of this policy"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let outcome = parts.isEmpty ? "nothing would be different" : parts.joined(separator: "; ")
        summary = "Applied to \(counted(replay.runs, "earlier run")): \(outcome)."
        groups = [
            ("Would not pass now", replay.refused, replay.refusedCount),
            ("Would pass now", replay.letThrough, replay.letThroughCount),
            ("Could not tell now", replay.unanswered, replay.unansweredCount),
        ].filter { !$0.1.isEmpty }.map { what, rows, count in
            Page.ReplayGroup(
                what: "\(what): \(max(count, rows.count))",
                replayed: Page.Table(rows, of: count, limit: 20, row: Page.ReplayRow.init))
        }
    }
}

extension Page.ReplayRow {
    init(_ row: PolicyReplay.Row) {
        run = "\(row.run)"
        version = row.version.map { "version \($0)" + (row.wasPromoted ? ", promoted" : "") } ?? ""
        before = visible(row.before, limit: 60)
        now = visible(row.now, limit: 60)
        because = firstLine(row.why)
    }
}
