import Domain
import Foundation
import Wire

/// A client of GitLab: one project's merge requests, notes and commit statuses by its REST API, version 4.
///
/// `api` ends in `/api/v4`. Projects are named by their path, groups and all, as one encoded part. The token is a
/// personal, group or project access token with the scope `api`; to write statuses and notes its user must be a developer.
struct GitLabForge: Forge {
    let parts: ForgeParts
    let caller: Caller
    let kind = ForgeKind.gitlab
    let abilities = ForgeAbilities(commentLimit: 1_000_000, statusLimit: 255, hasChecks: false)
    private let token: String

    /// Throws `.input` without a token.
    init(parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        let token = try parts.token()
        self.parts = parts
        self.token = token
        caller = Caller(api: parts.api, wire: wire, headers: ["private-token": token], secrets: [token], now: now)
    }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        try await caller.ask(GitLabUser.self, .get, "/user").user()
    }

    /// Git over HTTP takes the token as the password of any user.
    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        CloneAccess(url: parts.cloneURL(repository), header: parts.cloneHeader(user: "oauth2", password: token))
    }

    func path(_ repository: ForgeRepository) -> String { "/projects/\(percentEncoded(repository.path))" }

    func path(_ number: Int64, _ repository: ForgeRepository) -> String {
        path(repository) + "/merge_requests/\(number)"
    }

    /// A list, page after page by `X-Next-Page`: the addresses in `Link` are those of the instance's outside, which need
    /// not be the configured one.
    ///
    /// - Parameter isLast: true: no later item is wanted.
    func list<Item: Decodable>(
        _ type: Item.Type, _ path: String, query: [String: String] = [:], most: Int = 1000,
        until isLast: (Item) -> Bool = { _ in false }
    ) async throws(ForgeError) -> [Item] {
        var items: [Item] = []
        var query = query.merging(["per_page": "100"]) { given, _ in given }
        var page = 1
        for _ in 0..<most {
            query["page"] = String(page)
            let response = try await caller.call(.get, path, query: query)
            let found = try caller.decode([Item].self, from: response)
            items += found
            guard !found.contains(where: isLast),
                let next = response.headers["x-next-page"].flatMap({ Int($0) }), next > page
            else { return items }
            page = next
        }
        return items
    }
}
