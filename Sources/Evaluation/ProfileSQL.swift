import Domain

extension Profile {
    /// Makes the table `typed`: the texts `l`, `p`, `s`, `r`, `i`, `q` (label, prediction, score, reference, id, query),
    /// `g0`, … of the slice columns, the texts as numbers `ln`, `pn`, `sn`, `rf`, and of labels and predictions as 0 or
    /// 1: `lb`, `pb`. A null number: it is none.
    static func typedSQL(_ file: PredictionsFile, _ slices: [SliceColumns.Choice]) -> String {
        let names = [
            ("l", "label"), ("p", "prediction"), ("s", "score"), ("r", "reference"), ("i", "id"), ("q", "query"),
        ]
        let texts =
            names.map { "\(file.text($1)) AS \($0)" }
            + slices.map { "coalesce(\(file.text($0.name)), '') AS g\($0.column)" }
        let number = "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"
        let numbers = [("l", "ln"), ("p", "pn"), ("s", "sn"), ("r", "rf")].map { text, name in
            "CASE WHEN regexp_full_match(\(text), '\(number)') THEN TRY_CAST(\(text) AS DOUBLE) END AS \(name)"
        }
        let truths = ["l", "p"].map { name in
            "(CASE WHEN \(name) IN ('true', 'True', 'TRUE') OR \(name)n = 1 THEN 1 "
                + "WHEN \(name) IN ('false', 'False', 'FALSE') OR \(name)n = 0 THEN 0 END)::TINYINT AS \(name)b"
        }
        return """
            CREATE TABLE typed AS SELECT *, \(truths.joined(separator: ", ")) FROM
            (SELECT *, \(numbers.joined(separator: ", ")) FROM
            (SELECT \(texts.joined(separator: ", ")) FROM \(file.table)));

            """
    }

    /// One row about slice columns: `d0`, `x0`, …, the count of values and the length of the longest.
    static func factsSQL(_ slices: [SliceColumns.Choice]) -> String {
        let most = SliceColumns.mostNamedValues + 1
        let facts = slices.map(\.column).map { column in
            """
            (SELECT count(*) FROM (SELECT DISTINCT g\(column) FROM typed LIMIT \(most))) AS d\(column),
            (SELECT max(length(g\(column))) FROM typed) AS x\(column)
            """
        }
        return "SELECT \((["'slices' AS about"] + facts).joined(separator: ", "));\n"
    }

    /// One row about all others: `n`, halves of the digest, and for each condition the first record that it holds of.
    static var profileSQL: String {
        let conditions = [
            ("l_null", "l IS NULL"), ("l_wild", "lower(l) IN (\(wild)) OR isinf(ln)"), ("l_binary", "lb IS NULL"),
            ("l_sign", "ln IS NULL OR ln NOT IN (-1, 1)"), ("l_number", "ln IS NULL"), ("l_negative", "ln < 0"),
            ("p_null", "p IS NULL"), ("p_binary", "pb IS NULL"), ("p_sign", "pn IS NULL OR pn NOT IN (-1, 1)"),
            ("p_number", "pn IS NULL OR isinf(pn)"),
            ("s_null", "s IS NULL"), ("s_number", "sn IS NULL OR isinf(sn)"), ("s_range", "sn NOT BETWEEN 0 AND 1"),
            ("r_null", "r IS NULL"), ("r_number", "rf IS NULL OR isinf(rf)"), ("q_null", "q IS NULL"),
        ]
        let records = conditions.map { "min(CASE WHEN \($1) THEN rn END) AS \($0)" }
        // The text of that record is looked up afterwards: to carry it along costs as much as everything else.
        let values = conditions.map { name, _ in
            "(SELECT left(\(name.prefix(1)), 201) FROM typed WHERE rowid = \(name) - 1) AS \(name)_value"
        }
        let key = """
            concat(rn, ':', coalesce(concat(length(i), ':', i), '-'), ':',
            CASE WHEN lb = 1 THEN '1.0' WHEN lb = 0 THEN '0.0' ELSE coalesce(ln::VARCHAR, l) END)
            """
        // The halves are those of md5_number_upper and md5_number_lower, which would hash twice.
        let halves = [("upper", "key & 18446744073709551615::UHUGEINT"), ("lower", "key >> 64")]
            .map { "sum((\($1))::HUGEINT)::VARCHAR AS \($0)_half" }
        return """
            CREATE TABLE profile AS SELECT count(*) AS n, min(ln)::VARCHAR AS l_least, max(ln)::VARCHAR AS l_greatest,
            \((halves + records).joined(separator: ",\n"))
            FROM (SELECT *, md5_number(\(key)) AS key FROM (SELECT rowid + 1 AS rn, * FROM typed));
            SELECT *, \(values.joined(separator: ",\n")) FROM profile;

            """
    }

    private static let wild = ["nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"]
        .map { "'\($0)'" }.joined(separator: ", ")

    /// Writes the rows as numbers. The texts of labels and predictions only where they are no numbers.
    static func writeSQL(_ slices: [SliceColumns.Choice]) -> String {
        let groups = slices.map { ", g\($0.column)" }.joined()
        return """
            SET VARIABLE is_text = (SELECT bool_or(ln IS NULL) AND bool_or(lb IS NULL) FROM typed);
            COPY (SELECT rowid + 1 AS rn, lb, pb, ln, pn, sn, rf, q, CASE WHEN getvariable('is_text') THEN l END AS l,
            CASE WHEN getvariable('is_text') THEN p END AS p\(groups) FROM typed)
            TO '\(rowsFile)' (FORMAT parquet, USE_TMP_FILE false);

            """
    }
}
