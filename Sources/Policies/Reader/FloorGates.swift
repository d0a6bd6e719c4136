package import Documents
package import Domain
import Foundation

extension PolicyFile {
    /// The gates of a list that stands in another file than a policy: an operator's floor. Throws every mistake found.
    ///
    /// What a gate may ask is held against a project that has everything: an evaluation with predictions and metrics,
    /// and data. Whether a project has it, only its runs can tell; a gate that cannot be decided blocks.
    /// - Parameter path: where the list stands, for complaints: `projects.flights.floor.gates`.
    package static func gates(_ list: Document.Node, file: String, path: String) throws(Complaints) -> [Gate] {
        var shape = ShapeCheck(reading: Reading(file: file))
        let gates = shape.check(list, .list(.mapping(Language.gate)), path)
        let ground = try Document(Data(anyProject.utf8), file: file).root
        guard let gates, let ground, let root = shape.check(ground, .mapping(Language.root), ShapeCheck.rootName)
        else {
            try shape.reading.throwComplaints()
            return []
        }
        let field = Value.Field(key: "gates", place: list.place, value: gates)
        let whole = Value(content: .mapping(root.fields + [field]), place: list.place)
        var meaning = GateCheck(reading: shape.reading, root: whole)
        meaning.check(gates, path)
        var commands = PlaceholderCheck(reading: meaning.reading, root: whole)
        commands.check()
        try commands.reading.throwComplaints()
        return GatesBuilder(root: whole).gates()
    }

    private static let anyProject = """
        version: 1
        model: any
        datasets: {any: {mount: any}}
        train: {run: any, model: any}
        evaluate: {run: 'any ${model}', predictions: any.csv, metrics: any.json}
        """
}
