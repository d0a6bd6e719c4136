import Domain
import Foundation
import Git
import Host
import SystemPackage
import TestSupport
import Testing

@Suite struct ResolvingTests {
    @Test func `a branch, a tag, a short id and HEAD name the same commit`() async throws {
        try await withRepository { project, _ in
            try project.write("1", to: "a")
            let id = try await project.commit("First \u{1B}[31mred")
            try await project.git("tag", "-a", "v1", "-m", "One")
            let repository = try await project.open()
            for name in ["HEAD", "main", "v1", id.hex, String(id.hex.prefix(7)), "refs/heads/main"] {
                #expect(try await repository.commit(name).id == id)
            }
            let commit = try await repository.commit("HEAD")
            #expect(commit.author == "Ada <ada@example.org>")
            #expect(commit.subject == "First \u{FFFD}[31mred")
            #expect(commit.date == Date(timeIntervalSince1970: 1_700_000_000))
            #expect(try await commit.tree == project.git("rev-parse", "HEAD^{tree}"))
        }
    }

    @Test func `a place without a repository is the user's mistake`() async throws {
        try await withTemporaryFolder { folder in
            let none = try await fault { _ = try await GitRepository.discover(from: folder) }
            #expect(none.kind == .input)
            #expect(none.message.contains("no git repository at \(folder)"))
            let absent = try await fault { _ = try await GitRepository.discover(from: folder.appending("x")) }
            #expect(absent.kind == .input)
        }
    }

    @Test func `a repository without a commit says so`() async throws {
        try await withRepository { project, _ in
            let repository = try await project.open()
            for name in ["HEAD", "main"] {
                let found = try await fault { _ = try await repository.commit(name) }
                #expect(found.kind == .input)
                #expect(found.message.contains("has no commit yet"))
            }
            #expect(try await repository.uncommitted() == [])
        }
    }

    @Test(arguments: [
        ("featrue", "feature"), ("v1.O", "v1.0"), ("topic", "origin/topic"),
    ])
    func `an unknown name suggests the nearest`(typed: String, meant: String) async throws {
        try await withRepository { project, _ in
            let id = try await project.commit()
            try await project.git("branch", "feature")
            try await project.git("tag", "v1.0")
            try await project.git("update-ref", "refs/remotes/origin/topic", id.hex)
            let repository = try await project.open()
            let found = try await fault { _ = try await repository.commit(typed) }
            #expect(found.kind == .input)
            #expect(found.message.contains("no branch, tag or commit '\(typed)'"))
            #expect(found.advice == "Did you mean '\(meant)'?")
        }
    }

    @Test(arguments: ["", "\n", "--help", "-", "main:", "..", "main..HEAD", "@{", "HEAD~99", "^{/x", "deadbeef", "ab"])
    func `a text that names no commit is refused`(typed: String) async throws {
        try await withRepository { project, _ in
            try await project.commit()
            let repository = try await project.open()
            #expect(try await fault { _ = try await repository.commit(typed) }.kind == .input)
        }
    }

    @Test func `a name of something else says what it is`() async throws {
        try await withRepository { project, _ in
            try project.write("1", to: "a")
            try await project.commit()
            let repository = try await project.open()
            let found = try await fault { _ = try await repository.commit("HEAD:a") }
            #expect(found.message == "'HEAD:a' names a blob, not a commit")
        }
    }

    @Test func `a short id of two commits is ambiguous and of one commit beside a blob is not`() async throws {
        try await withRepository { project, _ in
            try await project.commit()
            // 600 commits almost surely share four digits with another one, and 20,000 blobs with any one commit.
            let script = """
                for i in $(seq 600); do printf 'commit refs/heads/b%d\\ncommitter A <a@b> %d +0000\\ndata 1\\nx\\n' $i $i
                done | git fast-import --quiet
                for i in $(seq 20000); do printf 'blob\\nmark :%d\\ndata %d\\n%d\\n' $i ${#i} $i
                done | git fast-import --quiet --export-marks=marks
                """
            let shell = try Tool.find("sh", advice: "")
            _ = try await shell.output(["-c", script], in: project.path, environment: Repository.environment)
            let commits = try await project.git("for-each-ref", "--format=%(objectname)").split(separator: "\n")
            let blobs = Set(
                try text(project.path.appending("marks")).split(separator: "\n").map {
                    $0.split(separator: " ")[1].prefix(4)
                })
            let groups = Dictionary(grouping: Set(commits)) { $0.prefix(4) }
            let repository = try await project.open()

            let shared = try #require(groups.first { $0.value.count > 1 })
            let found = try await fault { _ = try await repository.commit(String(shared.key)) }
            #expect(found.kind == .input)
            #expect(found.message.contains("is ambiguous"))
            for id in shared.value { #expect(found.advice?.contains(id.prefix(12)) == true) }

            let beside = try #require(groups.first { $0.value.count == 1 && blobs.contains($0.key) })
            #expect(try await repository.commit(String(beside.key)).id.hex == String(beside.value[0]))
        }
    }

    @Test func `a worktree shares the identity and has its own HEAD`() async throws {
        try await withRepository { project, folder in
            let first = try await project.commit("One")
            let tree = folder.appending("tree")
            try await project.git("worktree", "add", "--quiet", "-b", "side", tree.string)
            let side = Repository(path: tree)
            try side.write("2", to: "b")
            let second = try await side.commit("Two")
            try side.write("3", to: "below/c")
            let main = try await project.open()
            let other = try await GitRepository.discover(from: tree.appending("below"))
            #expect(main.id == other.id)
            #expect(main.id.path == project.path.appending(".git").string)
            #expect(other.workTree == tree)
            #expect(try await main.commit("HEAD").id == first)
            #expect(try await other.commit("HEAD").id == second)
            #expect(try await other.uncommitted() == ["below/c"])
            #expect(try await main.uncommitted() == [])
        }
    }

    @Test func `a bare repository, a shallow clone and a sparse checkout open`() async throws {
        try await withRepository { project, folder in
            try project.write("1", to: "a/b")
            try await project.commit()
            let id = try await project.commit("Two")
            for (name, options) in [("bare", ["--bare"]), ("shallow", ["--depth=1"]), ("sparse", ["--sparse"])] {
                let path = folder.appending(name)
                try await Repository.git(
                    ["clone", "--quiet"] + options + ["file://\(project.path)", name], in: folder)
                if name == "sparse" { try await Repository.git(["sparse-checkout", "set", "x"], in: path) }
                let clone = try await GitRepository.discover(from: path)
                #expect(try await clone.commit("HEAD").id == id)
                #expect((clone.workTree == nil) == (name == "bare"))
                #expect(try await clone.uncommitted() == [])
            }
        }
    }

    @Test func `a repository with SHA-256 ids is refused in clear words`() async throws {
        try await withTemporaryFolder { folder in
            try await Repository.git(["init", "--quiet", "--object-format=sha256"], in: folder)
            let found = try await fault { _ = try await GitRepository.discover(from: folder) }
            #expect(found.kind == .input)
            #expect(found.message.contains("SHA-256"))
        }
    }
}
