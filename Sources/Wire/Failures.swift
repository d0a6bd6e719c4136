import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension WireError {
    /// What the client's error says about whether the other side has got the request. In doubt it has.
    init(_ error: any Error, limit: Int) {
        switch error {
        case is NIOTooManyBytesError: self = .tooLong(limit: limit)
        case is NIOConnectionError: self = .notSent("no connection could be made")
        case let error as IOError where Self.early.contains(error.errnoCode):
            self = .notSent("no connection could be made")
        case is SocketAddressError: self = .notSent("the host is not known")
        case let error as NIOSSLError:
            if case .handshakeFailed = error {
                self = .notSent("TLS could not be agreed on: the certificate may not be trusted")
            } else {
                self = .mayHaveActed("the connection broke")
            }
        case is NIOSSLExtraError: self = .notSent("the certificate is not the host's")
        case ChannelError.connectTimeout: self = .notSent("no connection in time")
        case let error as HTTPClientError: self.init(error)
        case is CancellationError: self = .mayHaveActed("given up")
        default: self = .mayHaveActed("the connection broke")
        }
    }

    /// What only making a connection can meet.
    private static let early: Set<CInt> = [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EACCES, EPERM]

    static let late = "no answer in time"

    /// Only the short description: the long one may show headers.
    private init(_ error: HTTPClientError) {
        let early: [HTTPClientError] = [
            .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .invalidURL, .emptyHost, .emptyScheme,
            .alreadyShutdown,
        ]
        let text = error.shortDescription.lowercased()
        if early.contains(error) || text.hasPrefix("invalid header") || text == "unsupported scheme" {
            self = .notSent(text)
        } else if error == .deadlineExceeded {
            self = .mayHaveActed(Self.late)
        } else {
            self = .mayHaveActed(text)
        }
    }
}
