import Domain
import Foundation
import HTTPTypes

/// Who asks, on what authority.
struct Caller: Sendable {
    let user: User
    let token: Token

    /// The lesser of what the user and the token may.
    var role: Role { min(user.role, token.role) }
}

extension Site {
    /// Nil for what is open to all. Throws 401 without a valid token and 403 with one that may not.
    func caller(of exchange: Exchange, for route: Route) async throws -> Caller? {
        switch route.access {
        case .open: return nil
        case .token, .session: throw Problem(.unauthorized, "this needs a token")
        }
    }
}
