package import Domain
package import Foundation
import GRDB

extension Store {
    /// What the judging of a run came to.
    package struct Conclusion: Sendable, Equatable {
        package var verdict: Verdict
        package var gates: [GateResult]
        package var challenger: [String: Double]
        package var champion: [String: Double]?
        package var rows: Int64?
        package var warnings: [String]
        package var evidence: Evidence
        package var measurements: Measurements?
        package var details: ReportDetails?
        package init(
            verdict: Verdict, gates: [GateResult], challenger: [String: Double], champion: [String: Double]?,
            rows: Int64?, warnings: [String], evidence: Evidence, measurements: Measurements? = nil,
            details: ReportDetails? = nil
        ) {
            self.verdict = verdict
            self.gates = gates
            self.challenger = challenger
            self.champion = champion
            self.rows = rows
            self.warnings = warnings
            self.evidence = evidence
            self.measurements = measurements
            self.details = details
        }
    }

    /// `judging` to `judged`, with metrics, gates and evidence, in one transaction.
    @discardableResult
    package func conclude(_ run: RunID, _ conclusion: Conclusion, at: Date) async throws(Fault) -> Run {
        try await write { database in
            _ = try Runs.change(database, run, .conclude(conclusion.verdict), at: at)
            let body = Canonical.text(of: conclusion)
            try database.execute(
                sql: "INSERT INTO conclusion (run, verdict, body, evidence) VALUES (?, ?, ?, ?)",
                arguments: [
                    run.number, conclusion.verdict.word, body, Canonical.text(of: conclusion.evidence),
                ])
            try Journal.append(
                database, at: at, "run \(run)", "evidence",
                value: ["conclusion": Digest.of(body), "evidence": conclusion.evidence.digest])
            return try Runs.existing(database, run)
        }
    }

    /// Nil until the run is judged.
    package func conclusion(of run: RunID) async throws(Fault) -> Conclusion? {
        try await read { database in
            try Row.fetchOne(database, sql: "SELECT body FROM conclusion WHERE run = ?", arguments: [run.number])
                .map { try $0.json("body") }
        }
    }
}

extension Store.Conclusion: Codable {}
