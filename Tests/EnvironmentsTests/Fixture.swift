import Domain
import Environments
import Foundation
import Host
import Synchronization
import SystemPackage
import TestSupport

/// A root of the test's own and a `uv` that writes every call into a file before it does it.
struct Fixture {
    let folder: FilePath
    let environments: Environments
    var root: FilePath { environments.root }
    private var log: FilePath { folder.appending("calls") }

    /// `before` is shell text that runs ahead of the real uv.
    init(_ folder: FilePath, before: String = "") throws {
        let real = try Tool.find("uv", advice: "set SLUICE_TOOLS")
        let script = "#!/bin/sh\necho \"$*\" >> '\(folder)/calls'\n\(before)\nexec '\(real.path)' \"$@\"\n"
        let uv = folder.appending("uv")
        try Files.writeDurably(Data(script.utf8), to: uv, mode: 0o755)
        self.folder = folder
        environments = Environments(root: folder.appending("envs"), uv: Tool(path: uv, name: "uv"))
    }

    /// The calls of uv since the last question.
    func calls() throws -> [String] {
        guard Files.exists(log) else { return [] }
        let text = String(decoding: try Files.readSmall(log), as: UTF8.self)
        try Files.removeTree(log)
        return text.split(separator: "\n").map(String.init)
    }

    func prepare(_ lock: String, python: String = "3.11", fresh: FilePath? = nil) async throws -> Environments.Prepared
    {
        let request = request(lock, python: python)
        let identity = try await environments.identify(request)
        return try await environments.prepare(request, as: identity, fresh: fresh) { _ in }
    }

    /// The fault of preparing a lock, or nil.
    func fault(_ lock: String, python: String = "3.11") async -> Fault? {
        do {
            _ = try await prepare(lock, python: python)
            return nil
        } catch {
            return error as? Fault
        }
    }

    /// Names in the root that are neither locks nor notes.
    func left() throws -> [String] {
        try Files.list(root).filter { !$0.hasSuffix(".lock") && $0 != "known" }
    }
}

func request(_ lock: String, python: String = "3.11") -> Environments.Request {
    Environments.Request(
        python: python, lockName: requirementsLock, lock: Data(lock.utf8))
}

/// Lines that a closure collects.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

let iniconfigLock = """
    # A lock as uv writes it.
    iniconfig==2.1.0 \\
        --hash=sha256:3abbd2e30b36733fee78f9c7f7308f2d0050e88f0087fd25c2645f63c773e1c7 \\
        --hash=sha256:9deba5723312380e77435581c6bf4935c94cbfab9b1ed33ef8d238ea168eb760
        # via -r requirements.in

    """

private func path(_ text: String) -> TreePath {
    guard let path = TreePath(text) else { preconditionFailure("'\(text)' is not a path") }
    return path
}

let requirementsLock = path("requirements.lock")
let uvLock = path("uv.lock")
