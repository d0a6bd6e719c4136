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

    /// Records with more cells than the header of which the last is empty, a thousand at most: DuckDB takes cells that
    /// are empty for none.
    private(set) var wide: [Int64] = []

    /// Of one record, in bytes.
    static let limit = 16 << 20

    private let quote: UInt8
    private let delimiter: UInt8
    private let newline: UInt8
    private let columns: Int
    private let wanted: Set<Int64>
    private var line: Int64 = 1
    private var start: Int64 = 1
    private var length = 0
    private var cells = 1
    private var isQuoted = false
    /// The last byte was a quote within quotes: the end of them, or the first half of a quote.
    private var sawQuote = false
    private var previous: UInt8

    private init(delimiter: UInt8, quote: UInt8, newline: UInt8, columns: Int, wanted: Set<Int64>) {
        self.quote = quote
        self.delimiter = delimiter
        self.newline = newline
        self.columns = columns
        self.wanted = wanted
        previous = newline
    }

    /// Walks over the file. Blocks.
    static func of(
        _ file: FilePath, delimiter: UInt8, quote: UInt8, newline: UInt8, columns: Int, wanted: Set<Int64> = []
    ) throws(Fault) -> CSVSurvey {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.systemFault("read", file) }
        defer { close(descriptor) }
        var survey = CSVSurvey(
            delimiter: delimiter, quote: quote, newline: newline, columns: columns, wanted: wanted)
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
            // Far enough: nothing else will be asked of the file.
            if survey.length > limit {
                survey.tooLong = survey.tooLong ?? (survey.records + 1, survey.start)
                return survey
            }
        }
        if survey.length > 0 { survey.endRecord() }
        return survey
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        var quotes = Finder(byte: quote, bytes: bytes)
        var ends = Finder(byte: newline, bytes: bytes)
        while position < bytes.count {
            if sawQuote {
                sawQuote = false
                if bytes[position] == quote {
                    step(bytes, &position)
                    continue
                }
                isQuoted = false
            }
            if isQuoted {
                let end = quotes.next(from: position)
                while ends.next(from: position) < end {
                    line += 1
                    length += ends.place + 1 - position
                    position = ends.place + 1
                }
                length += end - position
                position = end
                if position < bytes.count {
                    step(bytes, &position)
                    sawQuote = true
                }
                continue
            }
            let end = ends.next(from: position)
            var opening = quotes.next(from: position)
            while opening < end, !opens(bytes, opening, from: position) { opening = quotes.next(from: opening + 1) }
            count(bytes, position..<min(opening, end))
            if opening < end {
                length += opening - position
                position = opening
                step(bytes, &position)
                isQuoted = true
                continue
            }
            if end > position {
                let isReturn = bytes[end - 1] == UInt8(ascii: "\r") && end - position > 1
                previous = bytes[isReturn ? end - 2 : end - 1]
            }
            length += end - position
            position = end
            if position < bytes.count {
                endLine()
                position += 1
            }
        }
    }

    /// True if the quote is the first byte of its cell.
    private func opens(_ bytes: UnsafeRawBufferPointer, _ place: Int, from position: Int) -> Bool {
        let before = place == position ? previous : bytes[place - 1]
        return before == delimiter || before == newline || length + place - position == 0
    }

    private mutating func endLine() {
        let isBlank = length == 0 || (length == 1 && previous == UInt8(ascii: "\r"))
        // In a file of one column, a blank line is a record.
        if !isBlank || columns == 1 { endRecord() }
        line += 1
        start = line
        length = 0
        cells = 1
        previous = newline
    }

    private mutating func count(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        for place in range where bytes[place] == delimiter { cells += 1 }
    }

    private mutating func step(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) {
        previous = bytes[position]
        position += 1
        length += 1
    }

    private mutating func endRecord() {
        records += 1
        if wanted.contains(records) { lines[records] = start }
        if cells > columns, previous == delimiter, records > 0, wide.count < CSVSource.rejectLimit {
            wide.append(records)
        }
        if length > CSVSurvey.limit, tooLong == nil { tooLong = (records, start) }
    }

    /// Finds a byte again and again, and looks at no other twice.
    private struct Finder {
        let byte: UInt8
        let bytes: UnsafeRawBufferPointer
        /// Where it was found; the end of the bytes if nowhere.
        private(set) var place = -1

        init(byte: UInt8, bytes: UnsafeRawBufferPointer) {
            self.byte = byte
            self.bytes = bytes
        }

        mutating func next(from position: Int) -> Int {
            if place >= position { return place }
            place = bytes.count
            if position < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + position, Int32(byte), bytes.count - position)
            {
                place = UnsafeRawPointer(found) - base
            }
            return place
        }
    }
}
