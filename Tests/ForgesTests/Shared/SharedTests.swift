import Domain
import Foundation
import Testing
import Wire

@testable import Forges

struct SharedTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func meaning(_ status: Int, _ headers: [String: String] = [:], _ body: String = "{}") -> ForgeError? {
        ForgeError(
            WireResponse(status: status, headers: headers, body: Data(body.utf8)), isWrite: true, now: now,
            redactor: Redactor([]))
    }

    @Test func `waits are taken as the forge tells them, in seconds or as a date, by the forge's own clock`() {
        let date = "Mon, 21 Sep 2026 14:13:20 GMT"
        let later = "Mon, 21 Sep 2026 14:14:50 GMT"

        #expect(meaning(429, ["retry-after": "30"]) == .rateLimited(until: now.addingTimeInterval(30)))
        #expect(meaning(403, ["retry-after": "30"]) == .rateLimited(until: now.addingTimeInterval(30)))
        #expect(meaning(429, ["retry-after": later, "date": date]) == .rateLimited(until: now.addingTimeInterval(90)))
        #expect(
            meaning(403, ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1790000100"])
                == .rateLimited(until: now.addingTimeInterval(100)))
        #expect(meaning(429) == .rateLimited(until: now.addingTimeInterval(60)))
        #expect(
            meaning(403, [:], #"{"message":"You have exceeded a secondary rate limit."}"#)
                == .rateLimited(until: now.addingTimeInterval(60)))
        #expect(meaning(429, ["retry-after": "1e300"]) == .rateLimited(until: now.addingTimeInterval(86_400)))
        #expect(meaning(429, ["retry-after": "nan"]) == .rateLimited(until: now.addingTimeInterval(60)))
        #expect(meaning(429, ["retry-after": "-5"]) == .rateLimited(until: now.addingTimeInterval(1)))
    }

    @Test func `statuses are told by what one would do about them`() {
        #expect(meaning(201) == nil)
        #expect(meaning(401) == .unauthorized("status 401"))
        #expect(meaning(403, [:], #"{"message":"No"}"#) == .forbidden("No (status 403)"))
        #expect(meaning(409) == .conflict("status 409"))
        #expect(meaning(502) == .unreachable("status 502", mayHaveActed: true))
        #expect(
            meaning(422, [:], #"{"message":"Validation Failed","errors":[{"field":"sha"}]}"#)
                == .refused(#"Validation Failed: [{"field":"sha"}] (status 422)"#))
    }

    @Test func `what a forge says is kept short and can steer no terminal`() {
        let said = meaning(400, [:], #"{"message":"\u001b[31m\#(String(repeating: "x", count: 1000))"}"#)

        guard case .refused(let text) = said else {
            Issue.record("\(String(describing: said))")
            return
        }
        #expect(text.hasPrefix("\\u{1B}[31mxxx"))
        #expect(text.count < 330)
    }

    @Test func `a text is cut between characters and counted in UTF-16 units`() {
        #expect(cut("abc", to: 3) == "abc")
        #expect(cut("abcd", to: 3) == "ab…")
        #expect(cut("👩‍🔬👩‍🔬", to: 6) == "👩‍🔬…")
        #expect(cut("👩‍🔬👩‍🔬", to: 5) == "…")
        #expect(cut("abc", to: 0) == "")
    }

    @Test func `the next page is found in a Link header, and nothing else is`() {
        #expect(
            nextLink(#"<https://a/x?page=2>; rel="next", <https://a/x?page=9>; rel="last""#) == "https://a/x?page=2")
        #expect(nextLink(#"<https://a/x?page=1>; rel="prev""#) == nil)
        #expect(nextLink(";;,,<>") == nil)
        #expect(nextLink("") == nil)
    }

    @Test(arguments: [ForgeKind.github, .gitlab, .gitea])
    func `who writes a million characters hides nobody else, and no address of an answer is followed`(
        kind: ForgeKind
    ) async throws {
        // Twenty-two pull requests, of which the fourth alone is longer than an answer may be.
        let wire = Wire { (request) throws(WireError) in
            let fields = (URLComponents(string: request.url)?.queryItems ?? []).map {
                ($0.name, Int($0.value ?? "") ?? 0)
            }
            let query = Dictionary(fields) { first, _ in first }
            let (page, size) = (query["page"] ?? 1, query["per_page"] ?? query["limit"] ?? 0)
            let numbers = Array((1...22).dropFirst((page - 1) * size).prefix(size))
            guard !numbers.contains(4) else { throw .tooLong(limit: 1) }
            let isLast = (numbers.last ?? 22) == 22
            var headers = ["x-total-count": "22"]
            if !isLast { headers["x-next-page"] = String(page + 1) }
            if !isLast { headers["link"] = "<https://elsewhere.example.org/x?page=2>; rel=\"next\"" }
            let pulls = numbers.map { Self.pull($0, kind == .gitlab ? "opened" : "open") }.joined(separator: ",")
            return WireResponse(status: 200, headers: headers, body: Data("[\(pulls)]".utf8))
        }
        let parts = ForgeParts(
            kind: kind, api: "https://git.example.org:443/api", clone: "https://git.example.org",
            credentials: .token("t0ken"))

        let found = try await makeForge(parts, wire: wire).openPullRequests(
            in: try #require(ForgeRepository("acme/flights")))

        #expect(found.map(\.number) == (1...22).filter { $0 != 4 }.map(Int64.init))
    }

    /// What all three call a pull request, each in its own words.
    private static func pull(_ number: Int, _ state: String) -> String {
        let head = String(repeating: "a", count: 40)
        let side =
            #"{"ref":"main","sha":"\#(head)","repo":{"full_name":"acme/flights","id":1},"repo_id":1,"label":"acme:main"}"#
        return
            #"{"number":\#(number),"iid":\#(number),"state":"\#(state)","title":"x","user":{"id":5,"login":"ada","type":"User"},"#
            + #""author":{"id":5,"username":"ada"},"head":\#(side),"base":\#(side),"sha":"\#(head)","#
            + #""source_branch":"topic","target_branch":"main","source_project_id":1,"target_project_id":1,"#
            + #""updated_at":"2026-09-21T14:13:20Z","created_at":"2026-09-21T14:13:20Z","draft":false,"merged":false}"#
    }

    @Test func `a part of an address keeps only what never means anything`() {
        #expect(percentEncoded("a/b c&d=é\"%") == "a%2Fb%20c%26d%3D%C3%A9%22%25")
    }

    @Test(arguments: [
        "2026-09-21T14:13:20Z", "2026-09-21T14:13:20.000Z", "2026-09-21T14:13:20.000000+00:00",
        "2026-09-21T16:13:20+02:00", "2026-09-21T16:13:20.000+02:00",
    ])
    func `times of forges are read`(text: String) {
        #expect(forgeDate(text) == now)
    }

    @Test func `a marker counts in the first line only, and not in a quotation`() {
        #expect(holds("<!-- m -->", body: "<!-- m -->\nx"))
        #expect(!holds("<!-- m -->", body: "x\n<!-- m -->"))
        #expect(!holds("<!-- m -->", body: "> <!-- m -->\nx"))
        #expect(!holds("", body: "x"))
    }

    @Test(arguments: [
        "https://api.github.com/", "ftp://api.github.com", "api.github.com", "https://u:p@api.github.com",
        "https://h/?q=1",
        "",
    ])
    func `what is no address of an API is refused at the start`(api: String) {
        let wire = Wire { (_) throws(WireError) in throw .notSent("not asked") }
        let parts = ForgeParts(kind: .github, api: api, clone: "https://github.com", credentials: .token("t"))

        #expect(throws: Fault.self) { _ = try makeForge(parts, wire: wire) }
    }

    @Test func `git gets the token in a header, and the address holds none`() async throws {
        let wire = Wire { (_) throws(WireError) in throw .notSent("not asked") }
        let repository = try #require(ForgeRepository("acme/flights"))
        let expected: [(ForgeKind, String)] = [(.github, "x-access-token:t0ken"), (.bitbucket, "x-token-auth:t0ken")]

        for (kind, pair) in expected {
            let parts = ForgeParts(
                kind: kind, api: "https://api.example.org", clone: "https://example.org", credentials: .token("t0ken"))
            let access = try await makeForge(parts, wire: wire).cloneAccess(to: repository)

            #expect(access.url == "https://example.org/acme/flights.git")
            #expect(access.header == "Authorization: Basic " + Data(pair.utf8).base64EncodedString())
        }
    }
}
