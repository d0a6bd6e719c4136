import Domain
import Foundation

/// What a server answered.
struct Answer: Sendable {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: Data
    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSONValue { try JSONDecoder().decode(JSONValue.self, from: body) }
}

/// A TCP connection to a server on this machine. Everything here blocks.
final class Socket {
    let descriptor: Int32

    init(port: Int) throws(Fault) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Fault(.environment, "no socket: \(errno)") }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let failure = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // Everything is set, so `deinit` closes it: a second close would be of whatever got the number meanwhile.
        guard failure == 0 else { throw Fault(.environment, "not connected: \(errno)") }
    }

    deinit { close(descriptor) }

    /// False if the other side is gone.
    @discardableResult
    func write(_ text: String) -> Bool { write(Data(text.utf8)) }

    @discardableResult
    func write(_ bytes: Data) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Bytes until the text has come, the other side ends, or a minute of silence.
    func read(until text: String? = nil) -> Data {
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            if let text, bytes.range(of: Data(text.utf8)) != nil { return bytes }
        }
    }

    /// Writes what the other side takes now, and returns how much that was.
    func writeAtOnce(_ bytes: Data) -> Int {
        var count = 0
        while count < bytes.count {
            let sent = bytes.dropFirst(count).withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if sent <= 0 { return count }
            count += sent
        }
        return count
    }

    /// Reads what has come, waits for nothing, and returns how many bytes it was.
    func readAtOnce(_ most: Int) -> Int {
        var buffer = [UInt8](repeating: 0, count: most)
        return max(0, recv(descriptor, &buffer, most, Int32(MSG_DONTWAIT)))
    }

    /// True if the other side ends the connection, whether what it sent was read or not.
    func isEnded(within seconds: Int32) -> Bool {
        // POLLRDHUP, which Swift does not show.
        var waits = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        return poll(&waits, 1, seconds * 1000) > 0
    }

    static func head(_ method: String, _ path: String, _ headers: [String: String]) -> String {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if headers["Host"] == nil { lines.append("Host: 127.0.0.1:PORT") }
        lines += headers.map { "\($0.key): \($0.value)" }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    var port: Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getpeername(descriptor, $0, &size) }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    /// One request on a connection of its own.
    func exchange(_ method: String, _ path: String, _ headers: [String: String], _ body: Data?) throws(Fault) -> Answer
    {
        var headers = headers
        headers["Connection"] = "close"
        if let body { headers["Content-Length"] = String(body.count) }
        write(Socket.head(method, path, headers).replacing("PORT", with: "\(port)"))
        if let body { write(body) }
        return try Socket.answer(read())
    }

    static func answer(_ bytes: Data) throws(Fault) -> Answer {
        guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else {
            throw Fault(.environment, "no answer: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        var body = Data(bytes[end.upperBound...])
        if headers["transfer-encoding"] == "chunked" { body = joined(body) }
        return Answer(status: status, headers: headers, body: body)
    }

    private static func joined(_ chunks: Data) -> Data {
        var (rest, body) = (chunks[...], Data())
        while let line = rest.range(of: Data("\r\n".utf8)),
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16), size > 0
        {
            let piece = rest[line.upperBound...].prefix(size)
            body += piece
            rest = rest[line.upperBound...].dropFirst(size + 2)
        }
        return body
    }
}
