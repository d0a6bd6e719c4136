import Documents
import Domain

/// Files that the report shows must be written by somebody.
struct ReportCheck {
    var reading: Reading
    let root: Value

    init(reading: Reading, root: Value) {
        self.reading = reading
        self.root = root
    }

    mutating func check() {
        guard let report = root["report"] else { return }
        if let importance = report["importance"] { checkFile(importance, "report.importance") }
        var titles: [String: Int] = [:]
        for section in report["sections"]?.items ?? [] {
            if let file = section["file"] { checkFile(file, "report.sections.file") }
            guard let title = section["title"], let text = title.text else { continue }
            if let line = titles[text] {
                reading.complain(
                    title.place, "a section '\(text)' is there already, at line \(line)",
                    advice: "give each its own title")
            }
            titles[text] = titles[text] ?? title.place.line
        }
    }

    /// What stages of a pipeline write stands in its own file, which only a plan reads.
    private mutating func checkFile(_ file: Value, _ key: String) {
        guard
            let text = file.text, let path = TreePath(text), let train = root["train"], !train.isBroken,
            train["pipeline"] == nil
        else { return }
        let written = ["model", "metrics", "outs"].flatMap { train[$0]?.texts ?? [] }
        let evaluated = ["predictions", "metrics", "outs"].flatMap { root["evaluate"]?[$0]?.texts ?? [] }
        let known = written + evaluated
        guard !known.compactMap({ TreePath($0) }).contains(where: { $0.contains(path) }) else { return }
        let near = Spelling.nearest(to: text, in: known)
        reading.complain(
            file.place, "'\(key)' names '\(text)', which neither training nor evaluation is said to write",
            advice: near.map { "did you mean '\($0)'?" } ?? "add it to 'train.outs' or 'evaluate.outs'")
    }
}
