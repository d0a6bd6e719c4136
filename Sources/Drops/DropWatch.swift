package import Domain
import Host
package import SystemPackage

/// Watches one drop and says which files are complete. It takes nothing in and remembers nothing: what was dealt with
/// is asked of the caller.
///
/// - A batch is given when nothing in the drop is settling any more, so that a drop of many files is one batch; but a
///   file that never settles holds the others up no longer than 10 times `settle` or a minute, whichever is more.
/// - A file is given until the caller knows its key: again after a restart, and again by the next rescan if it was given
///   and not dealt with. So deal with a batch (or record that it is being dealt with) before asking for the next.
/// - A file that changes after it was given has a new key and is given again once it is complete again.
package struct DropWatch: Sendable {
    /// Of these keys, those that were dealt with. Asked with up to 10,000 at a time.
    package typealias Known = @Sendable ([DropKey]) async throws(Fault) -> Set<DropKey>

    package let place: DropPlace
    package let rules: DropRules
    let storage: Result<ObjectStorage, Fault>
    let known: Known
    let notice: @Sendable (String) -> Void
    var sight: DropSight
    /// Fewer than the system's own limit only in tests.
    var mostWatches = Int.max

    /// - Parameters:
    ///   - storage: needed for a bucket, unused for a directory.
    ///   - notice: hears whole sentences for people: the directory is not there yet, it is polled and why. Each is said
    ///     once until it changes.
    package init(
        place: DropPlace, rules: DropRules, storage: ObjectStorage? = nil, sight: DropSight = .automatic,
        known: @escaping Known, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.place = place
        self.rules = rules
        self.storage =
            storage.map(Result.success) ?? .failure(Fault(.bug, "a bucket is watched without a storage to ask"))
        self.known = known
        self.notice = notice
        self.sight = sight
    }

    /// Batches, none of them empty, for as long as somebody asks; ends when the asking task is cancelled. For one
    /// iteration.
    ///
    /// A failure (the storage does not answer, `known` throws) ends nothing: it is given once, the watch tries again by
    /// itself, and says it again only after it had gone well or for another reason.
    package func batches() -> AsyncStream<Result<DropBatch, Fault>> {
        let session = DropSession(self)
        return AsyncStream { await session.next() }
    }

    /// Everything that is complete now, and what settles within `settle` seconds of its last change; what goes on
    /// changing is left after 10 times `settle` or a minute. Does not wait for markers. May be empty. A directory that
    /// does not exist is `.input`.
    package func once() async throws(Fault) -> DropBatch {
        try await DropOnce(self).run()
    }

    /// Whether the file is still what the key says. Ask after its bytes were taken in, so that one that was changed
    /// meanwhile is not accepted half.
    package func stable(_ file: DropFile) async throws(Fault) -> Bool {
        try await DropReading(watch: self).stable(file)
    }

    /// Those of the names that a file lies under now, complete or not.
    package func now(_ names: [TreePath]) async throws(Fault) -> [DropFile] {
        try await DropReading(watch: self).now(names)
    }

    /// Gives the work a path to read the file from, and throws `.input` if it was not the same file from beginning to
    /// end, or cannot be opened. An object of a bucket is copied into a folder of its own below `scratch` first and removed afterwards; a
    /// file of a directory is opened without following links that lead outside, and the path is one of `/proc/self/fd`,
    /// good for this process only and without the file's name.
    package func reading<Value: Sendable>(
        _ file: DropFile, scratch: FilePath, _ work: (FilePath) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await DropReading(watch: self).run(file, scratch: scratch, work)
    }

    func eye() -> any DropEye {
        switch place {
        case .directory(let directory): DirectoryEye(directory, self)
        case .bucket(let name, let prefix):
            BucketEye(bucket: name, prefix: prefix, storage: storage, every: rules.listEvery)
        }
    }
}
