package import Domain
import Host

extension DriftReport {
    /// What a report keeps of a drift and of what its limits came to.
    ///
    /// - Parameters:
    ///   - reference: what the reference is called, and `current` the new data, in words.
    package init(
        _ drift: Drift, _ verdict: DriftVerdict, rules: DriftRules, dataset: DatasetName, reference: String,
        current: String
    ) {
        let limits = rules.limits
        let drifted = Set(verdict.findings.compactMap(\.column))
        let named = limits.columns.compactMap { limit in drift[limit.name].map { ($0, limit) } }
        let judged = Set(named.map(\.0.column))
        let others = drift.columns.filter { !judged.contains($0.column) }.sorted { one, other in
            // A column whose missing values pass a limit has no limit of its own, and must be seen.
            let (a, b) = (drifted.contains(one.column.shown()), drifted.contains(other.column.shown()))
            return a != b ? a : (one[.psi]?.value ?? -1) > (other[.psi]?.value ?? -1)
        }
        let columns = named.map { ($0.0, $0.1 as DriftLimits.Column?) } + others.map { ($0, nil) }
        self.init(
            dataset: dataset, reference: reference, current: current, referenceRows: drift.referenceRows,
            currentRows: drift.currentRows,
            columns: columns.prefix(DriftReport.mostColumns).map { column, limits in
                Column(
                    column, limits: limits, corrected: verdict.corrected[column.column],
                    hasDrifted: drifted.contains(column.column.shown()))
            },
            findings: Array(verdict.findings.prefix(DriftReport.mostFindings)),
            unanswered: Array(verdict.unanswered.prefix(DriftReport.mostFindings)), action: rules.action,
            compared: drift.columns.count, drifted: drifted.count, nullFractionDelta: limits.nullFractionDelta)
    }
}

extension DriftReport.Column {
    fileprivate init(_ column: ColumnDrift, limits: DriftLimits.Column?, corrected: Double?, hasDrifted: Bool) {
        let fitting = limits?.parted(column).fitting ?? []
        let byMeasure = Dictionary(fitting, uniquingKeysWith: { first, _ in first })
        self.init(
            name: column.column.shown(),
            measures: column.measures.map { measured in
                let value = measured.measure == .chi2P ? corrected ?? measured.value : measured.value
                return DriftReport.Value(
                    measure: measured.measure, value: value, limit: byMeasure[measured.measure])
            },
            picture: column.picture.map {
                DriftReport.Bin(label: $0.label, reference: $0.reference, current: $0.current)
            },
            referenceNulls: column.referenceNulls, currentNulls: column.currentNulls,
            newCategories: Array(column.newCategories.prefix(5)),
            vanishedCategories: Array(column.vanishedCategories.prefix(5)), hasDrifted: hasDrifted)
    }
}
