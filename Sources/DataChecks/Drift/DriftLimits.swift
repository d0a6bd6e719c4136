package import Documents
package import Domain
package import Foundation
import Host

/// What a policy says about drift; limits are inclusive.
///
/// ```yaml
/// drift:
///   columns:
///     dep_hour: { psi: 0.2, ks: 0.1 }
///     carrier: { linf: 0.05, chi2_p: 0.01 }
///   nullFractionDelta: 0.02
/// ```
/// or, the same limits for all: `drift: { columns: [dep_hour, carrier], psi: 0.2 }`.
package struct DriftLimits: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package let name: String
        package let limits: [Measure: Double]
        /// True for limits that are given to several columns at once: those that do not fit a column's kind are passed
        /// over.
        package let isShared: Bool
    }

    /// In the order of the file.
    package let columns: [Column]
    /// The largest difference between the shares of missing cells, for every column.
    package let nullFractionDelta: Double?

    package init(columns: [Column] = [], nullFractionDelta: Double? = nil) {
        self.columns = columns
        self.nullFractionDelta = nullFractionDelta
    }

    package static let none = DriftLimits()
    package var isEmpty: Bool { columns.isEmpty && nullFractionDelta == nil }

    /// Reads the value of a key `drift`; complains into `reading`.
    package static func read(_ node: Document.Node, _ reading: inout Reading) -> DriftLimits? {
        let measures = Measure.allCases.map(\.rawValue)
        guard let entries = reading.entries(node, "drift", known: ["columns", "nullFractionDelta"] + measures) else {
            return nil
        }
        let shared = limits(entries, &reading)
        let delta = entries["nullFractionDelta"].flatMap { share($0.value, "nullFractionDelta", &reading) }
        guard let columns = entries["columns"]?.value else {
            if !shared.isEmpty { reading.complain(node.place, "'drift': give 'columns', to which the limits apply") }
            if delta == nil, reading.complaints.isEmpty {
                reading.complain(node.place, "'drift' sets no limit", advice: "give 'columns' or 'nullFractionDelta'")
            }
            return DriftLimits(nullFractionDelta: delta)
        }
        return DriftLimits(columns: read(columns: columns, shared, &reading), nullFractionDelta: delta)
    }

    /// Reads a file: a section of a dataset with the key `drift`, or the value of that key alone.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> DriftLimits {
        let document = try Document(bytes, file: file)
        var reading = Reading(file: file)
        guard let root = document.root else {
            throw Complaints([Complaint(file: file, message: "the file is empty; it should set limits of drift")])
        }
        let limits = read(root["drift"] ?? root, &reading)
        try reading.throwComplaints()
        return limits ?? .none
    }

    private static func read(
        columns node: Document.Node, _ shared: [Measure: Double], _ reading: inout Reading
    ) -> [Column] {
        if node.items != nil {
            let names = reading.texts(node, "columns", wants: "a list of column names, or a mapping") ?? []
            if shared.isEmpty { reading.complain(node.place, "'columns': no limit is given", advice: "add 'psi: 0.2'") }
            return names.map { Column(name: $0, limits: shared, isShared: true) }
        }
        guard let entries = reading.mapping(node, "columns") else { return [] }
        return entries.map { entry in
            let known = Measure.allCases.map(\.rawValue)
            let own = reading.entries(entry.value, entry.key, known: known).map { limits($0, &reading) } ?? [:]
            if entry.value.entries?.isEmpty ?? false, shared.isEmpty {
                reading.complain(entry.keyPlace, "'\(entry.key.shown())': no limit is given", advice: "add 'psi: 0.2'")
            }
            return Column(name: entry.key, limits: shared.merging(own) { _, own in own }, isShared: own.isEmpty)
        }
    }

    private static func limits(
        _ entries: [String: Document.Entry], _ reading: inout Reading
    ) -> [Measure: Double] {
        var limits: [Measure: Double] = [:]
        for measure in Measure.allCases {
            guard let entry = entries[measure.rawValue] else { continue }
            switch measure {
            case .psi, .wasserstein:
                guard let value = reading.number(entry.value, measure.rawValue) else { continue }
                if value < 0 { reading.complain(entry.value.place, "'\(measure.rawValue)': a limit is at least 0") }
                limits[measure] = value
            case .ks, .js, .linf, .chi2P: limits[measure] = share(entry.value, measure.rawValue, &reading)
            }
        }
        return limits
    }

    private static func share(_ node: Document.Node, _ name: String, _ reading: inout Reading) -> Double? {
        guard let value = reading.number(node, name) else { return nil }
        if !(0...1).contains(value) { reading.complain(node.place, "'\(name)': a limit lies from 0 to 1") }
        return value
    }
}
