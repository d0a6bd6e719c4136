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

@Suite struct ExportTests {
    @Test func `an export is the commit's bytes, execute bits and links`() async throws {
        try await withRepository { project, folder in
            try project.write("print(1)\n", to: "train.py")
            try project.write("#!/bin/sh\n", to: "bin/go", mode: 0o755)
            try project.write("ü", to: "daten/größe.txt")
            symlink("/etc/passwd", project.path.appending("outside").string)
            symlink("train.py", project.path.appending("inside").string)
            let id = try await project.commit()
            try project.write("changed", to: "train.py")
            let before = try Files.readSmall(project.path.pushing(".git/index"))

            let target = folder.pushing("deep/tree")
            try await project.open().export(id, to: target)
            #expect(try Files.list(target) == ["bin", "daten", "inside", "outside", "train.py"])
            #expect(try text(target.appending("train.py")) == "print(1)\n")
            #expect(try text(target.pushing("daten/größe.txt")) == "ü")
            #expect(access(target.pushing("bin/go").string, X_OK) == 0)
            #expect(linkTarget(target.appending("outside")) == "/etc/passwd")
            #expect(linkTarget(target.appending("inside")) == "train.py")
            // Nothing of the user's changed, and nothing is left beside the export.
            #expect(try Files.readSmall(project.path.pushing(".git/index")) == before)
            #expect(try text(project.path.appending("train.py")) == "changed")
            #expect(try Files.list(folder.appending("deep")) == ["tree"])
        }
    }

    @Test func `no filter and no configuration of the repository changes the bytes`() async throws {
        try await withRepository { project, folder in
            let attributes = "*.txt eol=crlf\n*.id ident\n*.bin filter=evil diff=evil\nsecret export-ignore\n"
            try project.write(attributes, to: ".gitattributes")
            try project.write("a\nb\n", to: "lines.txt")
            try project.write("$Id$", to: "x.id")
            try project.write("raw", to: "y.bin")
            try project.write("kept", to: "secret")
            symlink("x.id", project.path.appending("link").string)
            let id = try await project.commit()
            try await project.git("config", "filter.evil.smudge", "touch \(folder)/ran; cat")
            try await project.git("config", "filter.evil.required", "true")
            try await project.git("config", "core.symlinks", "false")
            try await project.git("config", "core.autocrlf", "true")
            try project.write("#!/bin/sh\ntouch \(folder)/ran\n", to: ".git/hooks/post-checkout", mode: 0o755)

            let target = folder.appending("tree")
            try await project.open().export(id, to: target)
            #expect(try text(target.appending("lines.txt")) == "a\nb\n")
            #expect(try text(target.appending("x.id")) == "$Id$")
            #expect(try text(target.appending("y.bin")) == "raw")
            #expect(try text(target.appending("secret")) == "kept")
            #expect(linkTarget(target.appending("link")) == "x.id")
            #expect(!Files.exists(folder.appending("ran")))
        }
    }

    @Test(arguments: [
        "040000 tree TREE\t..", "040000 tree TREE\t.git", "040000 tree TREE\t.GIT", "100644 blob BLOB\t.git",
        "040000 tree TREE\t.", "100644 blob BLOB\t..", "040000 tree TREE\tgit~1",
        "040000 tree TREE\t.git ", "100644 blob BLOB\t.git::$DATA",
    ])
    func `a tree that would write outside of itself is not exported`(line: String) async throws {
        try await withRepository { project, folder in
            let blob = try await project.blob("gotcha")
            let below = try await project.commit(tree: ["100644 blob \(blob)\tconfig"])
            let tree = try await project.git("rev-parse", "\(below.hex)^{tree}")
            let filled = line.replacingOccurrences(of: "TREE", with: tree)
                .replacingOccurrences(of: "BLOB", with: blob)
            let id = try await project.commit(tree: [filled])
            let target = folder.appending("tree")
            let found = try await fault { try await project.open().export(id, to: target) }
            #expect(found.kind == .input)
            #expect(!Files.exists(target))
            #expect(try Files.list(folder) == ["project"])
        }
    }

    @Test func `a link and a directory of one name do not let a file through the link`() async throws {
        try await withRepository { project, folder in
            try Files.makeDirectory(folder.appending("victim"))
            let blob = try await project.blob("gotcha")
            let link = try await project.blob(folder.appending("victim").string)
            let below = try await project.commit(tree: ["100644 blob \(blob)\tfile"])
            let tree = try await project.git("rev-parse", "\(below.hex)^{tree}")
            let id = try await project.commit(tree: ["120000 blob \(link)\ta", "040000 tree \(tree)\ta"])
            let found = try await fault { try await project.open().export(id, to: folder.appending("tree")) }
            #expect(found.kind == .input)
            #expect(try Files.list(folder.appending("victim")) == [])
        }
    }

    @Test func `nested trees that name a billion files are refused at once`() async throws {
        try await withRepository { project, folder in
            let blob = try await project.blob("x")
            var id = try await project.commit(tree: (0..<10).map { "100644 blob \(blob)\tf\($0)" })
            for _ in 0..<9 {
                let tree = try await project.git("rev-parse", "\(id.hex)^{tree}")
                id = try await project.commit(tree: (0..<10).map { "040000 tree \(tree)\td\($0)" })
            }
            let bomb = id
            let found = try await fault { try await project.open().export(bomb, to: folder.appending("tree")) }
            #expect(found.kind == .input)
            #expect(found.message.contains("more than"))
        }
    }

    @Test func `submodules are named`() async throws {
        try await withRepository { project, folder in
            let id = try await project.commit(tree: [
                "160000 commit 1111111111111111111111111111111111111111\tvendored"
            ])
            let found = try await fault { try await project.open().export(id, to: folder.appending("tree")) }
            #expect(found.kind == .input)
            #expect(found.message.contains("submodules"))
            #expect(found.message.contains("vendored"))
        }
    }

    @Test func `an unknown commit is the user's, a place that is taken is not`() async throws {
        try await withRepository { project, folder in
            let id = try await project.commit()
            let repository = try await project.open()
            let unknown = try #require(CommitID(hex: String(repeating: "1", count: 40)))
            let absent = try await fault { try await repository.export(unknown, to: folder.appending("tree")) }
            #expect(absent.kind == .input)
            let taken = try await fault { try await repository.export(id, to: folder) }
            #expect(taken.kind == .environment)
        }
    }

    @Test func `a damaged object is told, and nothing half written is left`() async throws {
        try await withRepository { project, folder in
            try project.write("precious", to: "a")
            let id = try await project.commit()
            let blob = try await project.git("rev-parse", "HEAD:a")
            let object = project.path.pushing(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))".path)
            try Files.removeTree(object)
            let found = try await fault { try await project.open().export(id, to: folder.appending("tree")) }
            #expect(found.kind == .environment)
            #expect(try Files.list(folder) == ["project"])
        }
    }

    @Test func `files are read at a commit, within a limit`() async throws {
        try await withRepository { project, _ in
            try project.write("version: 1\n", to: "conf/sluice.yaml")
            try project.write("", to: "empty")
            symlink("empty", project.path.appending("link").string)
            let id = try await project.commit()
            try project.write("version: 2\n", to: "conf/sluice.yaml")
            let repository = try await project.open()
            func read(_ path: String, limit: Int = 100) async throws -> Data? {
                try await repository.file(#require(TreePath(path)), at: id, limit: limit)
            }
            #expect(try await read("conf/sluice.yaml") == Data("version: 1\n".utf8))
            #expect(try await read("empty") == Data())
            #expect(try await read("nowhere/x") == nil)
            #expect(try await read("empty/x") == nil)
            #expect(try await read("conf/sluice.yaml", limit: 11) != nil)
            for path in ["link", "conf"] {
                #expect(try await fault { _ = try await read(path) }.message.contains("not a file"))
            }
            #expect(try await fault { _ = try await read("conf/sluice.yaml", limit: 10) }.kind == .input)
        }
    }
}

extension String {
    fileprivate var path: FilePath { FilePath(self) }
}

func linkTarget(_ path: FilePath) -> String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let length = readlink(path.string, &bytes, bytes.count)
    guard length >= 0 else { return nil }
    return String(decoding: bytes[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
