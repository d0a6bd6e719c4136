package import Foundation

/// HTTP to others: one request, its limits, and nothing of what it means.
///
/// No redirect is followed, no cookie kept, no proxy taken from the environment, nothing retried. Who calls it: `Forges`
/// for the API of a forge, `Service` for notifications. What must not go in here: what a status or a body means, pace,
/// and retries. A struct of one closure, so that a test can answer for the other side.
package struct Wire: Sendable {
    /// Sends one request and takes the whole answer, whatever its status.
    package let send: @Sendable (WireRequest) async throws(WireError) -> WireResponse

    package init(send: @escaping @Sendable (WireRequest) async throws(WireError) -> WireResponse) {
        self.send = send
    }
}

/// One request. Its description shows the method and the host only: paths and headers may be secrets.
package struct WireRequest: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    /// `http` or `https`.
    package var url: String
    package var headers: [String: String]
    /// Nil: none.
    package var body: Data?
    /// Seconds from now to the end of the answer.
    package var timeout: Double
    /// Bytes of the answer's body that are taken.
    package var limit: Int
    /// True: the host must have a public address; it is resolved once, and that address is the one that is spoken to.
    package var onlyPublic: Bool

    package init(
        _ method: Method, _ url: String, headers: [String: String] = [:], body: Data? = nil, timeout: Double = 30,
        limit: Int = 16 << 20, onlyPublic: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.limit = limit
        self.onlyPublic = onlyPublic
    }
}

extension WireRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(method.rawValue) to \(URL(string: url)?.host ?? "nowhere")" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A whole answer.
package struct WireResponse: Sendable, Equatable {
    package var status: Int
    /// By lower-case name; of several of one name the values, parted by commas.
    package var headers: [String: String]
    package var body: Data

    package init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why there is no answer. None of the texts holds an address's path, a header or a body.
package enum WireError: Error, Equatable, Sendable {
    /// Nothing reached the other side: it may be asked again without a second thought.
    case notSent(String)
    /// The request was on its way: the other side may have acted on it.
    case mayHaveActed(String)
    /// The answer is longer than the request allows. The other side has acted.
    case tooLong(limit: Int)
    /// The host has no public address, and the request wants one.
    case notPublic
}
