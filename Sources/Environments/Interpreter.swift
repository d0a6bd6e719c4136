import Domain
import Foundation
import Host
import SystemPackage

/// A Python of this machine, as uv found it.
struct Interpreter: Codable, Equatable {
    let path: String
    let stamp: FileStamp
    /// `3.11.7`
    let version: String
    /// `x86_64-linux-gnu`
    let platform: String
    /// The version of the uv that found it.
    let uv: String
}

/// Size and time of a file: enough to notice that a program was replaced.
struct FileStamp: Codable, Equatable {
    let size: Int64
    let seconds: Int64
    let nanoseconds: Int64

    init?(_ path: FilePath) {
        var info = stat()
        guard stat(path.string, &info) == 0 else { return nil }
        size = Int64(info.st_size)
        seconds = Int64(info.st_mtim.tv_sec)
        nanoseconds = Int64(info.st_mtim.tv_nsec)
    }
}

extension Environments {
    /// Finds the interpreter, from memory if neither uv nor the interpreter nor `PATH` changed since. A newer patch
    /// release that appears beside a known interpreter is not noticed, so that plans stay the same.
    func interpreter(for python: String) async throws(Fault) -> Interpreter {
        let parts = python.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 3, parts.first == "3",
            parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else {
            throw Fault(
                .input, "'\(python.prefix(40))' is not a Python version", advice: "write it as '3.11' or '3.11.7'")
        }
        let note = try await interpreterNote(for: python)
        if let known = await note.recall(Interpreter.self), FileStamp(FilePath(known.path)) == known.stamp {
            return known
        }
        let found = try await search(for: python)
        await note.remember(found)
        return found
    }

    private func interpreterNote(for python: String) async throws(Fault) -> Note {
        guard let stamp = FileStamp(uv.path) else { throw Files.systemFault("find uv at", uv.path) }
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let key = Digest.of(canonical: [
            "python", python, uv.path.string, search, "\(stamp.size) \(stamp.seconds) \(stamp.nanoseconds)",
        ])
        return Note(folder: notes, key: key)
    }

    private func search(for python: String) async throws(Fault) -> Interpreter {
        let version = try await uv.output(["--version"], in: neutral, environment: uvVariables)
        let found = try await uv.run(
            ["python", "find", "--no-python-downloads", "--no-project", "--system", "cpython@\(python)"],
            in: neutral, environment: uvVariables)
        guard found.status == 0 else {
            throw Fault(
                .input, "Python \(python) is not on this machine: \(UvWords(found).cause)",
                advice: "install it ('uv python install \(python)' does), or name another under 'environment: python'")
        }
        let path = FilePath(found.output.trimmingCharacters(in: .whitespacesAndNewlines))
        let script = """
            import platform, sysconfig
            print(platform.python_version(), sysconfig.get_config_var("MULTIARCH") or sysconfig.get_platform())
            """
        let said = try await Tool(path: path, name: "python").output(["-I", "-c", script], in: neutral)
        let words = said.split(whereSeparator: \.isWhitespace)
        let uvWords = version.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, uvWords.count >= 2, let stamp = FileStamp(path) else {
            throw Fault(.environment, "\(path) and \(uv.path) did not say what versions they are")
        }
        return Interpreter(
            path: path.string, stamp: stamp, version: String(words[0]), platform: String(words[1]),
            uv: String(uvWords[1]))
    }
}
