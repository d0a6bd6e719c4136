import Content
import Domain
import Storage

extension Engine {
    /// The snapshot that files make over those of another one; a file takes the place of one of the same name.
    func assemble(
        _ files: [Store.SnapshotFile], over others: [Store.SnapshotFile], after: Int?
    ) async throws(Fault) -> Store.NewSnapshot {
        let tree = try Self.tree(files, over: others)
        return Self.snapshot(of: tree, as: try await content.assemble(tree), after: after)
    }

    /// As `assemble`, for a snapshot that there may never be: nothing is stored.
    func suppose(
        _ files: [Store.SnapshotFile], over others: [Store.SnapshotFile], after: Int?
    ) throws(Fault) -> Store.NewSnapshot {
        let tree = try Self.tree(files, over: others)
        return Self.snapshot(of: tree, as: content.describe(tree), after: after)
    }

    private static func tree(
        _ files: [Store.SnapshotFile], over others: [Store.SnapshotFile]
    ) throws(Fault) -> [TreePath: Artifact] {
        var tree: [TreePath: Artifact] = [:]
        for file in others + files {
            guard let path = TreePath(file.name) else {
                throw Fault(.input, "'\(file.name)' cannot be a file name of a dataset")
            }
            tree[path] = file.artifact
        }
        return tree
    }

    private static func snapshot(
        of tree: [TreePath: Artifact], as whole: Artifact, after: Int?
    ) -> Store.NewSnapshot {
        let files = tree.sorted { $0.key < $1.key }.map { Store.SnapshotFile(name: $0.key.text, artifact: $0.value) }
        return Store.NewSnapshot(digest: whole.digest, object: whole.object, files: files, after: after)
    }

    /// The artifacts of files by their names, compared byte by byte: to Swift's texts, two spellings of one letter are
    /// equal.
    static func byPath(_ files: [Store.SnapshotFile]) -> [TreePath: Artifact] {
        var known: [TreePath: Artifact] = [:]
        for file in files {
            if let path = TreePath(file.name) { known[path] = file.artifact }
        }
        return known
    }
}
