import Domain
import Foundation
import Git
import Host
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct MirrorTests {
    @Test func `uncommitted names all that differs and nothing that is ignored`() async throws {
        try await withRepository { project, _ in
            try project.write("*.log\n", to: ".gitignore")
            for name in ["same", "changed", "removed", "staged", "mode"] { try project.write("1", to: name) }
            try await project.commit()
            try project.write("2", to: "changed")
            try project.write("2", to: "staged")
            try await project.git("add", "staged")
            try Files.removeTree(project.path.appending("removed"))
            chmod(project.path.appending("mode").string, 0o755)
            try project.write("new", to: "new/deep/file")
            try project.write("noise", to: "x.log")
            try project.write("excluded", to: "private")
            try project.write("private\n", to: ".git/info/exclude")
            let index = try Files.readSmall(project.path.pushing(".git/index"))
            let expected = ["changed", "mode", "new/deep/file", "removed", "staged"]
            #expect(try await project.open().uncommitted() == expected)
            #expect(try Files.readSmall(project.path.pushing(".git/index")) == index)
        }
    }

    @Test func `locks that a killed git left behind stop nobody`() async throws {
        try await withRepository { project, folder in
            try project.write("1", to: "a")
            let commit = try await project.commit("One")
            let place = folder.appending("mirror.git")
            try Files.makeDirectory(place)
            try Files.writeDurably(Data(), to: place.appending("config.lock"))
            let mirror = try await GitRepository.Mirror(path: place)
            let reference = place.pushing(FilePath("refs/sluice/commits/\(commit).lock"))
            try Files.makeDirectory(reference.removingLastComponent())
            try Files.writeDurably(Data(), to: reference)

            try await mirror.keep(commit, from: try await project.open())

            #expect(try await mirror.repository().commit(commit.hex).id == commit)
        }
    }

    @Test func `a commit is held when all of it is there, not when the first object is`() async throws {
        try await withRepository { project, folder in
            try project.write("1", to: "a")
            let commit = try await project.commit("One")
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror.git"))
            let object = "objects/\(commit.hex.prefix(2))/\(commit.hex.dropFirst(2))"
            try Files.makeDirectory(mirror.path.pushing(FilePath(object)).removingLastComponent())
            let bytes = try Files.readSmall(project.path.pushing(FilePath(".git/" + object)))
            try Files.writeDurably(bytes, to: mirror.path.pushing(FilePath(object)))

            #expect(try await mirror.repository().commit(commit.hex).id == commit, "the commit itself is there")
            #expect(try await !mirror.holds(commit))
            try await mirror.keep(commit, from: try await project.open())
            #expect(try await mirror.holds(commit))
        }
    }

    @Test func `a kept commit outlives the user's branch and repository`() async throws {
        try await withRepository { project, folder in
            try project.write("1", to: "a")
            try await project.commit("One")
            try await project.git("checkout", "--quiet", "-b", "topic")
            try project.write("2", to: "a")
            let id = try await project.commit("Two")
            let mirror = try await GitRepository.Mirror(path: folder.pushing("home/mirror.git"))
            try await mirror.keep(id, from: project.open())
            try await mirror.keep(id, from: project.open())
            try Files.removeTree(project.path)

            let copy = try await mirror.repository()
            #expect(copy.id.path == folder.pushing("home/mirror.git").string)
            #expect(try await copy.commit(id.hex).subject == "Two")
            #expect(try await copy.commit("\(id.hex)~1").subject == "One")
            try await copy.export(id, to: folder.appending("tree"))
            #expect(try text(folder.pushing("tree/a")) == "2")
        }
    }

    @Test func `a commit of no branch, of a worktree, a bare or a shallow repository is kept`() async throws {
        try await withRepository { project, folder in
            try project.write("1", to: "a")
            try await project.commit("One")
            let lost = try await project.commit("Lost")
            try await project.git("reset", "--quiet", "--hard", "HEAD~1")
            let tree = folder.appending("tree")
            try await project.git("worktree", "add", "--quiet", "--detach", tree.string)
            let side = try await Repository(path: tree).commit("Side")
            let head = try await project.commit("Two")
            try await Repository.git(["clone", "--quiet", "--bare", "project", "bare"], in: folder)
            try await Repository.git(["clone", "--quiet", "--depth=1", "file://\(project.path)", "flat"], in: folder)
            for (id, source) in [
                (lost, project.path), (side, tree), (head, folder.appending("bare")), (head, folder.appending("flat")),
            ] {
                let place = folder.appending("mirror-\(source.lastComponent?.string ?? "")-\(id.short)")
                let mirror = try await GitRepository.Mirror(path: place)
                try await mirror.keep(id, from: GitRepository.discover(from: source))
                #expect(try await mirror.repository().commit(id.hex).id == id)
                try await mirror.repository().export(
                    id, to: folder.appending("out-\(place.lastComponent?.string ?? "")"))
            }
        }
    }

    @Test func `many at once make and fill one mirror`() async throws {
        try await withRepository { project, folder in
            var ids: [CommitID] = []
            for number in 0..<3 {
                try project.write("\(number)", to: "a")
                ids.append(try await project.commit("\(number)"))
            }
            let repository = try await project.open()
            let kept = ids
            try await withThrowingTaskGroup { group in
                for number in 0..<9 {
                    group.addTask {
                        let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
                        try await mirror.keep(kept[number % 3], from: repository)
                    }
                }
                try await group.waitForAll()
            }
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            for id in ids { #expect(try await mirror.repository().commit(id.hex).id == id) }
        }
    }

    @Test func `a commit that the repository lacks cannot be kept`() async throws {
        try await withRepository { project, folder in
            try await project.commit()
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            let unknown = try #require(CommitID(hex: String(repeating: "a", count: 40)))
            let found = try await fault { try await mirror.keep(unknown, from: project.open()) }
            #expect(found.kind == .input)
            #expect(found.message.contains("there is no commit"))
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func `a repository of another user is read and kept, and runs nothing`() async throws {
        try await withRepository { project, folder in
            let script = "#!/bin/sh\ntouch \(folder)/ran\n"
            for hook in ["post-checkout", "reference-transaction", "pre-upload"] {
                try project.write(script, to: ".git/hooks/\(hook)", mode: 0o755)
            }
            let id = try await project.commit()
            try Files.removeTree(folder.appending("ran"))
            try await project.git("config", "uploadpack.packObjectsHook", "touch \(folder)/ran; exec")
            try await project.git("config", "core.fsmonitor", "touch \(folder)/ran")
            _ = try await Tool.find("chown", advice: "").output(["-R", "65534", project.path.string])
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            let repository = try await project.open()
            #expect(try await repository.uncommitted() == [])
            try await mirror.keep(id, from: repository)
            #expect(try await mirror.repository().commit(id.hex).id == id)
            #expect(!Files.exists(folder.appending("ran")))
        }
    }

    @Test func `a snapshot is the work tree as it is, and the user's repository stays as it was`() async throws {
        try await withRepository { project, folder in
            try project.write("*.log\n", to: ".gitignore")
            for name in ["same", "changed", "removed", "folder/file", "tool"] { try project.write("1", to: name) }
            let head = try await project.commit()
            try project.write("2", to: "changed")
            try Files.removeTree(project.path.appending("removed"))
            try Files.removeTree(project.path.appending("folder"))
            try project.write("a file now", to: "folder")
            chmod(project.path.appending("tool").string, 0o755)
            try project.write("new", to: "new/file")
            try project.write("noise", to: "x.log")
            try project.write("half", to: "staged")
            try await project.git("add", "staged")
            try project.write("whole", to: "staged")
            symlink("/etc/passwd", project.path.appending("link").string)
            let untouched = try await state(of: project)

            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            let first = try await mirror.snapshot(of: project.open(), by: "Grace")
            let again = try await mirror.snapshot(of: project.open(), by: "Grace")
            #expect(first == again)
            #expect(try await state(of: project) == untouched)

            let copy = try await mirror.repository()
            let commit = try await copy.commit(first.hex)
            #expect(commit.author == "Grace <sluice@localhost>")
            #expect(try await copy.commit("\(first.hex)~1").id == head)
            let tree = folder.appending("tree")
            try await copy.export(first, to: tree)
            #expect(
                try Files.list(tree) == [
                    ".gitignore", "changed", "folder", "link", "new", "same", "staged", "tool",
                ])
            #expect(try text(tree.appending("changed")) == "2")
            #expect(try text(tree.appending("folder")) == "a file now")
            #expect(try text(tree.appending("staged")) == "whole")
            #expect(access(tree.appending("tool").string, X_OK) == 0)
            #expect(linkTarget(tree.appending("link")) == "/etc/passwd")
            // The same tree as git itself would make.
            try await project.git("add", "-A")
            #expect(try await commit.tree == project.git("write-tree"))
        }
    }

    @Test func `a snapshot of a clean work tree is HEAD`() async throws {
        try await withRepository { project, folder in
            let head = try await project.commit()
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            #expect(try await mirror.snapshot(of: project.open(), by: "Grace") == head)
        }
    }

    @Test func `a name that is not UTF-8 is taken and exported as it is`() async throws {
        try await withRepository { project, folder in
            try await project.commit()
            let name = Array(project.path.string.utf8).map { CChar(bitPattern: $0) } + [0x2F, -1, 0x61, 0]
            let file = creat(name, 0o644)
            #expect(file >= 0)
            close(file)
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            let id = try await mirror.snapshot(of: project.open(), by: "Grace")
            try await mirror.repository().export(id, to: folder.appending("tree"))
            let copy = Array(folder.appending("tree").string.utf8).map { CChar(bitPattern: $0) } + [0x2F, -1, 0x61, 0]
            #expect(access(copy, F_OK) == 0)
            unlink(name)
            unlink(copy)
        }
    }

    @Test func `a repository inside the work tree and a bare repository have no snapshot`() async throws {
        try await withRepository { project, folder in
            try await project.commit()
            let inner = Repository(path: project.path.appending("inner"))
            try Files.makeDirectory(inner.path)
            try await inner.git("init", "--quiet")
            try inner.write("1", to: "a")
            try await inner.commit()
            let mirror = try await GitRepository.Mirror(path: folder.appending("mirror"))
            let nested = try await fault { _ = try await mirror.snapshot(of: project.open(), by: "Grace") }
            #expect(nested.kind == .input)
            #expect(nested.message.contains("inner"))
            try await Repository.git(["clone", "--quiet", "--bare", "project", "bare"], in: folder)
            let bare = try await GitRepository.discover(from: folder.appending("bare"))
            #expect(try await fault { _ = try await mirror.snapshot(of: bare, by: "Grace") }.kind == .input)
        }
    }

    /// All that belongs to the user and that a snapshot could have touched.
    private func state(of project: Repository) async throws -> [String] {
        let git = project.path.appending(".git")
        let index = Digest.of(try Files.readSmall(git.appending("index"))).hex
        let find = try Tool.find("find", advice: "")
        let objects = try await find.output([git.string, "-type", "f", "-printf", "%p %s %T@\n"])
        return [index, objects, try text(git.appending("HEAD"))]
    }
}
