import Domain
import Foundation

/// A port of the loopback interface that nobody has at the moment, and that the system gives to no outgoing connection:
/// it is below those (/proc/sys/net/ipv4/ip_local_port_range), so that it is still free when a server is started again.
///
/// - Throws: a fault when a hundred ports in a row were taken.
package func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = Int.random(in: 10_000..<32_000)
        if isFree(port) { return port }
    }
    throw Fault(.bug, "a hundred ports in a row are taken")
}

private func isFree(_ port: Int) -> Bool {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard file >= 0 else { return false }
    defer { close(file) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
