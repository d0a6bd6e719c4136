import NIOCore

/// Ends a connection whose client does not read what it is sent.
///
/// The library's own time-out does nothing while an answer is written, so some thousands of connections that ask and
/// never read would take every place for ever. Progress is bytes that the system took: a slow reader is never cut off.
final class Unread: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    /// Looks at the connection without progress after which it ends.
    private static let patience = 4

    /// Between two looks.
    private let pause: TimeAmount
    private var next: Scheduled<Void>?
    /// Writes so far.
    private var written = 0
    /// How things stood at the last look.
    private var seen = (written: 0, waiting: 0)
    private var idleLooks = 0

    init(pause: TimeAmount) { self.pause = pause }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written += 1
        if next == nil { look(later: context) }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        next?.cancel()
        next = nil
    }

    private func look(later context: ChannelHandlerContext) {
        next = context.eventLoop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: pause) { self.look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        next = nil
        guard context.channel.isActive else { return }
        // Zero: the system has all of it. A connection that does not tell is not looked at again before the next write.
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        guard waiting > 0 else {
            idleLooks = 0
            return
        }
        idleLooks = (written, waiting) == seen ? idleLooks + 1 : 0
        seen = (written, waiting)
        guard idleLooks < Self.patience else { return context.close(promise: nil) }
        look(later: context)
    }
}
