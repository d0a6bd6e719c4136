import Documents
import Domain
import Foundation

/// Reads the top of a `dvc.yaml`; `StageReader` reads the stages.
struct PipelineReader {
    let file: TreePath
    private var reading: Reading

    init(file: TreePath) {
        self.file = file
        reading = Reading(file: file.text)
    }

    mutating func read(_ document: Document) throws(Complaints) -> [Stage] {
        guard let root = document.root, !root.isNull else { return [] }
        refuseTemplates(root)
        let known = ["stages", "vars", "params", "metrics", "plots", "artifacts", "datasets"]
        let top = reading.entries(root, file.text, known: known) ?? [:]
        if let vars = top["vars"] {
            reading.complain(vars.keyPlace, "'vars' is templating, which is not read yet", advice: plainAdvice)
        }
        let entries = top["stages"].flatMap { reading.mapping($0.value, "stages") } ?? []
        guard entries.count <= mostStages else {
            throw Complaints([Complaint(file: file.text, message: "over \(mostStages) stages, the most that are read")])
        }
        var stages: [Stage] = []
        var places: [Document.Place] = []
        for entry in entries {
            guard let name = stageName(entry) else { continue }
            let folder = PathScope(file.text.split(separator: "/").dropLast().map(String.init))
            var reader = StageReader(title: entry.key, folder: folder, reading: reading)
            if let stage = reader.read(entry.value, name: name) {
                stages.append(stage)
                places.append(entry.keyPlace)
            }
            reading = reader.reading
        }
        try reading.throwComplaints()
        for mistake in StageGraph(stages).mistakes() {
            let sentence = mistake.sentence { "'\(shortName(stages[$0]))' (line \(places[$0].line))" }
            reading.complain(places[mistake.last], sentence)
        }
        try reading.throwComplaints()
        return stages
    }

    private mutating func stageName(_ entry: Document.Entry) -> StageName? {
        if let name = StageName("train:\(entry.key)"), !entry.key.isEmpty, !entry.key.contains("@") { return name }
        reading.complain(
            entry.keyPlace, "'\(entry.key)' cannot be a stage's name",
            advice: "a name is one line of at most 190 bytes without '@'")
        return nil
    }

    /// DVC fills in `${…}` wherever a text stands, descriptions included.
    private mutating func refuseTemplates(_ node: Document.Node) {
        switch node {
        case .scalar(let text, _, let place): refuseTemplate(text, place)
        case .sequence(let items, _): for item in items { refuseTemplates(item) }
        case .mapping(let entries, _):
            for entry in entries {
                refuseTemplate(entry.key, entry.keyPlace)
                refuseTemplates(entry.value)
            }
        }
    }

    private mutating func refuseTemplate(_ text: String, _ place: Document.Place) {
        guard text.contains("${") else { return }
        guard let start = text.replacingOccurrences(of: "\\${", with: "").firstRange(of: "${") else { return }
        let rest = text.replacingOccurrences(of: "\\${", with: "")[start.lowerBound...]
        let shown = rest.firstIndex(of: "}").map { rest[...$0] } ?? rest
        reading.complain(place, "'\(shown.prefix(60))' is templating, which is not read yet", advice: plainAdvice)
    }
}

/// Bounds the edges of the graph, of which a hostile file could ask for the square of this.
private let mostStages = 3000

let plainAdvice = "write the stages out plainly"

private func shortName(_ stage: Stage) -> Substring { stage.name.text.dropFirst("train:".count) }
