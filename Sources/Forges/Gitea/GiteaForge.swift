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
    private let me = Remembered<ForgeUser>()

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
        try await me.get { () throws(ForgeError) in try await caller.ask(GiteaUser.self, .get, "/user").user() }
    }

    /// Git over HTTP takes the token as the password of any user.
    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        CloneAccess(url: parts.cloneURL(repository), header: parts.cloneHeader(user: "oauth2", password: token))
    }

    func path(_ repository: ForgeRepository) -> String {
        "/repos/\(percentEncoded(repository.owner))/\(percentEncoded(repository.name))"
    }

    func path(_ number: Int64, _ repository: ForgeRepository) -> String { path(repository) + "/pulls/\(number)" }

    /// A list, page after page. An instance may give less than it was asked for, so a smaller page is no sign of the end.
    func list<Item: Decodable>(
        _ type: Item.Type, _ path: String, query: [String: String] = [:], size: Int = 50
    ) async throws(ForgeError) -> [Item] {
        try await caller.pages(path, query: query, size: size, Self.paging) { (response) throws(ForgeError) in
            try caller.decode([Item].self, from: response)
        }
    }

    private static let paging = Caller.Paging(sizeName: "limit") { response, count in
        if let link = response.headers["link"] { return nextLink(link) != nil }
        if let total = response.headers["x-total-count"].flatMap({ Int($0) }) { return count < total }
        return true
    }
}
