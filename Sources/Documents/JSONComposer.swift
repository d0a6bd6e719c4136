import Domain

/// Builds a document from JSON text within the limits.
///
/// Reads what Python's `json` writes, which is more than JSON: `NaN`, `Infinity` and `-Infinity`; they come out as
/// YAML spells them (`.nan`, `.inf`, `-.inf`).
struct JSONComposer {
    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var column = 1
    private var complaints: [Complaint] = []

    /// The root of the text; nil if there is nothing in it.
    static func compose(_ bytes: [UInt8], file: String) throws(Complaints) -> Document.Node? {
        var composer = JSONComposer(bytes, file: file)
        composer.skipBlanks()
        guard composer.peek != nil else { return nil }
        let root = try composer.value(depth: 1)
        composer.skipBlanks()
        guard composer.peek == nil else { throw composer.stop("there is more after the end of the value") }
        guard composer.complaints.isEmpty else { throw Complaints(composer.complaints) }
        return root
    }

    private init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    private var place: Document.Place { Document.Place(line: line, column: column) }

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

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { advance() }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        advance()
        return true
    }

    private mutating func value(depth: Int) throws(Complaints) -> Document.Node {
        guard depth <= DocumentLimits.depth else {
            throw stop("values are nested more than \(DocumentLimits.depth) deep")
        }
        skipBlanks()
        let start = place
        switch peek {
        case UInt8(ascii: "{"):
            advance()
            return .mapping(try members(depth: depth), start)
        case UInt8(ascii: "["):
            advance()
            return .sequence(try items(depth: depth), start)
        case UInt8(ascii: "\""):
            return .scalar(text: try string(), quoted: true, start)
        default:
            return .scalar(text: try literal(), quoted: false, start)
        }
    }

    private mutating func items(depth: Int) throws(Complaints) -> [Document.Node] {
        var items: [Document.Node] = []
        if take(UInt8(ascii: "]")) { return items }
        while true {
            items.append(try value(depth: depth + 1))
            if take(UInt8(ascii: "]")) { return items }
            guard take(UInt8(ascii: ",")) else { throw stop("expected ',' or ']'") }
        }
    }

    private mutating func members(depth: Int) throws(Complaints) -> [Document.Entry] {
        var entries = EntryList()
        if take(UInt8(ascii: "}")) { return [] }
        while true {
            skipBlanks()
            let keyPlace = place
            guard peek == UInt8(ascii: "\"") else { throw stop("expected a key in double quotes") }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw stop("expected ':' after a key") }
            let entry = Document.Entry(key: key, keyPlace: keyPlace, value: try value(depth: depth + 1))
            if let complaint = entries.add(entry, file: file), complaints.count < DocumentLimits.complaints {
                complaints.append(complaint)
            }
            if take(UInt8(ascii: "}")) { return entries.all }
            guard take(UInt8(ascii: ",")) else { throw stop("expected ',' or '}'") }
        }
    }

    private mutating func literal() throws(Complaints) -> String {
        let start = self
        var word: [UInt8] = []
        while let byte = peek, byte.isLiteral {
            word.append(byte)
            advance()
        }
        let text = String(decoding: word, as: UTF8.self)
        switch text {
        case "true", "false", "null": return text
        case "NaN": return ".nan"
        case "Infinity": return ".inf"
        case "-Infinity": return "-.inf"
        default:
            if isNumber(word) { return text }
            throw start.stop(text.isEmpty ? "expected a value" : "'\(text.prefix(40))' is not a JSON value")
        }
    }

    private func isNumber(_ word: [UInt8]) -> Bool {
        var rest = word[...]
        func digits() -> Int {
            let run = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            rest = rest.dropFirst(run.count)
            return run.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(startsWithZero && whole > 1) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() throws(Complaints) -> String {
        let start = self
        advance()
        var units: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"):
                advance()
                units += try escape()
            case 0x0A, 0x0D:
                throw start.stop("the text that starts here is not closed on its line")
            default:
                units.append(byte)
                advance()
            }
        }
        throw start.stop("the text that starts here is not closed")
    }

    private mutating func escape() throws(Complaints) -> [UInt8] {
        guard let byte = peek else { throw stop("the text is not closed") }
        let simple: [Character: UInt8] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09,
        ]
        if byte != UInt8(ascii: "u") {
            guard let unit = simple[Character(Unicode.Scalar(byte))] else {
                throw stop("'\\' stands before a letter that it cannot escape")
            }
            advance()
            return [unit]
        }
        advance()
        var code = try hexadecimal()
        if code & 0xFC00 == 0xD800, peek == UInt8(ascii: "\\") {
            let before = self
            advance()
            if peek == UInt8(ascii: "u") {
                advance()
                let low = try hexadecimal()
                if low & 0xFC00 == 0xDC00 {
                    code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF)
                } else {
                    self = before
                }
            } else {
                self = before
            }
        }
        // Half of a surrogate pair, which Python writes for undecodable file names, becomes the replacement character.
        return Array(String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
    }

    private mutating func hexadecimal() throws(Complaints) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw stop("'\\u' takes four hexadecimal digits")
            }
            code = code << 4 | UInt32(digit)
            advance()
        }
        return code
    }

    private func stop(_ message: String) -> Complaints {
        Complaints(complaints + [Complaint(file: file, at: place, "this is not valid JSON: \(message)")])
    }
}

extension UInt8 {
    /// True for what a number or a word of JSON is made of.
    fileprivate var isLiteral: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: true
        case 0x80...: true
        default: false
        }
    }
}
