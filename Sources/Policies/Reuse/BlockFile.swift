import Documents
import Domain
import Foundation

/// A block as it stands in its file.
struct BlockFile {
    struct Parameter {
        var name: String
        var place: Document.Place
        var about: String?
        /// Nil: the user must give a value.
        var fallback: Document.Node?
    }

    var name: String
    var about: String
    var parameters: [Parameter]
    /// The keys of a policy, with `$(name)` where a parameter goes.
    var policy: Document.Node

    /// The keys that a block can bring. Who may promote, what starts runs, what is secret and what is trained are the
    /// user's own.
    static let keys = ["datasets", "tests", "evaluate", "gates", "report", "limits", "sandbox", "reproduce"]
    /// The keys of a dataset that a block can bring.
    static let datasetKeys = ["schema"] + Language.rules.keys.map(\.name)

    /// Reads a block. Every place in it carries the file's name. Throws every mistake found.
    static func read(_ bytes: Data, file: String) throws(Complaints) -> BlockFile {
        let document = try Document(bytes, file: file)
        guard let root = document.root?.placed(in: file) else {
            throw Complaints([
                Complaint(file: file, message: "the file is empty; a block has the keys 'block', 'about' and 'policy'")
            ])
        }
        var reading = Reading(file: file)
        let block = read(root, &reading)
        try reading.throwComplaints()
        guard let block else {
            throw Complaints([Complaint(file: file, message: "this is not a block")])
        }
        return block
    }

    private static func read(_ root: Document.Node, _ reading: inout Reading) -> BlockFile? {
        if let use = root.entries?.first(where: { $0.key == "use" }) {
            reading.complain(use.keyPlace, "a block cannot use other blocks", advice: "name them all in the policy")
        }
        if root["block"] == nil, root["version"] != nil {
            reading.complain(
                root.place, "this is a policy and not a block",
                advice: "put its keys below 'policy:', and add 'block:' and 'about:'")
            return nil
        }
        let known = ["block", "about", "parameters", "policy"]
        let entries = reading.entries(root.without("use"), "the block", known: known)
        guard let entries else { return nil }
        for key in ["block", "about", "policy"] where entries[key] == nil {
            reading.complain(root.place, "the key '\(key)' is missing in the block")
        }
        let name = entries["block"].flatMap { reading.text($0.value, "block") }
        let about = entries["about"].flatMap { reading.text($0.value, "about") }
        let parameters = entries["parameters"].map { self.parameters($0.value, &reading) } ?? []
        if let policy = entries["policy"]?.value { checkKeys(policy, &reading) }
        guard let name, let about, let policy = entries["policy"]?.value else { return nil }
        checkPlaceholders(policy, parameters, &reading)
        return BlockFile(name: name, about: about, parameters: parameters, policy: policy)
    }

    private static func parameters(_ node: Document.Node, _ reading: inout Reading) -> [Parameter] {
        guard let entries = reading.mapping(node, "parameters") else { return [] }
        return entries.compactMap { entry in
            if !Placeholder.isName(entry.key) {
                reading.complain(
                    entry.keyPlace, "'\(entry.key)' is not the name of a parameter",
                    advice: "use letters, digits and '_', not starting with a digit")
            }
            let path = "parameters.\(entry.key)"
            guard let found = reading.entries(entry.value, path, known: ["default", "about"]) else { return nil }
            return Parameter(
                name: entry.key, place: entry.keyPlace,
                about: found["about"].flatMap { reading.text($0.value, "\(path).about") },
                fallback: found["default"]?.value)
        }
    }

    /// Every `$(name)` is a parameter, and every parameter goes somewhere.
    private static func checkPlaceholders(
        _ policy: Document.Node, _ parameters: [Parameter], _ reading: inout Reading
    ) {
        let names = parameters.map(\.name)
        let used = Placeholder.all(in: policy)
        for placeholder in used where !names.contains(placeholder.name) {
            let near = Spelling.nearest(to: placeholder.name, in: names)
            reading.complain(
                placeholder.place, "'$(\(placeholder.name))' is no parameter of this block",
                advice: near.map { "did you mean '$(\($0))'?" }
                    ?? "add it to 'parameters'; what is meant for the shell is written '$$(\(placeholder.name))'")
        }
        let usedNames = Set(used.map(\.name))
        for parameter in parameters where !usedNames.contains(parameter.name) {
            reading.complain(
                parameter.place, "the parameter '\(parameter.name)' is used nowhere in the block",
                advice: "remove it, or write '$(\(parameter.name))' where it goes")
        }
    }

    private static func checkKeys(_ policy: Document.Node, _ reading: inout Reading) {
        guard let entries = reading.mapping(policy, "policy") else { return }
        for entry in entries where !keys.contains(entry.key) {
            if entry.key == "use" {
                reading.complain(
                    entry.keyPlace, "a block cannot use other blocks", advice: "name them all in the policy")
            } else if Language.root[entry.key] != nil {
                reading.complain(
                    entry.keyPlace, "a block cannot bring '\(entry.key)', which is the policy's own",
                    advice: "give it in \(PolicyFile.name)")
            } else {
                let near = Spelling.nearest(to: entry.key, in: keys)
                reading.complain(
                    entry.keyPlace, "unknown key '\(entry.key)' in 'policy'",
                    advice: near.map { "did you mean '\($0)'?" }
                        ?? "a block can bring \(keys.map { "'\($0)'" }.joined(separator: ", "))")
            }
        }
        for dataset in policy["datasets"]?.entries ?? [] {
            for entry in dataset.value.entries ?? [] where !datasetKeys.contains(entry.key) {
                reading.complain(
                    entry.keyPlace, "a block cannot bring '\(entry.key)' of a dataset",
                    advice: Language.dataset[entry.key] == nil
                        ? "it can bring \(datasetKeys.map { "'\($0)'" }.joined(separator: ", "))"
                        : "give it in \(PolicyFile.name)")
            }
        }
    }
}

extension Document.Node {
    /// The node with the name of its file in every place.
    func placed(in file: String) -> Document.Node {
        switch self {
        case .scalar(let text, let quoted, let place): .scalar(text: text, quoted: quoted, place.placed(in: file))
        case .sequence(let items, let place): .sequence(items.map { $0.placed(in: file) }, place.placed(in: file))
        case .mapping(let entries, let place):
            .mapping(
                entries.map {
                    Document.Entry(
                        key: $0.key, keyPlace: $0.keyPlace.placed(in: file), value: $0.value.placed(in: file))
                }, place.placed(in: file))
        }
    }

    /// A mapping without one of its keys.
    func without(_ key: String) -> Document.Node {
        guard case .mapping(let entries, let place) = self else { return self }
        return .mapping(entries.filter { $0.key != key }, place)
    }
}

extension Document.Place {
    fileprivate func placed(in file: String) -> Document.Place {
        Document.Place(line: line, column: column, file: file)
    }

    /// The same place, with what was filled in there.
    func filled(_ filled: [Filling]) -> Document.Place {
        Document.Place(line: line, column: column, file: file, filled: filled)
    }
}
