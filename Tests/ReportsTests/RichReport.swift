import Domain
import Foundation
import Testing

@testable import Reports

/// A report in which every section of a page has something to show.
enum RichReport {
    static func make() throws -> Report {
        var report = try withChampion(
            try sampleReport(),
            [
                "auc": 0.7131, "accuracy": 0.8124, "log_loss": 0.4388, "brier": 0.1377, "ece": 0.0214,
                "model_bytes": 1_210_400, "prediction_seconds": 0.0000081,
            ])
        report.challenger = [
            "auc": 0.7213, "accuracy": 0.8131, "log_loss": 0.4302, "brier": 0.1352, "ece": 0.0231,
            "model_bytes": 1_234_567, "prediction_seconds": 0.0000079, "training_seconds": 214,
        ]
        report.rows = 54_861
        report.plan.commitSubject = "Use the scheduled hour, and the weather of the origin"
        report.plan.policy.gates = gates
        report.measurements = measurements(report)
        report.gates = try results(report)
        report.details = try details(report)
        report.stages = try stages()
        report.warnings = ["metrics of the champion's own run are not used: both sides were evaluated in this run"]
        return report
    }

    private static let gates = [
        Gate(metric: "auc", condition: .atLeast(0.7)),
        Gate(metric: "auc", condition: .maxDrop(0.005), against: .champion, test: Gate.PairedTest()),
        Gate(metric: "log_loss", condition: .maxRise(.relative(0.01)), test: Gate.PairedTest()),
        Gate(
            metric: "auc", condition: .maxDrop(0.02), test: Gate.PairedTest(whenUnsure: .pass),
            slice: Gate.Slicing(column: "carrier", minRows: 200)),
        Gate(metric: "model_bytes", condition: .atMost(50_000_000)),
        Gate(metric: "ece", condition: .atMost(0.02), action: .warn),
    ]

    static func comparison(
        _ metric: String, _ champion: Double, _ challenger: Double, noise: Double, slice: Slice? = nil
    ) -> Comparison {
        let difference = challenger - champion
        let bounds = Comparison.standardConfidences.map { confidence in
            let reach = noise * Normal.quantile((1 + confidence) / 2)
            return Comparison.Bounds(
                confidence: confidence, lower: difference - reach, upper: difference + reach)
        }
        let isFar = abs(difference) > 2.5 * noise
        return Comparison(
            metric: metric, slice: slice, rows: 54_861, champion: champion, challenger: challenger,
            method: .bootstrap(resamples: 2000), pValue: isFar ? 0.0004 : 0.31, bounds: bounds)
    }

    private static let carriers: [(name: String, rows: Int64, champion: Double, challenger: Double)] = [
        ("UA", 9_412, 0.7102, 0.7284), ("EV", 8_733, 0.6984, 0.7141), ("B6", 8_901, 0.7011, 0.7122),
        ("DL", 7_882, 0.7223, 0.7247), ("AA", 5_340, 0.7304, 0.7261), ("MQ", 4_231, 0.6902, 0.7033),
        ("US", 3_355, 0.7012, 0.6921), ("WN", 2_001, 0.6841, 0.6902), ("VX", 840, 0.7122, 0.6844),
        ("FL", 533, 0.6733, 0.6921), ("AS", 116, 0.7422, 0.7011), ("HA", 56, 0.7011, 0.7644),
    ]

    private static func measurements(_ report: Report) -> Measurements {
        func scores(ofChampion: Bool) -> [SliceScores] {
            carriers.map { carrier in
                SliceScores(
                    slice: Slice(column: "carrier", value: carrier.name), rows: carrier.rows,
                    metrics: ["auc": ofChampion ? carrier.champion : carrier.challenger])
            }
        }
        let whole = [("auc", 0.0012), ("accuracy", 0.0009), ("log_loss", 0.0014), ("brier", 0.0006), ("ece", 0.0011)]
        var comparisons: [Comparison] = []
        for (name, noise) in whole {
            let (before, now) = (report.champion?[name] ?? 0, report.challenger[name] ?? 0)
            comparisons.append(comparison(name, before, now, noise: noise))
        }
        for carrier in carriers {
            let noise: Double = 0.35 / Double(carrier.rows).squareRoot()
            let slice = Slice(column: "carrier", value: carrier.name)
            comparisons.append(comparison("auc", carrier.champion, carrier.challenger, noise: noise, slice: slice))
        }
        return Measurements(
            challenger: report.challenger, champion: report.champion, comparisons: comparisons,
            challengerSlices: scores(ofChampion: false), championSlices: scores(ofChampion: true),
            histories: [
                course("loss", from: 0.68, to: 0.41, rise: 0), course("val_loss", from: 0.69, to: 0.428, rise: 0.00004),
                course("auc", from: 0.56, to: 0.722, rise: 0),
            ])
    }

    private static func course(_ metric: String, from: Double, to: Double, rise: Double) -> History {
        let values = (0..<40).map { (step: Int) -> Double in
            let time = Double(step)
            return to + (from - to) * exp(-time / 8) + rise * time * time
        }
        return History(metric: metric, values: values, count: values.count)
    }

    private static func results(_ report: Report) throws -> [GateResult] {
        let comparisons = report.measurements?.comparisons ?? []
        return gates.map { gate in
            var result = Judge.decide(gate, challenger: report.challenger, champion: report.champion)
            guard gate.comparesWithChampion else { return result }
            let slice = gate.slice.map { Slice(column: $0.column, value: "VX") }
            result.comparison = comparisons.first { $0.metric == gate.metric && $0.slice == slice }
            result.interval = result.comparison?.bounds(at: gate.slice == nil ? 0.95 : 0.995)
            result.slice = slice
            if slice != nil { (result.judgedSlices, result.smallSlices, result.outcome) = (10, 2, .passed) }
            return result
        }
    }

    static func portrait(_ strength: Double) -> Portrait {
        let steps = (0...40).map { Double($0) / 40 }
        return Portrait(
            confusion: Portrait.Confusion(
                labels: ["on time", "delayed"],
                counts: [[Int64(38_000 + 900 * strength), 4_100], [6_900, Int64(5_000 + 800 * strength)]], others: 0),
            roc: steps.map { Portrait.Point(x: $0, y: pow($0, 1 / (1.6 + strength))) },
            precisionRecall: steps.map { Portrait.Point(x: $0, y: 1 - (0.75 - 0.1 * strength) * pow($0, 0.6)) },
            calibration: stride(from: 0.05, to: 1, by: 0.1).map { score in
                Portrait.CalibrationBin(
                    predicted: score, observed: min(1, max(0, score + (0.06 - 0.04 * strength) * sin(score * 9))),
                    rows: Int64(9_000 * (1.1 - score)))
            })
    }

    private static func details(_ report: Report) throws -> ReportDetails {
        let names = [
            "dep_hour", "carrier", "origin_wind_speed", "distance", "month", "origin_visibility", "day_of_week", "dest",
        ]
        let gates = [Gate(metric: "auc", condition: .maxDrop(0.02))]
        return ReportDetails(
            challengerPortrait: portrait(1), championPortrait: portrait(0.7),
            importances: names.enumerated().map {
                ReportDetails.Importance(feature: $0.element, value: 0.31 * exp(-Double($0.offset) / 2.2))
            },
            changes: try changes(report),
            exceptions: [
                ReportDetails.Exception(
                    overlay: Overlay(
                        name: "holiday-data", owner: try #require(PersonName("alice")),
                        reason: "Christmas week is short of rows", expires: "2026-12-31", gates: gates),
                    hasExpired: false)
            ],
            replay: PolicyReplay(
                runs: 240,
                refused: [
                    PolicyReplay.Row(
                        run: try #require(RunID(7)), version: 1, wasPromoted: true, before: "passed", now: "failed",
                        why: "auc 0.693 is below 0.70")
                ], refusedCount: 1),
            sections: [
                ReportDetails.Section(
                    title: "Business numbers",
                    body: .table(
                        header: ["airport", "minutes saved", "missed connections"],
                        rows: [["JFK", "1,204", "−31"], ["LGA", "877", "−12"], ["EWR", "−102", "+4"]], left: 0)),
                ReportDetails.Section(title: "Notes of the training", body: .text(["depth 8", "  early stop at 31"])),
            ])
    }

    private static func changes(_ report: Report) throws -> Changes {
        func commit(_ digit: String, _ author: String, _ subject: String, _ day: Double) throws -> Changes.Commit {
            Changes.Commit(
                id: try #require(CommitID(hex: String(repeating: digit, count: 40))), author: author, subject: subject,
                at: Date(timeIntervalSince1970: 1_794_000_000 + day * 86_400))
        }
        return Changes(
            champion: try #require(report.plan.champion),
            commit: try #require(CommitID(hex: String(repeating: "9", count: 40))), ancestry: .ahead,
            commits: [
                try commit("a", "Alice", "Use the scheduled hour, and the weather of the origin", 8).with(report),
                try commit("b", "Bob", "Train with early stopping", 6),
                try commit("c", "Alice", "Read carriers as categories", 3),
            ], commitCount: 3,
            datasets: [
                Changes.Dataset(
                    name: try #require(DatasetName("flights")), before: 2, now: 3,
                    filesAdded: ["flights_2013-10.csv", "flights_2013-11.csv"], rowsBefore: 247_010, rowsNow: 303_748,
                    columnsAdded: ["origin_visibility", "origin_wind_speed"])
            ],
            parameters: [
                Changes.Value(name: "params.yaml:train.depth", before: "6", now: "8"),
                Changes.Value(name: "params.yaml:train.early_stopping", before: nil, now: "20"),
            ], packages: [Changes.Value(name: "scikit-learn", before: "1.5.2", now: "1.6.0")],
            policy: [Changes.Value(name: "gates[1].max_drop", before: "0.01", now: "0.005")])
    }

    private static func stages() throws -> [StageRun] {
        let drift = try driftedReport()
        func timed(_ stage: StageRun, at second: Double) -> StageRun {
            var stage = stage
            stage.startedAt = Date(timeIntervalSince1970: 1_795_000_010 + second)
            return stage
        }
        return [
            timed(
                try stage("test:unit", .unitTest, .succeeded(result(wall: 22.4, cpu: 31, memory: 212_300_000))), at: 0),
            timed(
                try stage(
                    "schema:flights", .schemaTest(drift.dataset),
                    .succeeded(
                        StageResult(
                            outs: [:], usage: Usage(wall: 1.2, cpu: 2.1, peakMemory: 88_000_000), rows: 303_748))),
                at: 23),
            timed(
                try stage(
                    "drift:flights", .driftTest(drift.dataset),
                    .succeeded(
                        StageResult(outs: [:], usage: Usage(wall: 2, cpu: 3.4, peakMemory: 91_000_000), drift: drift))),
                at: 25),
            try stage(
                "prepare", .train,
                .reused(StageResult(outs: [:], notes: ["read 10 files"]), from: try #require(RunID(9)))),
            timed(
                try stage("train", .train, .succeeded(result(wall: 214, cpu: 402, memory: 1_412_300_000))), at: 28),
            timed(
                try stage(
                    "evaluate:challenger", .evaluate(.challenger),
                    .succeeded(result(wall: 18, cpu: 20, memory: 512_300_000))), at: 243),
            timed(
                try stage(
                    "evaluate:champion", .evaluate(.champion),
                    .succeeded(result(wall: 17, cpu: 19, memory: 502_300_000))),
                at: 262),
        ]
    }
}

extension Changes.Commit {
    fileprivate func with(_ report: Report) -> Changes.Commit {
        Changes.Commit(id: report.plan.commit, author: author, subject: subject, at: at)
    }
}
