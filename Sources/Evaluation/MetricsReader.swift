import Documents
import Domain
import Foundation
import Host

/// Walks a document of numbers, gathering everything that is none.
struct MetricsReader {
    private let file: String
    private var complaints: [Complaint] = []
    private var metrics: [String: Double] = [:]

    static func read(_ bytes: Data, file: String) throws(Complaints) -> [String: Double] {
        let document = try Document(bytes, file: file)
        var reader = MetricsReader(file: file)
        if case .mapping(let entries, let place)? = document.root {
            reader.read(entries, below: "")
            if reader.metrics.isEmpty, reader.complaints.isEmpty { reader.complain(place, "the file holds no metrics") }
        } else {
            reader.complain(
                nil, document.root == nil ? "the file is empty" : "metrics are a mapping of names to numbers")
        }
        guard reader.complaints.isEmpty else { throw Complaints(reader.complaints) }
        return reader.metrics
    }

    private init(file: String) { self.file = file }

    private mutating func complain(_ place: Document.Place?, _ message: String) {
        complaints.append(Complaint(file: file, line: place?.line, column: place?.column, message: message))
    }

    private mutating func read(_ entries: [Document.Entry], below prefix: String) {
        for entry in entries {
            let name = prefix + entry.key
            switch entry.value {
            case .mapping(let inner, _): read(inner, below: name + ".")
            case .sequence(_, let place): complain(place, "\(name.shown()) is a list, not a number")
            case .scalar(let text, let isQuoted, let place):
                switch MetricsReader.number(text, isQuoted: isQuoted, entry.value.json) {
                case .success(let value):
                    if metrics.updateValue(value, forKey: name) != nil {
                        complain(place, "\(name.shown()) is there twice")
                    }
                case .failure(let flaw): complain(place, "\(name.shown()) is \(flaw.words)")
                }
            }
        }
    }

    private struct Flaw: Error { let words: String }

    private static func number(_ text: String, isQuoted: Bool, _ json: JSONValue) -> Result<Double, Flaw> {
        switch json {
        case .integer(let value): return .success(Double(value))
        case .number(let value): return value.isFinite ? .success(value) : .failure(Flaw(words: words(for: value)))
        case .null: return .failure(Flaw(words: "null, not a number"))
        case .bool: return .failure(Flaw(words: "\(text), not a number"))
        case .string, .array, .object:
            // Python writes NaN and Infinity into JSON, and YAML has them only with a dot.
            if !isQuoted, let value = Double(text), !value.isFinite { return .failure(Flaw(words: words(for: value))) }
            return .failure(Flaw(words: "the text '\(text.shown())', not a number"))
        }
    }

    private static func words(for value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "minus infinity" : "infinity"
    }
}
