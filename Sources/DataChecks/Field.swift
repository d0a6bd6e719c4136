import Domain
import Host

/// One column of a schema.
struct Field: Sendable, Equatable {
    let name: String
    var lexicon = Lexicon()
    var isRequired = false
    var isUnique = false
    /// The values of `enum`, as SQL of the type's values.
    var allowed: [String]?
    var minimum: Bound?
    var maximum: Bound?
    /// In code points.
    var minLength: Int?
    var maxLength: Int?
    /// For the whole text; DuckDB's syntax, which is RE2's.
    var pattern: String?
    /// Other names that the column may have in a file.
    var aliases: [String] = []
    /// True: no finding shows a value.
    var isSensitive = false

    var type: FieldType { lexicon.type }
    var needsValue: Bool { allowed != nil || minimum != nil || maximum != nil || isUnique }
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
    case time
    case year
    case yearmonth
    case any

    static let trueWords = ["true", "True", "TRUE", "1"]
    static let falseWords = ["false", "False", "FALSE", "0"]
    private static let day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    private static let clock = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?"
    private static let zone = "(Z|[+-][0-9]{2}:[0-9]{2})?"

    /// True if `minimum` and `maximum` have a meaning.
    var isOrdered: Bool {
        switch self {
        case .integer, .number, .date, .datetime, .time, .year, .yearmonth: true
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
        case .datetime: "\(FieldType.day)T\(FieldType.clock)\(FieldType.zone)"
        case .time: FieldType.clock
        case .year: "[0-9]{4}"
        case .yearmonth: "[0-9]{4}-(0[1-9]|1[0-2])"
        case .string, .any: nil
        }
    }

    /// SQL for the value of a Parquet column of that type, as DuckDB names it, which holds values of this one.
    func value(ofColumn column: String, parquet name: String) -> String {
        switch self {
        case .string, .boolean, .yearmonth, .integer, .year, .date, .time: column
        case .any: "\(column)::VARCHAR"
        case .number: "TRY_CAST(\(column) AS DOUBLE)"
        case .datetime: name.hasSuffix("WITH TIME ZONE") ? column : "TRY_CAST(\(column) AS TIMESTAMP)"
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
        case .integer, .year: integers.contains(name)
        case .time: name == "TIME"
        case .yearmonth: name == "VARCHAR"
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
        case .string, .date, .datetime, .time, .yearmonth: ["VARCHAR"]
        case .integer, .year: ["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"]
        case .number: ["BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "DOUBLE"]
        case .boolean: ["BOOLEAN"]
        }
    }
}

extension TableSchema {
    /// The missing values as the content of an SQL list; nil if there are none.
    func missingSQL() throws(Fault) -> String? {
        var literals: [String] = []
        for value in missingValues { literals.append(try DuckDB.literal(value)) }
        return literals.isEmpty ? nil : literals.joined(separator: ", ")
    }
}
