package import Domain
package import SystemPackage

/// A folder that exists for one piece of work.
package enum ScratchFolder {
    /// Makes a folder of the work's own below `parent` and removes it afterwards, however the work ends.
    ///
    /// Throws what the work throws; else what making or removing the folder came to.
    package static func use<Value>(
        below parent: FilePath, named prefix: String, _ work: (FilePath) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let folder = parent.appending("\(prefix)-\(UInt64.random(in: 0 ... .max))")
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(folder, mode: 0o700) }
        let outcome: Result<Value, Fault>
        do throws(Fault) {
            outcome = .success(try await work(folder))
        } catch {
            outcome = .failure(error)
        }
        try await Blocking.run { () throws(Fault) in try Files.removeTree(folder) }
        return try outcome.get()
    }
}
