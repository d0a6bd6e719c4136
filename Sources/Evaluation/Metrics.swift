import Domain
import Host

/// The formulas of the table at `Scorer`, as SQL over all rows at once.
enum Metrics {
    static func compute(
        _ file: PredictionsFile, kind: LabelKind, isProbability: Bool
    ) async throws(Fault) -> [String: Double] {
        let typed = Profile.typed(file.records)
        var metrics: [String: Double]
        switch kind {
        case .binary(let negative):
            let truth = negative == 0 ? "lb AS y, pb AS h, sn AS s" : "(ln = 1)::INT AS y, (pn = 1)::INT AS h, sn AS s"
            let rows = "(SELECT \(truth) FROM (\(typed)))"
            metrics = file.hasPrediction ? confusion(try await one(file, confusionSQL(rows))) : [:]
            if file.hasScore {
                let scored = try await one(file, (isProbability ? probabilitySQL(rows) : "") + rankSQL(rows))
                metrics.merge(scored) { first, _ in first }
            }
        case .regression: metrics = regression(try await one(file, regressionSQL("(\(typed))")))
        case .classes:
            metrics = try await one(file, "SELECT count_if(l = p) / count(*) AS accuracy FROM (\(typed));")
        }
        for (name, value) in metrics where !value.isFinite {
            throw Fault(.input, "\(file.name): \(name) is not finite: the values are too large")
        }
        return metrics
    }

    /// The numbers of all rows that the SQL prints, NULLs left out.
    private static func one(_ file: PredictionsFile, _ sql: String) async throws(Fault) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for row in try await file.rows(sql) {
            for (name, value) in row { numbers[name] = value.double ?? numbers[name] }
        }
        return numbers
    }

    private static func confusionSQL(_ rows: String) -> String {
        """
        SELECT count_if(y = 1 AND h = 1) AS tp, count_if(y = 0 AND h = 1) AS fp, count_if(y = 1 AND h = 0) AS fn,
        count_if(y = 0 AND h = 0) AS tn FROM \(rows);
        """
    }

    private static func confusion(_ counts: [String: Double]) -> [String: Double] {
        func count(_ name: String) -> Double { counts[name] ?? 0 }
        func share(_ part: Double, _ whole: Double) -> Double { whole == 0 ? 0 : part / whole }
        let (hits, missed, wrong) = (count("tp"), count("fn"), count("fp"))
        return [
            "accuracy": share(hits + count("tn"), hits + missed + wrong + count("tn")),
            "precision": share(hits, hits + wrong), "recall": share(hits, hits + missed),
            "f1": share(2 * hits, 2 * hits + wrong + missed),
        ]
    }

    private static func probabilitySQL(_ rows: String) -> String {
        let clipped = "least(greatest(s, 2.220446049250313e-16), 1 - 2.220446049250313e-16::DOUBLE)"
        return """
            SELECT favg((s - y) * (s - y))::VARCHAR AS brier,
            favg(CASE WHEN y = 1 THEN -ln(\(clipped)) ELSE -ln(1 - \(clipped)) END)::VARCHAR AS log_loss FROM \(rows);

            """
    }

    // Counts of pairs are exact: they are whole numbers of twice the pairs until the last division.
    private static func rankSQL(_ rows: String) -> String {
        """
        SELECT CASE WHEN positives > 0 AND negatives > 0
        THEN (pairs::DOUBLE / (2 * positives::DOUBLE * negatives::DOUBLE))::VARCHAR END AS auc
        FROM (SELECT sum(pos) AS positives, sum(neg) AS negatives, sum(pos * (2 * below + neg)) AS pairs FROM (
            SELECT pos, neg, coalesce(sum(neg) OVER (ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
            AS below FROM (
                SELECT s + 0.0 AS s, count_if(y = 1)::HUGEINT AS pos, count_if(y = 0)::HUGEINT AS neg FROM \(rows)
                GROUP BY s + 0.0)));
        """
    }

    private static func regressionSQL(_ rows: String) -> String {
        """
        SELECT count(*) AS n, favg(abs(pn - ln))::VARCHAR AS mae, favg((pn - ln) * (pn - ln))::VARCHAR AS mse,
        fsum((pn - ln) * (pn - ln))::VARCHAR AS residual,
        fsum((ln - mean) * (ln - mean))::VARCHAR AS total FROM \(rows), (SELECT favg(ln) AS mean FROM \(rows));
        """
    }

    private static func regression(_ sums: [String: Double]) -> [String: Double] {
        var metrics = ["mae": sums["mae"] ?? .nan, "rmse": (sums["mse"] ?? .nan).squareRoot()]
        let (residual, total) = (sums["residual"] ?? .nan, sums["total"] ?? .nan)
        if (sums["n"] ?? 0) > 1 {
            metrics["r2"] = total == 0 ? (residual == 0 ? 1 : 0) : 1 - residual / total
        }
        return metrics
    }
}
