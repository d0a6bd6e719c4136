import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Settings
import Storage

/// Who asks, on what authority.
struct Caller: Sendable {
    let user: User
    let token: Token
    /// The secret that was shown; forms are bound to it.
    let text: TokenText

    /// The lesser of what the user and the token may.
    var role: Role { min(user.role, token.role) }

    /// Proves that a form was written by a page of this session.
    var formProof: String { Digest.of("form:" + text.secret).hex }
}

extension Site {
    /// Nil for what is open to all. Throws 401 without a valid token; for browsers 303 to the page where one signs in.
    func caller(of exchange: Exchange, for route: Route) async throws -> Caller? {
        switch route.access {
        case .open: return nil
        case .token:
            guard let caller = try await caller(bearing: exchange.bearer, as: .api) else { throw Problem.needsToken() }
            return caller
        case .session:
            let caller = try await caller(bearing: exchange.cookies[cookieName].flatMap { TokenText($0) }, as: .session)
            guard let caller else { throw SignInNeeded() }
            if exchange.method == .post { try checkOrigin(of: exchange) }
            return caller
        }
    }

    /// Throws 403 if the caller may not do what the route does.
    func checkRole(of caller: Caller?, for route: Route) throws {
        switch route.access {
        case .open: break
        case .token(let role), .session(let role): try caller?.check(role)
        }
    }

    /// Asked of the store each time, so that what was revoked does not work any more.
    func caller(bearing text: TokenText?, as use: Token.Use) async throws -> Caller? {
        guard let text, let known = try await bot.engine.store.token(hash: text.hash, at: bot.engine.now()),
            known.token.use == use
        else { return nil }
        return Caller(user: known.user, token: known.token, text: text)
    }

    /// Asked again, for what goes on for long: false if the token or session is void by now.
    func stillMay(_ exchange: Exchange) async throws -> Bool {
        guard let before = exchange.caller else { return true }
        return try await caller(bearing: before.text, as: before.token.use) != nil
    }

    /// With `__Host-` a browser takes it from this very host only, and by HTTPS.
    var cookieName: String { isSecure ? "__Host-sluice" : "sluice" }

    /// Refuses a form that another site sent. Browsers say which site a form comes from.
    func checkOrigin(of exchange: Exchange) throws {
        if exchange.headers[.fetchSite] == "same-origin" { return }
        guard let origin = exchange.headers[.origin] else { throw Problem(.forbidden, "the form has no Origin") }
        let own = exchange.authority.map { ["http://\($0)", "https://\($0)"] } ?? []
        guard own.contains(origin) || origin == listen.url else {
            throw Problem(
                .forbidden, "the form comes from another site",
                advice: "if a proxy stands before the server, let it pass 'Host' on, or set 'listen.url'")
        }
    }
}

/// A browser that is not signed in.
struct SignInNeeded: Error {}

extension Caller {
    fileprivate func check(_ needed: Role) throws {
        guard role >= needed else {
            throw Problem(
                .forbidden, "this needs the role \(needed.rawValue); yours is \(role.rawValue)",
                advice: "an admin can change it: 'sluice user role'")
        }
    }
}

extension Problem {
    fileprivate static func needsToken() -> Problem {
        var problem = Problem(
            .unauthorized, "this needs a valid token",
            advice: "send 'Authorization: Bearer' with what 'sluice token create' gave")
        problem.headers[.wwwAuthenticate] = "Bearer realm=\"sluice\""
        return problem
    }
}

extension Exchange {
    /// Who asks. Throws 403 on a route that is open to all.
    func known() throws -> Caller {
        guard let caller else { throw Problem(.forbidden, "nobody is known to have asked this") }
        return caller
    }

    /// `Authorization: Bearer …`; nil without one of our form.
    var bearer: TokenText? {
        guard let text = headers[.authorization], text.prefix(7).lowercased() == "bearer " else { return nil }
        return TokenText(text.dropFirst(7).trimmingCharacters(in: .whitespaces))
    }

    var cookies: [String: String] {
        var cookies: [String: String] = [:]
        for pair in (headers[.cookie] ?? "").split(separator: ";").prefix(50) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            cookies[parts[0].trimmingCharacters(in: .whitespaces)] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return cookies
    }
}
