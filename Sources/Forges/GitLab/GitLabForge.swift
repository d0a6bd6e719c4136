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
    private let me = Remembered<ForgeUser>()

    /// Throws `.input` without a token.
    init(parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        let token = try parts.token()
        self.parts = parts
        self.token = token
        caller = Caller(api: parts.api, wire: wire, headers: ["private-token": token], secrets: [token], now: now)
    }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        try await me.get { () throws(ForgeError) in try await caller.ask(GitLabUser.self, .get, "/user").user() }
    }

    /// Git over HTTP takes the token as the password of any user.
    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        CloneAccess(url: parts.cloneURL(repository), header: parts.cloneHeader(user: "oauth2", password: token))
    }

    func path(_ repository: ForgeRepository) -> String { "/projects/\(percentEncoded(repository.path))" }

    func path(_ number: Int64, _ repository: ForgeRepository) -> String {
        path(repository) + "/merge_requests/\(number)"
    }

    /// A list, page after page; without `X-Next-Page` there is no other one.
    ///
    /// - Parameters:
    ///   - most: no more pages than these are wanted; nil: all.
    ///   - isLast: true: no later item is wanted.
    func list<Item: Decodable>(
        _ type: Item.Type, _ path: String, query: [String: String] = [:], size: Int = 100, most: Int? = nil,
        until isLast: (Item) -> Bool = { _ in false }
    ) async throws(ForgeError) -> [Item] {
        try await caller.pages(
            path, query: query, size: size, Self.paging, most: most, until: isLast
        ) { (response) throws(ForgeError) in try caller.decode([Item].self, from: response) }
    }

    private static let paging = Caller.Paging(sizeName: "per_page") { response, _ in
        response.headers["x-next-page"].flatMap { Int($0) } != nil
    }
}
