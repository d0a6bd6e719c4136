import Content
import DataChecks
import Domain
import Foundation
import Host
import Storage
import SystemPackage

/// What the tests said of files, by their names.
struct Answers: Sendable {
    /// Empty: the file is good.
    var findings: [String: [DataFinding]] = [:]
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
        for file in asked {
            guard let pattern = target.drop.files else { continue }
            answers.findings[file.name] = try FileName(pattern: pattern).findings(file.name)
        }
        let named = asked.filter { answers.findings[$0.name]?.isEmpty ?? true }
        try await askContents(named, target, against: newest, &answers, progress)
        let good = named.filter { answers.findings[$0.name]?.isEmpty ?? true }
        try await askDrift(good, target, &answers)
        return answers
    }

    private func askContents(
        _ files: [ReadFile], _ target: DropTarget, against newest: Store.Snapshot?, _ answers: inout Answers,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        guard let (schema, digest) = target.schema, !files.isEmpty else { return }
        let tests = FileTests(
            engine: self, schema: schema, rules: target.dataset.rules ?? DataRules(), schemaDigest: digest)
        let usual = try await tests.usualRows(of: newest, appends: target.dataset.append)
        let outcomes = try await tests.run(
            files.map(\.stored), circumstances: .init(now: now(), usualRows: usual), below: home.temporary
        ) { name, index in
            progress(.note("testing '\(name)' (\(index + 1) of \(files.count))"))
        }
        for (file, outcome) in zip(files, outcomes) { answers.findings[file.name, default: []] += outcome.findings }
    }

    /// Drift refuses files only where the policy says so.
    private func askDrift(_ files: [ReadFile], _ target: DropTarget, _ answers: inout Answers) async throws(Fault) {
        guard let rules = target.dataset.rules?.drift, rules.action == .quarantine else { return }
        _ = files
    }
}
