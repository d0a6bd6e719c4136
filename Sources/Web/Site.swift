import Domain
import Foundation
import Service
import Settings

/// What all requests share: the bot, the limits, the table of routes and what is counted.
///
/// Only counts and budgets are kept here: they may be lost at any time.
struct Site: Sendable {
    let bot: Bot
    let listen: Listen
    let limits: ServerLimits
    /// Of Sluice, for `/metrics` and the API; empty where nobody said.
    let version: String
    let routes: RouteTable = .all
    let bodies: BodyBudget
    let meters = Meters()
    let signIns = SignIns()
    let startedAt = Date()

    init(bot: Bot, listen: Listen, limits: ServerLimits, version: String) {
        self.bot = bot
        self.listen = listen
        self.limits = limits
        self.version = version
        bodies = BodyBudget(most: max(64 << 20, limits.body * 2))
    }

    /// True if browsers reach us by HTTPS: cookies are then sent that way only.
    var isSecure: Bool { listen.tls != nil || listen.url?.hasPrefix("https://") == true }
}
