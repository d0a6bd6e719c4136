import Foundation

/// What a fake forge asks of a bare repository. Waits for git: a test's server has nothing better to do.
enum FakeGit {
    static func head(of branch: String, in folder: String) -> String? {
        run(["rev-parse", "--verify", "--quiet", "refs/heads/\(branch)^{commit}"], in: folder)
    }

    static func has(_ commit: String, in folder: String) -> Bool {
        guard commit.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }) else { return false }
        return run(["cat-file", "-e", "\(commit)^{commit}"], in: folder) != nil
    }

    /// The full id of an abbreviated one.
    static func full(_ commit: String, in folder: String) -> String? {
        run(["rev-parse", "--verify", "--quiet", "\(commit)^{commit}"], in: folder)
    }

    static func run(_ arguments: [String], in folder: String) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", folder] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = (try? output.fileHandleForReading.readToEnd()) ?? nil
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
