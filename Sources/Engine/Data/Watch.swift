package import Domain
import Drops
import Foundation
package import Git
import Host
import Storage
import SystemPackage

/// What a watch tells whoever follows it.
package enum WatchNews: Sendable {
    /// A sentence about a drop: it is not there yet, it is polled, it cannot be read.
    case notice(DatasetName, String)
    case took(DatasetName, TakenIn)
    case called(DataCall)
    case drift(DriftReport)
    case progress(RunProgress)
    /// What went wrong, and with which drop; the watch goes on.
    case trouble(DatasetName?, Fault)
}

/// Receives news; must return at once.
package typealias WatchHandler = @Sendable (WatchNews) -> Void

/// How long to watch, and what.
package struct WatchRequest: Sendable {
    /// Nil: every dataset with a drop.
    package var datasets: Set<DatasetName>?
    /// True: deal with everything that is complete now, and end.
    package var once: Bool
    /// False: files are taken in and drift is looked for, and whoever reads the events starts the runs.
    package var startsRuns: Bool

    package init(datasets: Set<DatasetName>? = nil, once: Bool = false, startsRuns: Bool = true) {
        self.datasets = datasets
        self.once = once
        self.startsRuns = startsRuns
    }
}

extension Engine {
    /// Watches the drops of a repository's policy and acts on what arrives: files in, snapshots, drift, runs.
    ///
    /// The policy is that of the commit that is checked out (a bare repository: of its default branch), read again
    /// when that changes. One process a repository. Ends when the task is cancelled, or with `once` when all is done.
    /// What fails is news and is tried again; thrown is what makes watching impossible.
    package func watch(
        _ repository: GitRepository, _ request: WatchRequest, news: @escaping WatchHandler
    ) async throws(Fault) {
        let lock = try await watchLock(of: repository.id)
        defer { withExtendedLifetime(lock) {} }
        await ScratchFolder.sweep(below: home.temporary)
        let watching = Watching(engine: self, repository: repository, request: request, news: news)
        if request.once { return try await watching.once() }
        try await watching.forever()
    }

    private func watchLock(of repository: RepositoryID) async throws(Fault) -> FileLock {
        let path = home.watchLock(of: repository)
        let lock = try await Blocking.run { () throws(Fault) -> FileLock? in
            try Files.makeDirectory(path.removingLastComponent(), mode: 0o700)
            return try FileLock.take(path)
        }
        guard let lock else {
            throw Fault(
                .environment, "another process watches the drops of \(repository) already",
                advice: "one is enough: it takes in everything that arrives")
        }
        return lock
    }
}
