import Content
import Domain
import Executors
import Foundation
import Host
import Storage
import SystemPackage

/// Something that was laid out for the stages to read, and which file or directory it is.
struct Laid: Sendable, Equatable {
    let path: TreePath
    let place: FilePath
    let identity: Files.Identity
    let object: ObjectID
}

extension Engine {
    /// Lays the snapshots and the champion's model out in a fresh tree.
    func layData(
        _ plan: Plan, in directory: RunDirectory, _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        let place = TreePlace(root: directory.tree)
        // Without a sandbox a stage could write through a hard link into the store itself.
        let layout: ContentStore.Layout = await LocalExecutor.probe().isAvailable ? .readOnly : .readOnlyCopy
        for snapshot in plan.snapshots {
            guard let (dataset, mount) = plan.policy.mounted.first(where: { $0.dataset.name == snapshot.dataset }),
                let stored = try await store.snapshot(snapshot, model: plan.policy.model)
            else { throw Fault(.bug, "snapshot \(snapshot.number) of '\(snapshot.dataset)' is not in the store") }
            progress(.layingData(snapshot.dataset, number: snapshot.number))
            let target = try await free(mount, for: dataset.name, in: place)
            try await content.lay(stored.artifact, at: target, layout)
        }
        try await requireNoFolderOfOurs(in: place)
        if let champion = plan.champion {
            let target = directory.tree.pushing(FilePath(championPath(plan.policy.train.model).text))
            try await content.lay(champion.artifact, at: target, layout)
        }
    }

    /// Where a dataset is to be laid: nothing of the commit may lie there.
    private func free(
        _ mount: TreePath, for dataset: DatasetName, in place: TreePlace
    ) async throws(Fault) -> FilePath {
        try await Blocking.run { () throws(Fault) in
            let target = try place.writing(mount)
            guard !Files.exists(target), !Files.isLink(target) else {
                throw Fault(
                    .input, "the commit holds '\(mount)', where dataset '\(dataset)' is to be mounted",
                    advice: "remove it from the repository, or choose another mount")
            }
            return target
        }
    }

    /// The folder is ours, and a commit may have nothing in it but the files that name champions: promotion pull requests
    /// write them. A link could lead what is laid out there to anywhere.
    private func requireNoFolderOfOurs(in place: TreePlace) async throws(Fault) {
        try await Blocking.run { () throws(Fault) in
            let folder = place.root.appending(".sluice")
            if !Files.exists(folder), !Files.isLink(folder) { return }
            guard !Files.isLink(folder), Files.isDirectory(folder),
                !Files.isLink(folder.appending("champions")), try Files.list(folder) == ["champions"]
            else {
                throw Fault(
                    .input, "the commit holds '.sluice', which is Sluice's own but for '.sluice/champions'",
                    advice: "remove it from the repository")
            }
        }
    }

    /// What lies there now for the stages to read.
    func laid(of plan: Plan, in tree: FilePath) async throws(Fault) -> [Laid] {
        var wanted: [(path: TreePath, object: ObjectID)] = plan.policy.mounted.compactMap { dataset, mount in
            plan.snapshots.first { $0.dataset == dataset.name }.map { (mount, $0.object) }
        }
        if let champion = plan.champion { wanted.append((championPath(plan.policy.train.model), champion.object)) }
        let place = TreePlace(root: tree)
        return try await Blocking.run { [wanted] () throws(Fault) in
            var laid: [Laid] = []
            for (path, object) in wanted {
                let target = try place.writing(path)
                guard let identity = Files.identity(target) else { throw Self.moved(path) }
                laid.append(Laid(path: path, place: target, identity: identity, object: object))
            }
            return laid
        }
    }

    /// Throws `.input` if a stage moved data or champion away, or put something else in its place: inside the sandbox
    /// they cannot be written to, but the folders that they lie in can be moved. Without one they can be written to,
    /// so every byte is read again.
    func requireLaid(in workspace: Workspace) async throws(Fault) {
        let place = TreePlace(root: workspace.tree)
        let laid = workspace.laid
        try await Blocking.run { () throws(Fault) in
            for one in laid {
                guard try place.writing(one.path) == one.place, Files.identity(one.place) == one.identity else {
                    throw Self.moved(one.path)
                }
            }
        }
        if workspace.confinement == .processGroup { try await requireUnwritten(laid) }
    }

    private func requireUnwritten(_ laid: [Laid]) async throws(Fault) {
        for one in laid where try await content.identify(one.place).object != one.object { throw Self.moved(one.path) }
    }

    private static func moved(_ path: TreePath) -> Fault {
        Fault(
            .input,
            "'\(path)' is not what was laid there: a stage changed it, moved it, or put something else in its place",
            advice: "data and champion are there to be read only")
    }
}
