import Domain
import Evaluation
import Foundation
import Host
import SystemPackage
import TestSupport

func scorer() throws -> Scorer {
    Scorer(duckdb: DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli")))
}

/// Scores a file of these bytes.
func score(
    _ bytes: Data, named name: String = "predictions.csv", options: Scorer.Options = .init()
) async throws -> Scorer.Scores {
    try await withTemporaryFolder { folder in
        let path = folder.appending(name)
        try bytes.write(to: URL(filePath: path.string))
        let temporary = folder.appending("tmp")
        try Files.makeDirectory(temporary)
        let scores: Result<Scorer.Scores, Fault>
        let scorer = try scorer()
        do throws(Fault) {
            scores = .success(try await scorer.score(path, options: options, temporary: temporary))
        } catch {
            scores = .failure(error)
        }
        let left = try Files.list(temporary)
        precondition(left.isEmpty, "the scorer left \(left) behind")
        return try scores.get()
    }
}

func score(_ text: String, options: Scorer.Options = .init()) async throws -> Scorer.Scores {
    try await score(Data(text.utf8), options: options)
}
