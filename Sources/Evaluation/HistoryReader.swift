import Domain
import Foundation
import Host

extension History {
    /// All values of a number in order, thinned to what is kept.
    init(_ metric: String, of all: [Double]) {
        guard all.count > History.mostValues else {
            self.init(metric: metric, values: all, count: all.count)
            return
        }
        let last = History.mostValues - 1
        var kept = (0...last).map { all[$0 * (all.count - 1) / last] }
        // What is not finite must not fall through the gaps: a gate asks for it.
        if let broken = all.firstIndex(where: { !$0.isFinite }), kept.allSatisfy(\.isFinite) {
            kept[broken * last / (all.count - 1)] = all[broken]
        }
        self.init(metric: metric, values: kept, count: all.count)
    }
}

/// Reads a CSV with one row an epoch or a step.
enum HistoryReader {
    /// The metrics are each column's last values. Empty cells are left out, because loggers write training and
    /// validation into rows of their own; so are columns in which something is no number.
    static func read(_ bytes: Data, file: String) throws(Complaints) -> MetricsFile.Contents {
        func complaint(_ message: String, line: Int? = nil) -> Complaint {
            Complaint(file: file, line: line, column: line == nil ? nil : 1, message: message)
        }
        let records = try CSVRecords.read(bytes, file: file)
        guard let header = records.first else { throw Complaints([complaint("the file is empty")]) }
        var columns: [[Double]?] = Array(repeating: [], count: header.cells.count)
        for record in records.dropFirst() {
            guard record.cells.count == header.cells.count else {
                throw Complaints([
                    complaint(
                        "this row has \(record.cells.count) cells, and the header has \(header.cells.count)",
                        line: record.line)
                ])
            }
            for (index, cell) in record.cells.enumerated() where !cell.trimmingCharacters(in: .whitespaces).isEmpty {
                if let number = CSVRecords.number(cell) {
                    columns[index]?.append(number)
                } else {
                    columns[index] = nil
                }
            }
        }
        var contents = MetricsFile.Contents(metrics: [:], histories: [])
        var complaints: [Complaint] = []
        for (name, column) in zip(header.cells, columns) {
            guard !name.isEmpty, let values = column, let last = values.last else { continue }
            if contents.metrics.updateValue(last, forKey: name) != nil {
                complaints.append(complaint("\(name.shown()) is there twice", line: header.line))
            }
            if !last.isFinite {
                complaints.append(complaint("\(name.shown()) ends with \(MetricsReader.words(for: last))"))
            }
            contents.histories.append(History(name, of: values))
        }
        if contents.metrics.isEmpty { complaints.append(complaint("the file holds no metrics")) }
        guard complaints.isEmpty else { throw Complaints(complaints) }
        return contents
    }
}
