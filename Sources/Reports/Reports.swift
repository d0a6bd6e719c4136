package import Domain

/// Every sentence that Sluice says about a run, rendered from `templates/report/`.
package enum ReportRenderer {
    /// The Markdown report. Its bytes are part of the evidence: the same `Report` always gives the same bytes, and
    /// nothing in it depends on the time of rendering.
    package static func markdown(_ report: Report) -> String { "" }

    /// The terminal report.
    /// - Parameters:
    ///   - colour: escape sequences or none.
    ///   - width: columns of the terminal.
    package static func terminal(_ report: Report, colour: Bool, width: Int) -> String { "" }

    /// The one line on what a verdict comes to: `promotable`, or the one reason why not.
    package static func headline(_ report: Report) -> String { "" }

    /// The verdict of a reproduction, for the terminal.
    package static func terminal(
        _ verdict: ReproductionVerdict, of original: Run, by again: Run, colour: Bool
    ) -> String { "" }

    /// A side-by-side of two runs' metrics, stages and inputs, for the terminal (`sluice compare`).
    package static func comparison(_ left: Report, _ right: Report, colour: Bool, width: Int) -> String { "" }

    /// The sentence for a decision that was not taken.
    package static func sentence(_ refusal: DecisionRefusal) -> String { "" }

    /// The sentence for a gate's answer: `auc 0.671 is below 0.70`.
    package static func sentence(_ result: GateResult) -> String { "" }

    /// The sentence for a failed stage: `ended with status 2`, `was stopped: over its limit of 2 h`.
    package static func sentence(_ failure: StageFailure) -> String { "" }
}
