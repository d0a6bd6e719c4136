import Documents
package import Domain
package import Foundation

/// `sluice.yaml` to a typed `Policy`, with file, line and column in every complaint.
///
/// One table, `Language`, says what the keys are; the reader, the JSON Schema, the expanded policy and the reference
/// follow it. What must not go in here: acting on a policy, and looking at the repository it lies in.
package enum PolicyFile {
    /// The file's name at the root of a repository.
    package static let name = "sluice.yaml"

    /// The files of the repository, from its root, that hold blocks which the policy uses, each once; `read` needs
    /// their bytes. Throws every mistake in `use`.
    package static func blocks(_ bytes: Data, file: String = name) throws(Complaints) -> [TreePath] {
        var paths: [TreePath] = []
        for use in try uses(bytes, file) {
            if case .file(let path) = use.source, !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    /// Reads a policy. Throws every mistake found, not only the first. Blocks only on the CPU.
    /// - Parameter blocks: the bytes of the files that `blocks(_:file:)` names; one that is left out is a mistake.
    package static func read(
        _ bytes: Data, file: String = name, blocks: [TreePath: Data] = [:]
    ) throws(Complaints) -> Policy {
        try PolicyReader.read(bytes, file: file, blocks: blocks).policy
    }

    /// What is wrong with a policy, or with a block that stands alone in a file.
    package static func complaints(_ bytes: Data, file: String, blocks: [TreePath: Data]) -> [Complaint] {
        do throws(Complaints) {
            if let root = try Document(bytes, file: file).root, root["block"] != nil, root["version"] == nil {
                _ = try BlockFile.read(bytes, file: file)
            } else {
                _ = try read(bytes, file: file, blocks: blocks)
            }
            return []
        } catch {
            return error.all
        }
    }

    /// What a policy is told from another by: its bytes, and those of the blocks that it uses, also of those that come
    /// with Sluice. Throws every mistake in `use`.
    package static func digest(
        _ bytes: Data, file: String = name, blocks: [TreePath: Data] = [:]
    ) throws(Complaints) -> Digest {
        let uses = try uses(bytes, file)
        if uses.isEmpty { return Digest.of(bytes) }
        let used = uses.compactMap { Blocks.bytes(of: $0.source, files: blocks).map { Digest.of($0).hex } }
        return Digest.of(canonical: [Digest.of(bytes).hex] + used)
    }

    /// True if the policy uses a block that comes with Sluice and may be another in its next version. Throws every
    /// mistake in `use`.
    package static func usesShippedBlocks(_ bytes: Data) throws(Complaints) -> Bool {
        try uses(bytes, name).contains { use in
            if case .shipped = use.source { true } else { false }
        }
    }

    private static func uses(_ bytes: Data, _ file: String) throws(Complaints) -> [BlockUse] {
        guard let root = try Document(bytes, file: file).root else { return [] }
        return try Blocks.uses(of: root, file: file)
    }

    /// The rules for a dataset's files: from a policy and the dataset's name, or from a file that holds nothing but
    /// the keys of rules. Also the dataset's schema, if it is a policy's. Throws every mistake found.
    package static func rules(
        _ bytes: Data, file: String, dataset: String?, blocks: [TreePath: Data] = [:]
    ) throws(Complaints) -> (rules: DataRules, schema: TreePath?) {
        try RulesReader.read(bytes, file: file, dataset: dataset, blocks: blocks)
    }

    /// Limits of drift from a file that has the key `drift` among rules, or the value of that key alone. Throws every
    /// mistake found.
    package static func driftLimits(_ bytes: Data, file: String) throws(Complaints) -> DriftLimits {
        try RulesReader.driftLimits(bytes, file: file)
    }

    /// The policy with blocks and defaults filled in, as YAML in which every line carries its origin as a comment:
    /// `# sluice.yaml:12`, `# fairness:9`, `# fairness:9, group at sluice.yaml:4` or `# default`.
    package static func expanded(
        _ bytes: Data, file: String = name, blocks: [TreePath: Data] = [:]
    ) throws(Complaints) -> String {
        ExpandedPolicy.text(of: try PolicyReader.read(bytes, file: file, blocks: blocks).root, file: file)
    }

    /// What a policy leaves out that people miss later; no mistakes. Empty for one that cannot be read.
    package static func hints(_ bytes: Data, file: String = name, blocks: [TreePath: Data] = [:]) -> [String] {
        guard let policy = try? read(bytes, file: file, blocks: blocks), policy.triggers == nil else { return [] }
        return [
            "without 'triggers' a server starts runs for this policy only when somebody asks for one; "
                + "'triggers: {push: true, pull_request: true}' is where most begin"
        ]
    }

    /// The blocks that come with Sluice, by name.
    package static var shippedBlocks: [PolicyBlock] { ShippedBlocks.all }

    /// The JSON Schema (draft 2020-12) of the policy file, generated from the table that the reader uses.
    package static var jsonSchema: String { PolicySchema.text }

    /// The reference of the policy file in Markdown, generated from the same table.
    package static var reference: String { PolicyReference.text }
}

/// What `sluice init` found in a repository.
package struct RepositoryFacts: Sendable {
    /// All tracked and untracked paths, ignored ones not.
    package var paths: [String]
    /// Bytes of the small text files that matter: train.py, evaluate.py, dvc.yaml, …, by path.
    package var texts: [String: String]
    /// Name of the repository's folder.
    package var folder: String
    /// `3.11`, if a Python was found on the machine.
    package var python: String?

    package init(paths: [String], texts: [String: String], folder: String, python: String?) {
        self.paths = paths
        self.texts = texts
        self.folder = folder
        self.python = python
    }
}

/// A first policy for a repository that has none.
package struct PolicyDraft: Sendable, Equatable {
    /// The commented `sluice.yaml`; `PolicyFile.read` accepts it.
    package var yaml: String
    /// One sentence for each guess: what was guessed and from what.
    package var guesses: [String]
    /// One sentence for each thing that the user must still do.
    package var open: [String]

    /// Guesses what it can. Throws `.input` if there is nothing that could be training.
    package static func make(from facts: RepositoryFacts) throws(Fault) -> PolicyDraft {
        try Drafting(facts).draft()
    }
}
