package import Content
package import Domain
package import Environments
package import Executors
package import Foundation
import Git
package import Host
package import Storage
package import SystemPackage

/// The event-to-promotion path: one verb a file.
///
/// Every arrow is a durable transition: committed before the next act starts, so that whoever opens the home next
/// continues from the last one. What must not go in here: sentences for people (Reports), flags and exit codes
/// (the binary).
package struct Engine: Sendable {
    package let home: Home
    package let store: Store
    package let content: ContentStore
    package let executor: any Executor
    package let hooks: EngineHooks
    /// The one clock that transitions are stamped from.
    package let now: @Sendable () -> Date
    /// This process's variables: secrets are taken from here.
    package let variables: [String: String]
    /// Files that no stage sees, besides the home and the user's own folders of keys: a server's secrets.
    package var hidden: @Sendable () -> [FilePath] = { [] }

    /// Opens a home; makes it if it is missing.
    package static func open(
        _ home: Home,
        executor: any Executor = LocalExecutor(),
        hooks: EngineHooks = EngineHooks(),
        variables: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) async throws(Fault) -> Engine {
        try await Blocking.run { () throws(Fault) in
            for folder in [home.root, home.environments, home.temporary] {
                try Files.makeDirectory(folder, mode: 0o700)
            }
        }
        let store = try await Store.open(at: home.database)
        let content = try await ContentStore(root: home.store)
        return Engine(
            home: home, store: store, content: content, executor: executor, hooks: hooks, now: now,
            variables: variables)
    }

    /// The environment room on this home.
    package func environments() throws(Fault) -> Environments {
        let uv = try Tool.find("uv", advice: "install it with 'pipx install uv'; see also 'sluice doctor'")
        return Environments(root: home.environments, uv: uv)
    }

    /// DuckDB's program.
    package func duckdb() throws(Fault) -> DuckDB {
        let advice = "install it with 'pipx install duckdb-cli'; see also 'sluice doctor'"
        return DuckDB(tool: try Tool.find("duckdb", advice: advice))
    }
}
