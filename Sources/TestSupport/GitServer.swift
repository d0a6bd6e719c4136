import Domain
import Foundation
import HTTPTypes
import Host
import Hummingbird
import NIOCore
import Synchronization
package import SystemPackage

/// A git server over HTTP on loopback: git's own `git-http-backend` behind a door that demands a header, and a memory of
/// who asked for what.
package final class GitServer: Sendable {
    /// What a test may want to know or to have.
    package struct State: Sendable {
        /// Paths with their queries, in the order in which they were asked for.
        package var asked: [String] = []
        /// The header `Authorization` of each.
        package var authorizations: [String?] = []
        /// The arguments of all processes of this machine while somebody was being answered.
        package var argumentLists: Set<String> = []
        package var now = 0
        /// The most that were being answered at the same time.
        package var most = 0
        /// Every request gets this status and nothing else.
        package var status: Int?
        /// Every request is sent to this address.
        package var redirect: String?
        /// Each answer takes this long.
        package var delay = Duration.zero
    }

    private let root: FilePath
    /// What `Authorization` must be; nil: everybody may come in.
    private let authorization: String?
    private let state = Mutex(State())
    private let loopback = Loopback("git-server")

    /// Serves the bare repositories in a folder. Call `stop()` at the end.
    package static func start(_ root: FilePath, authorization: String? = nil) async throws -> GitServer {
        let server = GitServer(root, authorization)
        try await server.loopback.listen { try await server.respond(to: $0) }
        return server
    }

    private init(_ root: FilePath, _ authorization: String?) {
        self.root = root
        self.authorization = authorization
    }

    /// `http://127.0.0.1:PORT`.
    package var address: String { "http://127.0.0.1:\(loopback.port)" }
    package var seen: State { state.withLock { $0 } }
    package func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    package func stop() async { await loopback.stop() }

    private func respond(to request: Request) async throws -> Response {
        let target = request.head.path ?? "/"
        let given = request.headers[.authorization]
        let arguments = await Blocking.run { Self.arguments() }
        let state = state.withLock { state in
            state.asked.append(target)
            state.authorizations.append(given)
            state.argumentLists.formUnion(arguments)
            state.now += 1
            state.most = max(state.most, state.now)
            return state
        }
        defer { self.state.withLock { $0.now -= 1 } }
        if state.delay > .zero { try await Task.sleep(for: state.delay) }
        if let status = state.status { return Response(status: .init(code: status)) }
        if let redirect = state.redirect {
            return Response(status: .movedPermanently, headers: [.location: redirect + target])
        }
        if let authorization, given != authorization {
            return Response(status: .unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"git\""])
        }
        let bytes = try await request.body.collect(upTo: 64 << 20)
        return try await backend(request, target, Data(bytes.readableBytesView))
    }

    /// Runs the CGI program (RFC 3875).
    private func backend(_ request: Request, _ target: String, _ body: Data) async throws -> Response {
        let parts = target.split(separator: "?", maxSplits: 1)
        var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        variables["GIT_PROJECT_ROOT"] = root.string
        variables["GIT_HTTP_EXPORT_ALL"] = "1"
        variables["GIT_CONFIG_COUNT"] = "1"
        variables["GIT_CONFIG_KEY_0"] = "safe.directory"
        variables["GIT_CONFIG_VALUE_0"] = "*"
        variables["PATH_INFO"] = String(parts.first ?? "/")
        variables["QUERY_STRING"] = parts.count > 1 ? String(parts[1]) : ""
        variables["REQUEST_METHOD"] = request.method.rawValue
        variables["CONTENT_TYPE"] = request.headers[.contentType] ?? ""
        variables["CONTENT_LENGTH"] = String(body.count)
        variables["REMOTE_ADDR"] = "127.0.0.1"
        // Only the owner of the repository may push; a user that the server knows counts as that.
        if authorization != nil { variables["REMOTE_USER"] = "tester" }
        variables["HTTP_CONTENT_ENCODING"] = request.headers[.contentEncoding]
        if let name = HTTPField.Name("Git-Protocol") { variables["GIT_PROTOCOL"] = request.headers[name] }
        let answer = try await Blocking.run { [variables] in Result { try Self.run(variables, body) } }.get()
        guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)) else {
            return Response(status: .internalServerError)
        }
        var status = 200
        var fields = HTTPFields()
        for line in String(decoding: answer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2 else { continue }
            if pair[0].lowercased() == "status" {
                status = Int(pair[1].prefix(3)) ?? 500
            } else if let name = HTTPField.Name(pair[0]) {
                fields[name] = pair[1]
            }
        }
        let content = ByteBuffer(bytes: answer[end.upperBound...])
        return Response(status: .init(code: status), headers: fields, body: .init(byteBuffer: content))
    }

    private static func run(_ variables: [String: String], _ body: Data) throws -> Data {
        let file = URL(fileURLWithPath: NSTemporaryDirectory()).appending(path: "body-\(UInt64.random(in: 0 ... .max))")
        try body.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let backend = Errand(program: "git", arguments: ["http-backend"], environment: variables, input: file.path)
        guard let (_, answer) = backend.run() else { throw Fault(.environment, "git cannot be started") }
        return answer
    }

    private static func arguments() -> Set<String> {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let lists = processes.filter { Int($0) != nil }.compactMap { process -> String? in
            guard let file = FileHandle(forReadingAtPath: "/proc/\(process)/cmdline") else { return nil }
            let bytes = (try? file.readToEnd()) ?? nil
            return bytes.map { String(decoding: $0, as: UTF8.self).replacing("\0", with: " ") }
        }
        return Set(lists)
    }
}
