import Domain
import Evaluation
import Foundation
import SystemPackage
import Testing

/// The methods against SciPy's, and DeLong's against its formula written down anew.
@Suite(.timeLimit(.minutes(15)))
struct StatisticsTests {
    private static let program = """
        import json
        import numpy as np
        from scipy import stats
        rng = np.random.default_rng(11)
        out = {}
        def write(name, columns):
            with open(name + ".csv", "w") as f:
                f.write(",".join(columns) + "\\n")
                f.writelines(",".join(repr(v) for v in row) + "\\n" for row in zip(*[c.tolist() for c in columns.values()]))
        for name, n, better in [("hits-few", 40, 0.5), ("hits-even", 500, 0.5), ("hits-better", 2000, 0.7), ("hits-many", 60000, 0.53)]:
            y = rng.integers(0, 2, n)
            differs = rng.random(n) < 0.1
            challenger_right = rng.random(n) < np.where(differs, better, 0.8)
            champion_right = np.where(differs, ~challenger_right, challenger_right)
            write(name + "-a", {"label": y, "prediction": np.where(champion_right, y, 1 - y)})
            write(name + "-b", {"label": y, "prediction": np.where(challenger_right, y, 1 - y)})
            b, c = int((champion_right & ~challenger_right).sum()), int((~champion_right & challenger_right).sum())
            out[name] = {"p": stats.binomtest(b, b + c).pvalue}
        for name, n, digits in [("area-small", 60, 9), ("area-ties", 900, 1), ("area-large", 20000, 9)]:
            u = rng.normal(size=n)
            y = (rng.random(n) < 1 / (1 + np.exp(1 - u))).astype(int)
            a, b = np.round(u + rng.normal(size=n), digits), np.round(3 * u + rng.normal(size=n), digits)
            write(name + "-a", {"label": y, "score": a})
            write(name + "-b", {"label": y, "score": b})
            pos, neg = np.where(y == 1)[0], np.where(y == 0)[0]
            def psi(s):
                order = np.sort(s[neg]), np.sort(s[pos])
                v10 = (np.searchsorted(order[0], s[pos], "left") + np.searchsorted(order[0], s[pos], "right")) / 2 / len(neg)
                v01 = 1 - (np.searchsorted(order[1], s[neg], "left") + np.searchsorted(order[1], s[neg], "right")) / 2 / len(pos)
                return v10, v01
            (a1, a0), (b1, b0) = psi(a), psi(b)
            parts = [np.cov(a1, b1), np.cov(a0, b0)]
            parts = [(p[0, 0] + p[1, 1] - 2 * p[0, 1]) / k for p, k in zip(parts, [len(pos), len(neg)])]
            var = sum(parts)
            moved = [np.sum(np.abs(b1 - a1) > 1e-12), np.sum(np.abs(b0 - a0) > 1e-12)]
            df = var ** 2 / sum(p * p / (k - 1) for p, k in zip(parts, moved))
            d = b1.mean() - a1.mean()
            out[name] = {"difference": d, "p": 2 * stats.t.sf(abs(d) / var ** 0.5, df)}
            for level in (0.5, 0.95, 0.9999):
                out[name][str(level)] = var ** 0.5 * stats.t.ppf((1 + level) / 2, df)
        for name, n, shift in [("loss-skewed", 150, 0.25), ("loss-even", 800, 0.02), ("loss-clear", 300, 0.6)]:
            a, b = rng.exponential(2, n), rng.exponential(2, n) ** 1.2 * 0.8
            b = np.abs(0.7 * a + 0.3 * b - shift / 2)
            write(name + "-a", {"label": np.zeros(n) + np.arange(n) % 7, "prediction": a + np.arange(n) % 7})
            write(name + "-b", {"label": np.zeros(n) + np.arange(n) % 7, "prediction": b + np.arange(n) % 7})
            for metric, f in [("mae", lambda x: np.mean(x, axis=-1)), ("rmse", lambda x: np.sqrt(np.mean(np.square(x), axis=-1)))]:
                statistic = lambda x, y, axis=-1: f(y) - f(x)
                r = stats.bootstrap((a, b), statistic, paired=True, method="BCa", n_resamples=9999, vectorized=True, random_state=1)
                t = stats.permutation_test((a, b), statistic, permutation_type="samples", n_resamples=9999, vectorized=True, random_state=2)
                out[name + " " + metric] = {"difference": float(f(b) - f(a)), "lower": r.confidence_interval.low,
                    "upper": r.confidence_interval.high, "error": r.standard_error, "p": t.pvalue}
        print(json.dumps({k: {m: float(v) for m, v in d.items()} for k, d in out.items()}))
        """

    @Test func `p-values and bounds are SciPy's, and DeLong's are those of the formula`() async throws {
        try await withScikitLearn(StatisticsTests.program) { folder, printed in
            let expected = try JSONDecoder().decode([String: [String: Double]].self, from: printed)
            #expect(expected.count == 13)
            for (key, wanted) in expected {
                let words = key.split(separator: " ").map(String.init)
                let metric = words.count > 1 ? words[1] : key.hasPrefix("area") ? "auc" : "accuracy"
                let paths = ["a", "b"].map { folder.appending("\(words[0])-\($0).csv") }
                let found = try await compare(paths[0], paths[1], in: folder).first { $0.metric == metric }
                let comparison = try #require(found)

                let p = try #require(wanted["p"])
                switch comparison.method {
                case .mcnemar: #expect(abs(comparison.pValue - p) <= 1e-9 * p, "\(key): \(comparison.pValue), not \(p)")
                case .delong: try checkArea(comparison, wanted, key)
                case .bootstrap: try checkResamples(comparison, wanted, key)
                }
            }
        }
    }

    private func checkArea(_ comparison: Comparison, _ wanted: [String: Double], _ key: String) throws {
        let p = max(try #require(wanted["p"]), 1e-15)
        #expect(abs(comparison.difference - (try #require(wanted["difference"]))) < 1e-12, "\(key)")
        #expect(abs(comparison.pValue - p) <= 1e-6 * p, "\(key): \(comparison.pValue), not \(p)")
        for confidence in [0.5, 0.95, 0.9999] {
            let reach = try #require(wanted["\(confidence)"])
            let bounds = comparison.bounds(at: confidence)
            #expect(abs(bounds.upper - comparison.difference - reach) < 1e-7 * reach, "\(key) \(confidence)")
            #expect(abs(comparison.difference - bounds.lower - reach) < 1e-7 * reach, "\(key) \(confidence)")
        }
    }

    // Quantiles of 2,000 resamples have an error of their own, about 0.06 standard errors.
    private func checkResamples(_ comparison: Comparison, _ wanted: [String: Double], _ key: String) throws {
        let (p, error) = (try #require(wanted["p"]), try #require(wanted["error"]))
        let bounds = comparison.bounds(at: 0.95)
        #expect(abs(comparison.difference - (try #require(wanted["difference"]))) < 1e-12, "\(key)")
        #expect(abs(bounds.lower - (try #require(wanted["lower"]))) < 0.25 * error, "\(key) \(bounds) \(wanted)")
        #expect(abs(bounds.upper - (try #require(wanted["upper"]))) < 0.25 * error, "\(key) \(bounds) \(wanted)")
        let chance = (p * (1 - p) / 2000 + p * (1 - p) / 9999).squareRoot()
        #expect(abs(comparison.pValue - p) <= 5 * chance + 0.001, "\(key): \(comparison.pValue), not \(p)")
    }
}
