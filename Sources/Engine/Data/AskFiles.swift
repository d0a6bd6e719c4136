import Content
import DataChecks
import Domain
import Foundation
import Host
import Storage
import SystemPackage

/// What the tests said of files.
struct Answers: Sendable {
    private var known: [TreePath: [DataFinding]] = [:]
    /// Records of the tested files, by `SnapshotFile.key`.
    private(set) var rows: [String: Int64] = [:]

    /// None: the file is good.
    func findings(on file: ReadFile) -> [DataFinding] { known[file.path] ?? [] }

    func isGood(_ file: ReadFile) -> Bool { findings(on: file).isEmpty }

    mutating func add(_ findings: [DataFinding], on file: ReadFile) {
        if !findings.isEmpty { known[file.path, default: []] += findings }
    }

    mutating func count(_ rows: Int64, of file: ReadFile) { self.rows[file.stored.key] = rows }
}

extension Engine {
    /// Asks every file what the policy asks of it. A file that passed the same questions before, under whatever name,
    /// is not read again; one that a person released is not asked.
    func ask(
        _ files: [ReadFile], _ target: DropTarget, against newest: Store.Snapshot?,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Answers {
        var answers = Answers()
        let released = try await store.released(dataset: target.dataset.name, model: target.policy.model)
        let asked = files.filter { released[$0.artifact.digest] == nil }
        let name = try FileName(pattern: target.drop.files)
        for file in asked { answers.add(name.findings(file.name), on: file) }
        let named = asked.filter(answers.isGood)
        try await askContents(named, target, against: newest, &answers, progress)
        let good = named.filter(answers.isGood)
        try await askDrift(good, target, against: newest, &answers)
        return answers
    }

    private func askContents(
        _ files: [ReadFile], _ target: DropTarget, against newest: Store.Snapshot?, _ answers: inout Answers,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        if let images = target.dataset.rules?.images, !files.isEmpty {
            let findings = try await imageFindings(files.map(\.stored), images, progress)
            for file in files { answers.add(findings[file.name] ?? [], on: file) }
            return
        }
        guard let (schema, digest) = target.schema, !files.isEmpty else { return }
        let tests = FileTests(
            engine: self, schema: schema, rules: target.dataset.rules ?? DataRules(), schemaDigest: digest,
            resources: try await FileTests.resources(of: schema) { name throws(Fault) in
                try await store.newestSnapshot(of: name, model: target.policy.model)
            })
        let usual = try await tests.usualRows(of: newest, appends: target.dataset.append)
        let outcomes = try await tests.run(
            files.map(\.stored), circumstances: .init(now: now(), usualRows: usual), below: home.temporary
        ) { name, index in
            progress(.note("testing '\(name)' (\(index + 1) of \(files.count))"))
        }
        for (file, outcome) in zip(files, outcomes) {
            answers.add(outcome.findings, on: file)
            if outcome.findings.isEmpty { answers.count(outcome.rows, of: file) }
        }
    }

    /// Drift refuses files only where the policy says so. The files of a dataset that appends are asked one by one, those
    /// of one that is replaced together.
    private func askDrift(
        _ files: [ReadFile], _ target: DropTarget, against newest: Store.Snapshot?, _ answers: inout Answers
    ) async throws(Fault) {
        guard let rules = target.dataset.rules?.drift, rules.action == .quarantine, !files.isEmpty else { return }
        let champion = try await store.holder(of: target.policy.promotion.alias, model: target.policy.model)
        for group in target.dataset.append ? files.map({ [$0] }) : [files] {
            let snapshot = try supposed(group.map(\.stored), target, after: newest)
            let comparison = try await driftComparison(
                of: snapshot, rules: rules, dataset: target.dataset, policy: target.policy, champion: champion)
            guard case .sides(let found) = comparison else { continue }
            let words = group.count == 1 ? group[0].name : "\(group.count) dropped files"
            let sides = DriftSides(
                snapshot: snapshot, reference: found.reference,
                current: .init(files: .parts(group.map(\.stored)), words: words), earlier: found.earlier)
            let report = try await driftReport(
                sides, rules: rules, dataset: target.dataset.name,
                hiding: target.schema?.schema.sensitiveColumns ?? [])
            let findings =
                report.findings
                + report.unanswered.map {
                    DataFinding(check: "drift", file: words, message: "a limit of drift could not be asked: \($0)")
                }
            for file in group { answers.add(findings, on: file) }
        }
    }

    /// What the newest snapshot would be with the files.
    private func supposed(
        _ files: [Store.SnapshotFile], _ target: DropTarget, after newest: Store.Snapshot?
    ) throws(Fault) -> Store.Snapshot {
        let made = try suppose(
            files, over: target.dataset.append ? newest?.files ?? [] : [], after: newest?.ref.number)
        return Store.Snapshot(
            ref: SnapshotRef(
                dataset: target.dataset.name, number: (newest?.ref.number ?? 0) + 1, digest: made.digest,
                object: made.object),
            model: target.policy.model, files: made.files, createdAt: now(), by: nil)
    }
}
