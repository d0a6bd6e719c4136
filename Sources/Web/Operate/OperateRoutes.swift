import Domain
import Foundation
import HTTPTypes
import Logging
import Service

/// What a machine asks that looks after the server.
enum OperateRoutes {
    static let all: [Route] = [
        Route(.get, "/healthz", .open) { _, _ in Reply(.ok, "text/plain; charset=utf-8", "ok\n") }
    ]
}

extension Site {
    /// Counts a request and writes its line.
    func note(_ exchange: Exchange, _ route: Route?, _ reply: Reply, took: Duration) {
        bot.log.debug(
            "request",
            metadata: [
                "method": "\(exchange.method.rawValue)", "route": "\(route?.path ?? "")",
                "code": "\(reply.status.code)",
            ])
    }
}
