import Content
import DataChecks
import Domain
import Host
import Storage
import SystemPackage
import Testing

@testable import Engine

/// What new data is compared with, and that nothing is read twice for it.
@Suite(.timeLimit(.minutes(15)))
struct DriftReferenceTests {
    @Test func `an appending dataset is compared with the files before its new ones`() async throws {
        try await withBench { bench in
            let months = try dataset("months", appends: true)
            let first = try await bench.add(["2024-01", "2024-02", "2024-03"], to: months)
            let second = try await bench.add(["2024-04"], to: months)
            let third = try await bench.add(["2025-01", "2025-02"], to: months)
            let corrected = try await bench.add(["2024-02"], to: months, as: "5\n")

            // The first snapshot: the last file is the new one.
            #expect(
                try await bench.compared(first, .window(2))
                    == "2024-03.csv | the 2 files before (2024-01.csv to 2024-02.csv) | 2024-01 2024-02")
            #expect(
                try await bench.compared(second, .window(2))
                    == "2024-04.csv | the 2 files before (2024-02.csv to 2024-03.csv) | 2024-02 2024-03")
            #expect(
                try await bench.compared(second, .window(9))
                    == "2024-04.csv | the 3 files before (2024-01.csv to 2024-03.csv) | 2024-01 2024-02 2024-03")
            #expect(
                try await bench.compared(third, .window(1))
                    == "2 new files (2025-01.csv to 2025-02.csv) | 2024-04.csv, the file before | 2024-04")
            #expect(
                try await bench.compared(third, .season(4))
                    == "2 new files (2025-01.csv to 2025-02.csv) | "
                    + "the 2 files that lie 4 before (2024-01.csv to 2024-02.csv) | 2024-01 2024-02")
            // A new file without a counterpart is left out.
            #expect(
                try await bench.compared(third, .season(5)) == "2025-02.csv | 2024-01.csv, 5 files before | 2024-01")
            #expect(
                try await bench.compared(corrected, .window(3))
                    == "2024-02.csv | 2024-01.csv, the file before | 2024-01")
            #expect(
                try await bench.compared(second, .season(4)) == "nothing: there is no file 4 before '2024-04.csv'")
        }
    }

    @Test func `a replacing dataset is compared with the snapshots before`() async throws {
        try await withBench { bench in
            let all = try dataset("all", appends: false)
            let first = try await bench.add(["a"], to: all, as: "1\n")
            let second = try await bench.add(["a"], to: all, as: "2\n")
            let third = try await bench.add(["a", "b"], to: all, as: "3\n")

            #expect(
                try await bench.compared(first, .window(2))
                    == "nothing: there is no snapshot before snapshot 1 of all")
            #expect(
                try await bench.compared(second, .season(1))
                    == "snapshot 2 of all (1 file) | snapshot 1, 1 snapshot before | a")
            #expect(
                try await bench.compared(third, .window(2))
                    == "snapshot 3 of all (2 files) | the 2 snapshots before (snapshot 1 to snapshot 2) | a a")
            #expect(
                try await bench.compared(third, .season(2))
                    == "snapshot 3 of all (2 files) | snapshot 1, 2 snapshots before | a")
            #expect(
                try await bench.compared(third, .season(3))
                    == "nothing: there is no snapshot 3 before snapshot 3 of all")
        }
    }

    @Test func `the champion's snapshot is the reference for what it was not trained on`() async throws {
        try await withBench { bench in
            let months = try dataset("months", appends: true)
            let first = try await bench.add(["01", "02"], to: months)
            let second = try await bench.add(["03"], to: months)
            let all = try dataset("all", appends: false)
            let whole = try await bench.add(["x"], to: all, as: "1\n")
            let newer = try await bench.add(["x"], to: all, as: "2\n")
            let champion = try await bench.champion(trainedOn: [first.ref, whole.ref])

            #expect(
                try await bench.compared(second, .champion, champion)
                    == "03.csv | snapshot 1 of months (2 files), which the champion was trained on | 01 02")
            #expect(
                try await bench.compared(first, .champion, champion)
                    == "nothing: the champion was trained on all of snapshot 1 of months")
            #expect(
                try await bench.compared(newer, .champion, champion)
                    == "snapshot 2 of all (1 file) | snapshot 1 of all (1 file), which the champion was trained on | x")
            #expect(
                try await bench.compared(whole, .champion, champion)
                    == "nothing: the champion was trained on all of snapshot 1 of all")
            #expect(
                try await bench.compared(second, .champion) == "nothing: the model 'toy' has no champion yet")
            let served = try await bench.add(["s"], to: try dataset("served", appends: true))
            #expect(
                try await bench.compared(served, .champion, champion)
                    == "nothing: the champion, version 1, was not trained on the dataset 'served'")
            // Another dataset's snapshot, window and season.
            #expect(
                try await bench.compared(served, .champion, champion, of: "months")
                    == "snapshot 1 of served (1 file) | "
                    + "snapshot 1 of months (2 files), which the champion was trained on | 01 02")
            #expect(
                try await bench.compared(served, .window(2), of: "months")
                    == "snapshot 1 of served (1 file) | the 2 files of months before (02.csv to 03.csv) | 02 03")
            #expect(
                try await bench.compared(served, .season(3), of: "months")
                    == "snapshot 1 of served (1 file) | 01.csv of months, 3 files before | 01")
            #expect(
                try await bench.compared(served, .window(1), of: "all")
                    == "snapshot 1 of served (1 file) | snapshot 2 of all, the snapshot before | x")
        }
    }

    @Test func `a window that slides reads only what is new`() async throws {
        try await withBench { bench in
            let rows = (0..<200).map { "\($0 % 20)\n" }.joined()
            func text(_ month: Int) -> String { rows + "\(month)\n" }
            let limits = DriftLimits(columns: [.init(name: "x", limits: [.ks: 0.5], isShared: false)])
            let rules = DriftRules(limits: limits, reference: .window(3))
            let months = try dataset("months", appends: true, rules: rules)
            for month in 1...3 { _ = try await bench.add(["0\(month)"], to: months, as: text(month)) }
            var snapshots: [Store.Snapshot] = []
            for month in 4...7 { snapshots.append(try await bench.add(["0\(month)"], to: months, as: text(month))) }
            let policy = try bench.policy([months])

            for snapshot in snapshots {
                let report = try #require(
                    try await bench.engine.driftReport(of: snapshot, dataset: months, policy: policy))
                #expect(report.referenceRows == 603)
                #expect(report.currentRows == 201)
                #expect(report.findings.isEmpty && report.unanswered.isEmpty)
                #expect(report.columns.first?.measures.contains { $0.limit == 0.5 } == true)
                // Whoever wanted to read one of these again would find nothing.
                for file in snapshot.files {
                    try Files.removeTree(bench.engine.content.location(of: file.artifact.object))
                }
            }
            // And the same question again needs no file at all.
            let again = try await bench.engine.driftReport(of: snapshots[0], dataset: months, policy: policy)
            #expect(again?.current == "04.csv")
        }
    }

    @Test func `months counted one by one are what they are together`() async throws {
        try await withBench { bench in
            let months = try dataset("months", appends: true)
            let text = { (month: Int) in (0..<300).map { "\(($0 * 37 + month * 11) % 101)\n" }.joined() }
            for month in 1...3 { _ = try await bench.add(["0\(month)"], to: months, as: text(month)) }
            let snapshot = try await bench.add(["04"], to: months, as: text(4))
            let files = Array(snapshot.files.prefix(3))

            let parts = try await bench.engine.profile(of: files, earlier: [])
            let third = try #require(
                try await bench.engine.store.snapshots(
                    of: months.name, model: snapshot.model, before: 4, limit: 1
                ).first)
            let whole = try await bench.engine.profile(of: third)

            #expect(parts.layout == whole.layout)
            #expect(parts.rows == whole.rows)
            #expect(parts["x"]?.values.numbers?.counts == whole["x"]?.values.numbers?.counts)
        }
    }

    private func dataset(
        _ name: String, appends: Bool, rules: DriftRules? = nil
    ) throws -> DatasetPolicy {
        DatasetPolicy(
            name: try #require(DatasetName(name)), mount: TreePath("data/\(name)"), append: appends,
            rules: rules.map { DataRules(drift: $0) })
    }
}

extension Bench {
    /// Adds files `NAME.csv` with one column `x`; without a text each has content of its own.
    fileprivate func add(
        _ names: [String], to dataset: DatasetPolicy, as text: String? = nil
    ) async throws -> Store.Snapshot {
        for name in names { try write(["in/\(name).csv": "x\n" + (text ?? "1\n2\n\(name.hashValueOfText)\n")]) }
        let paths = names.map { repository.appending("in").appending("\($0).csv") }
        return try await engine.addData(
            paths, to: dataset, of: try policy([dataset]),
            repository: RepositoryID(path: repository.string),
            by: nil, progress: { _ in }
        ).snapshot
    }

    fileprivate func policy(_ datasets: [DatasetPolicy]) throws -> Policy {
        Policy(
            model: try #require(ModelName("toy")), datasets: datasets,
            train: TrainPolicy(
                work: .pipeline(try #require(TreePath("dvc.yaml"))), model: try #require(TreePath("model.json"))))
    }

    fileprivate func champion(trainedOn snapshots: [SnapshotRef]) async throws -> ModelRef {
        var plan = try samplePlan()
        plan.snapshots = snapshots
        let run = try await judged(plan, key: "champion")
        return ModelRef(
            model: plan.policy.model, version: 1, run: run.id, digest: .of("m"),
            object: try #require(ObjectID(String(repeating: "c3", count: 16))), bytes: 1)
    }

    /// `new data | reference | files of the reference`, or `nothing: …`.
    fileprivate func compared(
        _ snapshot: Store.Snapshot, _ reference: DriftRules.Reference, _ champion: ModelRef? = nil,
        of other: String? = nil
    ) async throws -> String {
        let names = ["months": true, "all": false, "served": true]
        let datasets = try names.map { name, appends in
            DatasetPolicy(name: try #require(DatasetName(name)), mount: TreePath(name), append: appends)
        }
        let policy = try policy(datasets)
        let rules = DriftRules(limits: .none, reference: reference, dataset: other.flatMap { DatasetName($0) })
        let comparison = try await engine.driftComparison(
            of: snapshot, rules: rules, dataset: try #require(policy.dataset(snapshot.ref.dataset)), policy: policy,
            champion: champion)
        switch comparison {
        case .nothing(let why): return "nothing: \(why)"
        case .sides(let sides):
            let files = sides.reference.files.files.map { $0.name.replacing(".csv", with: "") }.joined(separator: " ")
            return "\(sides.current.words) | \(sides.reference.words) | \(files)"
        }
    }
}

extension String {
    /// A number that differs for different names.
    fileprivate var hashValueOfText: Int { utf8.reduce(7) { ($0 * 31 + Int($1)) % 1_000_003 } }
}
