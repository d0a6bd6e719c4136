import Domain
import Foundation
import Git
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The work tree that a run leaves to the next one of its repository: to make thousands of files takes a file system
/// seconds, to see that they are still those of the commit a fraction of one.
///
/// At most one for each repository, and none between what must not touch: a reproduction takes nothing from before, code
/// from a fork leaves nothing behind, and what did not come to a verdict is not used again.
extension Engine {
    /// The tree that was left, taken into the run's directory; nil if there is none, or the run may not have it.
    func takeSpareTree(for plan: Plan, into directory: RunDirectory) async -> FilePath? {
        guard Self.sharesTrees(plan) else { return nil }
        let (spare, taken) = (home.spareTree(of: plan.repository), directory.root.appending(".used"))
        // Of several runs that start at once one gets it.
        return await Blocking.run { rename(spare.string, taken.string) == 0 ? taken : nil }
    }

    /// Leaves the tree of a run that is over to the next one, with only what its commit has; one that is not taken
    /// stays where it is, for the caller to remove.
    func leaveTree(of run: Run, in directory: RunDirectory) async throws(Fault) {
        let (tree, plan) = (directory.tree, try await requiredPlan(of: run.id))
        let spare = home.spareTree(of: plan.repository)
        guard case .judged = run.state, Self.sharesTrees(plan), await Blocking.run({ !Files.exists(spare) }) else {
            return
        }
        guard try await source(of: plan).strip(tree, to: plan.commit) <= Self.largestSpareTree else { return }
        try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(spare.removingLastComponent(), mode: 0o700)
            try Files.move(tree, to: spare)
        }
    }

    /// Removes trees that no run has wanted since a time.
    func removeSpareTrees(unusedSince time: Date) async throws(Fault) {
        let folder = home.spareTrees
        try await Blocking.run { () throws(Fault) in
            guard Files.exists(folder) else { return }
            for name in try Files.entries(folder) {
                var info = stat()
                let path = folder.appending(name)
                // Its name was changed when it was left here, and nothing of it since.
                guard lstat(path.string, &info) == 0, Double(info.st_ctim.tv_sec) < time.timeIntervalSince1970 else {
                    continue
                }
                try Files.removeTree(path)
            }
        }
    }

    /// Bytes of the files of a tree that is worth its place on the disk.
    private static let largestSpareTree: Int64 = 1 << 30

    private static func sharesTrees(_ plan: Plan) -> Bool {
        plan.trigger.reproduced == nil && plan.isForeign != true
    }
}
