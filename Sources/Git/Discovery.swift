import CLibgit2
import Domain
import Host
import SystemPackage

/// From a path to the repository around it.
enum Discovery {
    static func repository(at path: FilePath) throws(Fault) -> GitRepository {
        guard Files.exists(path) else { throw Fault(.input, "there is no \(path)") }
        let handle = try Libgit.open(path, flags: GIT_REPOSITORY_OPEN_CROSS_FS.rawValue)
        defer { git_repository_free(handle) }
        guard let own = git_repository_path(handle), let shared = git_repository_commondir(handle) else {
            throw Fault(.bug, "libgit2 opened \(path) but names no git directory")
        }
        let work = git_repository_workdir(handle).map { FilePath(String(cString: $0)) }
        return GitRepository(
            id: RepositoryID(path: try Files.canonical(FilePath(String(cString: shared))).string),
            gitDirectory: try Files.canonical(FilePath(String(cString: own))),
            workTree: try work.map { folder throws(Fault) in try Files.canonical(folder) })
    }
}
