package import Domain
package import Foundation
import Host
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
package import Service
import ServiceLifecycle
package import Settings
import SystemPackage

/// The server's front door: webhooks, JSON API, pages, health and metrics on one port.
///
/// It takes what is told from outside, asks the store and hands over to `Bot`; nothing is decided here. Who calls it:
/// `sluice serve`, as one service beside the loops. It may be stopped at any instant: what was answered with 2xx is
/// durable, and what was not answered is told again by whoever told it.
package struct Server: ServiceLifecycle.Service {
    /// Descriptors that connections must leave for the store, git, logs and everything else.
    package static let ownFiles = 256

    private let site: Site
    private let certificate: ServedCertificate?
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameter onListening: is given the port once connections are taken.
    package init(
        bot: Bot, listen: Listen, limits: ServerLimits, version: String = "",
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        site = Site(bot: bot, listen: listen, limits: limits, version: version)
        certificate = listen.tls.map { ServedCertificate($0) }
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown: then the listener closes, requests finish and streams end.
    ///
    /// Throws a `Fault` of kind `.environment` if the address is taken or the certificate cannot be read.
    package func run() async throws {
        let listen = site.listen
        try await certificate?.renew()
        let told = onListening
        let application = Application(
            responder: Responder(site: site), server: builder(),
            configuration: ApplicationConfiguration(
                address: .hostname(listen.address, port: listen.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(mostConnections)),
            onServerRunning: { channel in await told(channel.localAddress?.port ?? listen.port) },
            logger: quiet(site.bot.log))
        do {
            try await application.run()
        } catch let error as IOError {
            throw Fault(
                .environment,
                "could not listen on \(listen.address), port \(listen.port): \(String(cString: strerror(error.errnoCode)))",
                advice: Self.advice(error.errnoCode))
        }
    }

    private static func advice(_ code: CInt) -> String {
        switch code {
        case EADDRINUSE: "another program holds the port: end it, or give 'listen.port' in server.yaml another one"
        case EACCES: "ports below 1024 are the system's: give 'listen.port' in server.yaml another one"
        default: "'listen.address' in server.yaml wants an address of this machine, such as 127.0.0.1 or 0.0.0.0"
        }
    }

    /// Reads certificate and key as a server that starts does. Throws a fault that names what cannot be used.
    package static func check(_ listen: Listen) async throws(Fault) {
        if let files = listen.tls { try await ServedCertificate.check(files) }
    }

    /// Reads the certificate anew, for connections that begin from now on. Returns until when it is good if it is another
    /// one; nil if it is the same, or if the server has none.
    ///
    /// - Parameter files: where it lies now.
    /// - Throws: a fault that names what cannot be used; then the one of before is kept.
    package func renewCertificate(from files: Listen.TLS?) async throws(Fault) -> Date? {
        guard let files else { return nil }
        return try await certificate?.renew(from: files)
    }

    /// As many as are asked for, and never so many that no file could be opened beside them.
    private var mostConnections: Int {
        max(16, min(site.limits.connections, OpenFiles.limit - Self.ownFiles))
    }

    private func builder() -> HTTPServerBuilder {
        let idle = TimeAmount.milliseconds(Int64(max(0.1, min(site.limits.idle, 3600)) * 1000))
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [Unread(pause: idle)], idleTimeout: idle,
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))
        let certificate = certificate
        return HTTPServerBuilder { responder in
            Door(
                base: HTTP1Channel(responder: responder, configuration: configuration), certificate: certificate)
        }
    }

    /// The library's own lines are about connections; ours are about requests.
    private func quiet(_ log: Logger) -> Logger {
        var log = log
        log.logLevel = max(log.logLevel, .error)
        return log
    }
}
