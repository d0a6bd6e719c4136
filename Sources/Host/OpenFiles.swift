#if canImport(Glibc)
    import Glibc
#endif

/// How many files and connections this process may hold open at the same time.
package enum OpenFiles {
    /// More is of no use to a server, and programs that close every descriptor they might have inherit it.
    private static let wanted: rlim_t = 65_536

    /// The limit as it is now.
    package static var limit: Int { Int(clamping: current.rlim_cur) }

    /// Raises the soft limit, which systems set to 1024 by custom, as far as the hard limit lets it. Never lowers it.
    /// Returns the limit from then on.
    @discardableResult
    package static func raise() -> Int {
        var limit = current
        let most = min(limit.rlim_max, wanted)
        if limit.rlim_cur < most {
            limit.rlim_cur = most
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return self.limit
    }

    private static var current: rlimit {
        var limit = rlimit(rlim_cur: 1024, rlim_max: 1024)
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit
    }
}
