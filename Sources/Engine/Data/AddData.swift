import Content
package import Domain
import Foundation
import Git
import Host
package import Storage
package import SystemPackage

extension Engine {
    /// What `sluice data add` came to.
    package struct Added: Sendable, Equatable {
        package let snapshot: Store.Snapshot
        /// Names that were not in the snapshot before.
        package let new: [String]
        /// Names whose content was replaced.
        package let replaced: [String]
        /// Names that the snapshot before had and this one has not (a dataset that does not append).
        package let gone: [String]
        /// True if the newest snapshot had the same content already.
        package let isUnchanged: Bool
        /// True if a watch will act on it: the policy says that new data may start a run.
        package let isAwaited: Bool
    }

    /// Takes files into the content store as a new snapshot of a dataset. The files themselves are left as they are.
    ///
    /// A directory stands for all files in it. With `append`, a file of the same name replaces its part of the
    /// dataset. Nothing is recorded unless every file could be taken.
    package func addData(
        _ paths: [FilePath], to dataset: DatasetPolicy, of policy: Policy, repository: RepositoryID, by: PersonName?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Fault) -> Added {
        var incoming: [TreePath: Artifact] = [:]
        for (text, path) in try await namedFiles(paths) {
            guard let name = TreePath(text) else {
                throw Fault(.input, "'\(text)' cannot be a file name of a dataset")
            }
            guard incoming[name] == nil else {
                throw Fault(
                    .input, "two of the files are called '\(name)'", advice: "a dataset's file names are unique")
            }
            progress("taking in \(name)")
            incoming[name] = try await content.ingest(path)
        }
        let newest = try await store.newestSnapshot(of: dataset.name, model: policy.model)
        let made = try await assemble(
            incoming.map { Store.SnapshotFile(name: $0.key.text, artifact: $0.value) },
            over: dataset.append ? newest?.files ?? [] : [], after: newest?.ref.number)
        let snapshot = try await store.addSnapshot(
            of: dataset.name, model: policy.model, digest: made.digest, object: made.object, files: made.files,
            after: made.after, by: by, at: now())
        hooks.reached(.snapshotAdded)
        // Also for a snapshot that was there: a process that was killed may have added it and not told.
        let event = try await accept(
            .dataAdded(dataset.name, snapshot: snapshot.ref.digest), repository, by: by,
            key: "data:\(policy.model):\(dataset.name):\(snapshot.ref.number)")
        let callsForRun = policy.triggers?.concerns(dataset.name) ?? false
        if !callsForRun {
            try await store.settle(
                event: event.id, as: .ignored(reason: "the policy starts no run on new data; 'sluice run' does"),
                at: now())
        }
        let before = Self.byPath(newest?.files ?? [])
        return Added(
            snapshot: snapshot,
            new: incoming.keys.filter { before[$0] == nil }.sorted().map(\.text),
            replaced: incoming.filter { name, artifact in before[name].map { $0 != artifact } ?? false }.keys.sorted()
                .map(\.text),
            gone: dataset.append ? [] : before.keys.filter { incoming[$0] == nil }.sorted().map(\.text),
            isUnchanged: snapshot.ref == newest?.ref,
            isAwaited: callsForRun && event.outcome == nil
        )
    }

    private func namedFiles(_ paths: [FilePath]) async throws(Fault) -> [(name: String, path: FilePath)] {
        try await Blocking.run { () throws(Fault) in
            var found: [(String, FilePath)] = []
            for path in paths {
                guard Files.exists(path) else { throw Fault(.input, "there is no file '\(path)'") }
                if Files.isDirectory(path) {
                    found += try filesBelow(path, prefix: "")
                } else {
                    found.append((path.lastComponent?.string ?? path.string, path))
                }
            }
            guard !found.isEmpty else { throw Fault(.input, "there are no files in what was given") }
            return found
        }
    }
}

private func filesBelow(_ directory: FilePath, prefix: String) throws(Fault) -> [(String, FilePath)] {
    var found: [(String, FilePath)] = []
    for name in try Files.list(directory) where !name.hasPrefix(".") {
        let path = directory.appending(name)
        if Files.isDirectory(path) {
            found += try filesBelow(path, prefix: prefix + name + "/")
        } else {
            found.append((prefix + name, path))
        }
    }
    return found
}
