import NIOCore
import NIOHTTP1

/// Marks requests of HTTP/1.1 whose `Host` is missing, given twice, or no host (RFC 9112, 3.2): later, nothing tells any
/// more which version a request was of, and what became of the first of two.
final class HostCheck: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// A client that sends it itself is refused too, and nothing else.
    static let mark = "Sluice-Bad-Host"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !Self.isGood(head) else {
            return context.fireChannelRead(data)
        }
        head.headers.replaceOrAdd(name: Self.mark, value: "1")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    static func isGood(_ head: HTTPRequestHead) -> Bool {
        let hosts = head.headers["host"]
        if hosts.isEmpty { return [.http0_9, .http1_0].contains(head.version) }
        // Empty is what a target without an authority has.
        guard hosts.count == 1, let host = hosts.first else { return false }
        return host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !Self.foreign.contains($0) }
    }

    /// What ends an authority, or is no part of one.
    private static let foreign = Set("/?#@\\\"<>,".utf8)
}
