import Domain
import Foundation
import Host

/// The records of a small CSV file that a script wrote, with the line on which each starts.
struct CSVRecords {
    struct Record: Sendable, Equatable {
        let cells: [String]
        /// From 1.
        let line: Int
    }

    /// As long a file as is read; metrics files of every format have this limit.
    static let mostBytes = 1 << 20

    /// Blank lines are left out. Throws for a file that is too long, no UTF-8, or whose quotes are not closed.
    static func read(_ bytes: Data, file: String) throws(Complaints) -> [Record] {
        func complaint(_ message: String, line: Int? = nil) -> Complaints {
            Complaints([Complaint(file: file, line: line, column: line == nil ? nil : 1, message: message)])
        }
        guard bytes.count <= mostBytes else {
            throw complaint("the file has \(bytes.count) bytes; at most \(mostBytes) are read")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw complaint("the file is not UTF-8 text")
        }
        var records: [Record] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var (line, start) = (1, 1)
        var (isQuoted, wasQuoted) = (false, false)
        func endCell() {
            cells.append(String(decoding: cell, as: UTF8.self))
            cell = []
            wasQuoted = false
        }
        func endRecord() {
            let isBlank = cells.isEmpty && cell.isEmpty && !wasQuoted
            endCell()
            if !isBlank { records.append(Record(cells: cells, line: start)) }
            cells = []
        }
        let units = Array(text.utf8.starts(with: [0xEF, 0xBB, 0xBF]) ? text.utf8.dropFirst(3) : text.utf8[...])
        for (index, unit) in units.enumerated() {
            if unit == UInt8(ascii: "\n") { line += 1 }
            if isQuoted, unit != UInt8(ascii: "\"") {
                cell.append(unit)
                continue
            }
            switch unit {
            case UInt8(ascii: "\""):
                if isQuoted {
                    isQuoted = false
                } else if wasQuoted, index > 0, units[index - 1] == unit {
                    // Two in a row stand for one.
                    cell.append(unit)
                    isQuoted = true
                } else if cell.isEmpty, !wasQuoted {
                    isQuoted = true
                    wasQuoted = true
                } else {
                    throw complaint("a cell has text beside its quotes", line: line)
                }
            case UInt8(ascii: ","): endCell()
            case UInt8(ascii: "\r"): break
            case UInt8(ascii: "\n"):
                endRecord()
                start = line
            default:
                if wasQuoted { throw complaint("a cell has text beside its quotes", line: line) }
                cell.append(unit)
            }
        }
        if isQuoted { throw complaint("a quote is not closed", line: start) }
        if !cells.isEmpty || !cell.isEmpty || wasQuoted { endRecord() }
        return records
    }

    /// A number as scripts write it: decimal, or a word for what is not finite; nil for everything else.
    static func number(_ text: String) -> Double? {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.utf8.count <= 400, !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return nil }
        return Double(text)
    }
}
