import Domain
import Foundation
import Git
import Host
import Pipelines
import Policies
import SystemPackage

/// Parameters that are changed for one run, by file.
struct Overrides: Sendable {
    /// File to key to value in YAML.
    let files: [TreePath: [String: String]]

    init(_ overrides: [String: String]?) {
        var files: [TreePath: [String: String]] = [:]
        for (name, value) in overrides ?? [:] {
            let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let (file, key) = parts.count == 2 ? (parts[0], parts[1]) : (Self.usual, name)
            if let path = TreePath(file) { files[path, default: [:]][key] = value }
        }
        self.files = files
    }

    /// Where a key without a file stands, as DVC has it.
    static let usual = "params.yaml"

    /// As plans keep them: every key with its file.
    var plan: [String: String]? {
        var all: [String: String] = [:]
        for (file, values) in files {
            for (key, value) in values { all["\(file):\(key)"] = value }
        }
        return all.isEmpty ? nil : all
    }

    /// A file's bytes with what is changed in it.
    func applied(to bytes: Data, of file: TreePath) throws(Fault) -> Data {
        guard let changes = files[file] else { return bytes }
        do throws(Complaints) {
            return try Pipeline.changing(changes, of: file, in: bytes)
        } catch {
            throw error.fault
        }
    }
}

extension Engine {
    /// What is changed, checked against the commit: a file that holds no parameters of a stage, or a key that is not in it,
    /// is `.input` with the nearest name.
    func overrides(
        _ wanted: [String: String], of stages: [Stage], in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> Overrides {
        for name in wanted.keys where name.contains(":") && TreePath(String(name.prefix { $0 != ":" })) == nil {
            throw Fault(
                .input, "'\(name.shown(limit: 100))' names no file of the repository", advice: "write 'FILE:KEY=VALUE'")
        }
        let overrides = Overrides(wanted)
        var known = Set(stages.flatMap(\.params).map(\.file))
        if let usual = TreePath(Overrides.usual) { known.insert(usual) }
        for (file, changes) in overrides.files.sorted(by: { $0.key < $1.key }) {
            guard known.contains(file), let bytes = try await repository.file(file, at: commit, limit: 1 << 20) else {
                let key = changes.keys.sorted().first ?? ""
                let near = Spelling.nearest(to: file.text, in: known.map(\.text).sorted())
                throw Fault(
                    .input, "'\(file):\(key)' cannot be changed: '\(file)' is no file of parameters at \(commit.short)",
                    advice: near.flatMap { $0 == file.text ? nil : "did you mean '\($0)'?" }
                        ?? "the files of parameters are \(known.map(\.text).sorted().joined(separator: ", "))")
            }
            _ = try overrides.applied(to: bytes, of: file)
        }
        return overrides
    }

    /// Changes the parameters in a fresh work tree, before anything looks at them.
    func layOverrides(of plan: Plan, in tree: FilePath) async throws(Fault) {
        let overrides = Overrides(plan.overrides)
        if overrides.files.isEmpty { return }
        let source = try await source(of: plan)
        let place = TreePlace(root: tree)
        for file in overrides.files.keys.sorted() {
            let bytes = try overrides.applied(
                to: try await required(file, "a file of parameters", source, plan.commit), of: file)
            try await Blocking.run { () throws(Fault) in
                try Files.writeDurably(bytes, to: try place.writing(file))
            }
        }
    }
}
