import Domain

/// Walks through JSON and makes values only of what is asked for: what is skipped costs a look at each byte, a tenth of
/// what decoding costs. For the few queries that read thousands of long bodies.
///
/// Throws `Malformed` for what is no JSON; never traps and never recurses.
struct JSONCursor {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Each value of an object in turn. `each` reads the value or returns false to have it skipped.
    mutating func object(_ each: (String, inout JSONCursor) throws -> Bool) throws {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            if try !each(key, &self) { try skip() }
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Each element of a list in turn, which `each` must read or skip.
    mutating func array(_ each: (inout JSONCursor) throws -> Void) throws {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try each(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// Reads what lies at a place that was passed before, and comes back.
    mutating func revisit<Value>(_ place: Int, _ read: (inout JSONCursor) throws -> Value) throws -> Value {
        let here = position
        position = place
        let value = try read(&self)
        position = here
        return value
    }

    mutating func string() throws -> String {
        let range = try skippedString()
        let inner = bytes[range.dropFirst().dropLast()]
        if !inner.contains(UInt8(ascii: "\\")) { return String(decoding: inner, as: UTF8.self) }
        return try Canonical.decode(String.self, from: String(decoding: bytes[range], as: UTF8.self))
    }

    /// A number, or one of the words that `Canonical` writes for what JSON cannot hold.
    mutating func number() throws -> Double {
        blanks()
        let text: String
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            text = try string()
        } else {
            text = String(decoding: bytes[try skippedScalar()], as: UTF8.self)
        }
        guard let number = Double(text) else { throw Malformed() }
        return number
    }

    mutating func count() throws -> Int64 {
        guard let number = Int64(exactly: try number()) else { throw Malformed() }
        return number
    }

    /// True at a null, which is passed then.
    mutating func isNull() throws -> Bool {
        blanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "n") else { return false }
        _ = try skippedScalar()
        return true
    }

    /// The text of the next value, for those who decode it.
    mutating func text() throws -> String {
        blanks()
        let start = position
        try skip()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func skip() throws {
        var depth = 0
        repeat {
            blanks()
            guard position < bytes.count else { throw Malformed() }
            switch bytes[position] {
            case UInt8(ascii: "\""): _ = try skippedString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw Malformed() }
                position += 1
            default: _ = try skippedScalar()
            }
        } while depth > 0
        guard depth == 0 else { throw Malformed() }
    }

    private mutating func skippedString() throws -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = position - 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return start..<position }
            if byte == UInt8(ascii: "\\") { position += 1 }
        }
        throw Malformed()
    }

    private mutating func skippedScalar() throws -> Range<Int> {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
                guard position > start else { throw Malformed() }
                return start..<position
            default: position += 1
            }
        }
        guard position > start else { throw Malformed() }
        return start..<position
    }

    private mutating func expect(_ byte: UInt8) throws {
        guard take(byte) else { throw Malformed() }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        blanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func blanks() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }
}
