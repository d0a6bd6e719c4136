import Domain

/// Builds a document from TOML text within the limits.
///
/// Reads what scripts write into files of numbers: tables, dotted and quoted keys, inline tables, lists, numbers, truth
/// values and texts on one line. Dates, arrays of tables (`[[x]]`) and texts in three quotes are refused by name, with
/// their place; so is everything that is no TOML.
struct TOMLComposer {
    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var column = 1

    /// The root of the text; nil if there is nothing in it.
    static func compose(_ bytes: [UInt8], file: String) throws(Complaints) -> Document.Node? {
        var composer = TOMLComposer(bytes, file: file)
        return try composer.document()
    }

    private init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    private var place: Document.Place { Document.Place(line: line, column: column) }

    private func stop(_ message: String) -> Complaints {
        Complaints([Complaint(file: file, at: place, "this is not TOML as it is read here: \(message)")])
    }

    private mutating func advance() {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        advance()
        return true
    }

    private mutating func skipBlanks() {
        while peek == 0x20 || peek == 0x09 { advance() }
    }

    /// Blanks, line ends and comments.
    private mutating func skipLines() {
        while let byte = peek {
            if byte == UInt8(ascii: "#") {
                while let byte = peek, byte != 0x0A { advance() }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func document() throws(Complaints) -> Document.Node? {
        var root = TOMLTree(at: place)
        var table: [TOMLTree.Key] = []
        skipLines()
        guard peek != nil else { return nil }
        while peek != nil {
            let complaint: Complaint?
            if take(UInt8(ascii: "[")) {
                if peek == UInt8(ascii: "[") { throw stop("arrays of tables ('[[…]]') are not") }
                table = try keys()
                guard take(UInt8(ascii: "]")) else { throw stop("expected ']'") }
                complaint = root.name(table[...], file: file)
            } else {
                let key = table + (try keys())
                guard key.count <= DocumentLimits.depth else { throw stop("keys are nested too deep") }
                guard take(UInt8(ascii: "=")) else { throw stop("expected '=' after a key") }
                skipBlanks()
                complaint = root.add(try value(depth: key.count), below: key[...], file: file)
            }
            if let complaint { throw Complaints([complaint]) }
            skipBlanks()
            guard peek == nil || peek == 0x0A || peek == 0x0D || peek == UInt8(ascii: "#") else {
                throw stop("expected the end of the line")
            }
            skipLines()
        }
        return root.node
    }

    /// A dotted key, with the blanks around it.
    private mutating func keys() throws(Complaints) -> [TOMLTree.Key] {
        var keys: [TOMLTree.Key] = []
        repeat {
            skipBlanks()
            let start = place
            let text: String
            switch peek {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): text = try string()
            default: text = word { $0.isKey }
            }
            if text.isEmpty, place == start { throw stop("expected a key") }
            keys.append(TOMLTree.Key(text: text, place: start))
            guard keys.count <= DocumentLimits.depth else { throw stop("keys are nested too deep") }
            skipBlanks()
        } while take(UInt8(ascii: "."))
        return keys
    }

    private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
        let start = index
        while let byte = peek, belongs(byte) { advance() }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func value(depth: Int) throws(Complaints) -> Document.Node {
        guard depth <= DocumentLimits.depth else { throw stop("values are nested too deep") }
        let start = place
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .scalar(text: try string(), quoted: true, start)
        case UInt8(ascii: "["):
            advance()
            return .sequence(try items(depth: depth), start)
        case UInt8(ascii: "{"):
            advance()
            return try inlineTable(start, depth: depth)
        default:
            let before = self
            let text = word { $0.isValue }
            guard let meaning = TOMLComposer.meaning(text) else {
                throw before.stop(
                    text.isEmpty
                        ? "expected a value"
                        : TOMLComposer.isTime(text) ? "dates and times are not" : "'\(text.prefix(40))' is no value")
            }
            return .scalar(text: meaning, quoted: false, start)
        }
    }

    private mutating func items(depth: Int) throws(Complaints) -> [Document.Node] {
        var items: [Document.Node] = []
        while true {
            skipLines()
            if take(UInt8(ascii: "]")) { return items }
            items.append(try value(depth: depth + 1))
            skipLines()
            if take(UInt8(ascii: "]")) { return items }
            guard take(UInt8(ascii: ",")) else { throw stop("expected ',' or ']'") }
        }
    }

    private mutating func inlineTable(_ start: Document.Place, depth: Int) throws(Complaints) -> Document.Node {
        var table = TOMLTree(at: start)
        skipBlanks()
        if take(UInt8(ascii: "}")) { return table.node }
        while true {
            let key = try keys()
            guard take(UInt8(ascii: "=")) else { throw stop("expected '=' after a key") }
            skipBlanks()
            let value = try value(depth: depth + key.count)
            if let complaint = table.add(value, below: key[...], file: file) { throw Complaints([complaint]) }
            skipBlanks()
            if take(UInt8(ascii: "}")) { return table.node }
            guard take(UInt8(ascii: ",")) else { throw stop("expected ',' or '}'") }
        }
    }

    /// A text on one line, in either quotes.
    private mutating func string() throws(Complaints) -> String {
        let start = self
        let quote = bytes[index]
        advance()
        if peek == quote, index + 1 < bytes.count, bytes[index + 1] == quote {
            throw start.stop("texts in three quotes are not")
        }
        var text: [UInt8] = []
        while let byte = peek, byte != 0x0A, byte != 0x0D {
            if byte == quote {
                advance()
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                text += try escape()
            } else {
                text.append(byte)
                advance()
            }
        }
        throw start.stop("the text that starts here is not closed on its line")
    }

    private mutating func escape() throws(Complaints) -> [UInt8] {
        let start = self
        advance()
        guard let letter = peek else { throw start.stop("the text is not closed") }
        let simple: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
        ]
        if let unit = simple[letter] {
            advance()
            return [unit]
        }
        let count = letter == UInt8(ascii: "u") ? 4 : letter == UInt8(ascii: "U") ? 8 : 0
        if count > 0 { advance() }
        var code: UInt32 = 0
        for _ in 0..<count {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw start.stop("'\\u' and '\\U' stand before 4 and 8 hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            advance()
        }
        guard count > 0, let scalar = Unicode.Scalar(code) else {
            throw start.stop("'\\' stands before what it cannot escape")
        }
        return Array(String(scalar).utf8)
    }

    /// The word as YAML 1.2 spells its value; nil if it is none.
    private static func meaning(_ word: String) -> String? {
        switch word {
        case "true", "false": return word
        case "inf", "+inf": return ".inf"
        case "-inf": return "-.inf"
        case "nan", "+nan", "-nan": return ".nan"
        default:
            guard word.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            switch CoreSchema.value(word) {
            case .integer, .number: return word
            case .null, .bool, .string, .array, .object: return nil
            }
        }
    }

    private static func isTime(_ word: String) -> Bool {
        let shape = word.utf8.prefix(5).map { $0 >= 0x30 && $0 <= 0x39 ? UInt8(ascii: "9") : $0 }
        return shape == Array("9999-".utf8) || shape == Array("99:99".utf8)
    }
}

extension UInt8 {
    fileprivate var isKey: Bool {
        (self >= 0x30 && self <= 0x39) || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) || self == 0x5F || self == 0x2D
    }

    fileprivate var isValue: Bool { isKey || self == 0x2B || self == 0x2E || self == 0x3A }
}
