import Domain
import Foundation
import Synchronization
import Wire

/// A client of GitHub, of `github.com` or of an Enterprise Server: with a token, or as an App.
struct GitHubForge: Sendable {
    let parts: ForgeParts
    let wire: Wire
    let now: @Sendable () -> Date
    private let token: String?
    let app: GitHubApp?
    private let me = Remembered<ForgeUser>()

    /// Throws `.input` if the token is empty or the App's key is none.
    init(parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        self.parts = parts
        self.wire = wire
        self.now = now
        switch parts.credentials {
        case .token:
            token = try parts.token()
            app = nil
        case .app(let id, let key):
            token = nil
            app = try GitHubApp(api: parts.api, id: id, key: key, wire: wire, now: now)
        }
    }

    /// What an installation token is minted for: each with the permissions that it needs and no other.
    enum Need: Hashable {
        /// Statuses, checks, comments and pull requests.
        case talk
        /// Fetching, and pushing the bot's own branches.
        case git
        /// Merging the bot's own pull requests.
        case merge
        /// Members of teams.
        case people
        /// Nothing beyond being there.
        case nothing

        var permissions: [String: String] {
            switch self {
            case .talk:
                [
                    "checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write",
                    "statuses": "write",
                ]
            case .git: ["contents": "write", "metadata": "read"]
            case .merge: ["contents": "write", "metadata": "read", "pull_requests": "write"]
            case .people: ["members": "read", "metadata": "read"]
            case .nothing: ["metadata": "read"]
            }
        }
    }

    /// Asks with credentials for one repository (as an App) or with the token.
    func on<Value>(
        _ repository: ForgeRepository, _ need: Need = .talk, _ ask: (Caller) async throws(ForgeError) -> Value
    ) async throws(ForgeError) -> Value {
        try await with(.repository(repository), need, ask)
    }

    func with<Value>(
        _ place: GitHubApp.Place, _ need: Need, _ ask: (Caller) async throws(ForgeError) -> Value
    ) async throws(ForgeError) -> Value {
        let secret = try await secret(for: place, need)
        do throws(ForgeError) {
            return try await ask(caller(secret))
        } catch .unauthorized(let said) {
            await app?.forget(secret)
            throw .unauthorized(said)
        }
    }

    func secret(for place: GitHubApp.Place, _ need: Need) async throws(ForgeError) -> String {
        if let app { return try await app.token(for: place, need) }
        return token ?? ""
    }

    /// All items of a list, page by page.
    static func list<Item: Decodable>(
        of type: Item.Type, _ path: String, query: [String: String] = [:], size: Int = 100, with caller: Caller
    ) async throws(ForgeError) -> [Item] {
        try await caller.pages(path, query: query, size: size, paging) { (response) throws(ForgeError) in
            try caller.decode([Item].self, from: response)
        }
    }

    static let paging = Caller.Paging(sizeName: "per_page") { response, _ in
        response.headers["link"].flatMap(nextLink) != nil
    }

    private func caller(_ secret: String) -> Caller {
        Caller(
            api: parts.api, wire: wire, headers: Self.headers(authorization: "Bearer \(secret)"), secrets: [secret],
            now: now)
    }

    static func headers(authorization: String) -> [String: String] {
        [
            "accept": "application/vnd.github+json", "authorization": authorization,
            "x-github-api-version": "2022-11-28",
        ]
    }
}

/// Something that never changes once it is known. Losing it costs a request.
final class Remembered<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func get(_ ask: () async throws(ForgeError) -> Value) async throws(ForgeError) -> Value {
        if let known = value.withLock({ $0 }) { return known }
        let asked = try await ask()
        value.withLock { $0 = asked }
        return asked
    }
}

extension GitHubForge: Forge {
    var kind: ForgeKind { parts.kind }

    var abilities: ForgeAbilities {
        ForgeAbilities(commentLimit: 65_536, statusLimit: 140, hasChecks: app != nil)
    }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        try await me.get { () throws(ForgeError) in
            guard let app else {
                return try await self.with(.anywhere, .nothing) { (caller) throws(ForgeError) in
                    try await caller.ask(GitHubUser.self, "/user").known()
                }
            }
            let slug = try await app.slug()
            return try await self.with(.anywhere, .nothing) { (caller) throws(ForgeError) in
                try await caller.ask(GitHubUser.self, "/users/\(percentEncoded(slug + "[bot]"))").known()
            }
        }
    }

    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        try await on(repository) { (caller) throws(ForgeError) in
            try await caller.ask(GitHubPull.self, "/repos/\(repository)/pulls/\(number)").known()
        }
    }

    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        let query = ["state": "open", "sort": "created", "direction": "asc"]
        let pulls = try await on(repository) { (caller) throws(ForgeError) in
            try await Self.list(
                of: GitHubPull.self, "/repos/\(repository)/pulls", query: query, size: 20, with: caller)
        }
        // One that cannot be put into our words must not hide the others.
        return pulls.compactMap { try? $0.known() }
    }

    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        let query = ["since": since.formatted(.iso8601)]
        let all = try await on(repository) { (caller) throws(ForgeError) in
            try await Self.list(
                of: GitHubComment.self, "/repos/\(repository)/issues/\(pullRequest)/comments", query: query, size: 20,
                with: caller)
        }
        // The forge goes by the time of the last change.
        let floor = Date(timeIntervalSince1970: since.timeIntervalSince1970.rounded(.down))
        return all.compactMap { $0.known(on: pullRequest) }.filter { $0.createdAt >= floor }
            .sorted { $0.createdAt < $1.createdAt }
    }

    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        let secret = try await secret(for: .repository(repository), .git)
        return CloneAccess(
            url: parts.cloneURL(repository), header: parts.cloneHeader(user: "x-access-token", password: secret))
    }
}
