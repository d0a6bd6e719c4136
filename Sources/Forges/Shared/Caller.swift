import Domain
import Foundation
import Wire

/// Asks one forge's API: addresses from the configured base, the credentials' headers, and answers as values or as a
/// `ForgeError`. Nothing here knows which forge it is.
struct Caller: Sendable {
    /// Without a slash at its end.
    let api: String
    let wire: Wire
    let now: @Sendable () -> Date
    /// Sent with every request: credentials, versions.
    let headers: [String: String]
    /// Values that are taken out of whatever the forge says before anybody sees it.
    let redactor: Redactor

    init(
        api: String, wire: Wire, headers: [String: String], secrets: [String], now: @escaping @Sendable () -> Date
    ) {
        self.api = api
        self.wire = wire
        self.headers = headers
        // What a forge says back is no text of ours: of a token nothing may stay, however short it is.
        redactor = Redactor(secrets, shortest: 1)
        self.now = now
    }

    /// Sends one request and returns the answer if its status is 2xx; every other one is thrown as what it means.
    ///
    /// `path` begins with a slash, and its parts are encoded already. `body` is sent as JSON.
    func call(
        _ method: WireRequest.Method, _ path: String, query: [String: String] = [:], body: [String: JSONValue]? = nil,
        headers more: [String: String] = [:]
    ) async throws(ForgeError) -> WireResponse {
        try await send(method, api + path + queryText(query), body: body, headers: more)
    }

    /// As `call`, and reads the answer.
    func ask<Answer: Decodable>(
        _ type: Answer.Type, _ method: WireRequest.Method, _ path: String, query: [String: String] = [:],
        body: [String: JSONValue]? = nil, headers more: [String: String] = [:]
    ) async throws(ForgeError) -> Answer {
        try decode(type, from: try await call(method, path, query: query, body: body, headers: more))
    }

    /// As above, with GET.
    func ask<Answer: Decodable>(
        _ type: Answer.Type, _ path: String, query: [String: String] = [:]
    ) async throws(ForgeError) -> Answer {
        try await ask(type, .get, path, query: query)
    }

    /// As `ask`; nil if the forge does not have it.
    func askIfThere<Answer: Decodable>(
        _ type: Answer.Type, _ path: String, query: [String: String] = [:]
    ) async throws(ForgeError) -> Answer? {
        do throws(ForgeError) {
            return try await ask(type, .get, path, query: query)
        } catch .notFound {
            return nil
        }
    }

    /// How a forge numbers the pages of its lists.
    struct Paging: Sendable {
        /// The parameter that says how many items a page has.
        let sizeName: String
        /// Whether there are more, by an answer and how many came so far.
        let hasMore: @Sendable (WireResponse, Int) -> Bool
    }

    /// All items of a list, page by page, by their numbers: the addresses in an answer are those of the forge's outside,
    /// which need not be the configured one.
    ///
    /// Of a page that is too long for one answer the items are asked for one by one, and one that is too long even so is
    /// left out: who writes a million characters must not hide what others wrote.
    ///
    /// - Parameters:
    ///   - most: no more pages than these are wanted; nil: all, and more than any list has are none.
    ///   - isLast: true: no later item is wanted.
    func pages<Item>(
        _ path: String, query: [String: String] = [:], size: Int, _ paging: Paging, most: Int? = nil,
        until isLast: (Item) -> Bool = { _ in false }, read: (WireResponse) throws(ForgeError) -> [Item]
    ) async throws(ForgeError) -> [Item] {
        var items: [Item] = []
        var left = 0
        func take(_ page: Int, _ size: Int) async throws(ForgeError) -> Bool {
            var query = query
            (query[paging.sizeName], query["page"]) = (String(size), String(page))
            let response = try await call(.get, path, query: query)
            let found = try read(response)
            items += found
            return !found.isEmpty && !found.contains(where: isLast) && paging.hasMore(response, items.count + left)
        }
        for page in 1...(most ?? Self.mostPages) {
            do throws(ForgeError) {
                guard try await take(page, size) else { return items }
                continue
            } catch {
                guard error.isTooLong else { throw error }
            }
            for single in ((page - 1) * size + 1)...(page * size) {
                do throws(ForgeError) {
                    guard try await take(single, 1) else { return items }
                } catch {
                    guard error.isTooLong else { throw error }
                    left += 1
                }
            }
        }
        if most == nil { throw .unreadable("the pages of a list have no end") }
        return items
    }

    /// Page after page from `address`; `read` takes one apart. An address of another scheme, host or port is refused:
    /// the credentials go nowhere else.
    func follow<Item>(
        _ address: String, read: (WireResponse) throws(ForgeError) -> ([Item], next: String?)
    ) async throws(ForgeError) -> [Item] {
        var items: [Item] = []
        var seen: Set<String> = []
        var address = address
        while true {
            guard seen.insert(address).inserted, seen.count <= Self.mostPages else {
                throw .unreadable("the pages of a list have no end")
            }
            let (page, next) = try read(try await send(.get, address, body: nil, headers: [:]))
            items += page
            guard let next else { return items }
            guard isOurs(next) else { throw .unreadable("the next page of a list lies on another host") }
            address = next
        }
    }

    private func send(
        _ method: WireRequest.Method, _ url: String, body: [String: JSONValue]?, headers more: [String: String]
    ) async throws(ForgeError) -> WireResponse {
        var request = WireRequest(method, url, headers: headers.merging(more) { _, new in new })
        if let body {
            request.body = Canonical.bytes(of: body)
            request.headers["content-type"] = "application/json"
        }
        let response: WireResponse
        do throws(WireError) {
            response = try await wire.send(request)
        } catch {
            throw ForgeError(error, isWrite: method != .get)
        }
        if let trouble = ForgeError(response, isWrite: method != .get, now: now(), redactor: redactor) { throw trouble }
        return response
    }

    /// Reads an answer's JSON; whatever is missing or of another type is `.unreadable`.
    func decode<Answer: Decodable>(_ type: Answer.Type, from response: WireResponse) throws(ForgeError) -> Answer {
        do {
            return try forgeJSON().decode(type, from: response.body)
        } catch {
            throw .unreadable(decodingTrouble(error))
        }
    }

    private func isOurs(_ address: String) -> Bool {
        guard let ours = URL(string: api), let theirs = URL(string: address), theirs.user == nil,
            theirs.password == nil
        else { return false }
        return ours.scheme == theirs.scheme && ours.host?.lowercased() == theirs.host?.lowercased()
            && ours.port == theirs.port
    }

    private func queryText(_ query: [String: String]) -> String {
        guard !query.isEmpty else { return "" }
        return "?"
            + query.sorted { $0.key < $1.key }.map { "\(percentEncoded($0.key))=\(percentEncoded($0.value))" }
            .joined(separator: "&")
    }

    /// Ten thousand and more items of any list that is asked for.
    private static let mostPages = 1000
}

/// One part of a path or of a query: only what never means anything is left as it is.
func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }
    }
    return encoded
}

/// The address of the next page in a `Link` header (RFC 8288): `<https://…>; rel="next"`.
func nextLink(_ header: String) -> String? {
    for link in header.split(separator: ",") {
        let parts = link.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let address = parts.first, address.hasPrefix("<"), address.hasSuffix(">"),
            parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" })
        else { continue }
        return String(address.dropFirst().dropLast())
    }
    return nil
}
