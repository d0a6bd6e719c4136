import Domain
import Foundation

extension FakeDialect {
    /// Gitea's and Forgejo's REST API, version 1.
    static func gitea(_ kind: ForgeKind) -> FakeDialect {
        FakeDialect(
            prefix: "/api/v1", routes: [], refuse: { _, _ in nil },
            limited: { _, _ in .message(429, "Retry later") }, tell: { _, _ in nil })
    }
}
