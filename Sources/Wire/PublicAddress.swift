import NIOCore
import NIOPosix

/// Hosts that anybody on the internet has, as opposed to what only this machine or its network can reach.
enum PublicAddress {
    /// The address to speak to.
    ///
    /// Throws `.notPublic`, or `.notSent` if the host has no address.
    static func of(_ host: String) async throws(WireError) -> String {
        let address: SocketAddress
        do {
            let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
            address = try await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(bare, port: 443)
            }
        } catch {
            throw .notSent("the host is not known")
        }
        guard let text = address.ipAddress, isPublic(address) else { throw .notPublic }
        return text
    }

    /// By the registries of special addresses, RFC 6890 and its successors. What is not known to be public is not.
    static func isPublic(_ address: SocketAddress) -> Bool {
        guard let packed = bytes(of: address) else { return false }
        if packed.count == 4 { return isPublic4(packed) }
        guard packed.count == 16 else { return false }
        if packed.prefix(10).allSatisfy({ $0 == 0 }) && packed[10] == 0xFF && packed[11] == 0xFF {
            return isPublic4(Array(packed.suffix(4)))
        }
        // 2000::/3 is all that is given out; without the documentation's, Teredo's and 6to4's parts.
        guard packed[0] & 0xE0 == 0x20 else { return false }
        if packed[0] == 0x20, packed[1] == 0x01, packed[2] < 0x02 { return false }
        if packed[0] == 0x20, packed[1] == 0x01, packed[2] == 0x0D, packed[3] == 0xB8 { return false }
        return !(packed[0] == 0x20 && packed[1] == 0x02)
    }

    private static func isPublic4(_ bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _): false
        case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _): false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 51, 100), (203, 0, 113): false
        case (224...255, _, _): false
        default: true
        }
    }

    /// Where the address lies in `sockaddr_in` and in `sockaddr_in6`.
    private static func bytes(of address: SocketAddress) -> [UInt8]? {
        let place: Range<Int>
        switch address {
        case .v4: place = 4..<8
        case .v6: place = 8..<24
        case .unixDomainSocket: return nil
        }
        return address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            return bytes.count >= place.upperBound ? Array(bytes[place]) : nil
        }
    }
}
