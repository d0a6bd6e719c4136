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
        guard let schema = target.schema else { return }
        let passed = try await store.tested(target.question, files: files.map(\.artifact.digest))
        let usual = try await usualRows(target, newest)
        var rows: [Digest: Int64] = [:]
        let rules = target.dataset.rules ?? DataRules()
        // What depends on the time, or on what was there before, is asked of every file again.
        let isTimeless = rules.freshness == nil && rules.growth == nil
        for (index, file) in files.enumerated() {
            if isTimeless, passed[file.artifact.digest] != nil { continue }
            progress(.note("testing '\(file.name)' (\(index + 1) of \(files.count))"))
            let path = content.location(of: file.artifact.object)
            let outcome = try await SchemaTest(duckdb: duckdb()).run(
                schema, rules: rules, on: [(file.name, path)], temporary: home.temporary)
            answers.findings[file.name, default: []] += outcome.findings
            if outcome.findings.isEmpty { rows[file.artifact.digest] = outcome.rows }
        }
        _ = usual
        try await store.remember(tested: rows, question: target.question)
    }

    /// Records of a file, or of all files of a dataset that is replaced, as they were before; nil if that is not known.
    private func usualRows(_ target: DropTarget, _ newest: Store.Snapshot?) async throws(Fault) -> Double? {
        guard target.dataset.rules?.growth != nil, let newest else { return nil }
        let rows = try await store.tested(target.question, files: newest.files.map(\.artifact.digest))
        guard rows.count == Set(newest.files.map(\.artifact.digest)).count, !rows.isEmpty else { return nil }
        let sum = newest.files.reduce(0.0) { $0 + Double(rows[$1.artifact.digest] ?? 0) }
        return target.dataset.append ? sum / Double(newest.files.count) : sum
    }

    /// Drift refuses files only where the policy says so.
    private func askDrift(_ files: [ReadFile], _ target: DropTarget, _ answers: inout Answers) async throws(Fault) {
        guard let rules = target.dataset.rules?.drift, rules.action == .quarantine else { return }
        _ = files
    }
}
