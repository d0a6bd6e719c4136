/// What a report shows beyond verdict, gates and numbers. Absent in what was judged before there were such details.
package struct ReportDetails: Codable, Equatable, Sendable {
    /// How much a feature counts, as the project says: an importance or a mean absolute SHAP value.
    package struct Importance: Codable, Equatable, Sendable {
        package var feature: String
        package var value: Double

        package init(feature: String, value: Double) {
            self.feature = feature
            self.value = value
        }
    }

    /// An exception from the gates, and whether it counted.
    package struct Exception: Codable, Equatable, Sendable {
        package var overlay: Overlay
        /// True: its gates did not count in this run.
        package var hasExpired: Bool

        package init(overlay: Overlay, hasExpired: Bool) {
            self.overlay = overlay
            self.hasExpired = hasExpired
        }
    }

    /// What a file of the project's adds to the report.
    package struct Section: Codable, Equatable, Sendable {
        package enum Body: Codable, Equatable, Sendable {
            /// Lines of text, shown as they are; at most 200.
            case text([String])
            /// Cells; every row as long as the header; at most 100 rows.
            case table(header: [String], rows: [[String]], left: Int)
        }

        package var title: String
        package var body: Body

        package init(title: String, body: Body) {
            self.title = title
            self.body = body
        }
    }

    package var challengerPortrait: Portrait?
    package var championPortrait: Portrait?
    /// The greatest first, at most 30.
    package var importances: [Importance]
    /// Nil: there is no champion.
    package var changes: Changes?
    package var exceptions: [Exception]
    /// What the policy of this run would have said about earlier runs; nil unless it differs from the champion's.
    package var replay: PolicyReplay?
    package var sections: [Section]
    /// Whose rules the run was judged by, and what of the change is not in force yet; nil: the commit's own alone.
    package var rules: RuleNews?

    package init(
        challengerPortrait: Portrait? = nil, championPortrait: Portrait? = nil, importances: [Importance] = [],
        changes: Changes? = nil, exceptions: [Exception] = [], replay: PolicyReplay? = nil, sections: [Section] = [],
        rules: RuleNews? = nil
    ) {
        self.challengerPortrait = challengerPortrait
        self.championPortrait = championPortrait
        self.importances = importances
        self.changes = changes
        self.exceptions = exceptions
        self.replay = replay
        self.sections = sections
        self.rules = rules
    }
}

/// What a policy would have said about the runs that are recorded (`sluice policy replay`).
package struct PolicyReplay: Codable, Equatable, Sendable {
    /// A run about which two policies differ.
    package struct Row: Codable, Equatable, Sendable {
        package var run: RunID
        /// The model version that it made; nil: none.
        package var version: Int?
        package var wasPromoted: Bool
        package var before: String
        package var now: String
        /// The first reason of the one that says no.
        package var why: String

        package init(run: RunID, version: Int?, wasPromoted: Bool, before: String, now: String, why: String) {
            self.run = run
            self.version = version
            self.wasPromoted = wasPromoted
            self.before = before
            self.now = now
            self.why = why
        }
    }

    /// Runs that the policy was applied to.
    package var runs: Int
    /// Passed then, would not pass now; newest first, at most `mostRows`.
    package var refused: [Row]
    package var refusedCount: Int
    /// Did not pass then, would pass now.
    package var letThrough: [Row]
    package var letThroughCount: Int
    /// The gates ask what the run did not record: could not tell now.
    package var unanswered: [Row]
    package var unansweredCount: Int

    package static let mostRows = 50

    package init(
        runs: Int, refused: [Row] = [], refusedCount: Int = 0, letThrough: [Row] = [], letThroughCount: Int = 0,
        unanswered: [Row] = [], unansweredCount: Int = 0
    ) {
        self.runs = runs
        self.refused = refused
        self.refusedCount = refusedCount
        self.letThrough = letThrough
        self.letThroughCount = letThroughCount
        self.unanswered = unanswered
        self.unansweredCount = unansweredCount
    }
}
