package import Domain

extension Outside {
    /// What a notice says: a title of one line and a few lines of plain text, from what does not change any more.
    package static func notice(_ kind: Notice.Kind, _ shown: OutsideRun) -> (title: String, text: String) {
        let run = shown.run
        let what = "run \(run.id) of \(visible(run.model.text))"
        let commit = "commit \(run.commit.short)"
        switch kind {
        case .awaitsDecision:
            return (
                "\(what) passed and waits for \(approvals(shown.approval.required))",
                "\(commit)\(who(shown.approval))"
            )
        case .failed, .errored, .rejected, .promoted, .rolledBack:
            return ("\(what): \(status(shown).text)", commit)
        case .drift, .filesRefused: return (what, commit)
        }
    }

    /// A notice about data.
    package static func notice(drift dataset: DatasetName, in project: ProjectName) -> (title: String, text: String) {
        (
            "\(visible(dataset.text)) of \(visible(project.text)) has drifted",
            "`sluice data drift` says in which columns"
        )
    }

    package static func notice(
        refused: Int, of dataset: DatasetName, in project: ProjectName
    ) -> (title: String, text: String) {
        (
            "\(counted(refused, "file")) of \(visible(dataset.text)) of \(visible(project.text)) refused",
            "`sluice data why` says which, and why"
        )
    }

    private static func who(_ approval: ApprovalPolicy) -> String {
        approval.by.isEmpty
            ? "" : "\nfrom \(approval.by.prefix(20).map { visible($0.text) }.joined(separator: ", "))"
    }

    /// The status of a fork's commit that nobody has allowed to run.
    package static func foreignStatus(_ commit: CommitID) -> String { waits(for: .permission(commit)) }

    /// The comment on a fork's pull request that nobody has allowed to run.
    package static func foreignComment(_ model: ModelName, _ commit: CommitID, on kind: ForgeKind) -> String {
        """
        \(reportMarker(model))
        **⏳ \(escaped(model.text)): waits for somebody to look at the code**

        It comes from a fork. Somebody with write access, not its author, can let this one commit be run, without \
        secrets and without network: `\(spelling(.okToRun, on: kind)) \(commit.hex)`

        """
    }

    /// What stands in the pull request from its first second, before there is a run.
    package static let pendingStatus = "seen; a run is being planned"
}
