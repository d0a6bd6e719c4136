import Domain
import Foundation
import JWTKit
import Wire

/// A GitHub App: signs for itself, and mints tokens for installations, each for one repository and few permissions.
///
/// An actor because it keeps tokens until a minute before their end. Losing them costs a request each.
actor GitHubApp {
    /// Where an installation is to be found.
    enum Place: Hashable {
        case repository(ForgeRepository)
        case organization(String)
        /// Any installation at all.
        case anywhere
    }

    private struct Kept {
        let token: String
        let end: Date
    }

    private struct Key: Hashable {
        let place: Place
        let need: GitHubForge.Need
    }

    nonisolated let id: String
    private let api: String
    private let key: Insecure.RSA.PrivateKey
    private let wire: Wire
    private let now: @Sendable () -> Date
    private var tokens: [Key: Kept] = [:]
    private var knownSlug: String?

    /// Throws `.input` if the key is not a private RSA key in PEM form, or the id is none.
    init(api: String, id: String, key: String, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        guard !id.isEmpty, id.utf8.count <= 40, id.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw Fault(.input, "the id of a GitHub App is a number")
        }
        do {
            self.key = try Insecure.RSA.PrivateKey(pem: key)
        } catch {
            throw Fault(.input, "the key of the GitHub App is not a private RSA key in PEM form")
        }
        self.api = api
        self.id = id
        self.wire = wire
        self.now = now
    }

    /// A token that is good for another minute at least.
    func token(for place: Place, _ need: GitHubForge.Need) async throws(ForgeError) -> String {
        let key = Key(place: place, need: need)
        if let kept = tokens[key], kept.end.timeIntervalSince(now()) > 60 { return kept.token }
        let caller = try await caller()
        let installation = try await installation(at: place, caller)
        var body: [String: JSONValue] = ["permissions": .object(need.permissions.mapValues { .string($0) })]
        if case .repository(let repository) = place {
            body["repositories"] = .array([.string(repository.name)])
        }
        let path = "/app/installations/\(installation)/access_tokens"
        let minted = try await caller.ask(Minted.self, .post, path, body: body)
        guard let end = forgeDate(minted.expiresAt), !minted.token.isEmpty else {
            throw .unreadable("'expires_at' is not a time")
        }
        tokens = tokens.filter { $0.value.end > now() }
        tokens[key] = Kept(token: minted.token, end: end)
        return minted.token
    }

    /// For a token that the forge refuses before its end.
    func forget(_ token: String) {
        tokens = tokens.filter { $0.value.token != token }
    }

    /// The App's name in addresses; its account is `<slug>[bot]`.
    func slug() async throws(ForgeError) -> String {
        if let knownSlug { return knownSlug }
        let slug = try await caller().ask(Described.self, "/app").slug
        knownSlug = slug
        return slug
    }

    private func installation(at place: Place, _ caller: Caller) async throws(ForgeError) -> Int64 {
        switch place {
        case .repository(let repository):
            return try await caller.ask(Installation.self, "/repos/\(repository)/installation").id
        case .organization(let name):
            return try await caller.ask(Installation.self, "/orgs/\(percentEncoded(name))/installation").id
        case .anywhere:
            let all = try await caller.ask([Installation].self, "/app/installations", query: ["per_page": "1"])
            guard let first = all.first else { throw .notFound("the App is not installed anywhere") }
            return first.id
        }
    }

    /// Asks as the App itself. The clocks of both sides may differ by a minute; ten minutes is the most that the forge
    /// takes.
    private func caller() async throws(ForgeError) -> Caller {
        let at = Int64(now().timeIntervalSince1970)
        let claims = Claims(iss: id, iat: at - 60, exp: at + 480)
        let token: String
        do {
            let keys = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256)
            token = try await keys.sign(claims)
        } catch {
            throw .unauthorized("the App's key cannot sign")
        }
        return Caller(
            api: api, wire: wire, headers: GitHubForge.headers(authorization: "Bearer \(token)"), secrets: [token],
            now: now)
    }

    private struct Claims: JWTPayload {
        let iss: String
        /// Whole seconds: the forge takes nothing else.
        let iat: Int64
        let exp: Int64
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private struct Installation: Decodable {
        let id: Int64
    }

    private struct Minted: Decodable {
        let token: String
        let expiresAt: String
    }

    private struct Described: Decodable {
        let slug: String
    }
}
