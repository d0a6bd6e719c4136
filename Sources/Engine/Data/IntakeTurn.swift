package import Domain
package import Drops
import Host
import Storage
import SystemPackage

extension Engine {
    /// Takes a batch of complete files into the dataset, after whoever is doing so now: clones of one repository may be
    /// watched by a process each, and all see the same files. What the others dealt with meanwhile is left out.
    ///
    /// Killed at any instant and asked again with the same files, it comes to the same end. A file that changes while
    /// it is read is left out; the watch gives it again.
    package func takeIn(
        _ batch: DropBatch, for target: DropTarget, from watch: DropWatch, by: PersonName?,
        progress: @escaping ProgressHandler
    ) async throws(Fault) -> TakenIn {
        let turn = try await turn(for: target)
        defer { withExtendedLifetime(turn) {} }
        let done = try await dealtWith(batch.files.map(\.key) + batch.refusals.map(\.key), target)
        let rest = await Blocking.run {
            DropBatch(
                files: batch.files.filter { !done.contains($0.key) && $0.location.isThere },
                refusals: batch.refusals.filter { !done.contains($0.key) && $0.location.isThere })
        }
        return rest.isEmpty
            ? TakenIn() : try await takeInNow(rest, for: target, from: watch, by: by, progress: progress)
    }

    /// Moves refused files that a killed process had not moved yet.
    func finishMoves(of target: DropTarget) async throws(Fault) {
        let turn = try await turn(for: target)
        defer { withExtendedLifetime(turn) {} }
        let left = try await store.refusals(awaitingMoveIn: target.dataset.name, model: target.policy.model)
        if left.isEmpty { return }
        try await target.ground?.check()
        _ = try await quarantine(left, of: target)
    }

    private func turn(for target: DropTarget) async throws(Fault) -> FileLock {
        let path = home.intakeLock(of: target.dataset.name, model: target.policy.model)
        return try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(path.removingLastComponent(), mode: 0o700)
            return try FileLock.wait(for: path)
        }
    }
}

extension DropLocation {
    /// False: another process took it to quarantine, or its sender took it back. Blocks.
    fileprivate var isThere: Bool {
        switch self {
        case .path(let path): Files.exists(path) || Files.isLink(path)
        case .key: true
        }
    }
}
