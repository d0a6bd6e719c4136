import Documents
package import Domain
package import Foundation
import Host

/// How much each feature counts, as a script wrote it.
package enum FeatureImportance {
    /// Features that are kept.
    package static let mostFeatures = 30
    private static let longestName = 200

    /// Reads a JSON, YAML or TOML file by its name: a mapping of names to numbers, a list of `[name, number]`, or a list
    /// of mappings with `feature` (or `name`) and `importance` (or `value`); also below a single key. Or a CSV of two
    /// columns, with a header or without.
    ///
    /// Sorted by absolute value, the greatest first; at most `mostFeatures`. Names are whatever stands there, cut to 200
    /// characters. Complains about a file over 1 MiB, about values that are no finite numbers, and about other shapes.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> [ReportDetails.Importance] {
        var reader = Reader(file: file)
        if file.lowercased().hasSuffix(".csv") {
            reader.read(try CSVRecords.read(bytes, file: file))
        } else {
            reader.read(try Document(bytes, file: file).root)
        }
        if reader.found.isEmpty, reader.complaints.isEmpty { reader.complain(nil, "the file holds no importances") }
        guard reader.complaints.isEmpty else { throw Complaints(Array(reader.complaints.prefix(50))) }
        let sorted = reader.found.enumerated().sorted { one, other in
            (-abs(one.element.value), one.offset) < (-abs(other.element.value), other.offset)
        }
        return sorted.prefix(mostFeatures).map(\.element)
    }

    private struct Reader {
        let file: String
        var found: [ReportDetails.Importance] = []
        var complaints: [Complaint] = []

        init(file: String) { self.file = file }

        mutating func complain(_ place: Document.Place?, _ message: String) {
            complaints.append(Complaint(file: file, line: place?.line, column: place?.column, message: message))
        }

        private mutating func add(_ name: String, _ value: Double, _ place: Document.Place?) {
            guard value.isFinite else {
                complain(place, "the importance of '\(name.shown(limit: 80))' is \(MetricsReader.words(for: value))")
                return
            }
            let text = String(String.UnicodeScalarView(name.unicodeScalars.prefix(longestName)))
            found.append(ReportDetails.Importance(feature: text, value: value))
        }

        private mutating func add(_ name: String, _ node: Document.Node) {
            switch MetricsReader.number(node) {
            case .success(let value): add(name, value, node.place)
            case .failure(let flaw):
                complain(node.place, "the importance of '\(name.shown(limit: 80))' is \(flaw.words)")
            }
        }

        mutating func read(_ root: Document.Node?) {
            switch root {
            case .mapping(let entries, _)?:
                if entries.count == 1, let inner = entries.first?.value, inner.entries != nil || inner.items != nil {
                    read(inner)
                } else {
                    for entry in entries { add(entry.key, entry.value) }
                }
            case .sequence(let items, _)?:
                for item in items { readItem(item) }
            case .scalar?, nil: complain(nil, "importances are a mapping of names to numbers, or a list")
            }
        }

        private mutating func readItem(_ item: Document.Node) {
            if let name = (item["feature"] ?? item["name"])?.scalarText, let value = item["importance"] ?? item["value"]
            {
                add(name, value)
            } else if let pair = item.items, pair.count == 2, let name = pair[0].scalarText {
                add(name, pair[1])
            } else {
                complain(item.place, "expected [name, number], or a mapping with 'feature' and 'importance'")
            }
        }

        mutating func read(_ records: [CSVRecords.Record]) {
            for (index, record) in records.enumerated() {
                let place = Document.Place(line: record.line, column: 1)
                guard record.cells.count == 2 else {
                    complain(place, "expected two columns, the feature and its importance")
                    return
                }
                if let value = CSVRecords.number(record.cells[1]) {
                    add(record.cells[0], value, place)
                } else if index > 0 {
                    complain(place, "'\(record.cells[1].shown(limit: 80))' is no number")
                }
            }
        }
    }
}
