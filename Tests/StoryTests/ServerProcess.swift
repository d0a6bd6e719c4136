import Domain
import Foundation
import Host
import SystemPackage
import TestSupport

extension Project {
    /// Starts a server of the built program on this home and does not wait. What it says is put behind what `log` holds.
    ///
    /// - Parameters:
    ///   - variables: besides those that this process has.
    ///   - shell: what a shell does before it becomes the server, such as `ulimit`.
    func serve(
        _ settings: FilePath, log: FilePath, forge: FakeForge?, variables more: [String: String] = [:],
        shell: String = ":"
    ) throws -> Process {
        if let forge { try Files.writeDurably(Data(forge.token.utf8), to: token, mode: 0o600) }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "\(shell) && exec \"$0\" serve --config \"$1\"", try Project.program().string, settings.string,
        ]
        var variables = ProcessInfo.processInfo.environment
        variables["SLUICE_HOME"] = home.string
        variables["FORGE_SECRET"] = forge?.webhookSecret ?? "none"
        process.environment = variables.merging(more) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        if !Files.exists(log) { try Files.writeDurably(Data(), to: log) }
        let lines = try FileHandle(forWritingTo: URL(filePath: log.string))
        try lines.seekToEnd()
        process.standardError = lines
        try process.run()
        try lines.close()
        return process
    }

    /// Where a server finds the token of its forge.
    var token: FilePath { folder.appending("token") }
}

extension Process {
    /// Waits for its end; the status, or the number of the signal.
    func ended() async -> Int32 {
        await Blocking.run {
            self.waitUntilExit()
            return self.terminationStatus
        }
    }
}
