import Domain

extension Page.Comparison {
    /// Nil without a champion's numbers.
    init?(_ report: Report) {
        guard let champion = report.champion else { return nil }
        versus = report.plan.champion.map(describe) ?? "not recorded"
        scored = report.rows.map { ["Both were scored on the same \(Numbers.count($0)) rows."] } ?? []
        let gates = report.plan.policy.gates
        let names = inOrder(Set(champion.keys).union(report.challenger.keys), gates: gates)
        let tested = Tested(report, slices: false)
        metrics = Page.Table(names, limit: 100) { name in
            Page.MetricRow(
                Measure(name, gates: gates), champion: champion[name], challenger: report.challenger[name],
                tested: tested[Tested.Key(metric: name)])
        }
        isTested = !tested.isEmpty
        legend = Self.legend(tested.count, of: names.count, fault: report.measurements?.comparisonFault)
    }

    private static func legend(_ tested: Int, of all: Int, fault: String?) -> [String] {
        if tested == 0 { return fault.map { ["Not tested: \(visibleLines($0).joined(separator: " "))."] } ?? [] }
        let many = tested == 1 ? "" : ", corrected for \(tested) comparisons"
        let arrow = tested < all ? " A word with an arrow compares two values as they are." : ""
        return ["Words are tested at 95 %\(many).\(arrow)"]
    }
}

extension Page.Alone {
    init(_ report: Report) {
        let gates = report.plan.policy.gates
        let names = inOrder(Set(report.challenger.keys), gates: gates)
        metrics =
            Page.Table(names, limit: 100) { name in
                Page.MetricRow(Measure(name, gates: gates), champion: nil, challenger: report.challenger[name])
            }.ifAny
        let nothing = names.isEmpty ? "Nothing was measured. " : ""
        let why =
            report.plan.champion.map {
                "The champion (\(describe($0))) gave no numbers in this run that can be compared; "
                    + "numbers of another day are not used."
            } ?? "There is no champion yet: gates against it do not apply."
        note = nothing + why
    }
}

extension Page.MetricRow {
    /// `–` stands for a number that was not measured.
    init(_ measure: Measure, champion: Double?, challenger: Double?, tested: Tested.Answer? = nil) {
        metric = visible(measure.name)
        better = measure.arrow
        interval = ""
        guard let champion, let challenger else {
            self.champion = champion.map(measure.text) ?? "–"
            self.challenger = challenger.map(measure.text) ?? "–"
            difference = ""
            direction = ""
            return
        }
        guard let tested else {
            (self.champion, self.challenger, difference) = measure.row(from: champion, to: challenger)
            direction = measure.mark(from: champion, to: challenger)
            return
        }
        let shown = Numbers.row(tested.comparison, tested.comparison.bounds(at: Holm.confidence))
        (self.champion, self.challenger, difference) = (shown.left, shown.right, shown.difference)
        interval = shown.interval
        direction = tested.word
    }
}

/// `version 3, made by run 9`
func describe(_ model: ModelRef) -> String {
    "version \(model.version), made by run \(model.run)"
}

/// Metrics that the gates ask about first, in the order of the policy; then the others by name, and last those of cost
/// that Sluice measures itself.
func inOrder(_ names: Set<String>, gates: [Gate]) -> [String] {
    var first: [String] = []
    for gate in gates where names.contains(gate.metric) && !first.contains(gate.metric) { first.append(gate.metric) }
    let others = names.subtracting(first).sorted()
    return first + others.filter { !isCost($0) } + others.filter(isCost)
}

/// `training_seconds`, `model_bytes`, `data_age_seconds.flights`
private func isCost(_ metric: String) -> Bool {
    metric.hasSuffix("_seconds") || metric.hasSuffix("_bytes") || metric.contains("_seconds.")
}
