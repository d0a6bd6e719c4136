import Domain
import Git
import Host
import SystemPackage

/// Directories that a drop must keep clear of: what is refused in a drop is moved, and in these it would be the user's
/// repository, Sluice's own memory or the files of another dataset.
struct DropGround: Sendable {
    private struct Neighbour: Sendable {
        let path: FilePath
        /// `Sluice's home (/srv/sluice)`.
        let words: String
        /// False: a drop may lie in it, but not hold it.
        let mayNotHoldDrops: Bool
    }

    private let drop: FilePath
    private let dataset: DatasetName
    private let neighbours: [Neighbour]

    /// Nil for a bucket.
    init?(_ dataset: DatasetPolicy, of policy: Policy, in repository: GitRepository, home: Home) {
        guard let path = dataset.drop?.directory else { return nil }
        drop = path
        self.dataset = dataset.name
        var neighbours = [
            Neighbour(path: home.root, words: "Sluice's home (\(home.root))", mayNotHoldDrops: true),
            Neighbour(
                path: repository.gitDirectory, words: "the repository's own \(repository.gitDirectory)",
                mayNotHoldDrops: true),
        ]
        if let tree = repository.workTree {
            neighbours.append(Neighbour(path: tree, words: "the repository (\(tree))", mayNotHoldDrops: false))
        }
        for other in policy.datasets where other.name != dataset.name {
            guard let path = other.drop?.directory else { continue }
            neighbours.append(
                Neighbour(path: path, words: "the drop of dataset '\(other.name)' (\(path))", mayNotHoldDrops: true))
        }
        self.neighbours = neighbours
    }

    /// Throws `.input` if the drop, wherever links lead now, meets a neighbour.
    func check() async throws(Fault) {
        try await Blocking.run { () throws(Fault) in
            let place = Self.resolved(drop)
            for neighbour in neighbours {
                let other = Self.resolved(neighbour.path)
                let holds = other.starts(with: place)
                guard holds || (neighbour.mayNotHoldDrops && place.starts(with: other)) else { continue }
                let relation = place == other ? "is" : holds ? "holds" : "lies in"
                throw Fault(
                    .input, "the drop of dataset '\(dataset)' (\(drop)) \(relation) \(neighbour.words)",
                    advice: "give it a directory of its own: files that are refused are moved within a drop")
            }
        }
    }

    /// As canonical as it can be where the last directories are not there yet. Blocks.
    private static func resolved(_ path: FilePath) -> FilePath {
        var there = path.lexicallyNormalized()
        var missing: [FilePath.Component] = []
        while true {
            if let canonical = try? Files.canonical(there) {
                return missing.reversed().reduce(canonical) { $0.appending($1) }
            }
            guard let last = there.lastComponent else { return path }
            missing.append(last)
            there = there.removingLastComponent()
        }
    }
}

extension DropPolicy {
    fileprivate var directory: FilePath? {
        switch location {
        case .directory(let path): FilePath(path)
        case .bucket: nil
        }
    }
}
