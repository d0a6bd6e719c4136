package import Domain
import Foundation
import Host

/// What limits say about a drift.
package struct DriftVerdict: Sendable, Equatable {
    /// Limits that were passed, as findings of the check `drift`.
    package let findings: [DataFinding]
    /// Limits that could not be asked, as sentences.
    package let unanswered: [String]
    /// p-values of the columns that have a limit on them, corrected for their number.
    package let corrected: [String: Double]

    /// Asks all limits.
    /// - Parameter file: what the new data is called.
    package init(_ drift: Drift, limits: DriftLimits, file: String) {
        corrected = DriftVerdict.corrected(drift, limits)
        var findings: [DataFinding] = []
        var unanswered: [String] = []
        for column in limits.columns {
            guard let found = drift[column.name] else {
                let near = Spelling.nearest(to: column.name, in: drift.columns.map(\.column))
                let advice = near.map { "; did you mean '\($0.shown())'?" } ?? ""
                unanswered.append("the reference has no column '\(column.name.shown())'\(advice)")
                continue
            }
            let name = found.column.shown()
            let (fitting, others) = column.parted(found)
            if !others.isEmpty, !column.isShared || fitting.isEmpty {
                let words = others.map(\.rawValue).joined(separator: ", ")
                unanswered.append(
                    "the column '\(name)' is one of kind \(found.reference.values.kind), for which there is no \(words)"
                )
            }
            for (measure, limit) in fitting {
                guard let measured = found[measure] else {
                    let side = found.reference.values.count == 0 ? "the reference" : "the new data"
                    unanswered.append("the column '\(name)' has no values in \(side), so it has no \(measure.rawValue)")
                    continue
                }
                let value = measure == .chi2P ? corrected[column.name] ?? measured.value : measured.value
                if measure.isPassed(by: value, limit: limit) {
                    findings.append(DriftVerdict.finding(found, measured, value, limit: limit, file: file))
                }
            }
        }
        if let limit = limits.nullFractionDelta {
            findings += drift.columns.compactMap { DriftVerdict.nulls($0, limit: limit, file: file) }
        }
        self.findings = findings
        self.unanswered = unanswered
    }

    private static func corrected(_ drift: Drift, _ limits: DriftLimits) -> [String: Double] {
        let asked = limits.columns.filter { $0.limits[.chi2P] != nil }.compactMap { column in
            drift[column.name]?[.chi2P].map { (column.name, $0.value) }
        }
        let values = ManyTests.benjaminiHochberg(asked.map(\.1))
        return Dictionary(zip(asked.map(\.0), values), uniquingKeysWith: { first, _ in first })
    }

    private static func finding(
        _ column: ColumnDrift, _ measured: Measured, _ value: Double, limit: Double, file: String
    ) -> DataFinding {
        let number = NumberDrift.shown(value)
        let side = measured.measure == .chi2P ? "below" : "above"
        var message = """
            the column '\(column.column.shown())' has drifted: \(measured.measure.rawValue) is \(number), \(side) the \
            limit of \(NumberDrift.shown(limit)); \(measured.place.shown()) are \(percent(measured.reference)) of the \
            reference and \(percent(measured.current)) of the new data
            """
        if !column.newCategories.isEmpty {
            let names = column.newCategories.prefix(3).map { "'\($0.shown(limit: 40))'" }.joined(separator: ", ")
            message +=
                "; new: \(names)\(column.newCategories.count > 3 ? " and \(column.newCategories.count - 3) more" : "")"
        }
        return DataFinding(
            check: "drift", file: file, column: column.column.shown(), count: column.current.values.count,
            value: number, message: message)
    }

    private static func nulls(_ column: ColumnDrift, limit: Double, file: String) -> DataFinding? {
        let delta = abs(column.currentNulls - column.referenceNulls)
        guard delta > limit + Measure.slack else { return nil }
        return DataFinding(
            check: "drift", file: file, column: column.column.shown(), count: column.current.nulls,
            value: NumberDrift.shown(delta),
            message: """
                the column '\(column.column.shown())' has drifted: its null fraction differs by \
                \(NumberDrift.shown(delta)), above the limit of \(NumberDrift.shown(limit)); missing are \
                \(percent(column.referenceNulls)) of the reference and \(percent(column.currentNulls)) of the new data
                """)
    }

    private static func percent(_ share: Double) -> String { String(format: "%.4g %%", share * 100) }
}

extension DriftLimits.Column {
    /// The limits that have a meaning for the column, and the measures that have none.
    func parted(_ column: ColumnDrift) -> (fitting: [(Measure, Double)], others: [Measure]) {
        let ordered = limits.sorted { $0.key < $1.key }
        return (
            ordered.filter { $0.key.fits(column.reference.values) }.map { ($0.key, $0.value) },
            ordered.filter { !$0.key.fits(column.reference.values) }.map(\.key)
        )
    }
}
