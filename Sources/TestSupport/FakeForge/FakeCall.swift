package import Domain
package import Foundation

/// A request that a fake forge has got.
package struct FakeCall: Sendable {
    package let method: String
    /// Encoded, as it came, without the query: `/repos/acme/flights/pulls/1`.
    package let path: String
    /// What stood where the route's pattern has `*`, decoded.
    package var captures: [String] = []
    package let query: [String: String]
    /// By lower-case name.
    package let headers: [String: String]
    /// `.null` without a body.
    package let body: JSONValue
    package let now: Date
    /// Of the API, without a slash at its end.
    package let base: String

    /// The capture of that number; empty if there is none.
    package func part(_ index: Int) -> String { index < captures.count ? captures[index] : "" }
    /// The two captures from that number on as a repository's path.
    package func repository(at index: Int = 0) -> String { "\(part(index))/\(part(index + 1))" }
    /// The token of `Authorization: Bearer …` or `token …`.
    package var token: String? {
        headers["authorization"].flatMap { $0.split(separator: " ").last }.map(String.init)
    }

    /// What is wrong with the fields of the body; nil: it has all of `required`, and nothing beyond both. Types are
    /// `string`, `number`, `bool`, `array` and `object`.
    package func fields(_ required: [String: String], optional: [String: String] = [:]) -> String? {
        guard case .object(let members) = body else { return "the body is not a JSON object" }
        for (name, type) in required.sorted(by: { $0.key < $1.key }) {
            guard let value = members[name] else { return "'\(name)' is missing" }
            guard value.fakeType == type else { return "'\(name)' is not of type \(type)" }
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where required[name] == nil {
            guard let type = optional[name] else { return "'\(name)' is not a field" }
            guard value.fakeType == type else { return "'\(name)' is not of type \(type)" }
        }
        return nil
    }
}

extension JSONValue {
    fileprivate var fakeType: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The items of an array; none for anything else.
    package var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}

/// What a fake forge answers.
package struct FakeAnswer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: Data

    package init(_ status: Int, headers: [String: String] = [:], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `json`: what `JSONSerialization` takes; `NSNull()` for null.
    package init(_ status: Int, _ json: Any, headers: [String: String] = [:]) {
        self.init(status, headers: headers, body: fakeJSON(json))
    }

    package static func message(_ status: Int, _ text: String) -> FakeAnswer { FakeAnswer(status, ["message": text]) }

    /// One page of a list, with `Link` as GitHub, GitLab and Gitea have it.
    package static func page(_ items: [Any], of call: FakeCall, size: String = "per_page", most: Int = 100)
        -> FakeAnswer
    {
        let wanted = min(Int(call.query[size] ?? "") ?? 30, most)
        let number = max(Int(call.query["page"] ?? "") ?? 1, 1)
        let start = min((number - 1) * wanted, items.count)
        let end = min(start + wanted, items.count)
        guard end < items.count else { return FakeAnswer(200, Array(items[start..<end])) }
        var query = call.query
        query["page"] = String(number + 1)
        let text = query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        let link = "<\(call.base)\(call.path)?\(text)>; rel=\"next\""
        return FakeAnswer(200, Array(items[start..<end]), headers: ["link": link])
    }
}

/// The bytes of a JSON text; keys are sorted.
package func fakeJSON(_ json: Any) -> Data {
    (try? JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .fragmentsAllowed])) ?? Data()
}

/// A time as forges write it: `2026-11-28T15:04:05Z`.
package func fakeTime(_ date: Date) -> String { date.formatted(.iso8601) }

/// One request that a fake forge understands.
package struct FakeRoute: Sendable {
    package typealias Act = @Sendable (FakeCall, inout FakeForgeState) -> FakeAnswer
    let method: String
    let pattern: [Substring]
    let act: Act

    /// `pattern`: `/repos/*/*/pulls/*`; `*` stands for one part. A `**` at its end stands for all that follow.
    package init(_ method: String, _ pattern: String, _ act: @escaping Act) {
        self.method = method
        self.pattern = pattern.split(separator: "/")
        self.act = act
    }

    /// The captures if the request is one of this route.
    func match(_ method: String, _ path: String) -> [String]? {
        let parts = path.split(separator: "/")
        let isOpen = pattern.last == "**"
        guard method == self.method, isOpen ? parts.count >= pattern.count : parts.count == pattern.count else {
            return nil
        }
        var captures: [String] = []
        for (part, wanted) in zip(parts, isOpen ? pattern.dropLast() : pattern[...]) {
            if wanted == "*" {
                captures.append(part.removingPercentEncoding ?? "")
            } else if part != wanted {
                return nil
            }
        }
        if isOpen {
            captures.append(parts.dropFirst(pattern.count - 1).joined(separator: "/").removingPercentEncoding ?? "")
        }
        return captures
    }
}

/// How one kind of forge speaks.
package struct FakeDialect: Sendable {
    /// Between the host and the API's paths: `/api/v3`.
    package var prefix: String
    package var routes: [FakeRoute]
    /// Refuses a request for its credentials; nil: they are good.
    package var refuse: @Sendable (FakeCall, FakeForgeState) -> FakeAnswer?
    /// What is answered while the rate limit is reached.
    package var limited: @Sendable (_ until: Date, _ now: Date) -> FakeAnswer
    /// The webhook that tells of what happened; nil: this forge tells nothing of it.
    package var tell: @Sendable (FakeHappening, FakeForgeState) -> FakeDelivery?

    package init(
        prefix: String, routes: [FakeRoute], refuse: @escaping @Sendable (FakeCall, FakeForgeState) -> FakeAnswer?,
        limited: @escaping @Sendable (Date, Date) -> FakeAnswer,
        tell: @escaping @Sendable (FakeHappening, FakeForgeState) -> FakeDelivery?
    ) {
        self.prefix = prefix
        self.routes = routes
        self.refuse = refuse
        self.limited = limited
        self.tell = tell
    }
}

/// What happened on a fake forge, in words that all of them have.
package enum FakeHappening: Sendable {
    case ping
    case push(repository: String, branch: String, before: String, after: String, by: FakeUser)
    /// `action`: `opened`, `synchronize`, `closed`, `reopened`, `edited`; a pull request that was merged is `closed`.
    case pullRequest(repository: String, number: Int64, action: String, by: FakeUser)
    /// `action`: `created`, `edited`, `deleted`.
    case comment(FakeComment, repository: String, action: String, by: FakeUser)
    /// A button of a check.
    case button(repository: String, check: FakeCheck, identifier: String, by: FakeUser)
}

/// A webhook as it is sent, signed.
package struct FakeDelivery: Sendable {
    package let id: String
    package let headers: [String: String]
    package let body: Data
    package init(id: String, headers: [String: String], body: Data) {
        self.id = id
        self.headers = headers
        self.body = body
    }
}
