import Domain
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// What a fast walk over the bytes of a CSV file finds: where its records start, and whether one is too long.
///
/// DuckDB numbers records, not lines, and drops a record that is longer than its buffer without a word.
struct CSVSurvey: Sendable {
    /// The header not counted.
    private(set) var records: Int64 = -1
    /// The line on which a wanted record starts, from 1.
    private(set) var lines: [Int64: Int64] = [:]
    /// The first record over the limit.
    private(set) var tooLong: (record: Int64, line: Int64)?

    /// Of one record, in bytes.
    static let limit = 16 << 20

    private let quote: UInt8
    private let delimiter: UInt8
    private let newline: UInt8
    private let keepsBlank: Bool
    private let wanted: Set<Int64>
    private var line: Int64 = 1
    private var start: Int64 = 1
    private var length = 0
    private var isQuoted = false
    /// The last byte was a quote within quotes: the end of them, or the first half of a quote.
    private var sawQuote = false
    private var previous: UInt8

    /// - Parameter keepsBlank: a blank line is a record, as in a file of one column.
    private init(delimiter: UInt8, quote: UInt8, newline: UInt8, keepsBlank: Bool, wanted: Set<Int64>) {
        self.quote = quote
        self.delimiter = delimiter
        self.newline = newline
        self.keepsBlank = keepsBlank
        self.wanted = wanted
        previous = newline
    }

    /// Walks over the file. Blocks.
    static func of(
        _ file: FilePath, delimiter: UInt8, quote: UInt8, newline: UInt8, keepsBlank: Bool, wanted: Set<Int64> = []
    ) throws(Fault) -> CSVSurvey {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.systemFault("read", file) }
        defer { close(descriptor) }
        var survey = CSVSurvey(
            delimiter: delimiter, quote: quote, newline: newline, keepsBlank: keepsBlank, wanted: wanted)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var isFirst = true
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.systemFault("read", file) }
            if count == 0 { break }
            buffer.withUnsafeBytes { bytes in
                let hasMark = isFirst && bytes.starts(with: [0xEF, 0xBB, 0xBF])
                survey.take(UnsafeRawBufferPointer(rebasing: bytes[(hasMark ? 3 : 0)..<count]))
            }
            isFirst = false
        }
        if survey.length > 0 { survey.endRecord() }
        return survey
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        var nextQuote = CSVSurvey.find(quote, in: bytes, from: 0)
        while position < bytes.count {
            if sawQuote {
                sawQuote = false
                if bytes[position] == quote {
                    step(bytes, &position)
                    nextQuote = CSVSurvey.find(quote, in: bytes, from: position)
                    continue
                }
                isQuoted = false
            }
            if isQuoted {
                let end = CSVSurvey.find(quote, in: bytes, from: position)
                countLines(bytes, position..<end)
                length += end - position
                position = end
                if position < bytes.count {
                    step(bytes, &position)
                    sawQuote = true
                    nextQuote = CSVSurvey.find(quote, in: bytes, from: position)
                }
                continue
            }
            let end = CSVSurvey.find(newline, in: bytes, from: position)
            while nextQuote < end {
                let before = nextQuote == position ? previous : bytes[nextQuote - 1]
                if before == delimiter || before == newline || length + nextQuote - position == 0 { break }
                nextQuote = CSVSurvey.find(quote, in: bytes, from: nextQuote + 1)
            }
            if nextQuote < end {
                length += nextQuote - position
                position = nextQuote
                step(bytes, &position)
                isQuoted = true
                continue
            }
            if end > position { previous = bytes[end - 1] }
            length += end - position
            position = end
            if position < bytes.count {
                let isBlank = length == 0 || (length == 1 && previous == UInt8(ascii: "\r"))
                if !isBlank || keepsBlank { endRecord() }
                line += 1
                start = line
                length = 0
                previous = newline
                position += 1
            }
        }
    }

    private mutating func step(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) {
        previous = bytes[position]
        position += 1
        length += 1
    }

    private mutating func endRecord() {
        records += 1
        if wanted.contains(records) { lines[records] = start }
        if length > CSVSurvey.limit, tooLong == nil { tooLong = (records, start) }
    }

    private mutating func countLines(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var position = range.lowerBound
        while true {
            position = CSVSurvey.find(newline, in: bytes, from: position)
            if position >= range.upperBound { return }
            line += 1
            position += 1
        }
    }

    /// The end of the bytes if it is not there.
    private static func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from position: Int) -> Int {
        guard position < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + position, Int32(byte), bytes.count - position)
        else { return bytes.count }
        return UnsafeRawPointer(found) - base
    }
}
