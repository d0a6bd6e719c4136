import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Settings
import Storage
import Synchronization

/// Signing in with a token, and out again. A session is a token of its own, in a cookie that no script and no other site
/// gets; it is void after twelve hours, and with the token that it was begun with.
enum Session {
    static let hours = 12.0

    static func begin(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        try site.checkOrigin(of: exchange)
        let form = try await exchange.form(site)
        let text = TokenText((form["token"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
        guard let caller = try await site.caller(bearing: text, as: .api) else {
            guard site.signIns.mayFail(exchange.client(site.listen.proxies), at: site.bot.engine.now()) else {
                var problem = Problem(.tooManyRequests, "too many attempts to sign in", advice: "try again in a minute")
                problem.headers[.retryAfter] = "60"
                throw problem
            }
            return try Pages.signIn(site, complaint: "This is no valid token.", next: form["next"], .forbidden)
        }
        let engine = site.bot.engine
        let now = engine.now()
        let session = TokenText.random()
        let end = min(now.addingTimeInterval(hours * 3600), caller.token.expiresAt ?? .distantFuture)
        _ = try await engine.store.add(
            token: session.hash, user: caller.user.name, use: .session,
            note: "signed in with token \(caller.token.id)", role: caller.token.role, expiresAt: end,
            begunWith: caller.token.id, at: now)
        var reply = Reply.redirect(to: local(form["next"]))
        reply.headers[.setCookie] = cookie(session.secret, seconds: Int(end.timeIntervalSince(now)), site)
        return reply
    }

    static func end(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        _ = try await exchange.provenForm(site)
        let engine = site.bot.engine
        try await engine.store.revoke(token: try exchange.known().token.id, at: engine.now())
        var reply = Reply.redirect(to: "/sign-in")
        reply.headers[.setCookie] = cookie("", seconds: 0, site)
        return reply
    }

    /// Lax, not Strict: who follows a link in a comment of the forge comes from another site, and is signed in all the same.
    /// What changes anything is a POST, with which no other site gets it, and asks for the origin and the form's proof too.
    private static func cookie(_ value: String, seconds: Int, _ site: Site) -> String {
        "\(site.cookieName)=\(value); Path=/; Max-Age=\(max(0, seconds)); HttpOnly; SameSite=Lax"
            + (site.isSecure ? "; Secure" : "")
    }

    /// A path of ours; anything else leads to the front page.
    static func local(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), next.utf8.count < 1000,
            next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { return "/" }
        return next
    }
}

/// How often an address may fail to sign in. In memory: a restart forgives. Who has a token signs in all the same, so nobody
/// can lock out others who seem to come from the same address.
final class SignIns: Sendable {
    private let tries = Mutex<[String: (count: Int, since: Date)]>([:])
    private let most: Int

    /// - Parameter most: in a minute, of one address.
    init(most: Int = 10) { self.most = most }

    func mayFail(_ client: String, at now: Date) -> Bool {
        tries.withLock { tries in
            // Bounded whatever addresses come: what is old goes first, and everything if that is not enough.
            if tries.count >= 10_000 { tries = tries.filter { now.timeIntervalSince($0.value.since) < 60 } }
            if tries.count >= 10_000 { tries = [:] }
            var entry = tries[client] ?? (0, now)
            // Also if the clock was put back since.
            if abs(now.timeIntervalSince(entry.since)) >= 60 { entry = (0, now) }
            entry.count += 1
            tries[client] = entry
            return entry.count <= most
        }
    }
}

extension Exchange {
    /// The fields of a form. Throws 415 for another type of body.
    func form(_ site: Site) async throws -> Query {
        let type = (headers[.contentType] ?? "").split(separator: ";").first.map { $0.lowercased() }
        guard type == "application/x-www-form-urlencoded" else {
            throw Problem(.unsupportedMediaType, "the body is not a form")
        }
        let form = Query(String(decoding: try await read(upTo: 64 << 10, site), as: UTF8.self))
        guard form.isReadable else { throw Problem.invalid("the form cannot be read") }
        return form
    }

    /// The fields of a form that a page of this session wrote. Throws 403 for any other.
    func provenForm(_ site: Site) async throws -> Query {
        let caller = try known()
        let form = try await form(site)
        guard Digest.of(form["proof"] ?? "") == Digest.of(caller.formProof) else {
            throw Problem(.forbidden, "the form is not of this session", advice: "load the page again")
        }
        return form
    }
}
