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
        return try await compare(paths[0], paths[1], options: options, sliceMetrics: sliceMetrics, in: folder)
    }
}

/// Compares two files, and holds that nothing is left behind.
func compare(
    _ champion: FilePath, _ challenger: FilePath, options: Scorer.Options = .init(),
    sliceMetrics: [String: Set<String>] = [:], in folder: FilePath
) async throws -> [Comparison] {
    let temporary = folder.appending("compared")
    try Files.makeDirectory(temporary)
    let comparer = Comparer(duckdb: try scorer().duckdb)
    let comparisons: Result<[Comparison], Fault>
    do throws(Fault) {
        comparisons = .success(
            try await comparer.compare(
                champion: champion, challenger: challenger, options: options, sliceMetrics: sliceMetrics,
                temporary: temporary))
    } catch {
        comparisons = .failure(error)
    }
    let left = try Files.list(temporary)
    precondition(left.isEmpty, "the comparer left \(left) behind")
    try Files.removeTree(temporary)
    return try comparisons.get()
}

/// Runs a program with scikit-learn in a folder of its own and returns what it prints.
func withScikitLearn<Value>(
    _ program: String, _ body: (_ folder: FilePath, _ printed: Data) async throws -> Value
) async throws -> Value {
    let uv = try Tool.find("uv", advice: "install uv")
    return try await withTemporaryFolder { folder in
        _ = try await uv.output(["venv", "-q", "--python", "3.11", "venv"], in: folder)
        let python = folder.appending("venv").appending("bin").appending("python")
        _ = try await uv.output(["pip", "install", "-q", "--python", python.string, "scikit-learn==1.7.2"], in: folder)
        try Data(program.utf8).write(to: URL(filePath: folder.appending("make.py").string))
        let printed = try await Tool(path: python, name: "python").output(["make.py"], in: folder)
        return try await body(folder, Data(printed.utf8))
    }
}
