import Foundation

/// Tells the service manager (systemd) what the server is doing, if one asked for it with NOTIFY_SOCKET.
///
/// The protocol of sd_notify(3): one datagram, lines of `KEY=value`. Nothing fails because nobody listens.
struct ServiceManager: Sendable {
    private let address: String?

    init(variables: [String: String]) {
        address = variables["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

    func reloading() {
        // On Linux the time since the start of the machine, by CLOCK_MONOTONIC.
        let microseconds = UInt64(max(0, ProcessInfo.processInfo.systemUptime) * 1_000_000)
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    func stopping() { send("STOPPING=1") }

    private func send(_ text: String) {
        guard let address else { return }
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        // An abstract address begins with a zero byte, which people write as '@'.
        var bytes = Array(address.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: place.sun_path) else { return }
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count } ?? 0
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return }
        defer { close(file) }
        withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                _ = sendto(file, text, text.utf8.count, Int32(MSG_NOSIGNAL), target, socklen_t(length))
            }
        }
    }
}
