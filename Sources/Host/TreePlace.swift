package import Domain
import Foundation
package import SystemPackage

/// A work tree in which strangers' code may have put links: where its paths lead, and that they do not lead out.
///
/// Everything here blocks.
package struct TreePlace: Sendable {
    package let root: FilePath

    package init(root: FilePath) { self.root = root }

    /// Where the bytes of a path are, links followed; nil if nothing is there. Throws `.input` if a link on the way
    /// leads out of the tree.
    package func reading(_ path: TreePath) throws(Fault) -> FilePath? {
        let wanted = root.pushing(FilePath(path.text))
        guard Files.exists(wanted) else { return nil }
        let (top, target) = (try Files.canonical(root), try Files.canonical(wanted))
        guard target.starts(with: top) else { throw leadsOut(path, target) }
        return target
    }

    /// Where a path may be written or removed: what is there itself is not followed, and a link on the way may not
    /// lead out of the tree. Throws `.input` if one does, or if it leads nowhere.
    package func writing(_ path: TreePath) throws(Fault) -> FilePath {
        let top = try Files.canonical(root)
        var folder = top
        for component in path.components.dropLast() {
            let next = folder.appending(component)
            if Files.isLink(next) {
                guard Files.exists(next) else {
                    throw Fault(.input, "the link on the way to '\(path)' leads nowhere", advice: Self.advice)
                }
                folder = try Files.canonical(next)
                guard folder.starts(with: top) else { throw leadsOut(path, folder) }
            } else {
                folder = next
            }
        }
        guard let name = path.components.last else { throw Fault(.bug, "a path of a tree has no name") }
        return folder.appending(name)
    }

    private static let advice = "put the file itself there, or a link to a place inside the repository"

    private func leadsOut(_ path: TreePath, _ target: FilePath) -> Fault {
        Fault(.input, "'\(path)' leads out of the work tree, to \(target)", advice: Self.advice)
    }
}
