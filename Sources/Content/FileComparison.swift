import Domain
import Glibc
import Host
import SystemPackage

/// Byte by byte. Blocks.
enum FileComparison {
    /// True if a file holds these bytes and no others.
    static func holds(_ path: FilePath, _ bytes: [UInt8]) throws(Fault) -> Bool {
        let file = try Source(path)
        guard file.bytes == Int64(bytes.count) else { return false }
        var offset = 0
        var isEqual = true
        try file.forEachPiece { piece throws(Fault) in
            guard isEqual, offset + piece.count <= bytes.count else {
                isEqual = false
                return
            }
            isEqual = bytes[offset..<offset + piece.count].elementsEqual(piece)
            offset += piece.count
        }
        return isEqual && offset == bytes.count
    }

    static func areEqual(_ left: FilePath, _ right: FilePath) throws(Fault) -> Bool {
        let one = try Source(left)
        let other = try Source(right)
        guard one.bytes == other.bytes else { return false }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var isEqual = true
        try one.forEachPiece { piece throws(Fault) in
            guard isEqual, try other.fill(buffer, piece.count) else {
                isEqual = false
                return
            }
            guard let here = piece.baseAddress, let there = buffer.baseAddress else { return }
            isEqual = memcmp(here, there, piece.count) == 0
        }
        return isEqual
    }
}

extension Source {
    /// Reads so many bytes, or says that there are fewer.
    fileprivate func fill(_ buffer: UnsafeMutableRawBufferPointer, _ wanted: Int) throws(Fault) -> Bool {
        var count = 0
        while count < wanted {
            let got = read(descriptor, buffer.baseAddress?.advanced(by: count), wanted - count)
            if got == 0 { return false }
            if got < 0 {
                if errno == EINTR { continue }
                throw Files.systemFault("read", path)
            }
            count += got
        }
        return true
    }
}
