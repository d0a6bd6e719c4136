import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@testable import DataChecks

@Suite(.timeLimit(.minutes(15)))
struct DriftScipyTests {
    /// Pairs of columns of many shapes, a file for each side.
    private static let make = """
        import csv, numpy as np
        g = np.random.default_rng(11)
        n, m = 30000, 20000
        pairs = {
            "normal": (g.normal(size=n), g.normal(0.3, 1.2, m)),
            "same": (g.normal(size=n), g.normal(size=m)),
            "skewed": (g.exponential(30, n), g.exponential(45, m)),
            "heavy": (g.standard_t(2, n) * 10, g.standard_t(2, m) * 10 + 4),
            "hours": (g.integers(0, 24, n), np.minimum(g.integers(0, 30, m), 23)),
            "delay": (np.round(g.exponential(20, n) - 10), np.round(g.exponential(28, m) - 10)),
            "zeros": (np.where(g.random(n) < 0.6, 0, g.random(n)), np.where(g.random(m) < 0.3, 0, g.random(m))),
            "cents": (np.round(g.gamma(2, 20, n), 2), np.round(g.gamma(2.2, 20, m), 2)),
            "apart": (g.random(n), g.random(m) + 5),
            "below": (np.where(g.random(n) < 0.5, 0.0, 1.0), np.where(g.random(m) < 0.5, -1.0, 1.0)),
            "constant": (np.full(n, 3.0), np.full(m, 3.0)),
        }
        letters = np.array(["a", "b", "c, d", "e'e", "日本", "gone", "new"])
        cats = {
            "letter": (letters[g.choice(6, n, p=[.4, .2, .2, .1, .05, .05])],
                       letters[g.choice([0, 1, 2, 3, 4, 6], m, p=[.35, .22, .2, .12, .05, .06])]),
            "stable": (letters[g.choice(3, n)], letters[g.choice(3, m)]),
            "many": (np.array(["k%d" % i for i in g.integers(0, 300, n)]), np.array(["k%d" % i for i in g.integers(0, 330, m)])),
        }
        for side, size in [(0, n), (1, m)]:
            columns = {k: v[side] for k, v in (pairs | cats).items()}
            gap = g.random(size) < (0.02, 0.05)[side]
            with open(("reference.csv", "current.csv")[side], "w", newline="") as f:
                w = csv.writer(f)
                w.writerow(list(columns) + ["gappy"])
                w.writerows(zip(*[x.tolist() for x in columns.values()], ["" if x else 1.5 for x in gap]))
        """

    /// What numpy and scipy say: `binned` on the edges that Sluice chose, `exact` on the values themselves.
    private static let ask = """
        import csv, json, numpy as np
        from collections import Counter
        from scipy import stats
        from scipy.spatial.distance import jensenshannon
        def read(path):
            with open(path, newline="") as f: return list(csv.DictReader(f))
        r, c = read("reference.csv"), read("current.csv")
        ours = json.load(open("edges.json"))
        def psi(p, q):
            p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
            return float(((q - p) * np.log(q / p)).sum())
        def shares(x, edges): return np.bincount(np.searchsorted(edges, x), minlength=len(edges) + 1) / len(x)
        out, ps = {}, []
        for name in [k for k in r[0] if k != "gappy"]:
            a, b = [row[name] for row in r], [row[name] for row in c]
            if name in ours:
                a, b = np.array(a, dtype=float), np.array(b, dtype=float)
                edges, cuts = np.array(ours[name]["edges"]), np.array(ours[name]["cuts"])
                p, q = shares(a, edges), shares(b, edges)
                lo, hi = min(a.min(), b.min()), max(a.max(), b.max())
                even = [np.histogram(x, 20, (lo, hi))[0] for x in (a, b)]
                with np.errstate(all="ignore"):
                    out[name] = {
                        "binned": {"psi": psi(shares(a, cuts), shares(b, cuts)),
                                   "ks": float(np.abs(np.cumsum(p) - np.cumsum(q)).max())},
                        "exact": {"psi": psi(shares(a, np.unique(np.quantile(a, np.arange(.1, .95, .1)))),
                                             shares(b, np.unique(np.quantile(a, np.arange(.1, .95, .1))))),
                                  "ks": float(stats.ks_2samp(a, b, method="asymp").statistic),
                                  "js": float(jensenshannon(even[0], even[1], 2) ** 2),
                                  "wasserstein": float(stats.wasserstein_distance(a, b) / (a.std() or 1))},
                        "moments": {"mean": float(a.mean()), "deviation": float(a.std()), "minimum": float(a.min()), "maximum": float(a.max())}}
            else:
                keys = sorted(set(a) | set(b)); ca, cb = Counter(a), Counter(b)
                table = np.array([[ca[k] for k in keys], [cb[k] for k in keys]])
                p, q = table[0] / table[0].sum(), table[1] / table[1].sum()
                chi = float(stats.chi2_contingency(table, correction=False).pvalue)
                ps.append(chi)
                out[name] = {"binned": {"psi": psi(p, q), "js": float(jensenshannon(p, q, 2) ** 2),
                                        "linf": float(np.abs(p - q).max()), "chi2_p": chi}}
        out["corrected"] = {"p": dict(enumerate(stats.false_discovery_control(ps, method="bh").tolist()))}
        for k, x in [(1, .5), (2, 30.), (10, 9.), (299, 250.), (299, 420.), (999, 1200.), (5, 1400.)]:
            out.setdefault("tails", {"p": {}})["p"]["%d %s" % (k, x)] = float(stats.chi2.sf(x, k))
        print(json.dumps(out))
        """

    private typealias Expected = [String: [String: [String: Double]]]

    @Test func `measures equal scipy's, to six digits where exact and within the bound elsewhere`() async throws {
        try await withTemporaryFolder { folder in
            let python = try await scipy(in: folder)
            try Data(Self.make.utf8).write(to: URL(filePath: folder.appending("make.py").string))
            try Data(Self.ask.utf8).write(to: URL(filePath: folder.appending("ask.py").string))
            _ = try await python.output(["make.py"], in: folder)
            let profiler = try Profiler(duckdb: DuckDB(tool: Tool.find("duckdb", advice: "install duckdb-cli")))
            let reference = try await profiler.profile(
                of: [("reference.csv", folder.appending("reference.csv"))], temporary: folder)
            let current = try await profiler.count(
                [("current.csv", folder.appending("current.csv"))], on: reference, temporary: folder)
            let drift = try Drift(reference: reference, current: current)
            try Data(Canonical.bytes(of: edges(reference, current))).write(
                to: URL(filePath: folder.appending("edges.json").string))

            let said = try await python.output(["ask.py"], in: folder)
            let expected = try JSONDecoder().decode(Expected.self, from: Data(said.utf8))

            for column in drift.columns where column.column != "gappy" {
                let wanted = try #require(expected[column.column])
                for (word, value) in wanted["binned"] ?? [:] {
                    let ours = try #require(Measure(rawValue: word).flatMap { column[$0] })
                    #expect(close(ours.value, value), "\(column.column) \(word): \(ours.value), not \(value)")
                }
                for (word, value) in wanted["exact"] ?? [:] {
                    let ours = try #require(Measure(rawValue: word).flatMap { column[$0] })
                    let bound = bound(ours)
                    #expect(abs(ours.value - value) <= bound, "\(column.column) \(word): \(ours.value), not \(value)")
                }
                if let moments = wanted["moments"], let numbers = column.reference.values.numbers {
                    #expect(close(numbers.mean, moments["mean"] ?? .nan))
                    #expect(close(numbers.deviation, moments["deviation"] ?? .nan))
                    #expect(numbers.minimum == moments["minimum"] && numbers.maximum == moments["maximum"])
                    #expect(numbers.coarsest <= 1.0 / 200, "\(column.column)")
                }
            }
            let p = try ["letter", "stable", "many"].map { try #require(drift[$0]?[.chi2P]?.value) }
            for (index, value) in ManyTests.benjaminiHochberg(p).enumerated() {
                #expect(close(value, expected["corrected"]?["p"]?["\(index)"] ?? .nan))
            }
            for (key, value) in expected["tails"]?["p"] ?? [:] {
                let parts = key.split(separator: " ").compactMap { Double($0) }
                #expect(close(ChiSquare.tail(parts[1], degrees: Int(parts[0])), value), "\(key)")
            }
            #expect(drift["letter"]?.newCategories == ["new"])
            #expect(drift["letter"]?.vanishedCategories == ["gone"])
            #expect(abs((drift["gappy"]?.currentNulls ?? 0) - 0.05) < 0.01)
        }
    }

    /// The bounds that docs/drift.md states.
    private func bound(_ ours: Measured) -> Double {
        switch ours.measure {
        case .ks: min(ours.error ?? 0, 1.0 / 200) + 1e-9
        case .wasserstein: (ours.error ?? 0) + 1e-9
        case .js: 0.01
        // Other deciles, by up to 1/400 of the rows each.
        case .psi: 0.02 + 0.05 * ours.value
        case .linf, .chi2P: 1e-6
        }
    }

    private func close(_ one: Double, _ other: Double) -> Bool {
        abs(one - other) <= 1e-6 * max(1, abs(other)) && (other == 0 || abs(one / other - 1) < 1e-4 || other < 1e-200)
    }

    private func edges(_ reference: Profile, _ current: Profile) -> [String: [String: [Double]]] {
        var edges: [String: [String: [Double]]] = [:]
        for (one, other) in zip(reference.columns, current.columns) where one.name != "gappy" {
            guard let p = one.values.numbers, let q = other.values.numbers else { continue }
            let cuts = NumberDrift(reference: p, current: q).deciles.map { p.edges[$0] }
            edges[one.name] = ["edges": p.edges, "cuts": cuts]
        }
        return edges
    }

    private func scipy(in folder: FilePath) async throws -> Tool {
        let uv = try Tool.find("uv", advice: "install uv")
        _ = try await uv.output(["venv", "-q", "--python", "3.11", "venv"], in: folder)
        let python = folder.appending("venv").appending("bin").appending("python")
        _ = try await uv.output(["pip", "install", "-q", "--python", python.string, "scipy==1.16.2"], in: folder)
        return Tool(path: python, name: "python")
    }
}
