import Domain
import Host

/// The formulas of the table at `Scorer`, of all rows and of slices.
enum Metrics {
    /// All metrics of one choice of rows.
    struct Group: Sendable, Equatable {
        /// The slice's value; empty for all rows.
        let value: String
        let rows: Int64
        let metrics: [String: Double]
    }

    static func ofAllRows(_ rows: ReadyRows) async throws(Fault) -> [String: Double] {
        var metrics = try await groups(rows, by: nil).first?.metrics ?? [:]
        // Of all rows every name that the table promises is there; a slice without a positive label has no recall.
        if rows.basis.hasPrediction, case .binary = rows.kind { metrics["recall"] = metrics["recall"] ?? 0 }
        for (name, value) in metrics where !value.isFinite {
            throw Fault(.input, "\(rows.name): \(name) is not finite: the values are too large")
        }
        return metrics
    }

    /// Metrics of each value of each slice column, in one pass a column.
    static func ofSlices(_ rows: ReadyRows) async throws(Fault) -> [SliceScores] {
        var scores: [SliceScores] = []
        for (index, column) in rows.slices.enumerated() {
            for group in try await groups(rows, by: "g\(index)") {
                scores.append(
                    SliceScores(
                        slice: Slice(column: column, value: group.value), rows: group.rows,
                        metrics: group.metrics.filter { $0.value.isFinite }))
            }
        }
        return scores
    }

    /// - Parameter column: a column of `ReadyRows.table`; nil: all rows are one group.
    private static func groups(_ rows: ReadyRows, by column: String?) async throws(Fault) -> [Group] {
        let formulas = Formulas(rows.basis)
        let key = column ?? "''"
        let table = "(SELECT *, \(key) AS g FROM \(rows.table()))"
        var sql = sumsSQL(formulas, table, isWhole: column == nil)
        if case .binary = rows.kind, rows.hasScore { sql += Ranks.sql(table) }
        if rows.kind == .classes { sql += ClassTotals.sql(table) }
        if rows.hasQuery { sql += Ranking.sql(table) }
        var sums: [String: [Double]] = [:]
        var metrics: [String: [String: Double]] = [:]
        for row in try await rows.run(sql) {
            let value = row["g"]?.text ?? ""
            if row["t0"] != nil {
                let numbers = (0..<formulas.width).map { row["t\($0)"]?.double ?? .nan }
                sums[value] = numbers
                metrics[value, default: [:]].merge(formulas.values(numbers)) { _, new in new }
            } else {
                for (name, number) in row where name != "g" { metrics[value, default: [:]][name] = number.double }
            }
        }
        return sums.sorted { $0.key < $1.key }.map { value, numbers in
            Group(value: value, rows: Int64(numbers[0]), metrics: metrics[value] ?? [:])
        }
    }

    private static func sumsSQL(_ formulas: Formulas, _ table: String, isWhole: Bool) -> String {
        let sums = formulas.sums(isWhole: isWhole).enumerated().map { "\($1)::DOUBLE::VARCHAR AS t\($0)" }
        return "SELECT g, \(sums.joined(separator: ", ")) FROM \(table) GROUP BY g;\n"
    }
}

/// Metrics that depend on the order of all scores.
enum Ranks {
    /// One row for each `g`: `auc`, `pr_auc`; null if one of the two labels is not there.
    ///
    /// Counts of pairs are exact: they are whole numbers of twice the pairs until the last division. The sum of
    /// precisions over the scores is that of `average_precision_score`.
    static func sql(_ table: String) -> String {
        """
        SELECT g, (sum(pos * (2 * below + neg))::DOUBLE / (2 * any_value(positives)::DOUBLE
        * any_value(negatives)::DOUBLE))::VARCHAR AS auc,
        (fsum(pos::DOUBLE * (positives - positives_below)::DOUBLE
        / (positives - positives_below + negatives - below)::DOUBLE) / any_value(positives))::VARCHAR AS pr_auc
        FROM (SELECT g, pos, neg, sum(neg) OVER before - neg AS below, sum(pos) OVER before - pos AS positives_below,
            sum(pos) OVER (PARTITION BY g) AS positives, sum(neg) OVER (PARTITION BY g) AS negatives FROM (
                SELECT g, s + 0.0 AS s, count_if(y = 1)::HUGEINT AS pos, count_if(y = 0)::HUGEINT AS neg
                FROM \(table) GROUP BY g, s + 0.0)
            WINDOW before AS (PARTITION BY g ORDER BY s ROWS UNBOUNDED PRECEDING))
        GROUP BY g HAVING any_value(positives) > 0 AND any_value(negatives) > 0;

        """
    }
}

/// Metrics of classes, however many there are.
enum ClassTotals {
    /// One row for each `g`.
    static func sql(_ table: String) -> String {
        let scores = [
            ("precision", "CASE WHEN predicted > 0 THEN hits / predicted ELSE 0 END"),
            ("recall", "CASE WHEN actual > 0 THEN hits / actual ELSE 0 END"),
            ("f1", "2 * hits / (predicted + actual)"),
        ].flatMap { name, score in
            [
                "favg(\(score))::VARCHAR AS \(name)_macro",
                "(fsum(actual * (\(score))) / sum(actual))::VARCHAR AS \(name)_weighted",
            ]
        }
        return """
            SELECT g, favg(CASE WHEN actual > 0 THEN hits / actual END)::VARCHAR AS balanced_accuracy,
            \(scores.joined(separator: ",\n")) FROM (
                SELECT g, sum(hit)::DOUBLE AS hits, sum(told)::DOUBLE AS predicted, sum(held)::DOUBLE AS actual FROM (
                    SELECT g, y AS code, count_if(y = h) AS hit, 0 AS told, count(*) AS held FROM \(table) GROUP BY g, y
                    UNION ALL SELECT g, h, 0, count(*), 0 FROM \(table) GROUP BY g, h) GROUP BY g, code ORDER BY g, code)
            GROUP BY g;

            """
    }
}

/// Metrics of answers in the order of their scores, query by query.
enum Ranking {
    static func sql(_ table: String) -> String {
        """
        SELECT g, favg(ndcg)::VARCHAR AS ndcg, favg(ndcg_at_10)::VARCHAR AS ndcg_at_10, favg(mrr)::VARCHAR AS mrr
        FROM (\(queries(table))) GROUP BY g;

        """
    }

    /// A SELECT with one row for each `g` and `q`: `first` (the number of its first row), `ndcg`, `ndcg_at_10`, `mrr`.
    ///
    /// As `ndcg_score`: gains are the labels, the discount of place i is log2(i + 1), rows of equal score share the
    /// discounts of their places, and a query in which nothing is relevant counts 0. The reciprocal rank of the first
    /// relevant row is its mean over all orders of the rows of equal score: of m tied rows after `before` others, k of
    /// them relevant, the first relevant one is the j-th with probability k / (m - j + 1) if none before it was.
    static func queries(_ table: String) -> String {
        """
        SELECT g, q, min(rn) AS first,
        CASE WHEN max(y) > 0 THEN fsum(gain) / fsum(best) ELSE 0 END AS ndcg,
        CASE WHEN max(y) > 0 THEN fsum(gain_at_10) / fsum(best_at_10) ELSE 0 END AS ndcg_at_10,
        fsum(CASE WHEN relevant > 0 AND s = top THEN coalesce(missed, 1) * relevant / (tied - nth + 1) / place ELSE 0 END)
        AS mrr FROM (
            SELECT *, y * avg(discount) OVER ties AS gain,
            y * avg(CASE WHEN place <= 10 THEN discount ELSE 0 END) OVER ties AS gain_at_10,
            CASE WHEN best_place <= 10 THEN best ELSE 0 END AS best_at_10,
            product((tied - nth + 1 - relevant) / (tied - nth + 1)) OVER (PARTITION BY g, q, s ORDER BY place
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS missed
            FROM (SELECT *, 1 / log2(place + 1) AS discount, y / log2(best_place + 1) AS best,
                count(*) OVER ties AS tied, count_if(y > 0) OVER ties AS relevant,
                place - min(place) OVER ties + 1 AS nth,
                max(CASE WHEN y > 0 THEN s END) OVER (PARTITION BY g, q) AS top FROM (
                    SELECT g, q, rn, y, s, row_number() OVER (PARTITION BY g, q ORDER BY s DESC, rn) AS place,
                    row_number() OVER (PARTITION BY g, q ORDER BY y DESC, rn) AS best_place
                    FROM (SELECT g, q, rn, y, s + 0.0 AS s FROM \(table)))
                WINDOW ties AS (PARTITION BY g, q, s))
            WINDOW ties AS (PARTITION BY g, q, s))
        GROUP BY g, q
        """
    }
}
