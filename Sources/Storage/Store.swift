package import Domain
import GRDB
import Host
package import SystemPackage

/// The durable state of a home: one SQLite file. Every method is one transaction and returns after its fsync.
///
/// Transitions are guarded (`UPDATE … WHERE state = <old>`), appended to the journal in the same transaction, and
/// refused with a `Fault` if they are illegal: `.environment` if somebody else got there first, `.bug` if nobody could
/// have. What must not go in here: deciding what should happen next. Two processes may hold the same home open.
///
/// A cancelled task does not stop a method half way: what was asked for is committed or refused, and the caller is told.
/// The methods stand by subject in `Inbox`, `Runs`, `RunFacts`, `Stages`, `Conclusions`, `Data`, `Sorting`,
/// `Arrivals`, `Refusals`, `Releases`, `Tested`, `Registry`, `Decisions`, `Promotions` and `Journal`; what a server
/// keeps in `Deliveries`, `Tickets`, `Posts`, `PullRequests`, `Ticks` and `Users`.
package struct Store: Sendable {
    let pool: DatabasePool

    /// Opens the database; makes and migrates it. `.environment` if it cannot be opened, or was written by a newer
    /// version.
    package static func open(at path: FilePath) async throws(Fault) -> Store {
        try await Blocking.run { () throws(Fault) in Store(pool: try Opening.pool(at: path)) }
    }

    /// One transaction that may write. It is `IMMEDIATE`, so what `body` reads is still true when it writes, whoever
    /// else has the file open.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(Fault) -> Value {
        try await Blocking.run { () throws(Fault) in
            do { return try pool.write(body) } catch { throw fault(for: error, at: pool.path) }
        }
    }

    /// One consistent view of the database. It neither waits for a writer nor holds one up.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(Fault) -> Value {
        try await Blocking.run { () throws(Fault) in
            do { return try pool.read(body) } catch { throw fault(for: error, at: pool.path) }
        }
    }
}
