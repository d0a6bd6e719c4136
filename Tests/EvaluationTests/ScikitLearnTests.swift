import Domain
import Evaluation
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ScikitLearnTests {
    /// Makes prediction files of many shapes and prints what scikit-learn says of each.
    private static let program = """
        import csv, json, math, random
        import numpy as np
        from sklearn import metrics as m
        from sklearn.calibration import calibration_curve
        rng = np.random.default_rng(7)
        out, parts = {}, {}
        def write(name, columns, wanted):
            with open(name + ".csv", "w", newline="") as f:
                w = csv.writer(f)
                w.writerow(columns)
                w.writerows(zip(*[[repr(x) if isinstance(x, float) else x for x in np.asarray(c).tolist()] for c in columns.values()]))
            out[name] = {k: float(v) for k, v in wanted.items()}
        def classes(y, h):
            tn, fp, fn, tp = m.confusion_matrix(y, h).ravel()
            return {"accuracy": m.accuracy_score(y, h), "precision": m.precision_score(y, h, zero_division=0),
                    "recall": m.recall_score(y, h, zero_division=0), "f1": m.f1_score(y, h, zero_division=0),
                    "balanced_accuracy": m.balanced_accuracy_score(y, h), "selection_rate": np.mean(np.asarray(h) == 1),
                    "false_positive_rate": fp / (fp + tn)}
        def calibration(y, s):
            bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], s)
            true, predicted = calibration_curve(y, s, n_bins=10)
            return np.sum(np.abs(true - predicted) * np.bincount(bins, minlength=10)[np.unique(bins)]) / len(y)
        def scores(y, s):
            d = {"auc": m.roc_auc_score(y, s), "pr_auc": m.average_precision_score(y, s)}
            if min(s) >= 0 and max(s) <= 1:
                d |= {"log_loss": m.log_loss(y, np.asarray(s, dtype=float), labels=[0, 1]), "brier": m.brier_score_loss(y, s),
                      "calibration_error": calibration(y, s)}
            return d
        def labels(y, h):
            d = {"accuracy": m.accuracy_score(y, h), "balanced_accuracy": m.balanced_accuracy_score(y, h)}
            for average in ("macro", "weighted"):
                p, r, f, _ = m.precision_recall_fscore_support(y, h, average=average, zero_division=0)
                d |= {"precision_" + average: p, "recall_" + average: r, "f1_" + average: f}
            return d
        for name, n, digits in [("small", 50, None), ("ties", 2000, 1), ("large", 100000, None), ("skewed", 5000, 3)]:
            s = rng.random(n) ** (4 if name == "skewed" else 1)
            y = (rng.random(n) < s).astype(int)
            if digits: s = np.round(s, digits)
            h = (s > 0.5).astype(int)
            write(name, {"id": range(n), "label": y, "prediction": h, "score": s}, classes(y, h) | scores(y, s))
        n = 3000
        y = rng.integers(0, 2, n)
        margin = rng.normal(size=n) * 1e3 + y
        write("margin", {"score": margin, "label": y}, scores(y, margin))
        sure = np.where(rng.random(n) < 0.9, y, 1 - y).astype(float)
        write("sure", {"label": y, "score": sure}, scores(y, sure))
        sign = np.where(y == 1, 1, -1); hs = np.where(sure > 0.5, 1, -1)
        write("sign", {"label": sign, "prediction": hs, "score": margin}, classes(sign, hs) | scores(y, margin))
        write("words", {"label": [str(bool(v)) for v in y], "prediction": [str(bool(v)) for v in sure]}, classes(y, sure.astype(int)))
        never = np.zeros(n, dtype=int)
        write("never", {"label": y, "prediction": never}, classes(y, never))
        names = np.array(["cat", "dog", "it's, a \\"fox\\"", "日本"])
        a, b = rng.integers(0, 4, n), rng.integers(0, 4, n)
        write("text", {"label": names[a], "prediction": names[b]}, labels(a, b))
        rare = np.array([f"c{v:03}" for v in rng.geometric(0.2, n)])
        guess = np.where(rng.random(n) < 0.6, rare, "c001"); guess[:5] = "never a label"
        write("rare", {"label": rare, "prediction": guess}, labels(rare, guess))
        few = np.where(rng.random(n) < 0.01, 1, 0)
        late = np.round(np.where(few == 1, rng.random(n), rng.random(n) ** 3), 2)
        write("imbalanced", {"label": few, "prediction": (late > 0.9).astype(int), "score": late},
              classes(few, (late > 0.9).astype(int)) | scores(few, late))
        def errors(y, h):
            return {"mae": m.mean_absolute_error(y, h), "rmse": m.root_mean_squared_error(y, h), "r2": m.r2_score(y, h),
                 "mape": m.mean_absolute_percentage_error(y, h), "quantile_loss": m.mean_pinball_loss(y, h, alpha=0.9)}
        def numbers(name, y, h, **more):
            d = errors(y, h)
            if "reference" in more:
                naive = m.mean_absolute_error(y, more["reference"])
                d |= {"reference_mae": naive, "skill": 1 - d["mae"] / naive}
            write(name, {"label": y, "prediction": h} | more, d)
        x = rng.normal(size=20000) * 40
        numbers("delay", x, x + rng.normal(size=20000))
        numbers("offset", x + 1e6, x + 1e6 + rng.normal(size=20000))
        numbers("bad", x, rng.permutation(x) * 3)
        numbers("constant", np.full(10, 2.5), np.full(10, 2.0))
        numbers("exact", np.full(10, 2.5), np.full(10, 2.5))
        numbers("outlier", np.append(x, 1e9), np.append(x + 1, 1e9))
        numbers("season", np.round(x), np.round(x) + rng.normal(size=20000), reference=np.roll(np.round(x), 24))
        def ranking(name, q, y, s, **more):
            d = {"ndcg": [], "ndcg_at_10": [], "mrr": []}
            for one in np.unique(q):
                rel, score = y[q == one], s[q == one]
                d["ndcg"].append(m.ndcg_score([rel], [score]))
                d["ndcg_at_10"].append(m.ndcg_score([rel], [score], k=10))
                # Over all orders of tied rows: scikit-learn has no such metric.
                ahead = (score > score[rel > 0].max()).sum() if (rel > 0).any() else 0
                tie = rel[score == score[rel > 0].max()] > 0 if (rel > 0).any() else np.zeros(0)
                size, good = len(tie), int(tie.sum())
                d["mrr"].append(sum(math.comb(size - j, good - 1) / math.comb(size, good) / (ahead + j)
                                    for j in range(1, size - good + 2)) if good else 0)
            write(name, {"query": [f"q{v}" for v in q], "label": y, "score": s},
                  {k: np.mean(v) for k, v in d.items()} | more)
        q = np.sort(rng.integers(0, 300, 5000))
        grade = rng.choice([0, 0, 0, 0.5, 1, 2, 3], 5000)
        ranking("graded", q, grade, rng.normal(size=5000))
        ranking("graded ties", rng.permutation(q), grade, np.round(rng.random(5000), 1))
        found = (rng.random(5000) < 0.05).astype(int)
        near = np.round(rng.random(5000), 2)
        ranking("found", q, found, near, **scores(found, near))
        def sliced(name, columns, wanted):
            n = len(columns["label"])
            group = np.array(["north", "south, east", "", "日本"])[rng.choice(4, n, p=[0.6, 0.3, 0.05, 0.05])]
            parts[name] = {
                value: {k: float(v) for k, v in wanted(*[c[group == value] for c in columns.values()]).items()}
                | {"rows": float((group == value).sum())} for value in np.unique(group)}
            write(name, columns | {"group": group}, wanted(*columns.values()))
        tied = np.round(rng.random(4000), 2)
        true = (rng.random(4000) < tied).astype(int)
        sliced("sliced", {"label": true, "prediction": (tied > 0.6).astype(int), "score": tied},
               lambda y, h, s: classes(y, h) | scores(y, s))
        sliced("sliced text", {"label": rare, "prediction": guess}, labels)
        far = np.where(rng.random(4000) < 0.5, 1e6, 0) + rng.normal(size=4000)
        sliced("sliced numbers", {"label": far, "prediction": far + rng.normal(size=4000)}, errors)
        print(json.dumps({"all": out, "parts": parts}))
        """

    @Test func `metrics equal scikit-learn's to nine digits, from CSV and from Parquet`() async throws {
        let uv = try Tool.find("uv", advice: "install uv")
        let duckdb = try Tool.find("duckdb", advice: "install duckdb-cli")
        try await withTemporaryFolder { folder in
            _ = try await uv.output(["venv", "-q", "--python", "3.11", "venv"], in: folder)
            let python = folder.appending("venv").appending("bin").appending("python")
            _ = try await uv.output(
                ["pip", "install", "-q", "--python", python.string, "scikit-learn==1.7.2"], in: folder)
            try Data(ScikitLearnTests.program.utf8).write(to: URL(filePath: folder.appending("make.py").string))
            let said = try await Tool(path: python, name: "python").output(["make.py"], in: folder)
            let expected = try JSONDecoder().decode(Expected.self, from: Data(said.utf8))
            #expect(expected.all.count == 25)

            let options = Scorer.Options(quantile: 0.9)
            for (name, metrics) in expected.all {
                let csv = folder.appending("\(name).csv")
                let parquet = folder.appending("\(name).parquet")
                let convert = "COPY (SELECT * FROM read_csv('\(csv)', header=true)) TO '\(parquet)' (FORMAT parquet)"
                _ = try await duckdb.output(["-no-init", "-c", convert])

                let scores = try await scorer().score(csv, options: options, temporary: folder)
                let again = try await scorer().score(parquet, options: options, temporary: folder)

                #expect(Set(scores.metrics.keys) == Set(metrics.keys), "\(name)")
                for (metric, value) in metrics {
                    let ours = try #require(scores.metrics[metric])
                    #expect(abs(ours - value) <= 1e-9 * max(1, abs(value)), "\(name) \(metric): \(ours), not \(value)")
                }
                #expect(scores == again, "\(name)")
                expectSlices(scores.slices, expected.parts[name] ?? [:], name)
            }
        }
    }

    private struct Expected: Decodable {
        let all: [String: [String: Double]]
        /// By file, then by value of the column `group`.
        let parts: [String: [String: [String: Double]]]
    }

    private func expectSlices(_ slices: [SliceScores], _ expected: [String: [String: Double]], _ name: String) {
        let found = slices.filter { $0.slice.column == "group" }
        #expect(found.map(\.slice.value) == expected.keys.sorted(), "\(name)")
        for slice in found {
            let metrics = expected[slice.slice.value] ?? [:]
            #expect(Set(slice.metrics.keys) == Set(metrics.keys).subtracting(["rows"]), "\(name)")
            #expect(Double(slice.rows) == metrics["rows"], "\(name)")
            for (metric, ours) in slice.metrics {
                let value = metrics[metric] ?? .nan
                let isNear = abs(ours - value) <= 1e-9 * max(1, abs(value))
                #expect(isNear, "\(name) \(slice.slice.value) \(metric): \(ours), not \(value)")
            }
        }
    }
}
