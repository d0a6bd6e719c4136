package import Domain
package import SystemPackage

/// DuckDB's program, shut in: no extensions, no network, no files but those named, memory, threads and time limited.
package struct DuckDB: Sendable {
    package let tool: Tool
    package init(tool: Tool) { self.tool = tool }

    /// What a call may use.
    package struct Limits: Sendable {
        /// Bytes, both for DuckDB's own limit and for the watched resident size of the child (twice this).
        package var memory: Int64
        package var threads: Int
        package var time: Duration
        package init(memory: Int64 = 2 << 30, threads: Int = 2, time: Duration = .seconds(1800)) {
            self.memory = memory
            self.threads = threads
            self.time = time
        }
    }

    /// Runs SQL and returns the rows that its SELECTs print, in order. The only files it can read are `files`.
    /// Throws `.input` with DuckDB's words if the SQL or a file is at fault, `.environment` if it ran out of memory or
    /// time.
    package func rows(
        _ sql: String, reading files: [FilePath], temporary: FilePath, limits: Limits = .init()
    ) async throws(Fault) -> [[String: JSONValue]] { throw Fault(.bug, "not built") }

    /// A text as an SQL literal; throws `.input` for control characters.
    package static func literal(_ text: String) throws(Fault) -> String { throw Fault(.bug, "not built") }

    /// A name as a quoted SQL identifier; throws `.input` for control characters.
    package static func identifier(_ text: String) throws(Fault) -> String { throw Fault(.bug, "not built") }
}
