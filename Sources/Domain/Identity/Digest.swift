package import Crypto
package import Foundation

/// A SHA-256 digest: the identity of everything that a decision may be bound to.
package struct Digest: Hashable, Codable, Sendable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package let hex: String

    /// Nil unless `hex` is 64 lower-case hexadecimal digits.
    package init?(hex: String) {
        guard isLowerHex(hex, length: 64) else { return nil }
        self.hex = hex
    }

    /// The digest of finished hashing.
    package init(_ digest: SHA256.Digest) {
        hex = hexadecimal(digest)
    }

    /// The digest of bytes held in memory.
    package static func of(_ data: some DataProtocol) -> Digest {
        Digest(SHA256.hash(data: data))
    }

    /// The digest of a text's UTF-8 bytes.
    package static func of(_ text: String) -> Digest {
        of(Data(text.utf8))
    }

    /// The digest of a value's canonical encoding.
    package static func of(canonical value: some Encodable) -> Digest {
        of(Canonical.bytes(of: value))
    }

    /// The first 12 digits, for people.
    package var short: String { String(hex.prefix(12)) }
    package var description: String { hex }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a SHA-256 digest") { Digest(hex: $0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(hex, to: encoder)
    }
}

/// The address of an object in the content store: MD5 as DVC 3 computes it, with `.dir` for a directory manifest.
///
/// MD5 is only an address here, for DVC compatibility; trust is always in a `Digest` kept beside it.
package struct ObjectID: Hashable, Codable, Sendable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package let md5: String
    /// True if the object is a directory manifest.
    package let isDirectory: Bool

    /// Parses `<32 hex>` or `<32 hex>.dir`; nil for anything else.
    package init?(_ text: String) {
        let isDirectory = text.hasSuffix(".dir")
        let md5 = isDirectory ? String(text.dropLast(4)) : text
        guard isLowerHex(md5, length: 32) else { return nil }
        self.md5 = md5
        self.isDirectory = isDirectory
    }

    /// The address for finished hashing.
    package init(_ digest: Insecure.MD5.Digest, isDirectory: Bool) {
        md5 = hexadecimal(digest)
        self.isDirectory = isDirectory
    }

    /// The address of a file's bytes held in memory.
    package init(of data: some DataProtocol) {
        self.init(Insecure.MD5.hash(data: data), isDirectory: false)
    }

    package var description: String { isDirectory ? md5 + ".dir" : md5 }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "an object address") { ObjectID($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(description, to: encoder)
    }
}

/// MD5 and SHA-256 of one stream of bytes in a single pass.
package struct ContentHasher {
    private var md5 = Insecure.MD5()
    private var sha256 = SHA256()
    /// Bytes seen so far.
    package private(set) var count: Int64 = 0

    package init() {}

    /// Adds bytes to both digests.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        md5.update(bufferPointer: bytes)
        sha256.update(bufferPointer: bytes)
        count += Int64(bytes.count)
    }

    /// The address and the digest of everything seen.
    package func finish(isDirectory: Bool = false) -> (object: ObjectID, digest: Digest) {
        (ObjectID(md5.finalize(), isDirectory: isDirectory), Digest(sha256.finalize()))
    }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits: [UInt8] = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

func isLowerHex(_ text: String, length: Int) -> Bool {
    text.utf8.count == length
        && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
}

func decodeText<Value>(_ decoder: any Decoder, as what: String, parse: (String) -> Value?) throws -> Value {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = parse(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not \(what)")
    }
    return value
}

func encodeText(_ text: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
}
