import Domain
import Glibc
import Host
import Synchronization
import SystemPackage

/// The kernel's word on what changes in directories. Reading never waits; `Wakeup` waits.
///
/// Not asked for every write: a file that is being written is looked at when it should have settled, which costs one
/// look instead of thousands of events.
final class Inotify: Sendable {
    enum Event: Hashable {
        /// What has this name came, went or was changed.
        case name(RawName)
        /// A directory came, or may be read now: all in it is to be looked at.
        case directory(RawName)
        /// A directory went, with all that was in it.
        case directoryGone(RawName)
        /// The drop itself went.
        case topGone
        /// Events were lost: everything is to be looked at.
        case lost
    }

    let descriptor: Int32
    private let folders = Mutex<[Int32: RawName]>([:])
    private let most: Int

    /// Throws `.environment` if the system has no more of them.
    ///
    /// - Parameter most: directories that are watched, if the system does not say so first.
    init(most: Int) throws(Fault) {
        self.most = most
        descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else {
            throw Fault(
                .environment, "the system gives no watch of directories: \(String(cString: strerror(errno)))",
                advice: "Raise fs.inotify.max_user_instances.")
        }
    }

    deinit { close(descriptor) }

    /// Watches one directory, whatever it was called before. One that is gone is fine. Throws `.environment` if there
    /// are too many.
    func watch(_ folder: RawName, below root: FilePath) throws(Fault) {
        let mask =
            UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_CREATE)
            | UInt32(IN_DELETE) | UInt32(IN_ATTRIB) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
            | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW) | UInt32(IN_EXCL_UNLINK)
        let number = inotify_add_watch(descriptor, folder.path(below: root).string, mask)
        if number >= 0, watched < most {
            folders.withLock { $0[number] = folder }
        } else if number >= 0 || errno == ENOSPC || errno == ENOMEM {
            throw Fault(
                .environment, "the system watches no more directories for this user",
                advice: "Raise fs.inotify.max_user_watches, one for each directory.")
        }
    }

    /// No longer watches a directory and those below it.
    func forget(_ folder: RawName) {
        folders.withLock { folders in
            for (number, name) in folders where name.isWithin(folder) {
                inotify_rm_watch(descriptor, number)
                folders[number] = nil
            }
        }
    }

    var watched: Int { folders.withLock { $0.count } }

    /// All that has happened since the last call, in its order, each thing once. Stops after `most` events; the next
    /// call goes on.
    func events(most: Int = 20_000) -> [Event] {
        var events: [Event] = []
        var known: Set<Event> = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        while events.count < most {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for event in decode(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                switch event {
                case .name: if known.insert(event).inserted { events.append(event) }
                // The order of what befalls a directory and what befalls the names in it matters.
                default:
                    known = []
                    events.append(event)
                }
            }
        }
        return events
    }

    private func decode(_ bytes: UnsafeRawBufferPointer) -> [Event] {
        var events: [Event] = []
        var offset = 0
        let header = MemoryLayout<inotify_event>.size
        while offset + header <= bytes.count {
            let raw = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let end = min(offset + header + Int(raw.len), bytes.count)
            let name = bytes[(offset + header)..<end].prefix { $0 != 0 }
            if let event = event(raw.wd, raw.mask, name) { events.append(event) }
            offset = end
        }
        return events
    }

    private func event(_ number: Int32, _ mask: UInt32, _ name: some Collection<UInt8>) -> Event? {
        func says(_ flags: Int32...) -> Bool { flags.contains { mask & UInt32($0) != 0 } }
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .lost }
        guard let folder = folders.withLock({ $0[number] }) else { return nil }
        if mask & UInt32(IN_IGNORED) != 0 {
            folders.withLock { $0[number] = nil }
            return folder == .top ? .topGone : nil
        }
        guard !name.isEmpty else {
            let isGone = says(IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT)
            return isGone && folder == .top ? .topGone : nil
        }
        let whole = folder.appending(name)
        guard DropNames.meaning(of: whole) != .ignored else { return nil }
        guard mask & UInt32(IN_ISDIR) != 0 else { return .name(whole) }
        if says(IN_MOVED_FROM, IN_DELETE) {
            forget(whole)
            return .directoryGone(whole)
        }
        return .directory(whole)
    }
}
