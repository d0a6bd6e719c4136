package import Domain
package import Foundation
import Host
import Storage
package import SystemPackage

extension Engine {
    /// The log of one stage of a run.
    package struct StageLog: Sendable, Equatable {
        package let stage: StageName
        package let path: FilePath
    }

    /// The logs that exist, in the order of the stages; of a stage that was started more than once, the last.
    package func logs(of id: RunID) async throws(Fault) -> [StageLog] {
        let directory = home.directory(of: id)
        let stages = try await store.stages(of: id)
        return try await Blocking.run { () throws(Fault) in
            var found: [StageLog] = []
            for stage in stages {
                let attempts = directory.job(stage.name, attempt: 1).removingLastComponent()
                guard Files.isDirectory(attempts) else { continue }
                let last = try Files.list(attempts).compactMap { Int($0) }.max() ?? 1
                let log = directory.job(stage.name, attempt: last).appending("output.log")
                if Files.exists(log) { found.append(StageLog(stage: stage.name, path: log)) }
            }
            return found
        }
    }

    /// The report as it was judged, byte for byte. Throws `.input` if the run has none.
    package func markdownReport(of id: RunID) async throws(Fault) -> Data {
        let run = try await required(id)
        guard case .judged = run.state else {
            throw Fault(.input, "run \(id) has no report: it is \(run.state.word)")
        }
        let path = home.directory(of: id).report
        return try await Blocking.run { () throws(Fault) in try Files.readSmall(path) }
    }
}
