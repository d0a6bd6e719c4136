import Domain
import Host
import SystemPackage

/// A path below the drop, as bytes: what strangers call their files need not be text.
struct RawName: Hashable, Sendable {
    let bytes: [UInt8]

    static let top = RawName(bytes: [])

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Nil if the bytes are not UTF-8.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// As a person may see it; a byte that belongs to no letter is written `\xFF`.
    var shown: String {
        if let text { return text.shown(limit: 1000) }
        var result = ""
        var rest = bytes[...]
        while let first = rest.first {
            let letter = (1...4).lazy.map { rest.prefix($0) }.first { String(validating: $0, as: UTF8.self) != nil }
            if let letter {
                result += String(decoding: letter, as: UTF8.self).shown()
                rest = rest.dropFirst(letter.count)
            } else {
                result += "\\x" + (first < 16 ? "0" : "") + String(first, radix: 16, uppercase: true)
                rest = rest.dropFirst()
            }
        }
        return String(result.prefix(1000))
    }

    var components: [ArraySlice<UInt8>] { bytes.split(separator: slash) }

    var last: ArraySlice<UInt8> { components.last ?? [] }

    /// The directory that holds it; the top's is the top.
    var parent: RawName {
        RawName(bytes: Array(bytes[..<(bytes.lastIndex(of: slash) ?? 0)]))
    }

    func appending(_ name: some Collection<UInt8>) -> RawName {
        RawName(bytes: bytes.isEmpty ? Array(name) : bytes + [slash] + name)
    }

    /// True if it is `folder` or lies below it.
    func isWithin(_ folder: RawName) -> Bool {
        guard !folder.bytes.isEmpty else { return true }
        return bytes.starts(with: folder.bytes)
            && (bytes.count == folder.bytes.count || bytes[folder.bytes.count] == slash)
    }

    func path(below root: FilePath) -> FilePath { FilePath(platformString: cPath(below: root)) }

    /// For the system's calls; for many files a `FilePath` costs more than they do.
    func cPath(below root: FilePath) -> [CChar] {
        let top = root.withPlatformString { Array(cString: $0) }
        guard !bytes.isEmpty else { return top }
        return top.dropLast() + [CChar(bitPattern: slash)] + bytes.map { CChar(bitPattern: $0) } + [0]
    }
}

extension FilePath.Component {
    var bytes: [UInt8] {
        withPlatformString { Array(cString: $0).dropLast().map { UInt8(bitPattern: $0) } }
    }
}

private let slash = UInt8(ascii: "/")
