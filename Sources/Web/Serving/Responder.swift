import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Service

/// From bytes to the route that answers, and back: limits, access, errors, headers, counting.
struct Responder: HTTPResponder {
    typealias Context = Connection
    let site: Site

    func respond(to request: Request, context: Connection) async throws -> Response {
        let started = ContinuousClock.now
        var exchange = Exchange(request, channel: context.channel)
        let (reply, route) = await answer(&exchange)
        site.note(exchange, route, reply, took: ContinuousClock.now - started)
        return response(to: exchange, reply)
    }

    private func answer(_ exchange: inout Exchange) async -> (Reply, Route?) {
        if exchange.headers[.badHost] != nil {
            var problem = Problem(.badRequest, "the request needs one 'Host' that is a host")
            problem.closes = true
            return (problem.reply, nil)
        }
        switch site.routes.match(exchange.method, path: exchange.path) {
        case .nothing:
            return (Problem.notFound("there is nothing at this address").reply, nil)
        case .otherMethod(let methods):
            let names = Set(methods.map(\.rawValue)).sorted().joined(separator: ", ")
            var problem = Problem(.methodNotAllowed, "this address takes \(names)")
            problem.headers[.allow] = names
            return (problem.reply, nil)
        case .route(let route, let parameters):
            exchange.parameters = parameters
            do {
                guard exchange.query.isReadable else { throw Problem.invalid("the query cannot be read") }
                exchange.caller = try await site.caller(of: exchange, for: route)
                try site.checkRole(of: exchange.caller, for: route)
                if let manual = route.manual { try exchange.check(manual) }
                return (try await route.answer(exchange, site), route)
            } catch {
                return (await refusal(error, route, exchange), route)
            }
        }
    }

    private func refusal(_ error: any Error, _ route: Route, _ exchange: Exchange) async -> Reply {
        if error is SignInNeeded {
            let next = exchange.method == .get ? exchange.target : "/"
            return .redirect(to: next == "/" ? "/sign-in" : "/sign-in?next=\(Query.encode(next))")
        }
        let problem = Problem(error)
        if problem.status.code >= 500 {
            site.bot.log.error(
                "a request could not be answered",
                metadata: ["route": "\(route.method) \(route.path)", "error": "\(error)"])
        }
        if case .session = route.access { return Pages.problem(problem, exchange.caller) }
        return route.path == "/sign-in" ? Pages.problem(problem, nil) : problem.reply
    }

    private func response(to exchange: Exchange, _ reply: Reply) -> Response {
        var headers = reply.headers
        headers[.contentTypeOptions] = "nosniff"
        if headers[.referrerPolicy] == nil { headers[.referrerPolicy] = "same-origin" }
        if headers[.contentSecurityPolicy] == nil {
            headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        var response = Response(status: reply.status, headers: headers, body: reply.body)
        if exchange.method == .head { response = response.createHeadResponse() }
        // A refused request may go on for long, or not at all: it is not read to its end only to keep the connection.
        let isLong =
            exchange.headers[.transferEncoding] != nil || exchange.headers[.expect] != nil
            || (exchange.headers[.contentLength].flatMap { Int($0) } ?? 0) > 64 << 10
        if reply.closes || (reply.status.code >= 400 && isLong) { close(&response, exchange.channel) }
        return response
    }

    /// Says that the connection ends, and ends it a moment after: at once, a client that is still sending would lose the
    /// answer.
    private func close(_ response: inout Response, _ channel: any Channel) {
        response.headers[.connection] = "close"
        let body = response.body
        let length = response.headers[.contentLength]
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { _ = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) } }
            try await body.write(writer)
        }
        response.headers[.contentLength] = length
    }
}
