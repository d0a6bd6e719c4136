/// Runs work that waits (files, SQLite, libgit2, locks) off the cooperative pool, which is only as wide as the
/// machine has cores.
///
/// Who calls it: every room that meets the machine. The work cannot be cancelled; keep each piece short or pass it a
/// flag.
package enum Blocking {
    /// Runs the work on a thread that may block and returns what it returns.
    package static func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
            BlockingThreads.shared.run {
                let result: Result<Value, Failure>
                do throws(Failure) {
                    result = .success(try work())
                } catch {
                    result = .failure(error)
                }
                continuation.resume(returning: result)
            }
        }
        return try outcome.get()
    }
}
