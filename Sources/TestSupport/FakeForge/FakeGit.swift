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

    /// Makes a commit on a branch of a bare repository: the branch's files with `files` put in. Returns its id.
    static func commit(_ files: [String: String], to branch: String, by name: String, in folder: String) -> String? {
        let scratch = "\(folder)/sluice-scratch-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        guard (try? FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)) != nil
        else {
            return nil
        }
        var variables = ["GIT_INDEX_FILE": "\(scratch)/index"]
        for role in ["AUTHOR", "COMMITTER"] {
            variables["GIT_\(role)_NAME"] = name
            variables["GIT_\(role)_EMAIL"] = "\(name)@example.org"
        }
        let parent = head(of: branch, in: folder)
        if let parent { guard run(["read-tree", parent], in: folder, variables) != nil else { return nil } }
        for (path, content) in files {
            let file = "\(scratch)/content"
            guard (try? Data(content.utf8).write(to: URL(fileURLWithPath: file))) != nil,
                let blob = run(["hash-object", "-w", file], in: folder),
                run(["update-index", "--add", "--cacheinfo", "100644,\(blob),\(path)"], in: folder, variables) != nil
            else { return nil }
        }
        guard let tree = run(["write-tree"], in: folder, variables),
            let commit = run(
                ["commit-tree", tree, "-m", "A change by \(name)"] + (parent.map { ["-p", $0] } ?? []), in: folder,
                variables),
            run(["update-ref", "refs/heads/\(branch)", commit], in: folder) != nil
        else { return nil }
        return commit
    }

    static func run(_ arguments: [String], in folder: String, _ variables: [String: String] = [:]) -> String? {
        let environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
        let git = Errand(program: "git", arguments: ["-C", folder] + arguments, environment: environment)
        guard let (status, output) = git.run(), status == 0 else { return nil }
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
