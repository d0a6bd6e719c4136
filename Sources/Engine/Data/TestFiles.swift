import Content
import DataChecks
import Domain
import Foundation
import Host
import Storage
import SystemPackage

/// The schema and the rules of a dataset, asked file by file. What passed once is not read again.
struct FileTests: Sendable {
    let engine: Engine
    let schema: TableSchema
    let rules: DataRules
    /// Digest of the schema's bytes.
    let schemaDigest: Digest
    /// Files of the datasets that foreign keys name, by their names.
    let resources: [String: [Store.SnapshotFile]]

    /// What came of one file.
    struct Outcome: Sendable {
        let rows: Int64
        let findings: [DataFinding]
    }

    /// What depends on the files before, or on the time of day; nil: not asked.
    struct Circumstances: Sendable {
        var now: Date?
        /// Records that a file had until now, on average.
        var usualRows: Double?
    }

    private struct Question: Encodable {
        /// Raised when the same file may get another answer from this program.
        let version = 1
        let schema: Digest
        let rules: DataRules
        let resources: [String: [Digest]]?
    }

    private var question: Digest {
        var lasting = rules
        lasting.drift = nil
        lasting.freshness = nil
        lasting.growth = nil
        let digests = resources.mapValues { files in files.map(key).sorted { $0.hex < $1.hex } }
        return Digest.of(
            canonical: Question(
                schema: schemaDigest, rules: lasting, resources: digests.isEmpty ? nil : digests))
    }

    /// The outcomes in the order of the files. A file's name counts, because its ending says how it is read.
    func run(
        _ files: [Store.SnapshotFile], circumstances: Circumstances = .init(), below temporary: FilePath,
        _ progress: @Sendable (_ file: String, _ index: Int) -> Void = { _, _ in }
    ) async throws(Fault) -> [Outcome] {
        let passed = try await rows(of: files)
        let located = resources.mapValues { files in
            files.map { (name: $0.name, path: engine.content.location(of: $0.artifact.object)) }
        }
        let isLasting =
            (rules.freshness == nil || circumstances.now == nil)
            && (rules.growth == nil || circumstances.usualRows == nil)
        var outcomes: [Outcome] = []
        var fresh: [Digest: Int64] = [:]
        for (index, file) in files.enumerated() {
            if isLasting, let rows = passed[key(file)] {
                outcomes.append(Outcome(rows: rows, findings: []))
                continue
            }
            progress(file.name, index)
            let path = engine.content.location(of: file.artifact.object)
            let outcome = try await SchemaTest(duckdb: engine.duckdb()).run(
                schema, rules: rules, on: [(file.name, path)], resources: located, now: circumstances.now,
                usualRows: circumstances.usualRows, temporary: temporary)
            if outcome.findings.isEmpty { fresh[key(file)] = outcome.rows }
            outcomes.append(Outcome(rows: outcome.rows, findings: outcome.findings))
            // A file at a time: a killed process need not ask a thousand again.
            if fresh.count == 50 {
                try await engine.store.remember(tested: fresh, question: question)
                fresh = [:]
            }
        }
        try await engine.store.remember(tested: fresh, question: question)
        return outcomes
    }

    /// The files of the datasets that a schema's foreign keys name, as `snapshot` knows them; one that it does not know
    /// is left out, and the test then says that it is missing.
    static func resources(
        of schema: TableSchema, _ snapshot: (DatasetName) async throws(Fault) -> Store.Snapshot?
    ) async throws(Fault) -> [String: [Store.SnapshotFile]] {
        var found: [String: [Store.SnapshotFile]] = [:]
        for resource in schema.resources {
            guard let name = DatasetName(resource), let known = try await snapshot(name) else { continue }
            found[resource] = known.files
        }
        return found
    }

    /// Records of a file as it was before, or of all files of a dataset that is replaced; nil if that is not known.
    func usualRows(of newest: Store.Snapshot?, appends: Bool) async throws(Fault) -> Double? {
        guard rules.growth != nil, let newest, !newest.files.isEmpty else { return nil }
        let rows = try await rows(of: newest.files)
        let known = newest.files.compactMap { rows[key($0)] }
        guard known.count == newest.files.count else { return nil }
        let sum = known.reduce(0.0) { $0 + Double($1) }
        return appends ? sum / Double(known.count) : sum
    }

    private func rows(of files: [Store.SnapshotFile]) async throws(Fault) -> [Digest: Int64] {
        try await engine.store.tested(question, files: files.map(key))
    }

    private func key(_ file: Store.SnapshotFile) -> Digest {
        Digest.of("\(file.artifact.digest.hex) \(FilePath(file.name).lastComponent?.string ?? file.name)")
    }
}
