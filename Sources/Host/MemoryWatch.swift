import Domain

#if canImport(Glibc)
    import Glibc
#endif

/// Ends a child's process group when the child is larger than it may be.
///
/// A limit on the address space would stop programs that only reserve memory, so the resident size is looked at.
struct MemoryWatch: Sendable {
    /// Gives the child's process id once it runs; the child leads its group.
    let started: AsyncStream<Int32>
    /// Resident bytes.
    let limit: Int64
    /// The program, for the message.
    let name: String

    /// Looks until the task is cancelled; never returns otherwise. Throws `.environment` after it ended the group.
    func run() async throws {
        for await child in started {
            while true {
                if let size = MemoryWatch.residentBytes(of: child), size > limit {
                    kill(-child, SIGKILL)
                    throw Fault(
                        .environment, "'\(name)' used more than \(limit >> 20) MiB of memory and was stopped",
                        advice: "give it more memory, or less data at a time")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    /// Nil unless the process is a living child of ours, so that a number used again by another process is safe.
    private static func residentBytes(of child: Int32) -> Int64? {
        let file = open("/proc/\(child)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        // The second field is the program's name in brackets and may hold anything, so fields count from its end.
        guard let end = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = buffer[(end + 1)..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 21, Int32(String(decoding: fields[1], as: UTF8.self)) == getpid(),
            let pages = Int64(String(decoding: fields[21], as: UTF8.self))
        else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
