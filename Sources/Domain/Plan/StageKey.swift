/// All that decides what a stage writes. Its digest is the key under which outputs are reused, and what
/// `reproduce` compares.
package struct StageInputs: Codable, Equatable, Sendable {
    package var name: StageName
    package var commands: [String]
    package var directory: TreePath?
    /// Path to object in the content store's terms.
    package var deps: [String: ObjectID]
    /// `file:key` to the value's canonical JSON text.
    package var params: [String: String]
    /// Paths that the stage must write.
    package var outs: [TreePath]
    package var environment: Digest?
    /// Names and values of the variables that the stage sees beyond the environment; secrets by name only.
    package var variables: [String: String]

    package init(
        name: StageName,
        commands: [String],
        directory: TreePath?,
        deps: [String: ObjectID],
        params: [String: String],
        outs: [TreePath],
        environment: Digest?,
        variables: [String: String]
    ) {
        self.name = name
        self.commands = commands
        self.directory = directory
        self.deps = deps
        self.params = params
        self.outs = outs
        self.environment = environment
        self.variables = variables
    }

    /// The key: equal inputs, equal key. The stage's name does not count, so a renamed stage is not run again.
    package var key: Digest {
        var unnamed = self
        unnamed.name = StageInputs.anyName
        unnamed.outs.sort()
        return Digest.of(canonical: unnamed)
    }

    private static let anyName = StageName(checked: "any")
}

extension StageName {
    /// Takes a text that was already checked.
    package init(checked text: String) { self.text = text }
}
