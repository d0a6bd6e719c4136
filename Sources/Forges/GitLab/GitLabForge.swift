import Domain
import Foundation
import Wire

/// A client of GitLab.
struct GitLabForge: Sendable {
    let parts: ForgeParts
    let caller: Caller

    /// Throws `.input` without a token.
    init(parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        let token = try parts.token()
        self.parts = parts
        caller = Caller(api: parts.api, wire: wire, headers: [:], secrets: [token], now: now)
    }
}
