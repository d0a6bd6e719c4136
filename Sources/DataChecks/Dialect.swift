import Host

/// How a CSV file is written, told from its header alone: the delimiter and quote under which most of its names are
/// the ones that are looked for.
struct Dialect: Sendable {
    let delimiter: UInt8
    let quote: UInt8
    let header: CSVHeader
    /// The end of a line; a carriage return only in files that have no line feed after it.
    let newline: UInt8

    static let delimiters: [UInt8] = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
    static let quotes: [UInt8] = ["\"", "'"].map { UInt8(ascii: $0) }

    /// Throws the flaw that the file has as it is usually written.
    init(_ bytes: [UInt8], wanted: Set<String>) throws(CSVHeader.Flaw) {
        var best: (delimiter: UInt8, quote: UInt8, hits: Int)?
        var flaw: CSVHeader.Flaw?
        let firstLine = bytes.prefix { $0 != UInt8(ascii: "\n") }
        for quote in Dialect.quotes where quote == Dialect.quotes[0] || firstLine.contains(quote) {
            for delimiter in Dialect.delimiters {
                do throws(CSVHeader.Flaw) {
                    let header = try CSVHeader(bytes, delimiter: delimiter, quote: quote)
                    let hits = Set(header.names).intersection(wanted).count
                    if hits > best?.hits ?? (flaw == nil ? -1 : 0) { best = (delimiter, quote, hits) }
                } catch {
                    if flaw == nil, best == nil { flaw = error }
                }
            }
        }
        guard let best else { throw flaw ?? .empty }
        try self.init(bytes, delimiter: best.delimiter, quote: best.quote)
    }

    /// Reads the header as it is written with this delimiter and quote.
    init(_ bytes: [UInt8], delimiter: UInt8, quote: UInt8) throws(CSVHeader.Flaw) {
        (self.delimiter, self.quote) = (delimiter, quote)
        header = try CSVHeader(bytes, delimiter: delimiter, quote: quote)
        let end = bytes.firstIndex { $0 == UInt8(ascii: "\n") }
        let carriage = bytes.firstIndex { $0 == UInt8(ascii: "\r") }
        newline = end == nil && carriage != nil ? UInt8(ascii: "\r") : UInt8(ascii: "\n")
    }
}
