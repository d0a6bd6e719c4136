import Documents
import Domain

/// What a gate must say to be decidable.
struct GateCheck {
    var reading: Reading
    let hasEvaluation: Bool
    /// Line of each condition by metric and key.
    private var seen: [String: Int] = [:]

    init(reading: Reading, hasEvaluation: Bool) {
        self.reading = reading
        self.hasEvaluation = hasEvaluation
    }

    private static let conditions = ["min", "max", "max_drop", "max_rise"]

    mutating func check(_ gate: Value) {
        guard let metric = gate["metric"]?.text else { return }
        let given = gate.fields.filter { Self.conditions.contains($0.key) }
        let margins = given.filter { $0.key.hasPrefix("max_") }
        if let against = gate.fields.first(where: { $0.key == "against" }) {
            if margins.isEmpty {
                reading.complain(
                    against.place, "the gate on '\(metric)' compares with the champion but says no margin",
                    advice: "add 'max_drop' or 'max_rise'")
            }
            if !hasEvaluation {
                reading.complain(
                    against.place, "the gate on '\(metric)' compares with the champion but there is no 'evaluate'",
                    advice: "add 'evaluate', which scores both on the same data")
            }
        } else if let margin = margins.first {
            reading.complain(
                margin.place, "'\(margin.key)' needs something to compare with", advice: "add 'against: champion'")
        } else if given.isEmpty {
            reading.complain(
                gate.place, "the gate on '\(metric)' has no condition",
                advice: "add 'min', 'max', or 'against: champion' with 'max_drop'")
        }
        for condition in given { checkCondition(condition, metric) }
        if let least = gate["min"]?.number, let greatest = gate["max"], let most = greatest.number, least > most {
            reading.complain(
                greatest.place,
                "no value of '\(metric)' is at least \(Number.text(least)) and at most \(Number.text(most))")
        }
    }

    private mutating func checkCondition(_ condition: Value.Field, _ metric: String) {
        let key = "\(metric)\u{0}\(condition.key)"
        if let line = seen[key] {
            reading.complain(
                condition.place, "'\(metric)' has a '\(condition.key)' already, at line \(line)",
                advice: "keep one of them")
        }
        seen[key] = seen[key] ?? condition.place.line
        let isSize = Units.bytes(condition.value.written) != nil
        if isSize, !metric.hasSuffix("_bytes") {
            reading.complain(
                condition.value.place,
                "'gates.\(condition.key)': expected a number, found the size '\(condition.value.written)'; "
                    + "'\(metric)' is no number of bytes", advice: "metrics that end in '_bytes' take sizes")
        }
    }
}
