import Host
package import SystemPackage

/// A folder of a test's own, removed afterwards.
///
/// `body` gets the canonical path. Everything a test writes goes below it.
package func withTemporaryFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
    let base = FilePath("/tmp").appending("sluice-test-\(UInt64.random(in: 0 ... .max))")
    try Files.makeDirectory(base)
    let outcome: Result<Value, any Error>
    do {
        outcome = .success(try await body(try Files.canonical(base)))
    } catch {
        outcome = .failure(error)
    }
    try Files.removeTree(base)
    return try outcome.get()
}
