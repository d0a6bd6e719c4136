import Domain
import Foundation
import Host
import SystemPackage

/// The `post-receive` hook that tells a server, and keeps the hook that was there before it.
struct PostReceiveHook {
    /// Where the repository's hooks lie.
    let folder: FilePath
    /// The program that the hook calls.
    let program: FilePath
    let server: String
    let project: String
    let tokenFile: FilePath

    var path: FilePath { folder.appending("post-receive") }
    private var kept: FilePath { folder.appending("post-receive.before-sluice") }

    /// What tells our hook from others.
    private static let mark = "# Written by 'sluice hook install'"

    /// Writes the hook; one that is not ours is kept beside it, and its path returned. Blocks.
    func install() throws(Fault) -> FilePath? {
        try Files.makeDirectory(folder)
        if Files.exists(path) || Files.isLink(path), !isOurs() {
            guard !Files.exists(kept), !Files.isLink(kept) else {
                throw Fault(
                    .input, "\(path) is not ours, and \(kept) is there already",
                    advice: "put both into one, then install again")
            }
            try Files.move(path, to: kept)
        }
        try Files.writeDurably(Data(text.utf8), to: path, mode: 0o755)
        // The mode of a new file is cut by the umask, and git does not call what it may not execute.
        guard chmod(path.string, 0o755) == 0 else { throw Files.systemFault("make executable", path) }
        return Files.exists(kept) ? kept : nil
    }

    private func isOurs() -> Bool {
        guard !Files.isLink(path), let bytes = try? Files.readSmall(path, limit: 1 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).contains(Self.mark)
    }

    private var text: String {
        """
        #!/bin/sh
        \(Self.mark): tells a server which branches moved.
        # It never fails a push. The hook that was here before is called first.
        moved=$(cat)
        status=0
        before=$(dirname "$0")/\(kept.lastComponent?.string ?? "")
        if [ -x "$before" ]; then
            printf '%s\\n' "$moved" | "$before" "$@" || status=$?
        fi
        sluice=\(quoted(program.string))
        [ -x "$sluice" ] || sluice=$(command -v sluice) || exit "$status"
        printf '%s\\n' "$moved" | timeout 5 "$sluice" hook send --server \(quoted(server)) \\
            --project \(quoted(project)) --token-file \(quoted(tokenFile.string)) || :
        exit "$status"

        """
    }

    private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}

/// A line of what git tells a `post-receive` hook.
struct MovedBranch: Equatable {
    let before: CommitID
    let after: CommitID
    /// `refs/heads/main`
    let ref: String

    /// The branches among the lines; tags and what is no such line are left out.
    static func read(_ input: Data) -> [MovedBranch] {
        input.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let text = String(bytes: line, encoding: .utf8) else { return nil }
            let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, let before = CommitID(hex: parts[0]), let after = CommitID(hex: parts[1]),
                parts[2].hasPrefix("refs/heads/"), BranchName(String(parts[2].dropFirst(11))) != nil
            else { return nil }
            return MovedBranch(before: before, after: after, ref: parts[2])
        }
    }

    /// As a CloudEvent. Each telling has an id of its own: a branch may move to and fro.
    func event(of project: String, from server: String) -> JSONValue {
        .object([
            "specversion": .string("1.0"), "type": .string("dev.sluice.push"), "source": .string("post-receive"),
            "id": .string(UUID().uuidString),
            "data": .object([
                "project": .string(project), "ref": .string(ref), "before": .string(before.hex),
                "after": .string(after.hex),
            ]),
        ])
    }
}
