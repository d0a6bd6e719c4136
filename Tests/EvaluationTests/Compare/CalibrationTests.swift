import Domain
import Evaluation
import Foundation
import SystemPackage
import Testing

/// How often a difference is called one where there is none, and where there is one: of models that scikit-learn trained.
@Suite(.timeLimit(.minutes(15)))
struct CalibrationTests {
    // Each file holds 200 pairs of models as slices, so that one comparison is 200 of them.
    private static let program = """
        import json
        import numpy as np
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score

        PAIRS, ROWS = 200, 1000
        rng = np.random.default_rng(20)

        def flights(n, weather=0.0, storms=0.0):
            hour, carrier = rng.integers(5, 24, n), rng.integers(0, 8, n)
            load, wind = rng.normal(size=n), rng.normal(size=n)
            storm = rng.random(n) < storms
            z = -1.1 + 1.5 * (0.13 * (hour - 14) + 0.4 * np.sin(carrier * 1.7) + 0.6 * load) + weather * wind
            y = (rng.random(n) < np.where(storm, 0.92, 1 / (1 + np.exp(-z)))).astype(int)
            return np.column_stack([(hour - 14) / 5, np.sin(carrier * 1.7), load, wind, storm]), y

        def write(name, make):
            sides = [open(f"{name}-{side}.csv", "w") for side in ("champion", "challenger")]
            for side in sides:
                side.write("label,prediction,score,pair\\n")
            for pair in range(PAIRS):
                y, scores = make(pair)
                for side, s in zip(sides, scores):
                    side.writelines(f"{a},{int(b > 0.5)},{b:.9f},{pair}\\n" for a, b in zip(y, s))
            for side in sides:
                side.close()

        X, Y = flights(8000, 0.5)
        def retrained(pair):
            x, y = flights(ROWS, 0.5)
            forests = [RandomForestClassifier(10, max_samples=0.2, min_samples_leaf=10, random_state=seed)
                       for seed in (2 * pair, 2 * pair + 1)]
            return y, [forest.fit(X, Y).predict_proba(x)[:, 1] for forest in forests]
        write("seeds", retrained)

        def improved(name, missing, **world):
            def models():
                x, y = flights(6000, **world)
                def fit(columns):
                    model = LogisticRegression().fit(x[:, columns], y)
                    return lambda rows: model.predict_proba(rows[:, columns])[:, 1]
                return [fit([c for c in range(5) if c != missing]), fit(list(range(5)))]
            def pair(_):
                x, y = flights(ROWS, **world)
                return y, [model(x) for model in models()]
            write(name, pair)
            x, y = flights(200000, **world)
            gains = []
            for _ in range(3):
                old, new = [model(x) for model in models()]
                gains.append([roc_auc_score(y, new) - roc_auc_score(y, old), np.mean((new > 0.5) == y) - np.mean((old > 0.5) == y)])
            return dict(zip(["auc", "accuracy"], np.mean(gains, axis=0)))
        gains = {"weather": improved("weather", 3, weather=0.535), "storms": improved("storms", 4, storms=0.033)}

        def null(_):
            u = rng.normal(size=150)
            y = (rng.random(150) < 1 / (1 + np.exp(0.5 - 1.3 * u))).astype(int)
            return y, [1 / (1 + np.exp(0.5 - 1.3 * (u + 0.7 * rng.normal(size=150)))) for _ in range(2)]
        for number in range(3):
            write(f"null{number}", null)
        print(json.dumps(gains))
        """

    @Test func `retrainings rarely differ, improvements by two points mostly do, and bounds hold what they say`()
        async throws
    {
        try await withScikitLearn(CalibrationTests.program) { folder, printed in
            try await checkRetrainings(folder)
            let gains = try JSONDecoder().decode([String: [String: Double]].self, from: printed)
            try await checkImprovements("weather", by: "auc", gains, folder)
            try await checkImprovements("storms", by: "accuracy", gains, folder)
            try await checkCoverage(folder)
        }
    }

    private func checkRetrainings(_ folder: FilePath) async throws {
        let seeds = try await pairs("seeds", ["auc", "accuracy"], folder)
        let (areas, hits) = (different(seeds, "auc"), different(seeds, "accuracy"))
        print("retrainings called different, of 200: AUC \(areas), accuracy \(hits)")
        #expect(seeds.count == 400)
        #expect(areas <= 10, "areas of \(areas) of 200 retrainings")
        #expect(hits <= 10, "accuracies of \(hits) of 200 retrainings")
    }

    private func checkImprovements(
        _ name: String, by metric: String, _ gains: [String: [String: Double]], _ folder: FilePath
    ) async throws {
        let gain = try #require(gains[name]?[metric])
        let found = different(try await pairs(name, [metric], folder), metric)
        print("improvements of \(metric) by \(gain) called different, of 200: \(found)")
        #expect(abs(gain - 0.02) < 0.002, "\(name): \(gain)")
        #expect(found >= 160, "\(metric): \(found) of 200 improvements by \(gain)")
    }

    // Of 200 draws without optimisation, which takes minutes for all 600.
    private func checkCoverage(_ folder: FilePath) async throws {
        #if DEBUG
            let (files, expected) = (1, 182...198)
        #else
            let (files, expected) = (3, 558...582)
        #endif
        var held: [String: Int] = [:]
        for number in 0..<files {
            for comparison in try await pairs("null\(number)", ["auc", "f1", "log_loss"], folder) {
                let bounds = comparison.bounds(at: 0.95)
                held[comparison.metric, default: 0] += bounds.lower <= 0 && bounds.upper >= 0 ? 1 : 0
            }
        }
        print("bounds that hold the truth, of \(200 * files): \(held)")
        #expect(held.count == 3)
        for (metric, count) in held {
            #expect(expected.contains(count), "\(metric): \(count) of \(200 * files)")
        }
    }

    private func pairs(_ name: String, _ metrics: Set<String>, _ folder: FilePath) async throws -> [Comparison] {
        let paths = ["champion", "challenger"].map { folder.appending("\(name)-\($0).csv") }
        let comparisons = try await compare(
            paths[0], paths[1], options: .init(slices: ["pair"]), sliceMetrics: ["pair": metrics], in: folder)
        return comparisons.filter { $0.slice != nil }
    }

    private func different(_ comparisons: [Comparison], _ metric: String) -> Int {
        comparisons.count { $0.metric == metric && $0.isDifferent(at: 0.95) }
    }
}
