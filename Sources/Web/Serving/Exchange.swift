import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Settings

/// What Hummingbird knows of a request beside its bytes: the connection.
struct Connection: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// One request, as the answers see it.
struct Exchange: Sendable {
    let method: HTTPRequest.Method
    /// Without the query.
    let path: String
    /// With the query, as the client wrote it.
    let target: String
    /// The host, as the client wrote it.
    let authority: String?
    let headers: HTTPFields
    let query: Query
    let body: RequestBody
    let channel: any Channel
    /// The other end of the connection, which a closed one does not tell any more.
    let peer: String
    /// The texts that stand where the route's path has `{name}`.
    var parameters: [String: String] = [:]
    /// Nil where a route is open to all.
    var caller: Caller?

    init(_ request: Request, channel: any Channel) {
        method = request.method
        path = request.uri.path
        target = request.uri.path + (request.uri.query.map { "?\($0)" } ?? "")
        authority = request.head.authority
        headers = request.headers
        query = Query(request.uri.query ?? "")
        body = request.body
        self.channel = channel
        peer = channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// Whose request it is, as far as an address tells. Proxies of the configuration are believed about it: of
    /// `X-Forwarded-For` the last address that is not a proxy's own. What is no address tells nothing.
    func client(_ proxies: [AddressRange]) -> String {
        var client = peer
        let told = headers[values: .forwardedFor].joined(separator: ",").utf8.suffix(2000)
        for part in String(decoding: told, as: UTF8.self).split(separator: ",").reversed() {
            guard proxies.contains(where: { $0.contains(client) }) else { return client }
            let next = part.trimmingCharacters(in: .whitespaces)
            guard AddressRange(next) != nil, !next.contains("/") else { return client }
            client = next
        }
        return client
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name(checked: "X-Forwarded-For")
    static let contentSecurityPolicy = HTTPField.Name(checked: "Content-Security-Policy")
    static let referrerPolicy = HTTPField.Name(checked: "Referrer-Policy")
    static let frameOptions = HTTPField.Name(checked: "X-Frame-Options")
    static let contentTypeOptions = HTTPField.Name(checked: "X-Content-Type-Options")
    static let badHost = HTTPField.Name(checked: HostCheck.mark)
    static let fetchSite = HTTPField.Name(checked: "Sec-Fetch-Site")
    static let expect = HTTPField.Name(checked: "Expect")
    static let accelBuffering = HTTPField.Name(checked: "X-Accel-Buffering")

    /// For names that stand in this file: they are tokens.
    private init(checked name: String) {
        self = HTTPField.Name(name) ?? .accept
    }
}

/// The query of a URL, or a form: names and values, decoded.
struct Query: Sendable {
    let items: [(name: String, value: String)]
    /// False: it has an escape that is none, or bytes that are no text.
    let isReadable: Bool

    init(_ text: String) {
        var items: [(name: String, value: String)] = []
        var isReadable = true
        for pair in text.split(separator: "&").prefix(200) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Query.decode(parts.first ?? ""), let value = Query.decode(parts.count > 1 ? parts[1] : "")
            else {
                isReadable = false
                continue
            }
            items.append((name, value))
        }
        self.items = items
        self.isReadable = isReadable
    }

    /// The first of that name.
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// A value as it stands in a query; a path keeps its slashes.
    static func encode(_ text: String) -> String {
        let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
        return text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: plain)) ?? ""
    }

    private static func decode(_ text: Substring) -> String? {
        String(text).replacing("+", with: " ").removingPercentEncoding
    }
}
