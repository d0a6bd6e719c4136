import Domain
import Foundation

/// The check that bytes are text that a document can be read from.
enum SourceText {
    /// The bytes without a byte-order mark. Throws if they are too many, not UTF-8, or hold control characters.
    static func checked(_ data: Data, file: String) throws(Complaints) -> [UInt8] {
        guard data.count <= DocumentLimits.bytes else {
            let message = "the file has \(data.count) bytes; at most \(DocumentLimits.bytes) are read"
            throw Complaints([Complaint(file: file, message: message)])
        }
        var bytes = [UInt8](data)
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            let first = Document.Place(line: 1, column: 1)
            throw Complaints([Complaint(file: file, at: first, "this is UTF-16", advice: "save the file as UTF-8")])
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if let complaint = firstFault(in: bytes, file: file) { throw Complaints([complaint]) }
        return bytes
    }

    private static func firstFault(in bytes: [UInt8], file: String) -> Complaint? {
        var input = bytes.makeIterator()
        var decoder = UTF8()
        var (line, column) = (1, 1)
        var afterReturn = false
        while true {
            switch decoder.decode(&input) {
            case .emptyInput:
                return nil
            case .error:
                let place = Document.Place(line: line, column: column)
                return Complaint(file: file, at: place, "this is not UTF-8 text", advice: "save the file as UTF-8")
            case .scalarValue(let scalar):
                let isReturn = scalar == "\r"
                if scalar == "\n" || isReturn {
                    if !(scalar == "\n" && afterReturn) { line += 1 }
                    column = 1
                } else if isForbidden(scalar) {
                    let code = "U+" + String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4)
                    let place = Document.Place(line: line, column: column)
                    return Complaint(file: file, at: place, "the control character \(code) cannot stand here")
                } else {
                    column += 1
                }
                afterReturn = isReturn
            }
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x85: false
        case 0..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: Swift.max(0, width - count)) + self
    }
}
