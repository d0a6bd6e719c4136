import Documents
import Domain

/// Patterns, times and time zones of `triggers`.
struct TriggerCheck {
    var reading: Reading

    mutating func check(_ triggers: Value?) {
        for key in ["push", "pull_request"] {
            for branch in triggers?[key]?["branches"]?.items ?? [] {
                checkBranch(branch, "triggers.\(key).branches")
            }
        }
        for path in triggers?["push"]?["paths"]?.items ?? [] { checkPath(path) }
        var seen: Set<[String]> = []
        for entry in triggers?["schedule"]?.items ?? [] {
            checkTime(entry)
            guard let cron = entry["cron"]?.text else { continue }
            if !seen.insert([cron, entry["timezone"]?.text ?? "UTC"]).inserted {
                reading.complain(entry.place, "'triggers.schedule' has '\(cron)' twice", advice: "keep one of them")
            }
        }
    }

    private mutating func checkBranch(_ value: Value, _ key: String) {
        guard let text = value.text else { return }
        let prefix = "refs/heads/"
        if text.hasPrefix(prefix) {
            reading.complain(
                value.place, "'\(key)': '\(text)' is a reference, and a branch's name is wanted",
                advice: "write '\(text.dropFirst(prefix.count))'")
        } else if BranchName(text.replacing("*", with: "x")) == nil {
            reading.complain(
                value.place, "'\(key)': '\(text)' can be no branch's name",
                advice: "a name, or a pattern with '*' (no slash) and '**'")
        }
    }

    private mutating func checkPath(_ value: Value) {
        guard let text = value.text else { return }
        if TreePath(text.replacing("*", with: "x")) == nil {
            reading.complain(
                value.place, "'triggers.push.paths': '\(text)' can be no path inside the repository",
                advice: "write it from the root of the repository, without '..' and '/' at its beginning")
        }
    }

    private mutating func checkTime(_ entry: Value) {
        if let cron = entry["cron"], let text = cron.text {
            do throws(Cron.Mistake) {
                _ = try Cron(text)
            } catch {
                reading.complain(
                    cron.place, "'triggers.schedule[].cron': \(error.message)", advice: error.advice)
            }
        }
        if let zone = entry["timezone"], let name = zone.text, !Cron.isTimezone(name) {
            let near = Spelling.nearest(to: name, in: Cron.timezones).map { "did you mean '\($0)'?" }
            reading.complain(
                zone.place, "'triggers.schedule[].timezone': there is no time zone '\(name.brief(60))'",
                advice: near ?? "names are those of the time zone database: 'UTC', 'Europe/Berlin'")
        }
    }
}
