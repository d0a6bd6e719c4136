package import Domain
import Foundation
import Host
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
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
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameter onListening: is given the port once connections are taken.
    package init(
        bot: Bot, listen: Listen, limits: ServerLimits, version: String = "",
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        site = Site(bot: bot, listen: listen, limits: limits, version: version)
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown: then the listener closes, requests finish and streams end.
    ///
    /// Throws a `Fault` of kind `.environment` if the address is taken or the certificate cannot be read.
    package func run() async throws {
        let listen = site.listen
        let builder = try await builder()
        let told = onListening
        let application = Application(
            responder: Responder(site: site), server: builder,
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
        guard let files = listen.tls else { return }
        _ = try await Blocking.run { () throws(Fault) in try tlsConfiguration(files) }
    }

    /// As many as are asked for, and never so many that no file could be opened beside them.
    private var mostConnections: Int {
        max(16, min(site.limits.connections, OpenFiles.limit - Self.ownFiles))
    }

    private func builder() async throws -> HTTPServerBuilder {
        let http = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .milliseconds(Int64(max(0.1, min(site.limits.idle, 3600)) * 1000)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        guard let files = site.listen.tls else { return http }
        let configuration = try await Blocking.run { () throws(Fault) in try tlsConfiguration(files) }
        return try .tls(http, tlsConfiguration: configuration)
    }

    /// The library's own lines are about connections; ours are about requests.
    private func quiet(_ log: Logger) -> Logger {
        var log = log
        log.logLevel = max(log.logLevel, .error)
        return log
    }
}

private func tlsConfiguration(_ files: Listen.TLS) throws(Fault) -> TLSConfiguration {
    // Read by us: what the library says of a file that is not there is "failed to load".
    func read<Value>(_ what: String, _ path: FilePath, _ body: ([UInt8]) throws -> Value) throws(Fault) -> Value {
        let bytes = [UInt8](try Files.readSmall(path, limit: 1 << 20))
        do {
            return try body(bytes)
        } catch {
            throw Fault(.environment, "\(path) holds no \(what)", advice: "'listen.tls' in server.yaml wants PEM files")
        }
    }
    let chain = try read("certificate", files.certificate) { bytes in
        let all = try NIOSSLCertificate.fromPEMBytes(bytes)
        guard !all.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
        return all.map { NIOSSLCertificateSource.certificate($0) }
    }
    let key = try read("private key", files.key) { bytes in try NIOSSLPrivateKey(bytes: bytes, format: .pem) }
    var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    return configuration
}
