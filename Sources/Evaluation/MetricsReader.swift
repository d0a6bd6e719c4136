import Documents
import Domain
import Foundation
import Host

/// Walks a document of numbers, gathering everything that is none.
struct MetricsReader {
    private let file: String
    private var complaints: [Complaint] = []
    private var contents = MetricsFile.Contents(metrics: [:], histories: [])

    static func read(_ bytes: Data, file: String) throws(Complaints) -> MetricsFile.Contents {
        let document = try Document(bytes, file: file)
        var reader = MetricsReader(file: file)
        if case .mapping(let entries, let place)? = document.root {
            reader.read(entries, below: "")
            if reader.contents.metrics.isEmpty, reader.complaints.isEmpty {
                reader.complain(place, "the file holds no metrics")
            }
        } else {
            reader.complain(
                nil, document.root == nil ? "the file is empty" : "metrics are a mapping of names to numbers")
        }
        guard reader.complaints.isEmpty else { throw Complaints(reader.complaints) }
        return reader.contents
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
            case .sequence(let items, let place): readHistory(items, name, place)
            case .scalar(_, _, let place): take(MetricsReader.number(entry.value), name, place)
            }
        }
    }

    private mutating func take(_ number: Result<Double, Flaw>, _ name: String, _ place: Document.Place) {
        switch number {
        case .success(let value) where !value.isFinite:
            complain(place, "\(name.shown()) is \(MetricsReader.words(for: value))")
        case .success(let value):
            if contents.metrics.updateValue(value, forKey: name) != nil {
                complain(place, "\(name.shown()) is there twice")
            }
        case .failure(let flaw): complain(place, "\(name.shown()) is \(flaw.words)")
        }
    }

    /// A list is how a number went, and its last value is the metric.
    private mutating func readHistory(_ items: [Document.Node], _ name: String, _ place: Document.Place) {
        var values: [Double] = []
        for item in items {
            switch MetricsReader.number(item) {
            case .success(let value): values.append(value)
            case .failure(let flaw):
                complain(item.place, "\(name.shown()) is a list that holds \(flaw.words)")
                return
            }
        }
        guard let last = values.last else {
            complain(place, "\(name.shown()) is a list without values")
            return
        }
        if !last.isFinite {
            complain(items.last?.place, "\(name.shown()) ends with \(MetricsReader.words(for: last))")
        } else if contents.metrics.updateValue(last, forKey: name) != nil {
            complain(place, "\(name.shown()) is there twice")
        }
        contents.histories.append(History(name, of: values))
    }

    struct Flaw: Error { let words: String }

    /// The number that a value is, finite or not.
    static func number(_ node: Document.Node) -> Result<Double, Flaw> {
        guard case .scalar(let text, let isQuoted, _) = node else {
            return .failure(Flaw(words: node.items == nil ? "a mapping, not a number" : "a list, not a number"))
        }
        switch node.json {
        case .integer(let value): return .success(Double(value))
        case .number(let value): return .success(value)
        case .null: return .failure(Flaw(words: "null, not a number"))
        case .bool: return .failure(Flaw(words: "\(text), not a number"))
        case .string, .array, .object:
            // Python writes NaN and Infinity into JSON, and YAML has them only with a dot.
            if !isQuoted, let value = Double(text), !value.isFinite { return .success(value) }
            return .failure(Flaw(words: "the text '\(text.shown())', not a number"))
        }
    }

    static func words(for value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "minus infinity" : "infinity"
    }
}
