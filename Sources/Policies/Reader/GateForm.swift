import Documents
import Domain

/// What gates mean where they leave something open.
struct GateForm {
    static let absolute = ["min", "max"]
    static let comparisons = ["max_drop", "max_rise", "min_rise", "min_drop"]
    static let conditions = absolute + ["max_gap"] + comparisons

    /// True if Sluice has the rows of both sides.
    let hasPredictions: Bool

    init(root: Value) {
        hasPredictions = root["evaluate"]?["predictions"] != nil
    }

    /// How the comparison below a key is decided; nil: the values as they are.
    func test(_ gate: Value, _ key: String) -> Gate.PairedTest? {
        guard Self.comparisons.contains(key), gate["against"]?.text == "champion", let metric = gate["metric"]?.text
        else { return nil }
        let isRise = key.hasPrefix("min_")
        // An improvement that is not shown is no improvement, so there is no doubt to decide.
        let asked = isRise ? nil : gate["when_unsure"]?.text.flatMap(Gate.PairedTest.Doubt.init)
        let doubt = asked ?? (gate["slice"] != nil && !isRise ? .pass : .block)
        if let confidence = gate["confidence"] {
            guard let number = confidence.number else { return nil }
            return Gate.PairedTest(confidence: number, whenUnsure: doubt, isAsked: true)
        }
        let isOpen = isRise || gate[key]?.margin?.value != 0
        return hasPredictions && isOpen && !OwnMetrics.isOne(metric) ? Gate.PairedTest(whenUnsure: doubt) : nil
    }

    /// What a key that is not given comes to, as a line of YAML; nil if the gate does not call for it.
    func implied(_ key: String, _ gate: Value) -> String? {
        guard gate["against"]?.text == "champion" else { return nil }
        let given = Self.comparisons.filter { gate[$0] != nil }
        switch key {
        case "confidence":
            let tests = given.compactMap { test(gate, $0) }
            // Written as a key, it would ask that there is a test.
            return tests.first.map { "# confidence: \(Number.text($0.confidence)) where both sides have predictions" }
                ?? "confidence: none"
        case "when_unsure":
            let doubts = given.filter { $0.hasPrefix("max_") }.compactMap { test(gate, $0)?.whenUnsure }
            return doubts.first.map { "when_unsure: \($0.rawValue)" }
        default: return nil
        }
    }
}

/// Metrics that Sluice measures itself, from no predictions.
enum OwnMetrics {
    /// Of both sides.
    static let ofBoth = [
        "model_bytes", "evaluation_seconds", "evaluation_cpu_seconds", "evaluation_memory_bytes", "prediction_seconds",
    ]
    /// Of the challenger only.
    static let ofChallenger = [
        "training_seconds", "training_cpu_seconds", "training_memory_bytes", dataAge,
    ]
    static let dataAge = "data_age_seconds"

    static func isOne(_ metric: String) -> Bool { ofBoth.contains(metric) || isOfChallenger(metric) }

    static func isOfChallenger(_ metric: String) -> Bool {
        ofChallenger.contains(metric) || metric.hasPrefix(dataAge + ".")
    }

    /// True if the metric's name ends in the unit (`_seconds`), with or without a `.NAME` behind.
    static func has(_ metric: String, unit: String) -> Bool {
        metric.hasSuffix(unit) || metric.contains(unit + ".")
    }
}
