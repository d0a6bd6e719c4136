import Hummingbird
import Logging
import NIOCore
import Synchronization

/// An HTTP server of the tests on loopback. It lives until `stop()`, whatever task started it, and may then listen again.
final class Loopback: Sendable {
    private let name: String
    private let server: Mutex<(task: Task<Void, any Error>?, port: Int)> = Mutex((nil, 0))

    /// - Parameter name: for its log.
    init(_ name: String) { self.name = name }

    /// 0 before it listened for the first time.
    var port: Int { server.withLock { $0.port } }

    /// Listens on a free port, or again on the one that it had.
    func listen(_ respond: @escaping @Sendable (Request) async throws -> Response) async throws {
        let (ports, told) = AsyncStream<Int>.makeStream()
        let app = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await respond(request) },
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                told.yield(channel.localAddress?.port ?? 0)
                told.finish()
            },
            logger: Logger(label: name, factory: { _ in SwiftLogNoOpLogHandler() }))
        // Bare: it must outlive the task that started it.
        let task = Task {
            defer { told.finish() }
            try await app.run()
        }
        server.withLock { $0.task = task }
        for await port in ports {
            server.withLock { $0.port = port }
            return
        }
        try await task.value
    }

    /// The connection is refused from now on.
    func stop() async {
        let task = server.withLock { server in
            defer { server.task = nil }
            return server.task
        }
        task?.cancel()
        _ = await task?.result
    }
}
