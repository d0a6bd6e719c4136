import Domain

/// Turns checked values into gates, overlays, and what the report is told.
struct GatesBuilder {
    let root: Value
    private let form: GateForm

    init(root: Value) {
        self.root = root
        form = GateForm(root: root)
    }

    func gates() -> [Gate] { gates(root["gates"]) }

    /// Nil: none.
    func overlays() -> [Overlay]? {
        guard let fields = root["overlays"]?.fields, !fields.isEmpty else { return nil }
        return fields.compactMap { field in
            guard
                let owner = field.value["owner"]?.text.flatMap(PersonName.init),
                let reason = field.value["reason"]?.text, let expires = field.value["expires"]?.text
            else { return nil }
            return Overlay(
                name: field.key, owner: owner, reason: reason, expires: expires, gates: gates(field.value["gates"]))
        }
    }

    /// Nil: what is shipped.
    func report() -> ReportPolicy? {
        guard let value = root["report"], !value.fields.isEmpty else { return nil }
        let sections = (value["sections"]?.items ?? []).compactMap { item -> ReportPolicy.Section? in
            guard let title = item["title"]?.text, let file = path(item["file"]) else { return nil }
            return ReportPolicy.Section(title: title, file: file)
        }
        return ReportPolicy(
            templates: path(value["templates"]), importance: path(value["importance"]), sections: sections)
    }

    private func path(_ value: Value?) -> TreePath? { value?.text.flatMap { TreePath($0) } }

    private func gates(_ list: Value?) -> [Gate] { (list?.items ?? []).flatMap(gates) }

    /// One gate for each condition.
    private func gates(_ value: Value) -> [Gate] {
        let action = value["action"]?.text.flatMap(Gate.Action.init).flatMap { $0 == .block ? nil : $0 }
        if let command = value["command"] {
            guard let name = value["name"]?.text else { return [] }
            return [Gate(metric: name, condition: .answers(command.commands), action: action)]
        }
        if let word = value["require"]?.text {
            let condition = word == "converged" ? Gate.Condition.converged : .finite
            return [Gate(metric: value["metric"]?.text ?? "*", condition: condition, action: action)]
        }
        guard let metric = value["metric"]?.text else { return [] }
        let slice = value["slice"]?.text.map {
            Gate.Slicing(column: $0, minRows: value.whole("min_rows") ?? 1)
        }
        return GateForm.conditions.compactMap { key in
            guard let condition = condition(key, value[key]) else { return nil }
            let isComparison = GateForm.comparisons.contains(key)
            return Gate(
                metric: metric, condition: condition, against: isComparison ? promotions(value) : nil,
                test: form.test(value, key), slice: slice, action: action)
        }
    }

    /// Nil for the champion, which old plans do not name either.
    private func promotions(_ value: Value) -> Gate.Reference? {
        guard value["against"]?.text == "promotions" else { return nil }
        return .promotions(last: value.whole("last").map { Int($0) } ?? 5)
    }

    private func condition(_ key: String, _ value: Value?) -> Gate.Condition? {
        switch key {
        case "min": value?.number.map { .atLeast($0) }
        case "max": value?.number.map { .atMost($0) }
        case "max_gap": value?.number.map { .maxGap($0) }
        case "max_drop": value?.margin.map { .maxDrop($0) }
        case "max_rise": value?.margin.map { .maxRise($0) }
        case "min_rise": value?.margin.map { .minRise($0) }
        case "min_drop": value?.margin.map { .minDrop($0) }
        default: nil
        }
    }
}
