import Domain
import Foundation
import GRDB

/// A column holds what this room never writes there: somebody else wrote the file, or the disk did.
struct DamagedColumn: Error {
    let column: String
}

/// Reads columns as Domain values. Never traps, whatever the file holds.
extension Row {
    func text(_ column: String) throws -> String {
        try value(column) { $0 }
    }

    func optionalText(_ column: String) throws -> String? {
        try optionalValue(column) { $0 }
    }

    func number(_ column: String) throws -> Int64 {
        guard let number = Int64.fromDatabaseValue(self[column]) else { throw DamagedColumn(column: column) }
        return number
    }

    /// As `number`, with NULL as nil.
    func optionalNumber(_ column: String) throws -> Int64? {
        try isNull(column) ? nil : number(column)
    }

    func count(_ column: String) throws -> Int {
        guard let count = Int(exactly: try number(column)) else { throw DamagedColumn(column: column) }
        return count
    }

    func runID(_ column: String) throws -> RunID {
        guard let id = RunID(try number(column)) else { throw DamagedColumn(column: column) }
        return id
    }

    func time(_ column: String) throws -> Date {
        try value(column, Timestamp.parse)
    }

    func optionalTime(_ column: String) throws -> Date? {
        try optionalValue(column, Timestamp.parse)
    }

    func json<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        try Canonical.decode(type, from: try text(column))
    }

    func optionalJSON<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value? {
        try optionalText(column).map { try Canonical.decode(type, from: $0) }
    }

    /// A text that `parse` makes a value of.
    func value<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value {
        guard let value = try optionalValue(column, parse) else { throw DamagedColumn(column: column) }
        return value
    }

    /// As `value`, with NULL as nil.
    func optionalValue<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value? {
        let stored: DatabaseValue = self[column]
        if stored.isNull { return nil }
        guard let text = String.fromDatabaseValue(stored), let value = parse(text) else {
            throw DamagedColumn(column: column)
        }
        return value
    }

    func isNull(_ column: String) -> Bool {
        (self[column] as DatabaseValue).isNull
    }
}
