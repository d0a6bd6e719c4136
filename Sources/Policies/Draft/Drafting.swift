import Domain
import Foundation

/// Guesses a first policy from what lies in a repository.
struct Drafting {
    let facts: RepositoryFacts
    var content = DraftContent()

    init(_ facts: RepositoryFacts) {
        self.facts = facts
    }

    /// The draft with everything that could be guessed and that the reader accepts.
    func draft() throws(Fault) -> PolicyDraft {
        var work = self
        work.content.model = Self.name(facts.folder)
        try work.guessTraining()
        work.guessEnvironment()
        work.guessTests()
        work.guessEvaluation()
        work.guessPromotion()
        work.open(
            "look at 'gates': they say what a model must reach before a person is asked"
                + (work.content.gates.isEmpty ? "; now any model that trains passes" : ""))
        return work.accepted()
    }

    /// Leaves out, as comments, what the reader would refuse, and says so.
    private func accepted() -> PolicyDraft {
        var work = self
        let retreats: [(inout DraftContent) -> String?] = [
            { content in
                guard let evaluate = content.evaluate else { return nil }
                content.evaluate = nil
                content.gates.removeAll { $0.contains("champion") }
                content.evaluateHint = "run: \(evaluate.command)"
                return "evaluate"
            },
            { content in
                defer { content.datasets = [] }
                return content.datasets.isEmpty ? nil : "datasets"
            },
            { content in
                defer { content.metrics = [] }
                return content.metrics.isEmpty ? nil : "train.metrics"
            },
            { content in
                content = DraftContent(
                    model: content.model, python: content.python, training: .command("python train.py"))
                return "everything guessed"
            },
        ]
        for retreat in retreats {
            let yaml = DraftWriter.text(of: work.content)
            do throws(Complaints) {
                _ = try PolicyFile.read(Data(yaml.utf8))
                return PolicyDraft(yaml: yaml, guesses: work.content.guesses, open: work.content.open)
            } catch {
                let why = error.all.first.map(\.message) ?? ""
                let (guesses, open) = (work.content.guesses, work.content.open)
                if let left = retreat(&work.content) {
                    (work.content.guesses, work.content.open) = (guesses, open)
                    work.open("add '\(left)' yourself: what was guessed does not fit together (\(why))")
                }
            }
        }
        return PolicyDraft(
            yaml: DraftWriter.text(of: work.content), guesses: work.content.guesses, open: work.content.open)
    }

    mutating func guess(_ sentence: String) { content.guesses.append(sentence) }
    mutating func open(_ sentence: String) { content.open.append(sentence) }

    // MARK: Looking around

    func exists(_ path: String) -> Bool { facts.paths.contains(path) }

    /// The first of the names that is a file at the root, in `scripts/`, `src/` or elsewhere, in that order.
    func find(_ names: [String]) -> String? {
        for name in names {
            for folder in ["", "scripts/", "src/", "bin/", "ml/", "deploy/"] where exists(folder + name) {
                return folder + name
            }
        }
        return facts.paths.filter { path in
            names.contains { path.hasSuffix("/" + $0) } && !path.contains("test") && !path.contains("example")
        }.min { ($0.count, $0) < ($1.count, $1) }
    }

    func python(_ path: String) -> PythonSource? {
        facts.texts[path].map { PythonSource(path: path, text: $0) }
    }

    /// A text as a name that the policy takes.
    static func name(_ text: String) -> String {
        let safe = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
        let trimmed = safe.drop { $0 == "." || $0 == "-" }.prefix(100)
        return trimmed.isEmpty ? "model" : String(trimmed)
    }

    /// A path as a shell word, or nil if it would need quotes.
    static func word(_ path: String) -> String? {
        path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) } && !path.hasPrefix("-")
            ? path : nil
    }
}

/// What the draft will say.
struct DraftContent {
    enum Training {
        case pipeline(String)
        case command(String)
    }

    struct Dataset {
        var name: String
        var mount: String
        var schema: String?
    }

    struct Evaluation {
        var command: String
        var predictions: String?
        var metrics: String?
    }

    var model = "model"
    var python = "3.11"
    var lock: String?
    var training = Training.command("python train.py")
    var modelPath = "model.pkl"
    var metrics: [String] = []
    var deps: [String] = []
    var datasets: [Dataset] = []
    var tests: String?
    var evaluate: Evaluation?
    var evaluateHint: String?
    /// Flow mappings.
    var gates: [String] = []
    var deploy: String?
    var verify: String?
    var guesses: [String] = []
    var open: [String] = []
}
