import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// What a backup takes of a home, file by file.
struct TreeCopyTests {
    private func write(_ text: String, _ path: FilePath) throws {
        try Files.makeDirectory(path.removingLastComponent())
        try Files.writeDurably(Data(text.utf8), to: path)
    }

    private func link(_ path: FilePath, to place: String) throws {
        try #require(symlink(place, path.string) == 0)
    }

    private func place(_ path: FilePath) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path.string)
    }

    private func text(_ path: FilePath) -> String? {
        (try? Files.readSmall(path)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `links stay links, and what is called a lock is taken where it is none`() async throws {
        try await withTemporaryFolder { folder in
            let (home, backup) = (folder.appending("home"), folder.appending("backup"))
            try write("seven", home.pushing("deploy/toy/releases/7/model"))
            try write("pinned", home.pushing("deploy/toy/uv.lock"))
            try link(home.pushing("deploy/toy/current"), to: "releases/7")
            try link(home.pushing("deploy/toy/broken"), to: "nowhere")
            try write("busy", home.pushing("mirrors/a.git/index.lock"))
            try write("ref", home.pushing("mirrors/a.git/HEAD"))
            try write("held", home.pushing("store/.lock"))
            try write("held", home.pushing("store/sweep.lock"))
            try write("bytes", home.pushing("store/ab/cd"))
            try Files.makeDirectory(backup)

            var copy = TreeCopy(from: home, to: backup)
            try copy.take("deploy", .copy)
            try copy.take("mirrors", .mirror)
            try copy.take("store", .link)

            #expect(place(backup.pushing("deploy/toy/current")) == "releases/7")
            #expect(place(backup.pushing("deploy/toy/broken")) == "nowhere")
            #expect(text(backup.pushing("deploy/toy/current/model")) == "seven")
            #expect(text(backup.pushing("deploy/toy/uv.lock")) == "pinned")
            #expect(text(backup.pushing("mirrors/a.git/HEAD")) == "ref")
            #expect(text(backup.pushing("store/ab/cd")) == "bytes")
            for lock in ["mirrors/a.git/index.lock", "store/.lock", "store/sweep.lock"] {
                #expect(text(backup.pushing(FilePath(lock))) == nil, "\(lock)")
            }
        }
    }

    @Test func `a later backup follows a link that moved, and writes through none that was one`() async throws {
        try await withTemporaryFolder { folder in
            let (home, backup, outside) = (
                folder.appending("home"), folder.appending("backup"), folder.appending("out")
            )
            try write("mine", outside.appending("model"))
            try write("eight", home.pushing("deploy/releases/8/model"))
            try link(home.pushing("deploy/current"), to: "releases/7")
            try link(home.pushing("deploy/elsewhere"), to: outside.string)
            try Files.makeDirectory(backup)
            var first = TreeCopy(from: home, to: backup)
            try first.take("deploy", .copy)
            unlink(home.pushing("deploy/current").string)
            unlink(home.pushing("deploy/elsewhere").string)
            try link(home.pushing("deploy/current"), to: "releases/8")
            try write("new", home.pushing("deploy/elsewhere/model"))

            var second = TreeCopy(from: home, to: backup)
            try second.take("deploy", .copy)
            var third = TreeCopy(from: home, to: backup)
            try third.take("deploy", .copy)

            #expect(place(backup.pushing("deploy/current")) == "releases/8")
            #expect(text(backup.pushing("deploy/elsewhere/model")) == "new")
            #expect(text(outside.appending("model")) == "mine", "the backup wrote outside of its folder")
            #expect(third.outcome.copied == 0 && third.outcome.known == 3)
        }
    }

    @Test func `a folder of the home may be a link to where there is more room`() async throws {
        try await withTemporaryFolder { folder in
            let (home, backup) = (folder.appending("home"), folder.appending("backup"))
            try write("bytes", folder.pushing("disk/ab/cd"))
            try Files.makeDirectory(home)
            try Files.makeDirectory(backup)
            try link(home.appending("store"), to: folder.appending("disk").string)

            var copy = TreeCopy(from: home, to: backup)
            try copy.take("store", .link)

            #expect(text(backup.pushing("store/ab/cd")) == "bytes")
            #expect(place(backup.appending("store")) == nil)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may list every folder"))
    func `a folder that cannot be listed ends the backup`() async throws {
        try await withTemporaryFolder { folder in
            let (home, backup) = (folder.appending("home"), folder.appending("backup"))
            try write("mine", home.pushing("models/toy/card"))
            try #require(chmod(home.pushing("models/toy").string, 0) == 0)
            defer { chmod(home.pushing("models/toy").string, 0o700) }
            try Files.makeDirectory(backup)

            var copy = TreeCopy(from: home, to: backup)
            #expect(throws: Fault.self) { try copy.take("models", .copy) }
        }
    }
}
