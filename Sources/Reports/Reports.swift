package import Domain

/// Every sentence that Sluice says about a run, rendered from `templates/report/`.
///
/// Reads and writes nothing; callable from anywhere. Whatever is in a report, however long, is shown and never
/// obeyed: neither by a terminal nor by a forge.
package enum ReportRenderer {
    /// The Markdown report. Its bytes are part of the evidence: the same `Report` always gives the same bytes, and
    /// nothing in it depends on the time of rendering, nor on anything that happens to the run after its verdict.
    ///
    /// - Parameters:
    ///   - limit: characters and bytes of UTF-8 that it may have, at least 4,000; nil: 400,000. What does not fit is left
    ///     out by whole rows and sections, the least important first, and the last sentence says so.
    ///   - link: where the rest is, `https://…`; shown only if something is left out.
    ///   - templates: the user's own; ours where there is none, or where it has more text of its own than fits.
    package static func markdown(
        _ report: Report, fitting limit: Int? = nil, link: String? = nil, templates: ReportTemplates? = nil
    ) -> String {
        let limit = max(Fitting.least, limit ?? Fitting.usual)
        let page = Page(report)
        let own = templates?.markdown.flatMap { Renderer(own: $0, .markdown) }
        for renderer in [own, Renderer.markdown].compactMap({ $0 }) {
            let found = Fitting.fit(page, within: limit) { renderer.markdown($0, link: link) }
            if found.fits { return found.text }
        }
        return ""
    }

    /// The report as one HTML page that needs nothing else: no script, no file, no other host.
    ///
    /// - Parameter templates: the user's own, whose policy on scripts and styles is then theirs; ours where there is none.
    package static func html(_ report: Report, templates: ReportTemplates? = nil) -> String {
        let own = templates?.html.flatMap { Renderer(own: $0, .html) }
        return (own ?? Renderer.html).html(report)
    }

    /// The terminal report.
    /// - Parameters:
    ///   - colour: escape sequences or none.
    ///   - width: columns of the terminal; fewer than 60 count as 60.
    ///   - details: everything; false: what a decision is made from.
    ///   - templates: the user's own; ours where there is none.
    package static func terminal(
        _ report: Report, colour: Bool, width: Int, details: Bool = false, templates: ReportTemplates? = nil
    ) -> String {
        let page = Page(report)
        let laid = TerminalPage(
            page, headline: headline(report), brush: Brush(colour: colour), width: width, details: details)
        let own = templates?.terminal.flatMap { Renderer(own: $0, .terminal) }
        return (own ?? Renderer.terminal).terminal(laid, page)
    }

    /// The one line on what a verdict comes to: `promotable`, or the one reason why not.
    package static func headline(_ report: Report) -> String {
        let answer = Answer(report)
        return "run \(report.run.id) of \(visible(report.run.model.text)): \(answer.line)"
    }

    /// The verdict of a reproduction, for the terminal.
    package static func terminal(
        _ verdict: ReproductionVerdict, of original: RunID, by again: RunID, colour: Bool
    ) -> String {
        let brush = Brush(colour: colour)
        let sentence = Sentences.reproduction(verdict, of: original, by: again)
        let table = Page.Table(verdict.divergences, limit: 10, row: Sentences.divergence)
        let head = brush.paint("\(verdict.mark) \(sentence)", Ink(for: verdict.mark))
        let lines = table.rows.map { "  • " + $0 } + table.more.map { "  " + $0 }
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    /// The verdict of a reproduction in one sentence, and what came out differently, one thing a line.
    package static func sentences(
        _ verdict: ReproductionVerdict, of original: RunID, by again: RunID
    ) -> (verdict: String, divergences: [String]) {
        (
            Sentences.reproduction(verdict, of: original, by: again),
            verdict.divergences.prefix(100).map(Sentences.divergence)
        )
    }

    /// A side-by-side of two runs' metrics, stages and inputs, for the terminal (`sluice compare`).
    package static func comparison(_ left: Report, _ right: Report, colour: Bool, width: Int) -> String {
        let brush = Brush(colour: colour)
        let sections = ComparisonText(left: left, right: right).sections(brush: brush, width: width)
        let title = "run \(left.run.id) and run \(right.run.id) of \(visible(right.run.model.text))"
        return Renderer.terminal.terminal(TerminalPage(headline: [brush.paint(title, .bold)], blocks: sections), nil)
    }

    /// What a policy would have said about the recorded runs of a model, for the terminal (`sluice policy replay`).
    /// - Parameter policy: the file or the commit that it was read from.
    package static func terminal(
        _ replay: PolicyReplay, of policy: String, model: ModelName, colour: Bool, width: Int
    ) -> String {
        let brush = Brush(colour: colour)
        let text = ReplayText(replay: replay, policy: policy, model: model)
        let headline = wrapped(text.headline, to: max(60, width)).map { brush.paint($0, .bold) }
        return Renderer.terminal.terminal(
            TerminalPage(headline: headline, blocks: text.sections(brush: brush, width: width)), nil)
    }

    /// A size for people: `812 bytes`, `1.9 kB`, `48.3 MB`.
    package static func size(_ bytes: Int64) -> String {
        Numbers.bytes(Double(bytes))
    }

    /// A text in lines of at most `width` columns, broken at blanks.
    package static func lines(_ text: String, width: Int) -> [String] {
        wrapped(text, to: width)
    }

    /// What a reader must know of the rules that a run was judged by; empty: nothing.
    package static func sentences(_ news: RuleNews) -> [String] { Sentences.rules(news) }

    /// The sentence for a decision that was not taken, with what to do.
    package static func sentence(_ refusal: DecisionRefusal) -> String {
        Sentences.refusal(refusal)
    }

    /// The sentence for a failed stage: `ended with status 2`, `was stopped: over its limit of 2 h`.
    package static func sentence(_ failure: StageFailure) -> String {
        Sentences.failure(failure)
    }

    /// What a gate found, as a finding of a verdict says it: `auc 0.671 is below 0.70`.
    package static func sentence(_ result: GateResult) -> String {
        Sentences.found(result)
    }
}
