import DataChecks
package import Domain
import Foundation
package import Git
import Host
package import Storage
import SystemPackage

extension Engine {
    /// The snapshot of a number, nil: the newest. Throws `.input` if there is none, and says which there are.
    package func requiredSnapshot(
        of dataset: DatasetName, model: ModelName, number: Int? = nil
    ) async throws(Fault) -> Store.Snapshot {
        guard let newest = try await store.newestSnapshot(of: dataset, model: model) else {
            throw Fault(
                .input, "dataset '\(dataset)' has no snapshot yet",
                advice: "'sluice data add \(dataset) FILE…' takes files in")
        }
        guard let number else { return newest }
        guard let found = try await store.snapshot(number: number, of: dataset, model: model) else {
            let last = newest.ref.number
            throw Fault(
                .input, "dataset '\(dataset)' has no snapshot \(number)",
                advice:
                    "it has \(last == 1 ? "only number 1" : "the numbers 1 to \(last)"): 'sluice data ls \(dataset)'")
        }
        return found
    }

    /// The file that holds a dataset's schema, as it is now.
    package struct SchemaFile: Sendable, Equatable {
        package let path: TreePath
        /// Nil: the policy names it, but it is not there.
        package let digest: Digest?
    }

    /// The schema of the work tree, else that of HEAD; nil if the policy names none.
    package func schemaFile(
        of dataset: DatasetPolicy, in repository: GitRepository
    ) async throws(Fault) -> SchemaFile? {
        guard let path = dataset.schema else { return nil }
        return SchemaFile(path: path, digest: try await schemaBytes(path, repository).map { .of($0) })
    }

    /// Columns of which no value is shown, by that schema; none if it is not there. Throws `.input` if it cannot be
    /// read: better nothing is shown then.
    package func sensitiveColumns(
        of dataset: DatasetPolicy, in repository: GitRepository
    ) async throws(Fault) -> Set<String> {
        guard let path = dataset.schema, let bytes = try await schemaBytes(path, repository) else { return [] }
        do throws(Complaints) {
            return try TableSchema.read(bytes, file: path.text).sensitiveColumns
        } catch {
            throw error.fault
        }
    }

    private func schemaBytes(_ path: TreePath, _ repository: GitRepository) async throws(Fault) -> Data? {
        let limit = 16 << 20
        if let file = repository.workTree?.pushing(FilePath(path.text)), await Blocking.run({ Files.exists(file) }) {
            return try await Blocking.run { () throws(Fault) in try Files.readSmall(file, limit: limit) }
        }
        // A repository may have no commit yet.
        guard let head = try? await repository.commit("HEAD").id else { return nil }
        return try await repository.file(path, at: head, limit: limit)
    }
}
