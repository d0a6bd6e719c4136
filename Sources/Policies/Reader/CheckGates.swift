import Documents
import Domain

/// What a gate must say to be decidable.
struct GateCheck {
    var reading: Reading
    let root: Value
    /// Place of each condition of the list by what it is asked of.
    private var seen: [String: Document.Place] = [:]

    init(reading: Reading, root: Value) {
        self.reading = reading
        self.root = root
    }

    /// One list of gates: `gates`, or those of an overlay.
    mutating func check(_ list: Value?, _ path: String) {
        seen = [:]
        for gate in list?.items ?? [] where !gate.isBroken {
            if let command = gate.field("command") {
                checkCommand(gate, command)
            } else if let word = gate.field("require") {
                checkRequirement(gate, word)
            } else {
                checkNumbers(gate, path)
            }
        }
    }

    private mutating func checkCommand(_ gate: Value, _ command: Value.Field) {
        for field in gate.fields where !["command", "name", "action"].contains(field.key) {
            reading.complain(
                field.place, "'\(field.key)' does not go with 'command', which answers with its exit status",
                advice: "remove it, or write a gate of its own for it")
        }
        guard let name = gate.field("name") else {
            reading.complain(command.place, "the gate's command has no name", advice: "add 'name: business-check'")
            return
        }
        guard let text = name.value.text else { return }
        note(
            "\u{0}command\u{0}\(text)", at: name.place, "'\(text)' is the name of a command already",
            "give each its own")
    }

    private mutating func checkRequirement(_ gate: Value, _ word: Value.Field) {
        for field in gate.fields where !["metric", "require", "action"].contains(field.key) {
            reading.complain(
                field.place, "'\(field.key)' does not go with 'require'",
                advice: "remove it, or write a gate of its own for it")
        }
        guard let requirement = word.value.text, gate["metric"]?.isBroken != true else { return }
        let metric = gate["metric"]?.text ?? "*"
        if requirement == "converged" {
            if metric == "*" {
                reading.complain(
                    word.place, "'require: converged' does not say of which metric", advice: "add 'metric: loss'")
            } else if OwnMetrics.isOne(metric) {
                reading.complain(
                    word.place, "'\(metric)' is one number and has no history that could converge",
                    advice: "name a metric that training writes once an epoch")
            }
        }
        note(
            "\(metric)\u{0}require\u{0}\(requirement)", at: word.place,
            "'\(metric)' has a 'require: \(requirement)' already")
    }

    private mutating func checkNumbers(_ gate: Value, _ path: String) {
        if let name = gate.field("name") {
            let isAlone = gate["metric"] == nil
            reading.complain(
                name.place,
                isAlone
                    ? "the gate has a name and no command"
                    : "'name' goes with 'command'; other gates are called by their metric",
                advice: isAlone ? "add 'command: python check.py ${model}'" : "remove it")
            if isAlone { return }
        }
        guard let metric = gate.field("metric") else {
            reading.complain(gate.place, "the key 'metric' is missing in '\(path)'", advice: "add 'metric: auc'")
            return
        }
        guard let name = metric.value.text else { return }
        if name == "*" {
            reading.complain(
                metric.value.place, "'*' stands for all metrics, which only 'require: finite' can be asked of",
                advice: "name one")
        }
        let given = gate.fields.filter { GateForm.conditions.contains($0.key) }
        if given.isEmpty, gate["against"] == nil {
            reading.complain(
                gate.place, "the gate on '\(name)' has no condition",
                advice: "add 'min', 'max', or 'against: champion' with 'max_drop'")
        }
        var comparison = ComparisonCheck(reading: reading, root: root, gate: gate, metric: name)
        comparison.check()
        reading = comparison.reading
        checkRange(gate, name)
        checkDataAge(metric.value, name)
        for condition in given { checkCondition(condition, gate, name) }
    }

    private mutating func checkRange(_ gate: Value, _ metric: String) {
        guard let least = gate["min"]?.number, let greatest = gate["max"], let most = greatest.number, least > most
        else { return }
        reading.complain(
            greatest.place,
            "no value of '\(metric)' is at least \(Number.text(least)) and at most \(Number.text(most))")
    }

    private mutating func checkCondition(_ condition: Value.Field, _ gate: Value, _ metric: String) {
        var parts = [metric, condition.key, gate["slice"]?.text ?? ""]
        var shown = "'\(metric)'"
        if let slice = gate["slice"]?.text { shown += " by '\(slice)'" }
        if GateForm.comparisons.contains(condition.key), gate["against"]?.text == "promotions" {
            parts.append("promotions \(gate.whole("last") ?? 5)")
        }
        note(parts.joined(separator: "\u{0}"), at: condition.place, "\(shown) has a '\(condition.key)' already")
        let written = condition.value.written
        for (unit, what, isOne) in [
            ("_bytes", "size", Units.bytes(written) != nil), ("_seconds", "duration", Units.seconds(written) != nil),
        ] where isOne && !OwnMetrics.has(metric, unit: unit) {
            reading.complain(
                condition.value.place,
                "'gates.\(condition.key)': expected a number, found the \(what) '\(written)'; '\(metric)' is no number of "
                    + unit.dropFirst(), advice: "metrics that end in '\(unit)' take \(what)s")
        }
    }

    private mutating func checkDataAge(_ metric: Value, _ name: String) {
        guard name.hasPrefix(OwnMetrics.dataAge) else { return }
        let datasets = (root["datasets"]?.fields ?? []).filter { $0.value["mount"] != nil }.map(\.key)
        if datasets.isEmpty {
            reading.complain(
                metric.place, "'\(name)' is the age of the data that runs read, and they read none",
                advice: "add 'datasets' with a 'mount'")
        } else if name.hasPrefix(OwnMetrics.dataAge + ".") {
            let dataset = String(name.dropFirst(OwnMetrics.dataAge.count + 1))
            guard !datasets.contains(dataset) else { return }
            let near = Spelling.nearest(to: dataset, in: datasets)
            reading.complain(
                metric.place, "'\(name)' names '\(dataset)', which is no dataset that runs read",
                advice: near.map { "did you mean '\(OwnMetrics.dataAge).\($0)'?" } ?? "name one of 'datasets'")
        }
    }

    /// Complains if the same was asked before.
    private mutating func note(
        _ key: String, at place: Document.Place, _ message: String, _ advice: String = "keep one of them"
    ) {
        if let first = seen[key] {
            let line = first.file == place.file ? "line \(first.line)" : "\(first.file ?? reading.file):\(first.line)"
            reading.complain(place, "\(message), at \(line)", advice: advice)
        }
        seen[key] = seen[key] ?? place
    }
}
