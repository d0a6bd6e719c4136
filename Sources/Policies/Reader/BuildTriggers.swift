import Documents
import Domain

/// Turns the checked values of `triggers` into what starts runs.
struct TriggersBuilder {
    let root: Value

    /// Nil: nothing does.
    func triggers() -> TriggersPolicy? {
        guard let value = root["triggers"] else { return nil }
        let schedule = schedule(value["schedule"])
        let triggers = TriggersPolicy(
            data: (value["data"]?.texts ?? []).compactMap { DatasetName($0) }, drift: drift(value["drift"]),
            push: push(value["push"]), pullRequest: pullRequest(value["pull_request"]),
            schedule: schedule.isEmpty ? nil : schedule)
        return triggers == TriggersPolicy() ? nil : triggers
    }

    private func drift(_ value: Value?) -> TriggersPolicy.DriftTrigger? {
        guard let value, let dataset = value["dataset"]?.text.flatMap({ DatasetName($0) }) else { return nil }
        var drift = TriggersPolicy.DriftTrigger(dataset: dataset)
        if let seconds = value["check_every"]?.number { drift.checkEvery = seconds }
        return drift
    }

    private func push(_ value: Value?) -> TriggersPolicy.PushTrigger? {
        guard let value, value.truth != false else { return nil }
        return TriggersPolicy.PushTrigger(
            branches: value["branches"]?.texts ?? [], paths: value["paths"]?.texts ?? [])
    }

    private func pullRequest(_ value: Value?) -> TriggersPolicy.PullRequestTrigger? {
        guard let value, value.truth != false else { return nil }
        let base = TriggersPolicy.PullRequestTrigger()
        return TriggersPolicy.PullRequestTrigger(
            forks: value["forks"]?.text.flatMap(TriggersPolicy.PullRequestTrigger.Forks.init) ?? base.forks,
            branches: value["branches"]?.texts ?? [], drafts: value["drafts"]?.truth ?? base.drafts)
    }

    private func schedule(_ value: Value?) -> [TriggersPolicy.ScheduleTrigger] {
        (value?.items ?? []).compactMap { entry in
            entry["cron"]?.text.map {
                TriggersPolicy.ScheduleTrigger(cron: $0, timezone: entry["timezone"]?.text ?? "UTC")
            }
        }
    }
}
