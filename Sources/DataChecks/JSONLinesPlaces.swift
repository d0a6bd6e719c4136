import Domain
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// On which line of a JSON Lines file a record stands: DuckDB counts no lines, and blank ones are no records.
struct JSONLinesPlaces {
    private let wanted: Set<Int64>
    private var lines: [Int64: Int64] = [:]
    private var record: Int64 = 0
    private var line: Int64 = 1
    private var isBlank = true

    /// Walks over the file. Blocks.
    static func lines(of wanted: Set<Int64>, in file: FilePath) throws(Fault) -> [Int64: Int64] {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.systemFault("read", file) }
        defer { close(descriptor) }
        var places = JSONLinesPlaces(wanted: wanted)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while places.lines.count < wanted.count {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.systemFault("read", file) }
            if count == 0 { break }
            buffer.withUnsafeBytes { places.take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return places.lines
    }

    private init(wanted: Set<Int64>) { self.wanted = wanted }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            let end =
                bytes.baseAddress.flatMap { base in
                    memchr(base + position, 0x0A, bytes.count - position).map { UnsafeRawPointer($0) - base }
                } ?? bytes.count
            // Almost always the first byte says it.
            if isBlank, bytes[position..<end].contains(where: { $0 != 0x20 && ($0 < 0x09 || $0 > 0x0D) }) {
                isBlank = false
                record += 1
                if wanted.contains(record) { lines[record] = line }
            }
            if end < bytes.count {
                line += 1
                isBlank = true
            }
            position = end + 1
        }
    }
}
