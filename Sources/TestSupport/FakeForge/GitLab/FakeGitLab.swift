import Foundation

extension FakeDialect {
    /// GitLab's REST API, version 4.
    static var gitlab: FakeDialect {
        FakeDialect(
            prefix: "/api/v4", routes: [], refuse: { _, _ in nil },
            limited: { _, _ in .message(429, "Retry later") }, tell: { _, _ in nil })
    }
}
