import DataChecks
package import Domain
package import Drops
import Foundation
package import Git
import Host
import Policies
import Storage
import SystemPackage

/// A dataset with a drop, as the policy of one commit has it.
package struct DropTarget: Sendable {
    package let repository: RepositoryID
    package let policy: Policy
    package let dataset: DatasetPolicy
    package let drop: DropPolicy
    let schema: (schema: TableSchema, digest: Digest)?
    /// Digest of everything that a file is asked, except what depends on the time of day.
    let question: Digest
    /// Nil for a bucket.
    let ground: DropGround?
}

extension DropTarget {
    /// The same targets, those first that the foreign keys of others name: what they hold must be known when the others
    /// are asked.
    static func resourcesFirst(_ targets: [DropTarget]) -> [DropTarget] {
        var (ordered, left): ([DropTarget], [DropTarget]) = ([], targets)
        while !left.isEmpty {
            let waiting = Set(left.map(\.dataset.name.text))
            let free = left.filter { target in
                let named = Set(target.schema?.schema.resources ?? []).subtracting([target.dataset.name.text])
                return named.isDisjoint(with: waiting)
            }
            // They name each other.
            if free.isEmpty { return ordered + left }
            ordered += free
            let done = Set(free.map(\.dataset.name))
            left.removeAll { done.contains($0.dataset.name) }
        }
        return ordered
    }
}

extension DropPolicy {
    /// As the room Drops wants it.
    package var place: DropPlace {
        switch location {
        case .directory(let path): .directory(FilePath(path))
        case .bucket(let name, let prefix): .bucket(name: name, prefix: prefix)
        }
    }

    package var rules: DropRules {
        DropRules(settle: settle, marker: marker, rescan: rescan)
    }
}

/// What the answer to a file depends on.
private struct Question: Encodable {
    /// Raised when the same file may get another answer from this program.
    let version = 1
    let schema: Digest?
    let rules: DataRules?
    let files: String?
}

extension Engine {
    /// Throws `.input` if the dataset has no drop, or one that is not its own, or a schema that cannot be read.
    package func dropTarget(
        _ dataset: DatasetPolicy, of policy: Policy, in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> DropTarget {
        guard let drop = dataset.drop else {
            throw Fault(.input, "dataset '\(dataset.name)' has no drop", advice: "give it one in \(PolicyFile.name)")
        }
        let ground = DropGround(dataset, of: policy, in: repository, home: home)
        try await ground?.check()
        let schema = try await schema(of: dataset, in: repository, at: commit)
        let question = Question(schema: schema?.digest, rules: dataset.rules, files: drop.files)
        return DropTarget(
            repository: repository.id, policy: policy, dataset: dataset, drop: drop, schema: schema,
            question: Digest.of(canonical: question), ground: ground)
    }

    /// A dataset's schema as it is at a commit; nil if it has none.
    func schema(
        of dataset: DatasetPolicy, in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> (schema: TableSchema, digest: Digest)? {
        guard let path = dataset.schema else { return nil }
        let bytes = try await required(path, "datasets.\(dataset.name).schema", repository, commit)
        do throws(Complaints) {
            return (try TableSchema.read(bytes, file: path.text), Digest.of(bytes))
        } catch {
            throw error.fault
        }
    }
}
