import Domain
import Host

/// SQL for the kind of a cell. The rules are those of `Lexicon`, so that the schema test sees the same.
enum CellKindSQL {
    /// Of a text of a CSV file.
    ///
    /// Most cells are told by their first byte and one pattern; the long list of dates is tried only on what has their
    /// shape.
    static func ofText(_ text: String, hasCommas: Bool) throws(Fault) -> String {
        """
        CASE WHEN \(text) IS NULL THEN \(CellKind.absent.code)
        WHEN ascii(\(text)) BETWEEN 43 AND 57 THEN CASE
        WHEN \(matches(text, FieldType.integer.pattern)) THEN \(whole(text))
        WHEN \(matches(text, FieldType.number.pattern)) THEN \(decimal(text, hasCommas: hasCommas))
        WHEN \(matches(text, timeShape)) THEN \(time(text))
        WHEN \(matches(text, "[0-9.,eE+-]*,[0-9.,eE+-]*|[+-]?[0-9.]+")) THEN \(grouped(text))
        WHEN \(text) = '-' THEN \(CellKind.word("-").code) ELSE \(CellKind.text.code) END
        \(try words(text)) WHEN \(text) IN (\(booleans)) THEN \(CellKind.boolean.code)
        WHEN \(text) = 'INF' THEN \(CellKind.number.code) ELSE \(CellKind.text.code) END
        """
    }

    /// Of a JSON value: its type decides, and only texts are looked at.
    static func ofJSON(_ text: String, type: String) throws(Fault) -> String {
        let integers = (FieldType.integer.jsonTypes ?? []).map { "'\($0)'" }.joined(separator: ", ")
        return """
            CASE WHEN \(type) IS NULL OR \(type) = 'NULL' THEN \(CellKind.absent.code)
            WHEN \(type) IN (\(integers)) THEN
            CASE WHEN \(isYear(text)) THEN \(CellKind.year.code) ELSE \(CellKind.integer.code) END
            WHEN \(type) = 'DOUBLE' THEN \(CellKind.number.code)
            WHEN \(type) = 'BOOLEAN' THEN \(CellKind.boolean.code)
            WHEN \(type) IN ('OBJECT', 'ARRAY') THEN \(CellKind.structure.code)
            \(try words(text)) WHEN \(matches(text, timeShape)) THEN \(time(text)) ELSE \(CellKind.text.code) END
            """
    }

    /// Of a Parquet value: its column's type is known, and only what may stand for no value is told apart.
    static func ofParquet(_ text: String) throws(Fault) -> String {
        "CASE WHEN \(text) IS NULL THEN \(CellKind.absent.code) \(try words(text)) ELSE \(CellKind.text.code) END"
    }

    private static let timeShape = "[0-9]{1,4}[-./: ]([0-9]{1,2}|[A-Za-z]{3})([-./: T][0-9:./ TZ+-]*)?"
    private static let booleans = (FieldType.trueWords + FieldType.falseWords).filter { $0.count > 1 }
        .map { "'\($0)'" }.joined(separator: ", ")

    static let decimalComma = Lexicon(type: .number, decimal: ",")
    static let pointGroups = Lexicon(type: .number, decimal: ",", group: ".")
    static let commaGroups = Lexicon(type: .number, group: ",")

    private static func isYear(_ text: String) -> String {
        "length(\(text)) = 4 AND \(text) BETWEEN '1900' AND '2099'"
    }

    private static func whole(_ text: String) -> String {
        """
        CASE WHEN \(isYear(text)) THEN \(CellKind.year.code)
        WHEN (starts_with(\(text), '0') AND \(text) <> '0') OR length(\(text)) > 18
        OR (starts_with(\(text), '+') AND length(\(text)) > 8) THEN \(CellKind.code.code)
        ELSE \(CellKind.integer.code) END
        """
    }

    // Between commas, a number with a decimal comma would stand in quotes: too rare to look at every number twice.
    private static func decimal(_ text: String, hasCommas: Bool) -> String {
        if hasCommas { return "\(CellKind.number.code)" }
        return "CASE WHEN \(fits(text, pointGroups)) THEN \(CellKind.dotted.code) ELSE \(CellKind.number.code) END"
    }

    private static func grouped(_ text: String) -> String {
        """
        CASE WHEN \(fits(text, decimalComma)) THEN
        CASE WHEN \(fits(text, commaGroups)) THEN \(CellKind.thousand.code) ELSE \(CellKind.comma.code) END
        WHEN \(fits(text, commaGroups)) THEN \(CellKind.commaGroups.code)
        WHEN \(fits(text, pointGroups)) THEN \(CellKind.dotGroups.code) ELSE \(CellKind.text.code) END
        """
    }

    private static func time(_ text: String) -> String {
        var arms: [String] = []
        let alone = CellKind.times.count - 2 * CellKind.pairs.count
        for (position, lexicon) in CellKind.times.prefix(alone).enumerated() {
            arms.append("WHEN \(fits(text, lexicon)) THEN \(CellKind.time([position]).code)")
        }
        for (index, pair) in CellKind.pairs.enumerated() {
            let positions = CellKind.positions(ofPair: index)
            arms.append(
                """
                WHEN \(fits(text, pair.dayFirst)) THEN CASE WHEN \(fits(text, pair.monthFirst))
                THEN \(CellKind.time(positions).code) ELSE \(CellKind.time([positions[0]]).code) END
                WHEN \(fits(text, pair.monthFirst)) THEN \(CellKind.time([positions[1]]).code)
                """)
        }
        return "CASE \(arms.joined(separator: "\n")) ELSE \(CellKind.text.code) END"
    }

    private static func words(_ text: String) throws(Fault) -> String {
        var arms: [String] = []
        for word in CellKind.words {
            arms.append("WHEN \(text) = \(try DuckDB.literal(word)) THEN \(CellKind.word(word).code)")
        }
        return arms.joined(separator: " ")
    }

    private static func fits(_ text: String, _ lexicon: Lexicon) -> String {
        let form = lexicon.isWrong(text).map { "NOT (\($0))" } ?? "true"
        return lexicon.isCalendar ? "(\(form) AND \(lexicon.value(ofText: text)) IS NOT NULL)" : form
    }

    private static func matches(_ text: String, _ pattern: String?) -> String {
        pattern.map { "regexp_full_match(\(text), '\($0)')" } ?? "true"
    }
}
