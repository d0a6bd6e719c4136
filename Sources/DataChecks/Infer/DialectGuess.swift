import Host

extension Dialect {
    /// Tells how a CSV file is written without knowing its columns: the delimiter under which the header has names and
    /// the records after it as many cells, and then the one that gives the most.
    ///
    /// - Parameter bytes: the first ones of the file.
    /// - Parameter isTabbed: true if the file's ending says so; a header with tabs in it is then cut there.
    /// Throws the flaw that the file has as it is usually written.
    init(guessing bytes: [UInt8], isTabbed: Bool) throws(CSVHeader.Flaw) {
        var best: (delimiter: UInt8, quote: UInt8, agreement: Double, names: Int)?
        var flaw: CSVHeader.Flaw?
        let firstLine = bytes.prefix { $0 != UInt8(ascii: "\n") }
        for quote in Dialect.quotes where quote == Dialect.quotes[0] || firstLine.contains(quote) {
            for delimiter in Dialect.delimiters {
                do throws(CSVHeader.Flaw) {
                    let names = try CSVHeader(bytes, delimiter: delimiter, quote: quote).names.count
                    if isTabbed, delimiter == UInt8(ascii: "\t"), names > 1, quote == Dialect.quotes[0] {
                        best = (delimiter, quote, 2, names)
                    }
                    let agreement = Dialect.agreement(bytes, delimiter: delimiter, quote: quote, cells: names)
                    // One name says nothing: no record holds the delimiter.
                    let weight = names > 1 && agreement >= 0.5 ? agreement : 0
                    if let known = best, (known.agreement, known.names) >= (weight, names) { continue }
                    best = (delimiter, quote, weight, names)
                } catch {
                    if flaw == nil { flaw = error }
                }
            }
        }
        guard let best else { throw flaw ?? .empty }
        try self.init(bytes, delimiter: best.delimiter, quote: best.quote)
    }

    /// The share of the first hundred records that have as many cells as the header; 1 if there are none.
    private static func agreement(_ bytes: [UInt8], delimiter: UInt8, quote: UInt8, cells: Int) -> Double {
        var widths: [Int] = []
        var width = 1
        var length = 0
        var isQuoted = false
        for byte in bytes {
            if isQuoted {
                if byte == quote { isQuoted = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if length > 0 { widths.append(width) }
                (width, length) = (1, 0)
            case quote:
                isQuoted = true
                length += 1
            case delimiter:
                width += 1
                length += 1
            default: length += 1
            }
            if widths.count > 100 { break }
        }
        let records = widths.dropFirst()
        if records.isEmpty { return 1 }
        return Double(records.count { $0 == cells }) / Double(records.count)
    }
}
