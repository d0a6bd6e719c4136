import Domain
import Foundation
import HTTPTypes

/// One row of the table from which the server answers and from which the OpenAPI document is written.
struct Route: Sendable {
    /// Who may.
    enum Access: Sendable, Equatable {
        /// Everybody; what is asked for is checked in another way, or is nobody's secret.
        case open
        /// Who shows a token of at least this role: programs.
        case token(Role)
        /// Who is signed in with at least this role: browsers.
        case session(Role)
    }

    typealias Answer = @Sendable (Exchange, Site) async throws -> Reply

    let method: HTTPRequest.Method
    /// `/api/v1/runs/{run}`; a name in braces stands for one part.
    let path: String
    let access: Access
    /// Nil: not part of the API.
    let manual: Manual?
    let answer: Answer
    let parts: [Substring]

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, _ manual: Manual? = nil,
        _ answer: @escaping Answer
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.manual = manual
        self.answer = answer
        parts = path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The parameters, if the parts of a path are those of this route; nil if not.
    func match(_ asked: [String]) -> [String: String]? {
        guard asked.count == parts.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, text) in zip(parts, asked) {
            if part.hasPrefix("{") {
                guard !text.isEmpty else { return nil }
                parameters[String(part.dropFirst().dropLast())] = text
            } else if part != text {
                return nil
            }
        }
        return parameters
    }
}

/// All routes, found by the number of their parts.
struct RouteTable: Sendable {
    /// What a request found.
    enum Match: Sendable {
        case route(Route, [String: String])
        /// The path is known, the method is not one of its own.
        case otherMethod([HTTPRequest.Method])
        case nothing
    }

    let routes: [Route]
    private let bySize: [Int: [Route]]

    init(_ routes: [Route]) {
        self.routes = routes
        bySize = Dictionary(grouping: routes, by: \.parts.count)
    }

    static let all: RouteTable = RouteTable(
        OperateRoutes.all + WebhookRoutes.all + EventRoutes.all + RunRoutes.all + LogRoutes.all + InboxRoutes.all
            + ProjectRoutes.all + ModelRoutes.all + OutboxRoutes.all + PeopleRoutes.all + ServerRoutes.all + Pages.all)

    /// HEAD is answered wherever GET is.
    func match(_ method: HTTPRequest.Method, path: String) -> Match {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map {
            String($0).removingPercentEncoding
        }
        let asked = parts.compactMap(\.self)
        guard asked.count == parts.count else { return .nothing }
        var methods: [HTTPRequest.Method] = []
        for route in bySize[asked.count] ?? [] {
            guard let parameters = route.match(asked) else { continue }
            if route.method == method || (route.method == .get && method == .head) { return .route(route, parameters) }
            methods.append(route.method)
        }
        if methods.isEmpty { return .nothing }
        return .otherMethod(methods.contains(.get) ? methods + [.head] : methods)
    }
}
