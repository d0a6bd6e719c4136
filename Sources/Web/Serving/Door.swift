import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// HTTP/1.1 on one connection, inside TLS where the server has a certificate.
struct Door: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    /// Nil: plain HTTP.
    let certificate: ServedCertificate?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard let certificate else { return }
            guard let context = certificate.context else { throw NIOSSLError.failedToLoadCertificate }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
