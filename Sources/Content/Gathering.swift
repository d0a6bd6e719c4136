package import Domain
import Host
import Synchronization
package import SystemPackage

extension ContentStore {
    /// Takes many files in together: read one after the other by `work`, made durable at once when it is done.
    ///
    /// What `work` takes counts for nothing if it throws. Throws what `work` throws, and what `ingest` does.
    package func gather<Value: Sendable>(
        _ work: (Gathering) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await Ingest(store: self).together { staging, publish throws(Fault) in
            let gathering = Gathering(staging: staging)
            let value = try await work(gathering)
            try await publish(gathering.taken())
            return value
        }
    }

    /// Files on their way into the store.
    package final class Gathering: Sendable {
        private let staging: Staging
        private let staged = Mutex<[Staged]>([])

        fileprivate init(staging: Staging) { self.staging = staging }

        /// Reads a file. What is said of it is true in the store once `gather` returns.
        package func take(_ path: FilePath) async throws(Fault) -> Artifact {
            let staging = staging
            let file = try await Blocking.run { () throws(Fault) in try staging.stage(path) }
            staged.withLock { $0.append(file) }
            return file.facts.artifact
        }

        fileprivate func taken() -> [Staged] { staged.withLock { $0 } }
    }
}
