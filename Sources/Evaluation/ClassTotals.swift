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
            GROUP BY g
            """
    }
}
