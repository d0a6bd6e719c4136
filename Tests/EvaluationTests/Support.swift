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
func score(_ bytes: Data, named name: String = "predictions.csv") async throws -> Scorer.Scores {
    try await withTemporaryFolder { folder in
        let path = folder.appending(name)
        try bytes.write(to: URL(filePath: path.string))
        let temporary = folder.appending("tmp")
        try Files.makeDirectory(temporary)
        let scores: Result<Scorer.Scores, Fault>
        let scorer = try scorer()
        do throws(Fault) {
            scores = .success(try await scorer.score(path, temporary: temporary))
        } catch {
            scores = .failure(error)
        }
        let left = try Files.list(temporary)
        precondition(left.isEmpty, "the scorer left \(left) behind")
        return try scores.get()
    }
}

func score(_ text: String) async throws -> Scorer.Scores { try await score(Data(text.utf8)) }

/// Compares files of these texts.
func compare(
    _ champion: String, _ challenger: String, options: Scorer.Options = .init(),
    sliceMetrics: [String: Set<String>] = [:]
) async throws -> [Comparison] {
    try await withTemporaryFolder { folder in
        let paths = [folder.appending("champion.csv"), folder.appending("challenger.csv")]
        for (path, text) in zip(paths, [champion, challenger]) {
            try Data(text.utf8).write(to: URL(filePath: path.string))
        }
        let temporary = folder.appending("tmp")
        try Files.makeDirectory(temporary)
        let comparer = Comparer(duckdb: try scorer().duckdb)
        let comparisons: Result<[Comparison], Fault>
        do throws(Fault) {
            comparisons = .success(
                try await comparer.compare(
                    champion: paths[0], challenger: paths[1], options: options, sliceMetrics: sliceMetrics,
                    temporary: temporary))
        } catch {
            comparisons = .failure(error)
        }
        let left = try Files.list(temporary)
        precondition(left.isEmpty, "the comparer left \(left) behind")
        return try comparisons.get()
    }
}
