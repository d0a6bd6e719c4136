import Documents
import Domain
import Foundation

/// A policy's `use:` and what follows from it.
struct Blocks {
    /// The bytes of the blocks that lie in the repository.
    let files: [TreePath: Data]
    private var reading: Reading
    /// Complaints about the blocks' own files.
    private var complaints: [Complaint] = []

    private init(files: [TreePath: Data], reading: Reading) {
        self.files = files
        self.reading = reading
    }

    /// What a policy uses, in the order of the file. Throws every mistake in `use`.
    static func uses(of root: Document.Node, file: String) throws(Complaints) -> [BlockUse] {
        guard let node = root["use"] else { return [] }
        var reading = Reading(file: file)
        let uses = BlockUse.read(node, &reading)
        try reading.throwComplaints()
        return uses
    }

    /// The policy with its blocks below its own keys, and without `use`. Throws every mistake in `use` and in blocks.
    static func expand(
        _ root: Document.Node, file: String, files: [TreePath: Data]
    ) throws(Complaints) -> Document.Node {
        guard root["use"] != nil else { return root }
        let uses = try uses(of: root, file: file)
        var blocks = Blocks(files: files, reading: Reading(file: file))
        let own = root.without("use")
        var lower = Document.Node.mapping([], own.place)
        for use in uses {
            guard let policy = blocks.policy(of: use) else { continue }
            blocks.checkDatasets(policy, use, own)
            lower = Merge.policy(policy, over: lower)
        }
        let all = blocks.complaints + blocks.reading.complaints
        guard all.isEmpty else { throw Complaints(all.sortedByPlace()) }
        return Merge.policy(own, over: lower)
    }

    /// The bytes of a block; nil if they are not there.
    static func bytes(of source: BlockUse.Source, files: [TreePath: Data]) -> Data? {
        switch source {
        case .shipped(let name): ShippedBlocks.texts[name]
        case .file(let path): files[path]
        }
    }

    private mutating func policy(of use: BlockUse) -> Document.Node? {
        guard let bytes = Self.bytes(of: use.source, files: files) else {
            reading.complain(
                use.place, "there is no file '\(use.source.shown)' to take a block from",
                advice: "write the path from the root of the repository, and commit the file")
            return nil
        }
        let block: BlockFile
        do throws(Complaints) {
            block = try BlockFile.read(bytes, file: use.source.shown)
        } catch {
            complaints += error.all
            return nil
        }
        guard let values = values(of: block, use) else { return nil }
        var filling = FillIn(values, reading: reading)
        let policy = filling.policy(block.policy)
        reading = filling.reading
        return policy
    }

    /// The value of each parameter; nil if one is missing.
    private mutating func values(of block: BlockFile, _ use: BlockUse) -> [String: Document.Node]? {
        let before = reading.complaints.count
        let names = block.parameters.map(\.name)
        for argument in use.arguments where !names.contains(argument.name) {
            let near = Spelling.nearest(to: argument.name, in: names)
            reading.complain(
                argument.place, "the block '\(block.name)' has no parameter '\(argument.name)'",
                advice: near.map { "did you mean '\($0)'?" }
                    ?? (names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"))
        }
        var values: [String: Document.Node] = [:]
        for parameter in block.parameters {
            let given = use.arguments.first { $0.name == parameter.name }?.node
            values[parameter.name] = given ?? parameter.fallback
            guard values[parameter.name] == nil else { continue }
            let about = parameter.about.map { ": \($0)" } ?? ""
            reading.complain(
                use.place, "the block '\(block.name)' needs the parameter '\(parameter.name)'\(about)",
                advice: "write '{block: \(use.source.shown), with: {\(parameter.name): …}}'")
        }
        return reading.complaints.count == before ? values : nil
    }

    /// Rules for a dataset that the policy does not have would be asked of nothing.
    private mutating func checkDatasets(_ policy: Document.Node, _ use: BlockUse, _ own: Document.Node) {
        let known = (own["datasets"]?.entries ?? []).map(\.key)
        for dataset in policy["datasets"]?.entries ?? [] where !known.contains(dataset.key) {
            let near = Spelling.nearest(to: dataset.key, in: known)
            reading.complain(
                dataset.keyPlace,
                "the block '\(use.source.shown)' has rules for the dataset '\(dataset.key)', which the policy does not have",
                advice: near.map { "did you mean '\($0)'?" } ?? "add it below 'datasets'")
        }
    }
}
