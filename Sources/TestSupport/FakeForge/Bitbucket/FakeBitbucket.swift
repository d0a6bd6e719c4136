import Foundation

extension FakeDialect {
    /// Bitbucket Cloud's REST API.
    static var bitbucket: FakeDialect {
        FakeDialect(
            prefix: "/2.0", routes: [], refuse: { _, _ in nil },
            limited: { _, _ in .message(429, "Retry later") }, tell: { _, _ in nil })
    }
}
