import Domain

extension Page {
    /// Everything shown here is settled when the verdict is: state, decisions and times after it are left out, so the
    /// page of a run never changes.
    init(_ report: Report) {
        let answer = Answer(report)
        answerMark = answer.mark
        self.answer = answer.sentence
        mainDifference = answer.difference(report)
        let findings = report.verdict.findings
        let all = Table(findings, limit: 20) { $0.sentence(visibleLines($0.message).joined(separator: " ")) }
        reasons = findings.count > 1 ? all : nil
        number = "\(report.run.id)"
        model = visible(report.run.model.text)
        reproduces = report.reproduced.map { "\($0)" }
        warnings = Table(report.warnings, limit: 20) { visibleLines($0).joined(separator: " ") }.ifAny
        comparison = Comparison(report)
        alone = comparison == nil ? Alone(report) : nil
        let details = report.details
        exceptions = Table(details?.exceptions ?? [], limit: 20, row: ExceptionRow.init).ifAny
        gates = Table(report.gates, limit: 100) { GateRow($0) }.ifAny
        slices = Slices(report)
        changes = details?.changes.map(ChangeList.init)
        replay = details?.replay.map(Replay.init)
        confusion = Confusion(details)
        curves = Table(CurveRow.all(details), limit: 10) { $0 }.ifAny
        importance = Importance(details?.importances ?? [])
        training = Table(TrainingRow.all(report.measurements?.histories ?? []), limit: 6) { $0 }.ifAny
        cost = Self.cost(report.stages)
        sections = Table(details?.sections ?? [], limit: 10, row: SectionRow.init).ifAny
        let drifts = report.stages.compactMap(\.state.drift)
        drift = Table(drifts, limit: 10) { DriftRow($0, details: max(1, 8 / drifts.count)) }.ifAny
        stages = Table(report.stages, limit: 300, row: StageRow.init).ifAny
        notes = Table(report.stages.flatMap(NoteRow.all), limit: 20) { $0 }.ifAny
        failures = Table(report.stages.compactMap(FailureRow.init), limit: 20) { $0 }.ifAny
        data = Table(report.plan.snapshots, limit: 50) { DataRow($0, stages: report.stages) }.ifAny
        code = Code(report.plan)
        environment = Environment(report.plan.environment)
        decision = Decide(report)
        digests = Table(DigestRow.all(of: report), limit: 300) { $0 }
    }
}

extension Report {
    /// The run that this one repeats.
    var reproduced: RunID? { run.trigger.reproduced }
}

extension Page.Code {
    init(_ plan: Plan) {
        commit = plan.commit.hex
        subject = visible(plan.commitSubject)
        author = visible(plan.commitAuthor)
        let paths = plan.uncommitted.prefix(10).map { visible($0) }.joined(separator: ", ")
        let left = plan.uncommitted.count > 10 ? " and \(plan.uncommitted.count - 10) more" : ""
        uncommitted =
            plan.uncommitted.isEmpty
            ? []
            : [
                plan.dirty
                    ? "uncommitted changes, part of this run: \(paths)\(left)"
                    : "uncommitted changes, not used: \(paths)\(left)"
            ]
    }
}

extension Page.Environment {
    init(_ environment: EnvironmentIdentity?) {
        guard let environment else {
            sentence = "the machine's own tools: the policy locks no environment"
            identity = []
            return
        }
        sentence =
            "Python \(visible(environment.python)) on \(visible(environment.platform)), "
            + "built by uv \(visible(environment.uv))"
        identity = [environment.digest.short]
    }
}

extension Page.DataRow {
    init(_ snapshot: SnapshotRef, stages: [StageRun]) {
        dataset = visible(snapshot.dataset.text)
        self.snapshot = "\(snapshot.number)"
        digest = snapshot.digest.short
        let tested = stages.first { $0.kind == .schemaTest(snapshot.dataset) }
        rowCount = (tested?.state.result?.rows).map(Numbers.count) ?? "–"
    }
}

extension Page.Decide {
    init(_ report: Report) {
        let run = report.run.id
        let reproduce = Verbatim(text: "sluice reproduce \(run)")
        let policy = report.plan.policy.approval
        if report.reproduced != nil {
            self.init(needs: "A reproduction is compared, never promoted.", commands: [], reproduce: reproduce)
        } else if report.verdict != .passed || Answer(report).isOver {
            self.init(needs: "There is nothing to decide.", commands: [], reproduce: reproduce)
        } else if policy.required == 0 {
            self.init(needs: "The policy asks for no decision.", commands: [], reproduce: reproduce)
        } else {
            let commands = Page.Commands(
                approve: Verbatim(text: "sluice approve \(run)"),
                reject: Verbatim(text: "sluice reject \(run) --reason \"…\""))
            self.init(needs: Self.needs(policy), commands: [commands], reproduce: reproduce)
        }
    }

    private static func needs(_ policy: ApprovalPolicy) -> String {
        let people = policy.by.prefix(20).map { visible($0.text) } + (policy.by.count > 20 ? ["others"] : [])
        return "Needs \(policy.required) \(policy.required == 1 ? "approval" : "approvals")"
            + (people.isEmpty ? "" : " by \(people.joined(separator: ", "))")
            + (policy.notByAuthor ? ", not by the author of the commit" : "")
            + (policy.expires.map { ", within \(Numbers.duration($0)) of the verdict" } ?? "") + "."
    }
}

extension Page.DigestRow {
    /// Everything that the run can be made again from, and what it made.
    static func all(of report: Report) -> [Page.DigestRow] {
        let plan = report.plan
        var rows = [
            Page.DigestRow(what: "plan", value: report.run.fingerprint.hex),
            Page.DigestRow(what: "commit", value: plan.commit.hex),
            Page.DigestRow(what: "tree", value: visible(plan.tree)),
            Page.DigestRow(what: "policy", value: plan.policyDigest.hex),
        ]
        for (file, digest) in plan.parameters.sorted(by: { $0.key < $1.key }) {
            rows.append(Page.DigestRow(what: "parameters \(visible(file))", value: digest.hex))
        }
        for snapshot in plan.snapshots {
            let name = "data \(visible(snapshot.dataset.text)), snapshot \(snapshot.number)"
            rows.append(Page.DigestRow(what: name, value: snapshot.digest.hex))
        }
        if let environment = plan.environment {
            rows.append(Page.DigestRow(what: "environment", value: environment.digest.hex))
            rows.append(Page.DigestRow(what: "lock file", value: environment.lock.hex))
        }
        if let champion = plan.champion {
            rows.append(Page.DigestRow(what: "champion, version \(champion.version)", value: champion.digest.hex))
        }
        for stage in report.stages {
            for (path, artifact) in (stage.state.result?.outs ?? [:]).sorted(by: { $0.key < $1.key }) {
                let what = "\(visible(stage.name.text)): \(visible(path))"
                rows.append(Page.DigestRow(what: what, value: artifact.digest.hex))
            }
        }
        return rows
    }
}
