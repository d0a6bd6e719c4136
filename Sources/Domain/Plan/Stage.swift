/// A node of the plan: a command with dependencies and outputs, as in DVC.
package struct Stage: Codable, Equatable, Sendable {
    /// What the stage is for.
    package enum Kind: Codable, Equatable, Sendable {
        case unitTest
        /// A data-schema test; done by Sluice, so `commands` is empty.
        case schemaTest(DatasetName)
        /// How far the data has moved; done by Sluice.
        case driftTest(DatasetName)
        case train
        case evaluate(Side)
        /// A command that a gate of this name asks (`gates: command:`): its exit status is the answer.
        case gate(String)

        /// True for what a reproduction does again: the champion may be another one today, and what a gate asks is
        /// judgement and not making.
        package var isReproduced: Bool {
            switch self {
            case .evaluate(.champion), .gate: false
            case .unitTest, .schemaTest, .driftTest, .train, .evaluate(.challenger): true
            }
        }
    }

    package var name: StageName
    package var kind: Kind
    /// Shell command lines, run in order; the first that fails ends the stage.
    package var commands: [String]
    /// Where the commands run, below the work tree; nil: at its root.
    package var directory: TreePath?
    package var deps: [TreePath]
    package var params: [ParamsRef]
    package var outs: [Output]
    /// Stages that must have succeeded before.
    package var after: [StageName]
    /// Run again even if nothing changed (DVC's `always_changed`).
    package var alwaysRuns: Bool
    /// DVC's `frozen`: dependencies are not looked at.
    package var frozen: Bool

    package init(
        name: StageName,
        kind: Kind,
        commands: [String],
        directory: TreePath? = nil,
        deps: [TreePath] = [],
        params: [ParamsRef] = [],
        outs: [Output] = [],
        after: [StageName] = [],
        alwaysRuns: Bool = false,
        frozen: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.commands = commands
        self.directory = directory
        self.deps = deps
        self.params = params
        self.outs = outs
        self.after = after
        self.alwaysRuns = alwaysRuns
        self.frozen = frozen
    }
}

/// Which model an evaluation scores.
package enum Side: String, Codable, Sendable, CaseIterable {
    case challenger
    case champion
}

/// Parameters that a stage depends on.
package struct ParamsRef: Codable, Hashable, Sendable {
    /// `params.yaml` unless the stage says otherwise.
    package var file: TreePath
    /// Dotted keys; empty: the whole file.
    package var keys: [String]

    package init(file: TreePath, keys: [String]) {
        self.file = file
        self.keys = keys
    }
}

/// Something that a stage writes.
package struct Output: Codable, Hashable, Sendable {
    /// How the output counts.
    package enum Role: String, Codable, Sendable, CaseIterable {
        case data
        case metrics
        case plots
    }

    package var path: TreePath
    package var role: Role
    /// False: DVC's `cache: false`; the file is small and lives in git.
    package var cached: Bool
    /// DVC's `persist`: not removed before the stage runs.
    package var persists: Bool

    package init(path: TreePath, role: Role = .data, cached: Bool = true, persists: Bool = false) {
        self.path = path
        self.role = role
        self.cached = cached
        self.persists = persists
    }
}

/// A file or directory that lies in the content store.
package struct Artifact: Codable, Hashable, Sendable {
    package var object: ObjectID
    /// SHA-256 of a file's bytes; for a directory, of its canonical listing.
    package var digest: Digest
    /// Bytes, over all files of a directory.
    package var bytes: Int64
    /// Files of a directory; nil for a file.
    package var files: Int?
    /// True for a file with its owner's execute bit.
    package var executable: Bool

    package init(object: ObjectID, digest: Digest, bytes: Int64, files: Int? = nil, executable: Bool = false) {
        self.object = object
        self.digest = digest
        self.bytes = bytes
        self.files = files
        self.executable = executable
    }
}
