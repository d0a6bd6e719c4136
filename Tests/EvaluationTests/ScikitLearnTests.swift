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
        rng = np.random.default_rng(7)
        out = {}
        def write(name, columns, wanted):
            with open(name + ".csv", "w", newline="") as f:
                w = csv.writer(f)
                w.writerow(columns)
                w.writerows(zip(*[[repr(x) if isinstance(x, float) else x for x in np.asarray(c).tolist()] for c in columns.values()]))
            out[name] = {k: float(v) for k, v in wanted.items()}
        def classes(y, h):
            return {"accuracy": m.accuracy_score(y, h), "precision": m.precision_score(y, h, zero_division=0),
                    "recall": m.recall_score(y, h, zero_division=0), "f1": m.f1_score(y, h, zero_division=0)}
        def scores(y, s):
            d = {"auc": m.roc_auc_score(y, s)}
            if min(s) >= 0 and max(s) <= 1:
                d |= {"log_loss": m.log_loss(y, np.asarray(s, dtype=float), labels=[0, 1]), "brier": m.brier_score_loss(y, s)}
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
        write("sign", {"label": sign, "prediction": hs, "score": margin}, classes(sign, hs) | {"auc": m.roc_auc_score(sign, margin)})
        write("words", {"label": [str(bool(v)) for v in y], "prediction": [str(bool(v)) for v in sure]}, classes(y, sure.astype(int)))
        never = np.zeros(n, dtype=int)
        write("never", {"label": y, "prediction": never}, classes(y, never))
        names = np.array(["cat", "dog", "it's, a \\"fox\\"", "日本"])
        a, b = rng.integers(0, 4, n), rng.integers(0, 4, n)
        write("text", {"label": names[a], "prediction": names[b]}, {"accuracy": m.accuracy_score(a, b)})
        def numbers(name, y, h):
            write(name, {"label": y, "prediction": h}, {"mae": m.mean_absolute_error(y, h),
                  "rmse": m.root_mean_squared_error(y, h), "r2": m.r2_score(y, h)})
        x = rng.normal(size=20000) * 40
        numbers("delay", x, x + rng.normal(size=20000))
        numbers("offset", x + 1e6, x + 1e6 + rng.normal(size=20000))
        numbers("bad", x, rng.permutation(x) * 3)
        numbers("constant", np.full(10, 2.5), np.full(10, 2.0))
        numbers("exact", np.full(10, 2.5), np.full(10, 2.5))
        print(json.dumps(out))
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
            let expected = try JSONDecoder().decode([String: [String: Double]].self, from: Data(said.utf8))
            #expect(expected.count == 15)

            for (name, metrics) in expected {
                let csv = folder.appending("\(name).csv")
                let parquet = folder.appending("\(name).parquet")
                let convert = "COPY (SELECT * FROM read_csv('\(csv)', header=true)) TO '\(parquet)' (FORMAT parquet)"
                _ = try await duckdb.output(["-no-init", "-c", convert])

                let scores = try await scorer().score(csv, temporary: folder)
                let again = try await scorer().score(parquet, temporary: folder)

                #expect(Set(scores.metrics.keys) == Set(metrics.keys), "\(name)")
                for (metric, value) in metrics {
                    let ours = try #require(scores.metrics[metric])
                    #expect(abs(ours - value) <= 1e-9 * max(1, abs(value)), "\(name) \(metric): \(ours), not \(value)")
                }
                #expect(scores == again, "\(name)")
            }
        }
    }
}
