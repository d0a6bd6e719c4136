package import Domain
package import Foundation
package import Wire

/// What a client of a forge is made from: an entry of `forges:` with its secrets resolved.
package struct ForgeParts: Sendable {
    package enum Credentials: Sendable {
        case token(String)
        /// A GitHub App: its id and its private key, PEM.
        case app(id: String, key: String)
    }

    package let kind: ForgeKind
    /// Without a slash at its end.
    package let api: String
    /// What a repository's path and `.git` are put behind; a path on this machine is allowed.
    package let clone: String
    package let credentials: Credentials

    package init(kind: ForgeKind, api: String, clone: String, credentials: Credentials) {
        self.kind = kind
        self.api = api
        self.clone = clone
        self.credentials = credentials
    }
}

/// The client of one instance of a forge.
///
/// - Parameters:
///   - wire: made with the forge's own `authority`.
///   - now: for tokens that end and for waits that a forge asks for.
/// - Throws: `.input` if the address or the credentials cannot be those of such a forge.
package func makeForge(
    _ parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date = { Date() }
) throws(Fault) -> any Forge {
    guard let api = URL(string: parts.api), api.host != nil, api.scheme == "https" || api.scheme == "http",
        api.user == nil, api.password == nil, api.query == nil, api.fragment == nil, !parts.api.hasSuffix("/")
    else {
        throw Fault(.input, "the address of a forge's API is not one", advice: "write it as https://api.github.com")
    }
    switch parts.kind {
    case .github: return try GitHubForge(parts: parts, wire: wire, now: now)
    case .gitea, .forgejo: return try GiteaForge(parts: parts, wire: wire, now: now)
    case .gitlab: return try GitLabForge(parts: parts, wire: wire, now: now)
    case .bitbucket: return try BitbucketForge(parts: parts, wire: wire, now: now)
    }
}

extension ForgeParts {
    /// The token of a forge that knows no Apps.
    func token() throws(Fault) -> String {
        guard case .token(let token) = credentials else {
            throw Fault(.input, "only GitHub has Apps; \(kind.rawValue) needs a token")
        }
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Fault(.input, "the token of a forge is empty or holds characters that no token has")
        }
        return token
    }

    /// Where to clone a repository from: the configured base and the repository's path, nothing else.
    func cloneURL(_ repository: ForgeRepository) -> String {
        (clone.hasSuffix("/") ? String(clone.dropLast()) : clone) + "/\(repository.path).git"
    }

    /// `Authorization: Basic …` for git; nil where cloning needs no credentials: from a path on this machine.
    func cloneHeader(user: String, password: String) -> String? {
        guard clone.hasPrefix("https://") || clone.hasPrefix("http://") else { return nil }
        return "Authorization: Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
}
