import Domain
import Foundation
import Git
import Host
import SystemPackage
import TestSupport
import Testing

/// A server's clone of a remote that others push to.
@Suite(.timeLimit(.minutes(15)))
struct CloneTests {
    private func branch(_ name: String) throws -> BranchName { try #require(BranchName(name)) }

    @Test func `a clone has the remote's branches and its default branch`() async throws {
        try await withRepository { origin, folder in
            let first = try await origin.commit("One")
            try await origin.git("branch", "topic/a")
            try await origin.git("checkout", "-q", "-b", "trunk")
            let second = try await origin.commit("Two")
            let remote = try Remote(url: origin.path.string)
            let clone = try await Clone(path: folder.appending("clone.git"))

            try await clone.fetch(from: remote)

            let heads = try await clone.heads()
            #expect(heads.branches[try branch("main")] == first)
            #expect(heads.branches[try branch("topic/a")] == first)
            #expect(heads.head == (try branch("trunk")))
            let asked = try await remote.heads()
            #expect(asked == heads)
            let repository = try await clone.repository()
            let head = try await repository.commit("HEAD")
            #expect(head.id == second)
            #expect(repository.workTree == nil)
            #expect(repository.id.path == clone.path.string)
        }
    }

    @Test func `force pushes and deleted branches are followed, and what was there stays readable`() async throws {
        try await withRepository { origin, folder in
            let first = try await origin.commit("One")
            let gone = try await origin.commit("Two")
            try await origin.git("branch", "topic")
            let remote = try Remote(url: origin.path.string)
            let clone = try await Clone(path: folder.appending("clone.git"))
            try await clone.fetch(from: remote)

            try await origin.git("reset", "-q", "--hard", first.hex)
            let other = try await origin.commit("Two, again")
            try await origin.git("branch", "-D", "topic")
            // A branch whose name was a folder of branches before.
            try await origin.git("branch", "a/b")
            try await clone.fetch(from: remote)
            try await origin.git("branch", "-D", "a/b")
            try await origin.git("branch", "a")
            try await clone.fetch(from: remote)

            let heads = try await clone.heads()
            #expect(heads.branches == [try branch("main"): other, try branch("a"): other])
            let repository = try await clone.repository()
            let kept = try await repository.commit(gone.hex)
            #expect(kept.subject == "Two")
        }
    }

    @Test func `the head is the branch that is asked for, where the remote has it`() async throws {
        try await withRepository { origin, folder in
            try await origin.commit("One")
            try await origin.git("branch", "release")
            let remote = try Remote(url: origin.path.string)
            let clone = try await Clone(path: folder.appending("clone.git"))

            try await clone.fetch(from: remote, head: try branch("release"))
            let wanted = try await clone.heads().head
            try await clone.fetch(from: remote, head: try branch("nowhere"))
            let kept = try await clone.heads().head

            #expect(wanted == (try branch("release")))
            #expect(kept == (try branch("release")))
            // A look follows a default branch that was changed over there.
            _ = try await clone.look(at: remote)
            let followed = try await clone.heads().head
            #expect(followed == (try branch("main")))
        }
    }

    @Test func `a pull request's commit is fetched by its reference, or by its id when it moved on`() async throws {
        try await withRepository { origin, folder in
            try await origin.commit("One")
            try await origin.git("checkout", "-q", "-b", "fork")
            let old = try await origin.commit("Old head")
            try await origin.git("reset", "-q", "--hard", "main")
            try origin.write("x", to: "x")
            let new = try await origin.commit("New head")
            try await origin.git("update-ref", "refs/pull/7/head", new.hex)
            try await origin.git("checkout", "-q", "main")
            try await origin.git("branch", "-D", "fork")
            let remote = try Remote(url: origin.path.string)
            let clone = try await Clone(path: folder.appending("clone.git"))
            try await clone.fetch(from: remote)
            let before = try await clone.has(new)

            try await clone.fetch(new, from: remote, references: ["refs/pull/7/head"])
            try await clone.fetch(old, from: remote, references: ["refs/pull/7/head"])

            #expect(!before)
            let both = [try await clone.has(new), try await clone.has(old)]
            #expect(both == [true, true])
            // Not among the branches: what a stranger wrote is nobody's branch.
            let heads = try await clone.heads()
            #expect(heads.branches.count == 1)
            let nowhere = try #require(CommitID(hex: String(repeating: "ab", count: 20)))
            let fault = try await fault {
                try await clone.fetch(nowhere, from: remote, references: ["refs/pull/8/head"])
            }
            #expect(fault.kind == .input)
            #expect(fault.message.contains("does not have the commit \(nowhere.hex)"))
        }
    }

    @Test func `a clone that is damaged or half made is made anew`() async throws {
        try await withRepository { origin, folder in
            let first = try await origin.commit("One")
            let remote = try Remote(url: origin.path.string)
            let path = folder.appending("clone.git")
            let clone = try await Clone(path: path)
            try await clone.fetch(from: remote)

            // Every object emptied, as after a power cut.
            for object in try allFiles(below: path.appending("objects")) {
                try Files.removeTree(object)
                try Files.writeDurably(Data(), to: object)
            }
            try origin.write("y", to: "y")
            let second = try await origin.commit("Two")
            try await clone.fetch(from: remote)
            let repaired = [try await clone.has(first), try await clone.has(second)]
            #expect(repaired == [true, true])

            // A process was killed while it made the folder.
            try Files.removeTree(path)
            try Files.makeDirectory(path.appending("refs"))
            try Files.writeDurably(Data("junk".utf8), to: path.appending("sluice.gitconfig"))
            let again = try await Clone(path: path)
            try await again.fetch(from: remote)
            let made = try await again.has(second)
            #expect(made)
        }
    }

    private func allFiles(below folder: FilePath) throws -> [FilePath] {
        try Files.list(folder).flatMap { name in
            let path = folder.appending(name)
            return Files.isDirectory(path) ? try allFiles(below: path) : [path]
        }
    }

    @Test func `a remote that is not there says so and leaves the clone as it was`() async throws {
        try await withRepository { origin, folder in
            let first = try await origin.commit("One")
            let clone = try await Clone(path: folder.appending("clone.git"))
            try await clone.fetch(from: try Remote(url: origin.path.string))

            let gone = try Remote(url: folder.appending("gone").string)
            let fault = try await fault { try await clone.fetch(from: gone) }

            #expect(fault.kind == .environment)
            #expect(fault.message.hasPrefix("git could not reach \(gone.url)"))
            let kept = try await clone.has(first)
            #expect(kept)
        }
    }

    @Test(arguments: [
        "ext::sh -c 'touch /tmp/owned'", "--upload-pack=touch", "fd::17", "", "ftp://example.org/a.git", "a b",
        "https://example.org/\nx",
    ])
    func `an address that names a program or an option is refused`(_ url: String) async throws {
        let fault = try await fault { _ = try Remote(url: url) }
        #expect(fault.kind == .input)
    }
}

/// What a server writes to a remote.
@Suite(.timeLimit(.minutes(15)))
struct PushTests {
    @Test func `a branch with one changed file is pushed, moved and deleted`() async throws {
        try await withRepository { origin, folder in
            try origin.write("a", to: "a.txt")
            let first = try await origin.commit("One")
            let remote = try Remote(url: origin.path.string)
            let clone = try await Clone(path: folder.appending("clone.git"))
            try await clone.fetch(from: remote)
            let branch = try #require(BranchName("sluice/promote/toy"))
            let file = try #require(TreePath(".sluice/champions/toy.json"))
            let date = Date(timeIntervalSince1970: 1_700_000_000)

            let one = try await clone.commit("{}", to: file, on: first, subject: "Promote", author: "Bot <x>", at: date)
            let same = try await clone.commit(
                "{}", to: file, on: first, subject: "Promote", author: "Bot <x>", at: date)
            let two = try await clone.commit("[]", to: file, on: first, subject: "Promote", author: "Bot", at: date)
            try await clone.push(one, to: branch, of: remote)
            try await clone.push(two, to: branch, of: remote)

            #expect(one == same && one != two)
            let shown = try await origin.git("show", "sluice/promote/toy:.sluice/champions/toy.json")
            #expect(shown == "[]")
            let changed = try await origin.git("diff", "--name-only", first.hex, "sluice/promote/toy")
            #expect(changed == ".sluice/champions/toy.json")
            let left = try Files.list(clone.path).filter { $0.hasPrefix("commit-") }
            #expect(left.isEmpty)

            try await clone.push(nil, to: branch, of: remote)
            try await clone.push(nil, to: branch, of: remote)
            let branches = try await origin.git("branch", "--format=%(refname:short)")
            #expect(branches == "main")
        }
    }

    @Test func `notes of others are kept, and one on the same commit can be kept within the new one`() async throws {
        try await withRepository { origin, folder in
            let first = try await origin.commit("One")
            let remote = try Remote(url: origin.path.string)
            let clone = try await Clone(path: folder.appending("clone.git"))
            try await clone.fetch(from: remote)
            let other = try await origin.commit("Two")

            try await clone.push(note: { ($0 ?? "none\n") + "# passed\n" }, on: first, to: remote)
            try await origin.git("notes", "--ref=refs/notes/sluice", "add", "-m", "by hand", other.hex)
            try await clone.push(note: { ($0 ?? "none\n") + "# failed\n" }, on: first, to: remote)

            let ours = try await origin.git("notes", "--ref=refs/notes/sluice", "show", first.hex)
            #expect(ours == "none\n# passed\n# failed")
            let theirs = try await origin.git("notes", "--ref=refs/notes/sluice", "show", other.hex)
            #expect(theirs == "by hand")
        }
    }
}
