import Documents
import Domain

/// What a gate on a number says about the other side, about slices and about noise.
struct ComparisonCheck {
    var reading: Reading
    let root: Value
    let gate: Value
    let metric: String

    private var against: String? { gate["against"]?.text }
    private var comparisons: [Value.Field] { gate.fields.filter { GateForm.comparisons.contains($0.key) } }
    private var hasPredictions: Bool { GateForm(root: root).hasPredictions }

    mutating func check() {
        if let against = gate.field("against") {
            checkReference(against)
        } else if let margin = comparisons.first {
            complain(margin.place, "'\(margin.key)' needs something to compare with", "add 'against: champion'")
        }
        checkMargins()
        if let last = gate.field("last"), gate.field("against")?.value.isBroken != true, against != "promotions" {
            complain(
                last.place,
                "'last' says how many past promotions count, and the gate on '\(metric)' is not against them",
                "add 'against: promotions', or remove it")
        }
        checkSlice()
        if let confidence = gate.field("confidence") { checkConfidence(confidence) }
        if let doubt = gate.field("when_unsure") { checkDoubt(doubt) }
    }

    private mutating func checkReference(_ field: Value.Field) {
        guard let against else { return }
        let other = against == "champion" ? "the champion" : "past promotions"
        if comparisons.isEmpty {
            complain(
                field.place, "the gate on '\(metric)' compares with \(other) but says no margin",
                "add 'max_drop' or 'max_rise'")
        }
        guard against == "champion" else { return }
        if root["evaluate"] == nil {
            complain(
                field.place, "the gate on '\(metric)' compares with the champion but there is no 'evaluate'",
                "add 'evaluate', which scores both on the same data")
        }
        if OwnMetrics.isOfChallenger(metric) {
            complain(
                field.place, "'\(metric)' is measured of the challenger only",
                metric.hasPrefix(OwnMetrics.dataAge) ? "use 'max'" : "use 'max', or 'against: promotions'")
        }
    }

    /// Two conditions of which one makes the other needless or impossible.
    private mutating func checkMargins() {
        guard let rise = gate.field("min_rise") ?? gate.field("min_drop") else { return }
        let others = rise.key == "min_rise" ? ["min_drop", "max_drop"] : ["max_rise"]
        for other in others.compactMap(gate.field) {
            let isImpossible = other.key == "min_drop"
            complain(
                max(rise.place, other.place),
                isImpossible
                    ? "no value of '\(metric)' lies both above and below the other"
                    : "'\(rise.key)' asks for more than '\(other.key)' does", "keep one of them")
        }
    }

    private mutating func checkSlice() {
        guard let slice = gate.field("slice") else {
            if let rows = gate.field("min_rows") {
                complain(
                    rows.place, "'min_rows' is about slices, and the gate on '\(metric)' has no 'slice'",
                    "add 'slice: COLUMN', or remove it")
            }
            if let gap = gate.field("max_gap") {
                complain(
                    gap.place, "'max_gap' compares slices, and the gate on '\(metric)' has no 'slice'",
                    "add 'slice: COLUMN'")
            }
            return
        }
        if OwnMetrics.isOne(metric) {
            complain(slice.place, "'\(metric)' is not computed from predictions, so it has no slices", "remove 'slice'")
        } else if against == "promotions" {
            complain(
                slice.place, "'against: promotions' compares recorded numbers of all rows, which have no slices",
                "remove 'slice', or use 'against: champion'")
        }
        if !hasPredictions {
            complain(
                slice.place, "slices are made of predictions, and 'evaluate.predictions' is not given",
                "add 'predictions: FILE' below 'evaluate'")
        }
        guard let column = slice.value.text else { return }
        if let why = Columns.reason(column) {
            complain(slice.value.place, "'\(column)' \(why), so it makes no slices", "name another column")
        } else if let slices = root["evaluate"]?["slices"], !slices.isBroken, !slices.texts.contains(column) {
            let near = Spelling.nearest(to: column, in: slices.texts)
            complain(
                slice.value.place, "'\(column)' is not among 'evaluate.slices'",
                near.map { "did you mean '\($0)'?" } ?? "add it there")
        }
    }

    private mutating func checkConfidence(_ field: Value.Field) {
        let place = field.place
        if against == "promotions" {
            complain(
                place, "numbers recorded with past promotions are of other rows, so there is nothing to test",
                "remove 'confidence'")
        } else if comparisons.isEmpty {
            complain(
                place,
                "'confidence' is about the difference from the champion, with which the gate on '\(metric)' does "
                    + "not compare", "remove it, or add 'against: champion' with 'max_drop'")
        } else if field.value.text == "none" || field.value.isBroken {
            return
        } else if OwnMetrics.isOne(metric) {
            complain(
                place, "'\(metric)' is not computed from predictions, so there is nothing to test",
                "remove 'confidence'")
        } else if !hasPredictions {
            complain(
                place, "a test compares row by row, and 'evaluate.predictions' is not given",
                "add 'predictions: FILE' below 'evaluate', or remove 'confidence'")
        }
    }

    private mutating func checkDoubt(_ field: Value.Field) {
        guard !(against == "champion" && comparisons.contains { isOpen($0.key) }) else { return }
        let (why, advice): (String, String)
        if against == "promotions" {
            (why, advice) = ("it compares with recorded numbers", "remove it")
        } else if comparisons.isEmpty {
            (why, advice) = ("it does not compare with the champion", "remove it")
        } else if gate["confidence"]?.text == "none" {
            (why, advice) = ("it says 'confidence: none'", "remove one of them")
        } else if !comparisons.contains(where: { $0.key.hasPrefix("max_") }) {
            (why, advice) = ("an improvement must be shown", "remove it")
        } else if OwnMetrics.isOne(metric) {
            (why, advice) = ("it is not computed from predictions", "remove it")
        } else if !hasPredictions {
            (why, advice) = ("'evaluate.predictions' is not given", "add it, or remove 'when_unsure'")
        } else {
            (why, advice) = (
                "with a margin of 0 the values are compared as they are", "add 'confidence: 0.95', or remove it"
            )
        }
        complain(
            field.place, "'when_unsure' is about tests, and the gate on '\(metric)' has none: \(why)", advice)
    }

    /// True if there is a test whose interval may hold both answers.
    private func isOpen(_ key: String) -> Bool {
        if gate[key]?.isBroken == true || gate["confidence"]?.isBroken == true { return true }
        return key.hasPrefix("max_") && GateForm(root: root).test(gate, key) != nil
    }

    private mutating func complain(_ place: Document.Place, _ message: String, _ advice: String) {
        reading.complain(place, message, advice: advice)
    }
}

/// Columns of predictions that are what is compared, and not what is sliced by.
enum Columns {
    /// Why a column makes no slices; nil if it does.
    static func reason(_ column: String) -> String? {
        switch column.lowercased() {
        case "id": "names the row"
        case "label": "is the truth"
        case "prediction", "score": "is what the model says"
        default: nil
        }
    }
}
