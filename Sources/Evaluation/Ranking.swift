/// Metrics of answers in the order of their scores, query by query.
enum Ranking {
    static func sql(_ table: String) -> String {
        """
        SELECT g, favg(ndcg)::VARCHAR AS ndcg, favg(ndcg_at_10)::VARCHAR AS ndcg_at_10, favg(mrr)::VARCHAR AS mrr
        FROM (\(queries(table))) GROUP BY g
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
