package import Domain
package import Host
package import SystemPackage

extension SchemaTest.Outcome {
    /// With the findings of drift of a file from another one.
    ///
    /// Throws `.input` if a limit could not be asked, or a file cannot be read, and there is no finding: then nothing
    /// can be told. Findings win: a file that is refused already is refused.
    package func adding(
        _ limits: DriftLimits, of file: (name: String, path: FilePath), from reference: (name: String, path: FilePath),
        _ duckdb: DuckDB, _ temporary: FilePath
    ) async throws(Fault) -> SchemaTest.Outcome {
        if limits.isEmpty { return self }
        var outcome = self
        let verdict: DriftVerdict
        do throws(Fault) {
            let profiler = Profiler(duckdb: duckdb)
            let base = try await profiler.profile(of: [reference], temporary: temporary)
            let counted = try await profiler.count([file], on: base, temporary: temporary)
            verdict = DriftVerdict(try Drift(reference: base, current: counted), limits: limits, file: file.name)
        } catch {
            guard error.kind == .input, !findings.isEmpty else { throw error }
            return self
        }
        outcome.findings += verdict.findings
        if outcome.findings.isEmpty, !verdict.unanswered.isEmpty {
            throw Fault(.input, "drift could not be told: \(verdict.unanswered.joined(separator: "; "))")
        }
        return outcome
    }
}
