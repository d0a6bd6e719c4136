import CLinux
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

struct UsedExportTests {
    /// What somebody can do to an export that they may write into.
    static let deeds: [String] = [
        "true",
        // The bytes, with the size and the times of before.
        "printf 'print(2)\\n' > train.py; touch -d 2020-01-01 train.py",
        "printf more >> train.py", "rm train.py", "chmod 755 train.py", "chmod 4755 bin/go", "chmod 644 bin/go",
        "rm train.py; ln -s bin/go train.py", "rm train.py; mkdir -p train.py/below; echo x > train.py/below/x",
        "rm -r src; echo x > src", "rm -r src; ln -s .. src", "mv src/a src/other", "chmod 700 src/a",
        "chmod 000 src/a",
        "ln -sfn /etc/passwd inside", "rm inside; cp train.py inside", "rm inside; printf train.py > inside",
        "ln train.py again", "ln train.py ../held", "mv train.py ../held; ln ../held train.py",
        "mkdir -p models/deep/er; echo x > models/deep/er/x; touch .hidden", "mkfifo src/pipe", "mkdir src/.git",
        "touch \"$(printf 'src/\\377')\"", "chmod 711 .", "rm -rf * .[a-z]*",
        "python3 -c 'import os; os.setxattr(\"train.py\", \"user.note\", b\"x\")'",
        "python3 -c 'import os; os.setxattr(\"src\", \"user.note\", b\"x\")'",
        "rm -r src bin inside outside daten; git init -q .",
    ]

    @Test(arguments: deeds)
    func `whatever happened to an export, what is made of it is what a new one is`(deed: String) async throws {
        try await withRepository { project, folder in
            let (first, second) = try await Self.commits(in: project)
            let repository = try await project.open()
            for (number, target) in [first, second].enumerated() {
                let (used, made, fresh) = (
                    folder.appending("used"), folder.appending("made-\(number)"), folder.appending("fresh-\(number)")
                )
                try await repository.export(first, to: used)
                _ = try await Tool.find("bash", advice: "").output(["-c", deed], in: used)

                try await repository.export(target, to: made, outOf: used)

                try await repository.export(target, to: fresh)
                #expect(try Portrait(of: made) == Portrait(of: fresh))
                #expect(!Files.exists(used))
                #expect(try Files.list(folder).allSatisfy { !$0.hasPrefix(".") }, "nothing is left beside it")
                try? Files.removeTree(folder.appending("held"))
            }
        }
    }

    @Test func `what stayed as it was is not made again`() async throws {
        try await withRepository { project, folder in
            let (first, second) = try await Self.commits(in: project)
            let (used, made) = (folder.appending("used"), folder.appending("made"))
            let repository = try await project.open()
            try await repository.export(first, to: used)
            try Files.writeDurably(Data("changed".utf8), to: used.pushing("src/a/one.py"))
            let before = try Portrait(of: used)

            try await repository.export(second, to: made, outOf: used)

            let after = try Portrait(of: made)
            for path in ["train.py", "bin/go", "inside", "src/a/two.py", "daten/größe.txt"] {
                #expect(after.numbers[path] == before.numbers[path] && after.numbers[path] != nil, "\(path)")
            }
            #expect(String(decoding: try Files.readSmall(made.pushing("src/a/one.py")), as: UTF8.self) == "one")
            #expect(after.numbers["new/file"] != nil && after.numbers["outside"] == nil)
        }
    }

    @Test func `a damaged object is told, and nothing is left of the used export either`() async throws {
        try await withRepository { project, folder in
            let (first, second) = try await Self.commits(in: project)
            let repository = try await project.open()
            try await repository.export(first, to: folder.appending("used"))
            let blob = try await project.git("rev-parse", "\(second.hex):new/file")
            try Files.removeTree(project.path.pushing(FilePath(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")))

            let found = try await fault {
                try await repository.export(second, to: folder.appending("made"), outOf: folder.appending("used"))
            }

            #expect(found.kind == .environment)
            #expect(try Files.list(folder) == ["project"])
        }
    }

    @Test func `a stripped export has what its commit has, and tells how large that is`() async throws {
        try await withRepository { project, folder in
            let (first, _) = try await Self.commits(in: project)
            let repository = try await project.open()
            let used = folder.appending("used")
            try await repository.export(first, to: used)
            let whole = try await repository.strip(used, to: first)
            let deed =
                "head -c 1000000 /dev/zero > big; mkdir -p src/a/out; cp big src/a/out; rm bin/go; mkdir bin/go; cp big bin/go"
            _ = try await Tool.find("bash", advice: "").output(["-c", deed], in: used)

            let left = try await repository.strip(used, to: first)

            #expect(left < whole && whole < 100_000)
            #expect(try Files.list(used.pushing("src/a")) == ["one.py", "two.py"])
            #expect(!Files.exists(used.appending("big")) && !Files.exists(used.pushing("bin/go")))
        }
    }

    private static func commits(in project: Repository) async throws -> (CommitID, CommitID) {
        try project.write("print(1)\n", to: "train.py")
        try project.write("#!/bin/sh\n", to: "bin/go", mode: 0o755)
        try project.write("ü", to: "daten/größe.txt")
        try project.write("1", to: "src/a/one.py")
        try project.write("2", to: "src/a/two.py")
        symlink("/etc/passwd", project.path.appending("outside").string)
        symlink("train.py", project.path.appending("inside").string)
        let first = try await project.commit()
        try project.write("one", to: "src/a/one.py")
        try project.write("new", to: "new/file")
        try Files.removeTree(project.path.appending("outside"))
        return (first, try await project.commit())
    }
}

/// Everything below a directory, as somebody sees it who looks closely.
private struct Portrait: Equatable {
    private var lines: [String] = []
    /// Numbers of inodes by path; two portraits are equal whatever they are.
    private(set) var numbers: [String: UInt] = [:]

    static func == (left: Portrait, right: Portrait) -> Bool { left.lines == right.lines }

    init(of folder: FilePath) throws { try look(at: folder, "") }

    private mutating func look(at path: FilePath, _ name: String) throws {
        var info = stat()
        try #require(lstat(path.string, &info) == 0)
        numbers[name] = info.st_ino
        let isDirectory = info.st_mode & S_IFMT == S_IFDIR
        let attributes = clinux_has_attributes(path.string)
        var line = "\(name) \(String(info.st_mode, radix: 8)) \(info.st_uid) \(attributes)"
        if !isDirectory { line += " \(info.st_nlink)" }
        if info.st_mode & S_IFMT == S_IFREG { line += " \(Digest.of(try Files.readSmall(path)).hex)" }
        lines.append(line + " \(linkTarget(path) ?? "")")
        guard isDirectory else { return }
        for entry in try Files.entries(path) {
            try look(at: path.appending(entry), name.isEmpty ? entry.string : "\(name)/\(entry.string)")
        }
    }
}
