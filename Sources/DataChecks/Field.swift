import Domain
import Host

/// One column of a schema.
struct Field: Sendable, Equatable {
    let name: String
    let type: FieldType
    let isRequired: Bool
    /// The values of `enum`, as SQL of the type's values.
    let allowed: [String]?
    let minimum: Bound?
    let maximum: Bound?

    var needsValue: Bool { allowed != nil || minimum != nil || maximum != nil }
}

/// An inclusive limit.
struct Bound: Sendable, Equatable {
    let sql: String
    /// As the schema has it.
    let shown: String
}

/// Which columns a file may have beside the schema's.
enum FieldsMatch: String, Sendable, CaseIterable {
    /// The same columns in the same order.
    case exact
    /// The same columns in any order.
    case equal
    /// More columns are fine, in any order.
    case subset
}

/// The types that are tested.
enum FieldType: String, Sendable, CaseIterable {
    case string
    case integer
    case number
    case boolean
    case date
    case datetime
    case any

    static let trueWords = ["true", "True", "TRUE", "1"]
    static let falseWords = ["false", "False", "FALSE", "0"]
    private static let day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    private static let time = "[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"

    /// True if `minimum` and `maximum` have a meaning.
    var isOrdered: Bool {
        switch self {
        case .integer, .number, .date, .datetime: true
        case .string, .boolean, .any: false
        }
    }

    /// What all cells of the type look like; nil: anything.
    var pattern: String? {
        switch self {
        case .integer: "[+-]?[0-9]+"
        case .number: "NaN|-?INF|[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"
        case .boolean: (FieldType.trueWords + FieldType.falseWords).joined(separator: "|")
        case .date: FieldType.day
        case .datetime: "\(FieldType.day)T\(FieldType.time)"
        case .string, .any: nil
        }
    }

    /// SQL that is true if the text is not of this type; false or NULL otherwise. Nil: every text is.
    ///
    /// Never left to a cast alone: DuckDB takes `1.5`, `1_000` and `0x10` for integers.
    func isWrong(_ text: String) -> String? {
        switch self {
        case .string, .any: nil
        case .boolean:
            "\(text) NOT IN (\((FieldType.trueWords + FieldType.falseWords).map { "'\($0)'" }.joined(separator: ",")))"
        case .integer, .number: "NOT regexp_full_match(\(text), '\(pattern ?? "")')"
        case .date, .datetime:
            "\(text) IS NOT NULL AND "
                + "(NOT regexp_full_match(\(text), '\(pattern ?? "")') OR \(value(ofText: text)) IS NULL)"
        }
    }

    /// SQL for the value of a text that is of this type.
    func value(ofText text: String) -> String {
        switch self {
        case .string, .any: text
        case .boolean: "\(text) IN (\(FieldType.trueWords.map { "'\($0)'" }.joined(separator: ",")))"
        case .number: "TRY_CAST(\(text) AS DOUBLE)"
        case .date: "TRY_CAST(\(text) AS DATE)"
        case .datetime: "TRY_CAST(\(text) AS TIMESTAMPTZ)"
        // More than 38 digits: further out than any bound, so the end of the range will do.
        case .integer:
            "coalesce(TRY_CAST(\(text) AS HUGEINT), CASE WHEN \(text) LIKE '-%' THEN -\(FieldType.widest) "
                + "WHEN \(text) IS NOT NULL THEN \(FieldType.widest) END)"
        }
    }

    /// SQL for the value of a Parquet column that is of this type.
    func value(ofColumn column: String) -> String {
        switch self {
        case .string, .boolean: column
        case .any: "\(column)::VARCHAR"
        case .integer: "TRY_CAST(\(column) AS HUGEINT)"
        case .number: "TRY_CAST(\(column) AS DOUBLE)"
        case .date: "TRY_CAST(\(column) AS DATE)"
        case .datetime: "TRY_CAST(\(column) AS TIMESTAMPTZ)"
        }
    }

    /// True if a Parquet column of that type, as DuckDB names it, holds only values of this one.
    func holds(parquet name: String) -> Bool {
        let integers = [
            "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        ]
        return switch self {
        case .any: true
        case .string: name == "VARCHAR" || name.hasPrefix("ENUM(")
        case .integer: integers.contains(name)
        case .number: integers.contains(name) || name == "FLOAT" || name == "DOUBLE" || name.hasPrefix("DECIMAL(")
        case .boolean: name == "BOOLEAN"
        case .date: name == "DATE"
        case .datetime: name.hasPrefix("TIMESTAMP")
        }
    }

    /// True if a JSON value of that type, as DuckDB names it, may be one of this one.
    var jsonTypes: [String]? {
        switch self {
        case .any: nil
        case .string, .date, .datetime: ["VARCHAR"]
        case .integer: ["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]
        case .number: ["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE"]
        case .boolean: ["BOOLEAN"]
        }
    }

    private static let widest = "170141183460469231731687303715884105727"
}

extension TableSchema {
    /// The missing values as the content of an SQL list; nil if there are none.
    func missingSQL() throws(Fault) -> String? {
        var literals: [String] = []
        for value in missingValues { literals.append(try DuckDB.literal(value)) }
        return literals.isEmpty ? nil : literals.joined(separator: ", ")
    }
}
