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
        _ progress: @escaping @Sendable (_ file: String, _ index: Int) -> Void = { _, _ in }
    ) async throws(Fault) -> [Outcome] {
        let passed = try await rows(of: files)
        let located = resources.mapValues { files in
            files.map { (name: $0.name, path: engine.content.location(of: $0.artifact.object)) }
        }
        let isLasting =
            (rules.freshness == nil || circumstances.now == nil)
            && (rules.growth == nil || circumstances.usualRows == nil)
        var outcomes: [Outcome] = []
        for group in groups(of: files) {
            let tested = try await engine.inParallel(group) { index throws(Fault) -> (Outcome, isNew: Bool) in
                let file = files[index]
                if isLasting, let rows = passed[key(file)] { return (Outcome(rows: rows, findings: []), false) }
                progress(file.name, index)
                let outcome = try await SchemaTest(duckdb: engine.duckdb()).run(
                    schema, rules: rules, on: [(file.name, engine.content.location(of: file.artifact.object))],
                    resources: located, now: circumstances.now, usualRows: circumstances.usualRows,
                    temporary: temporary)
                return (Outcome(rows: outcome.rows, findings: outcome.findings), true)
            }
            outcomes += tested.map(\.0)
            // Now and not in the end: a killed process need not ask a thousand again.
            let passed = zip(group, tested).filter { $1.isNew && $1.0.findings.isEmpty }
            try await engine.store.remember(
                tested: Dictionary(passed.map { (key(files[$0]), $1.0.rows) }, uniquingKeysWith: { first, _ in first }),
                question: question)
        }
        return outcomes
    }

    /// Files that are tested together, in their order. For a small one a start of DuckDB is most of the work, and a
    /// second one uses the other core; a large one has all cores and all memory to itself.
    private func groups(of files: [Store.SnapshotFile]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        for (index, file) in files.enumerated() {
            let isSmall = file.artifact.bytes <= 4 << 20
            if isSmall, let last = groups.last, last.count < 50, files[last.lowerBound].artifact.bytes <= 4 << 20 {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        return groups
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

    /// Records of a file as it was before, or of all files of a dataset that is replaced; nil if there was none, or one
    /// that cannot be counted.
    func usualRows(of newest: Store.Snapshot?, appends: Bool) async throws(Fault) -> Double? {
        guard rules.growth != nil, let newest, !newest.files.isEmpty else { return nil }
        let counts: [Int64]
        do throws(Fault) {
            counts = try await engine.rows(of: newest)
        } catch {
            // A file that a person let through may be none that can be counted.
            guard error.kind == .input else { throw error }
            return nil
        }
        let sum = counts.reduce(0.0) { $0 + Double($1) }
        return appends ? sum / Double(counts.count) : sum
    }

    private func rows(of files: [Store.SnapshotFile]) async throws(Fault) -> [Digest: Int64] {
        try await engine.store.tested(question, files: files.map(key))
    }

    private func key(_ file: Store.SnapshotFile) -> Digest {
        Digest.of(file.key)
    }
}
