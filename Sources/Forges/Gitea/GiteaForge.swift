import Domain
import Foundation
import Wire

/// A client of Gitea and of Forgejo: pull requests, comments and commit statuses by the REST API, version 1, which both
/// have in the same form as far as it is used here. Where they differ stands at the place: their webhooks' headers.
///
/// `api` ends in `/api/v1`. The token needs the scopes `write:repository`, `write:issue`, `read:user` and, for teams,
/// `read:organization`; its user must be an administrator of the repository, because only those are told what others
/// may do.
struct GiteaForge: Forge {
    let parts: ForgeParts
    let caller: Caller
    /// Neither forge has a limit for comments or descriptions; these are so that nobody has to scroll for ever.
    let abilities = ForgeAbilities(commentLimit: 1_000_000, statusLimit: 255, hasChecks: false)
    private let token: String

    var kind: ForgeKind { parts.kind }

    /// Throws `.input` without a token.
    init(parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        let token = try parts.token()
        self.parts = parts
        self.token = token
        caller = Caller(
            api: parts.api, wire: wire, headers: ["authorization": "token \(token)"], secrets: [token], now: now)
    }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        try await caller.ask(GiteaUser.self, .get, "/user").user()
    }

    /// Git over HTTP takes the token as the password of any user.
    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        CloneAccess(url: parts.cloneURL(repository), header: parts.cloneHeader(user: "oauth2", password: token))
    }

    func path(_ repository: ForgeRepository) -> String {
        "/repos/\(percentEncoded(repository.owner))/\(percentEncoded(repository.name))"
    }

    func path(_ number: Int64, _ repository: ForgeRepository) -> String { path(repository) + "/pulls/\(number)" }

    /// A list, page after page, by number: the addresses in `Link` are those of the instance's outside, which need not be
    /// the configured one. 50 is what an instance gives at most, unless it was told otherwise; a smaller page is no sign
    /// of the end.
    func list<Item: Decodable>(
        _ type: Item.Type, _ path: String, query: [String: String] = [:]
    ) async throws(ForgeError) -> [Item] {
        var items: [Item] = []
        var query = query.merging(["limit": "50"]) { given, _ in given }
        for page in 1...Self.mostPages {
            query["page"] = String(page)
            let response = try await caller.call(.get, path, query: query)
            let found = try caller.decode([Item].self, from: response)
            items += found
            guard !found.isEmpty, hasMore(response, after: items.count) else { return items }
        }
        throw .unreadable("the pages of a list have no end")
    }

    private func hasMore(_ response: WireResponse, after count: Int) -> Bool {
        if let link = response.headers["link"] { return nextLink(link) != nil }
        if let total = response.headers["x-total-count"].flatMap({ Int($0) }) { return count < total }
        return true
    }

    private static let mostPages = 1000
}
