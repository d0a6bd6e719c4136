package import Domain
package import Host
package import SystemPackage

/// Drift of one file from another, for a file that is tested.
package struct DriftCheck: Sendable {
    private let duckdb: DuckDB
    private let schema: TableSchema
    private let rules: DataRules

    package init(duckdb: DuckDB, schema: TableSchema, rules: DataRules) {
        self.duckdb = duckdb
        self.schema = schema
        self.rules = rules
    }

    /// Findings after which a comparison would only say the same again.
    private static let unreadable: Set = [
        "missing-column", "extra-column", "column-order", "duplicate-column", "file-format", "file-empty", "encoding",
        "ragged-row",
    ]

    /// The outcome with what the rules' `drift` finds; `against` and `action` do not matter here.
    ///
    /// Throws `.input` if a limit could not be asked, or the reference cannot be read, and there is no finding: then
    /// nothing can be told. Findings win: a file that is refused already is refused.
    package func adding(
        to outcome: SchemaTest.Outcome, of file: (name: String, path: FilePath),
        from reference: (name: String, path: FilePath), temporary: FilePath
    ) async throws(Fault) -> SchemaTest.Outcome {
        guard let limits = rules.drift?.limits, !limits.isEmpty,
            !outcome.findings.contains(where: { DriftCheck.unreadable.contains($0.check) })
        else { return outcome }
        let profiler = Profiler(duckdb: duckdb, aliases: schema.aliases(rules))
        let verdict: DriftVerdict
        do throws(Fault) {
            let base = try await profiler.profile(of: [reference], temporary: temporary)
            let counted = try await profiler.count([file], on: base, temporary: temporary)
            let drift = try Drift(reference: base, current: counted).hiding(schema.sensitiveColumns)
            verdict = DriftVerdict(drift, limits: limits, file: file.name)
        } catch {
            guard error.kind == .input, !outcome.findings.isEmpty else { throw error }
            return outcome
        }
        var outcome = outcome
        outcome.findings += verdict.findings
        if outcome.findings.isEmpty, !verdict.unanswered.isEmpty {
            throw Fault(.input, "drift could not be told: \(verdict.unanswered.joined(separator: "; "))")
        }
        return outcome
    }
}
