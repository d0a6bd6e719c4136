import Foundation

/// An address of the Internet Protocol, or a network of them: `127.0.0.1`, `::1`, `10.0.0.0/8`, `fd00::/8`.
package struct AddressRange: Equatable, Sendable {
    private let bytes: [UInt8]
    /// Bits that all addresses of the range have in common.
    private let length: Int

    /// Nil unless the text is one.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.bytes(of: String(first)) else { return nil }
        self.bytes = bytes
        length = parts.count == 1 ? bytes.count * 8 : Int(parts[1]) ?? -1
        guard (0...bytes.count * 8).contains(length) else { return nil }
    }

    /// Whether an address lies in it; false for a text that is no address. An IPv4 address counts as such in the form
    /// `::ffff:a.b.c.d` too.
    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        for (index, pair) in zip(bytes, other).enumerated() {
            let bits = min(8, max(0, length - index * 8))
            if bits == 0 { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if pair.0 & mask != pair.1 & mask { return false }
        }
        return true
    }

    private static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return Array(bytes.prefix(12)) == mapped ? Array(bytes.suffix(4)) : bytes
    }
}
