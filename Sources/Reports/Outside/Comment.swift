package import Domain

extension Outside {
    /// The first line of the report of a model in a pull request, by which the bot finds its comment again.
    package static func reportMarker(_ model: ModelName) -> String { "<!-- sluice:report:\(model.text) -->" }

    /// The first line of an answer, with what it answers to: a comment's id on the forge.
    package static func replyMarker(_ subject: String) -> String {
        let safe = subject.unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain ? Character(scalar) : "-"
        }
        return "<!-- sluice:reply:\(String(safe.prefix(80))) -->"
    }

    /// How decisions are written on a kind of forge: GitLab keeps `/approve` for itself.
    package static func spelling(_ word: Command.Word, on kind: ForgeKind) -> String {
        kind == .gitlab ? "/sluice \(word.rawValue)" : "/\(word.rawValue)"
    }

    /// What a comment needs to know of the place that it stands in.
    package struct Place: Sendable {
        /// Nil: git notes, where nobody can answer.
        package var kind: ForgeKind?
        /// Characters and bytes that the comment may have.
        package var limit: Int
        /// The page of the run; nil: the server has no address that people can open.
        package var link: String?

        package init(kind: ForgeKind?, limit: Int, link: String?) {
            self.kind = kind
            self.limit = limit
            self.link = link
        }
    }

    /// The one comment on a run: its state, who decided, how to decide, and the report once there is one.
    ///
    /// - Parameters:
    ///   - report: nil while there is none; secrets are taken out of it by the caller, because it is cut here.
    ///   - templates: the project's own.
    package static func comment(
        _ shown: OutsideRun, report: Report?, templates: ReportTemplates?, in place: Place
    ) -> String {
        let head = ([reportMarker(shown.run.model)] + self.head(shown, in: place)).joined(separator: "\n")
        guard let report else { return head + "\n" }
        let room = place.limit - head.utf8.count - 16
        let body = ReportRenderer.markdown(report, fitting: room, link: place.link, templates: templates)
        return head + "\n\n---\n\n" + body
    }

    /// What a commit says that no run came of.
    package static func refusal(of commit: CommitID, _ fault: Fault) -> String {
        let (state, what): (CommitStatus.State, String) =
            fault.kind == .input ? (.failure, "refused") : (.error, "could not be run")
        var lines = [
            "**\(mark(state)) \(what): \(escaped(firstLine(fault.message), limit: 1_000))**", "",
            "No run was made of commit `\(commit.hex)`.",
        ]
        let rest = fault.message.split(whereSeparator: \.isNewline).dropFirst().prefix(20)
        if !rest.isEmpty { lines += [""] + rest.map { "- " + escaped(String($0), limit: 500) } }
        if let advice = fault.advice { lines += ["", escaped(advice, limit: 500)] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func head(_ shown: OutsideRun, in place: Place) -> [String] {
        let run = shown.run
        let (state, text) = status(shown)
        var lines = [
            "**\(mark(state)) \(escaped(run.model.text)): \(escaped(text))**", "",
            "Run \(number(run.id, place.link)) of commit `\(run.commit.hex)`.",
        ]
        if !shown.decisions.isEmpty { lines += [""] + shown.decisions.prefix(20).map(decisionLine) }
        if case .waiting = shown.status { lines += ["", howToDecide(shown, in: place)] }
        if let kind = place.kind, let proposal = proposalLine(shown, on: kind) { lines += ["", proposal] }
        if let dismissed = shown.dismissed { lines += ["", dismissedLine(dismissed)] }
        return lines
    }

    private static func number(_ run: RunID, _ link: String?) -> String {
        link.map { "[\(run)](\($0))" } ?? "\(run)"
    }

    private static func mark(_ state: CommitStatus.State) -> String {
        switch state {
        case .pending: "⏳"
        case .success: "✅"
        case .failure: "❌"
        case .error: "⚠️"
        case .cancelled: "⏹️"
        }
    }

    private static func decisionLine(_ decision: Decision) -> String {
        switch decision.answer {
        case .approve: "- approved by \(escaped(decision.by.text)), \(moment(decision.at))"
        case .reject(let reason):
            "- rejected by \(escaped(decision.by.text)), \(moment(decision.at)): \(escaped(reason, limit: 500))"
        }
    }

    private static func howToDecide(_ shown: OutsideRun, in place: Place) -> String {
        guard let kind = place.kind else {
            let run = shown.run.id
            let page = place.link == nil ? "" : ", and so does its page"
            return "`sluice approve \(run)` or `sluice reject \(run) --reason …` decides\(page)."
        }
        let names = shown.approval.by.prefix(20).map { escaped($0.text) }
        let people =
            names.isEmpty
            ? "Whoever may push here can decide"
            : "\(names.count == 1 ? "Only" : "Any of") \(names.joined(separator: ", ")) can decide"
        let not = shown.approval.notByAuthor ? ", but not the author" : ""
        let approve = "\(spelling(.approve, on: kind)) \(shown.run.commit.hex)"
        return "\(people)\(not): write a comment `\(approve)` or `\(spelling(.reject, on: kind)) REASON`. "
            + "A new commit makes a decision void. `\(spelling(.help, on: kind))` says what else there is."
    }

    private static func dismissedLine(_ dismissed: OutsideRun.Dismissed) -> String {
        let who = dismissed.by.prefix(10).map { escaped($0.text) }.joined(separator: ", ")
        let why =
            switch dismissed.why {
            case .newCommit: "the pull request has a new commit"
            case .newRules(let branch): "the policy on `\(escaped(branch.text))` has changed"
            case .newRun: "there is a newer run"
            }
        return "What \(who) approved on run \(dismissed.run) does not count any more: \(why)."
    }

    static func escaped(_ text: String, limit: Int = 200) -> String {
        MarkdownText.escaped(visible(text, limit: limit), limit: limit * 8)
    }
}
