/// `triggers:` What starts a run besides `sluice run`.
package struct TriggersPolicy: Codable, Equatable, Sendable {
    /// `drift:` A dataset that is compared with its reference, again and again.
    package struct DriftTrigger: Codable, Equatable, Sendable {
        package var dataset: DatasetName
        /// Seconds between two looks.
        package var checkEvery: Double

        package init(dataset: DatasetName, checkEvery: Double = 3600) {
            self.dataset = dataset
            self.checkEvery = checkEvery
        }
    }

    /// `push:` New commits on a branch.
    package struct PushTrigger: Codable, Equatable, Sendable {
        /// Names or patterns with `*` (no slash) and `**`; empty: the default branch.
        package var branches: [String]
        /// Only if a file below one of these changed; empty: any.
        package var paths: [String]

        package init(branches: [String] = [], paths: [String] = []) {
            self.branches = branches
            self.paths = paths
        }
    }

    /// `pull_request:` A pull request into one of the branches.
    package struct PullRequestTrigger: Codable, Equatable, Sendable {
        /// What is done with code from forks.
        package enum Forks: String, Codable, Sendable, CaseIterable {
            case never
            /// Only after somebody with write access said `/ok-to-run` for that commit.
            case ask
            case run
        }

        package var forks: Forks
        /// As `PushTrigger.branches`, of the base; empty: any.
        package var branches: [String]
        /// True: also while it is a draft.
        package var drafts: Bool

        package init(forks: Forks = .ask, branches: [String] = [], drafts: Bool = false) {
            self.forks = forks
            self.branches = branches
            self.drafts = drafts
        }
    }

    /// One entry of `schedule:`.
    package struct ScheduleTrigger: Codable, Equatable, Sendable {
        /// Five fields.
        package var cron: String
        /// A name of the time zone database.
        package var timezone: String

        package init(cron: String, timezone: String = "UTC") {
            self.cron = cron
            self.timezone = timezone
        }
    }

    /// A new snapshot of one of these starts a run.
    package var data: [DatasetName]
    package var drift: DriftTrigger?
    /// Nil: pushes start nothing.
    package var push: PushTrigger?
    /// Nil: pull requests start nothing.
    package var pullRequest: PullRequestTrigger?
    /// Nil: none.
    package var schedule: [ScheduleTrigger]?

    package init(
        data: [DatasetName] = [], drift: DriftTrigger? = nil, push: PushTrigger? = nil,
        pullRequest: PullRequestTrigger? = nil, schedule: [ScheduleTrigger]? = nil
    ) {
        self.data = data
        self.drift = drift
        self.push = push
        self.pullRequest = pullRequest
        self.schedule = schedule
    }

    /// True if a new snapshot of the dataset may start a run.
    package func concerns(_ dataset: DatasetName) -> Bool {
        data.contains(dataset) || drift?.dataset == dataset
    }
}
