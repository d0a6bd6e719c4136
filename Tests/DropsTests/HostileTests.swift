import Domain
import Foundation
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Drops

/// What strangers put into a drop.
@Suite(.timeLimit(.minutes(15)))
struct HostileTests {
    @Test func `temporary files, markers and the quarantine are never given`() async throws {
        try await withDrop { drop in
            let ignored = [
                ".hidden", ".folder/a.csv", "a.part", "a.tmp", "sub/a.partial", "a.csv~", "~a.csv", "_SUCCESS",
                "sub/x.done", "quarantine/2026-07-31/a.csv", "lost+found/a", "a.csv.reason.json", "_temporary/0/a.csv",
            ]
            for name in ignored { try drop.put(name) }
            try drop.put("a.csv")
            var batches = Batches(drop.watch(), drop.caller)
            #expect(try await batches.next().names == ["a.csv"])

            for name in ignored { try drop.put(name, "again") }
            try drop.put("upload.part")
            try Files.move(drop.folder.appending("upload.part"), to: drop.folder.appending("upload.csv"))
            #expect(try await batches.next().names == ["upload.csv"])
        }
    }

    @Test func `links are followed only to regular files inside`() async throws {
        try await withDrop { drop in
            let secret = drop.outside.appending("secret.csv")
            try secret.put("secret")
            try drop.put("real/a.csv", "12345")
            let links = [
                "inside.csv": "real/a.csv",
                "real/up.csv": "../real/a.csv",
                "outside.csv": secret.string,
                "relative.csv": "../outside/secret.csv",
                "dangling.csv": "nowhere.csv",
                "folder": "real",
                "itself.csv": "itself.csv",
                "top": ".",
                "device": "/dev/zero",
            ]
            for (name, target) in links { symlink(target, drop.folder.pushing(FilePath(name)).string) }
            var batches = Batches(drop.watch(), drop.caller)
            let batch = try await batches.next()

            #expect(batch.names == ["inside.csv", "real/a.csv", "real/up.csv"])
            #expect(batch.files.allSatisfy { $0.size == 5 })
            #expect(batch.files.first?.location == .path(drop.folder.pushing("real/a.csv")))
            let outside = "is a link that leads outside of the drop"
            #expect(
                batch.reasons == [
                    "outside.csv": outside, "relative.csv": outside, "device": outside, "top": outside,
                    "dangling.csv": "is a link that leads nowhere", "itself.csv": "is a link that leads nowhere",
                    "folder": "is a link to what is not a regular file",
                ])
        }
    }

    @Test func `pipes, sockets and devices are refused and never opened`() async throws {
        try await withDrop { drop in
            mkfifo(drop.folder.appending("pipe.csv").string, 0o644)
            mknod(drop.folder.appending("socket.csv").string, mode_t(S_IFSOCK | 0o644), 0)
            var expected = ["pipe.csv": "is a named pipe", "socket.csv": "is a socket"]
            if mknod(drop.folder.appending("null.csv").string, mode_t(S_IFCHR | 0o644), dev_t(1 << 8 | 3)) == 0 {
                expected["null.csv"] = "is a device"
            }
            var batches = Batches(drop.watch(), drop.caller)
            let batch = try await batches.next()
            #expect(batch.reasons == expected)
            #expect(batch.files.isEmpty)

            // Refused once: it lies there still and is not said again.
            try drop.put("a.csv")
            let next = try await batches.next()
            #expect(next.names == ["a.csv"] && next.refusals.isEmpty)
        }
    }

    @Test func `names that a dataset cannot hold are refused and shown safely`() async throws {
        try await withDrop { drop in
            let names: [[UInt8]] = [
                Array("tab\there.csv".utf8), Array("line\nbreak.csv".utf8), Array("red\u{1B}[31m.csv".utf8),
                [0x61, 0xFF, 0x2E, 0x63], Array("good\u{85}.csv".utf8), Array("back\\slash \"quoted\".csv".utf8),
                Array("caf\u{E9}.csv".utf8), Array("cafe\u{301}.csv".utf8),
            ]
            for name in names {
                try RawName(bytes: name).path(below: drop.folder).put("x")
            }
            var batches = Batches(drop.watch(), drop.caller)
            let batch = try await batches.next()
            let control = "has control characters in its name"
            #expect(
                batch.reasons == [
                    "tab\\there.csv": control, "line\\nbreak.csv": control, "red\\u{1B}[31m.csv": control,
                    "good\\u{85}.csv": control, "a\\xFF.c": "has a name that is not UTF-8",
                ])
            #expect(batch.files.count == 3)
        }
    }

    @Test func `directories that are too deep, or named by a stranger, are refused whole`() async throws {
        try await withDrop { drop in
            let deep = Array(repeating: "d", count: 17).joined(separator: "/")
            try drop.put(deep + "/a.csv")
            try drop.put(deep.dropFirst(2) + "/kept.csv")
            let strange = RawName(bytes: [0xFE, 0xFF]).path(below: drop.folder)
            #expect(strange.withPlatformString { mkdir($0, 0o755) } == 0)
            try strange.appending("b.csv").put("x")
            // Over 1,000 bytes, though no component is too long.
            let long = Array(repeating: String(repeating: "n", count: 250), count: 4).joined(separator: "/")
            try drop.put(long + "/a.csv")
            var batches = Batches(drop.watch(), drop.caller)
            let batch = try await batches.next()
            #expect(batch.names == [deep.dropFirst(2) + "/kept.csv"])
            #expect(
                Set(batch.refusals.map(\.reason)) == [
                    "lies more than 16 directories deep", "has a name that is not UTF-8",
                    "has a path of more than 1000 bytes",
                ])
        }
    }

    @Test func `a directory that cannot be read is said, and hides nothing else`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv")
            try drop.put("closed/b.csv")
            // Whoever is root reads everything: a directory that goes away between two calls cannot be had at will.
            try #require(chmod(drop.folder.appending("closed").string, 0) == 0)
            var batches = Batches(drop.watch(), drop.caller)
            let batch = try await batches.next()
            #expect(batch.names.contains("a.csv"))
            if getuid() != 0 { #expect(drop.caller.notices.contains { $0.contains("its files are not seen") }) }
        }
    }

    @Test func `a file is read whole or not at all`() async throws {
        try await withDrop { drop in
            let path = try drop.put("a.csv", "first")
            symlink("a.csv", drop.folder.appending("link.csv").string)
            let watch = drop.watch()
            let batch = try await watch.once()
            #expect(batch.names == ["a.csv", "link.csv"])
            for file in batch.files {
                let text = try await watch.reading(file, scratch: drop.outside) { path throws(Fault) in
                    String(decoding: try Files.readSmall(path), as: UTF8.self)
                }
                #expect(text == "first")
                #expect(try await watch.stable(file))
            }
            let file = try #require(batch.files.first)
            let whileRead = await outcome {
                try await watch.reading(file, scratch: drop.outside) { _ throws(Fault) in
                    try Files.writeDurably(Data("other".utf8), to: path)
                }
            }
            #expect(whileRead?.message == "'a.csv' was changed while it was taken in")
            #expect(try await !watch.stable(file))

            // Somebody puts a link to a secret where the file was.
            try drop.outside.appending("secret").put("first")
            unlink(path.string)
            symlink(drop.outside.appending("secret").string, path.string)
            let swapped = await outcome { try await watch.reading(file, scratch: drop.outside) { _ in } }
            #expect(swapped != nil)
        }
    }
}

/// The fault that some work throws; nil if it throws none.
func outcome(_ work: () async throws -> Void) async -> Fault? {
    do {
        try await work()
        return nil
    } catch {
        return error as? Fault ?? Fault(.bug, "\(error)")
    }
}
