/// The names in the first record of a CSV file.
///
/// Read by us, because DuckDB never compares a header with the columns that it is told: swapped columns would be
/// swapped without a word.
package struct CSVHeader: Sendable, Equatable {
    package let names: [String]

    /// Why the file's first bytes are not a header.
    package enum Flaw: Error, Equatable, Sendable {
        case empty
        /// UTF-16 or UTF-32, by its mark.
        case wideCharacters
        case notUTF8
        case nul
        /// The bytes of another format, named.
        case other(String)
        /// No end of the record within the bytes given.
        case endless
        /// DuckDB would take the blank line for the header, and the header for a record.
        case blankLine
        /// A gzip file that is cut, or whose sums are wrong.
        case damaged
        /// Text beside the quotes of a cell.
        case strayQuote

        /// What is wrong, as the end of a sentence that starts with the file.
        package var words: String {
            switch self {
            case .empty: "is empty"
            case .wideCharacters: "is UTF-16 or UTF-32, not UTF-8"
            case .notUTF8: "has a header that is not UTF-8"
            case .nul: "holds NUL bytes in its first lines"
            case .other(let format): "is not CSV but \(format)"
            case .endless: "has a header that does not end within the first MiB"
            case .blankLine: "starts with a blank line instead of a header"
            case .damaged: "is a damaged gzip file: it ends too early, or its checksum is wrong"
            case .strayQuote: "has a header with text beside the quotes of a name"
            }
        }
    }

    /// As much of a file as should be given to `init`.
    package static let limit = 1 << 20

    /// Reads the header from the first bytes of a file (`limit` of them, or all).
    package init(_ bytes: [UInt8], delimiter: UInt8 = Byte.comma, quote: UInt8 = Byte.quote) throws(Flaw) {
        try CSVHeader.refuseOthers(bytes)
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        guard let first = rest.first else { throw .empty }
        if first == Byte.newline || first == Byte.carriageReturn { throw .blankLine }
        let cells = try CSVHeader.cells(
            rest, delimiter: delimiter, quote: quote, isWhole: bytes.count < CSVHeader.limit)
        var names: [String] = []
        for cell in cells {
            guard let name = String(validating: cell, as: UTF8.self) else { throw .notUTF8 }
            names.append(name)
        }
        self.names = names
    }

    /// Bytes with a meaning in CSV.
    package enum Byte {
        package static let quote = UInt8(ascii: "\"")
        package static let comma = UInt8(ascii: ",")
        static let newline = UInt8(ascii: "\n")
        static let carriageReturn = UInt8(ascii: "\r")
    }

    private static func refuseOthers(_ bytes: [UInt8]) throws(Flaw) {
        if bytes.isEmpty { throw .empty }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .wideCharacters }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { throw .wideCharacters }
        if bytes.starts(with: Array("PAR1".utf8)) { throw .other("Parquet") }
        if bytes.starts(with: [0x1F, 0x8B]) { throw .other("gzip") }
        if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { throw .other("Zstandard") }
        if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) { throw .other("a zip archive") }
        if bytes.prefix(1 << 16).contains(0) { throw .nul }
    }

    private static func cells(
        _ bytes: ArraySlice<UInt8>, delimiter: UInt8, quote: UInt8, isWhole: Bool
    ) throws(Flaw) -> [[UInt8]] {
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var index = bytes.startIndex
        var isQuoted = false
        var wasQuoted = false
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte != quote {
                    cell.append(byte)
                } else if index < bytes.endIndex, bytes[index] == quote {
                    cell.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case delimiter:
                cells.append(cell)
                cell = []
                wasQuoted = false
            case Byte.newline, Byte.carriageReturn: return cells + [cell]
            case quote where cell.isEmpty && !wasQuoted:
                isQuoted = true
                wasQuoted = true
            default:
                if wasQuoted { throw .strayQuote }
                cell.append(byte)
            }
        }
        guard isWhole, !isQuoted else { throw .endless }
        return cells + [cell]
    }
}
