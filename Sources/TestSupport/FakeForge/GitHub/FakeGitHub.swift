import Foundation

extension FakeDialect {
    /// GitHub's REST API.
    static var github: FakeDialect {
        FakeDialect(
            prefix: "", routes: [], refuse: { _, _ in nil },
            limited: { _, _ in .message(429, "Retry later") }, tell: { _, _ in nil })
    }
}
