package import Domain
import Synchronization
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// An exclusive `flock` that the kernel releases when the process that holds it dies: the one way in which Sluice
/// tells a living owner from a dead one.
package final class FileLock: Sendable {
    /// The open descriptor that carries the lock.
    let descriptor: Int32
    package let path: FilePath
    private let isHandedOver = Atomic(false)

    private init(descriptor: Int32, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Frees the lock, unless it was handed over. Closing alone would leave it for some milliseconds to any process that
    /// is being started at this moment, and has not yet got rid of what it inherited.
    deinit {
        if !isHandedOver.load(ordering: .relaxed) { flock(descriptor, LOCK_UN) }
        close(descriptor)
    }

    /// The descriptor, for a child that inherits it: the child holds the lock from then on, alone after this object is gone.
    package func handOver() -> Int32 {
        isHandedOver.store(true, ordering: .relaxed)
        return descriptor
    }

    /// Takes the lock if it is free; nil if somebody holds it. Does not wait.
    package static func take(_ path: FilePath) throws(Fault) -> FileLock? {
        let file = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Files.systemFault("open the lock", path) }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return FileLock(descriptor: file, path: path) }
        let code = errno
        close(file)
        if code == EWOULDBLOCK { return nil }
        throw Files.systemFault("lock", path, code: code)
    }

    /// Waits for the lock; blocks, so call it inside `Blocking.run`.
    package static func wait(for path: FilePath) throws(Fault) -> FileLock {
        let file = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Files.systemFault("open the lock", path) }
        while flock(file, LOCK_EX) != 0 {
            if errno == EINTR { continue }
            let code = errno
            close(file)
            throw Files.systemFault("lock", path, code: code)
        }
        return FileLock(descriptor: file, path: path)
    }

    /// True if somebody, this process included, holds the lock now.
    package static func isHeld(_ path: FilePath) throws(Fault) -> Bool {
        guard Files.exists(path) else { return false }
        return try take(path) == nil
    }
}
