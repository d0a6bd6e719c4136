import Content
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct IngestTests {
    @Test func `a file gets the address that DVC gives it and the digest of its bytes`() async throws {
        try await withStore { store, desk in
            let file = try desk.write("hello\n", to: "a", mode: 0o755)
            let artifact = try await store.ingest(file)
            #expect(artifact.object.description == "b1946ac92492d2347c6235b4d2611184")
            #expect(artifact.digest == Digest.of("hello\n"))
            #expect(artifact.bytes == 6)
            #expect(artifact.executable)
            #expect(artifact.files == nil)
            #expect(try await store.everything() == ["files/md5/b1/946ac92492d2347c6235b4d2611184"])
            let place = store.location(of: artifact.object)
            #expect(place.mode == 0o444)
            #expect(try place.text() == "hello\n")
            #expect(file.mode == 0o755)
            #expect(try await store.identify(file) == artifact)
            #expect(try await store.holds(artifact.object))
        }
    }

    @Test func `a large file is taken in pieces`() async throws {
        try await withStore { store, desk in
            let text = String(repeating: "0123456789abcdef", count: 300_000) + "."
            let artifact = try await store.ingest(try desk.write(text, to: "large"))
            #expect(artifact.digest == Digest.of(text))
            #expect(artifact.bytes == 4_800_001)
            try await store.verify(artifact)
        }
    }

    @Test func `a directory is the manifest that DVC writes`() async throws {
        try await withStore { store, desk in
            let folder = try sample(in: desk)
            let artifact = try await store.ingest(folder)
            #expect(artifact.object.description == "42fe812cd688c7d99549a67d86b50014.dir")
            #expect(artifact.files == 5)
            #expect(try store.location(of: artifact.object).text() == sampleManifest)
            #expect(try await store.identify(folder) == artifact)
            let paths = try await store.listing(of: artifact.object).map(\.path.text)
            #expect(paths == ["a", "empty", "sub-1", "sub/b.txt", "ü x/ñ.txt"])
            // No name is in the digest that is not in the directory.
            var files: [TreePath: Artifact] = [:]
            for path in paths {
                files[try treePath(path)] = try await store.ingest(folder.pushing(FilePath(path)))
            }
            #expect(try await store.assemble(files) == artifact)
            #expect(store.describe(files) == artifact)
            try await store.verify(artifact)
        }
    }

    @Test func `an empty directory is an empty list`() async throws {
        try await withStore { store, desk in
            try Files.makeDirectory(desk.pushing("empty/below"))
            let artifact = try await store.ingest(desk.appending("empty"))
            #expect(artifact.object.description == "d751713988987e9331980363e24189ce.dir")
            #expect(artifact.bytes == 0)
            #expect(artifact.files == 0)
            #expect(try await store.assemble([:]) == artifact)
        }
    }

    @Test func `names are escaped as Python escapes them`() async throws {
        try await withStore { store, desk in
            for name in ["🙂", "e\u{301}", "é", "q\"b\\s", "\u{FFFD}", "\u{80}x"] {
                try desk.write("", to: "d/\(name)")
            }
            let artifact = try await store.ingest(desk.appending("d"))
            let text = try store.location(of: artifact.object).text()
            let names = [
                #"e\u0301"#, #"q\"b\\s"#, #"\u0080x"#, #"\u00e9"#, #"\ufffd"#, #"\ud83d\ude42"#,
            ]
            let entries = names.map { #"{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "\#($0)"}"# }
            #expect(text == "[\(entries.joined(separator: ", "))]")
            #expect(try await store.listing(of: artifact.object).count == 6)
        }
    }

    @Test func `links to files are followed and links to directories are not entered`() async throws {
        try await withStore { store, desk in
            try desk.write("1", to: "d/real/file")
            symlink("real/file", desk.pushing("d/link").string)
            symlink("real", desk.pushing("d/other").string)
            let artifact = try await store.ingest(desk.appending("d"))
            #expect(try await store.listing(of: artifact.object).map(\.path.text) == ["link", "real/file"])
        }
    }

    @Test func `what cannot be stored is refused in clear words and leaves nothing`() async throws {
        try await withStore { store, desk in
            let secret = try desk.write("secret", to: "secret")
            let cases: [(String, String, (FilePath) throws -> Void)] = [
                ("dangling", "leads nowhere", { symlink("gone", $0.appending("x").string) }),
                ("loop", "leads nowhere", { symlink("x", $0.appending("x").string) }),
                ("outside", "out of the directory", { symlink(secret.string, $0.appending("x").string) }),
                ("fifo", "neither a file nor a directory", { mkfifo($0.appending("x").string, 0o644) }),
                ("device", "out of the directory", { symlink("/dev/zero", $0.appending("x").string) }),
                ("control", "name that cannot be stored", { try $0.write("", to: "a\u{1B}[31m") }),
                ("git", "name that cannot be stored", { try $0.write("", to: "sub/.git/config") }),
                ("latin", "not UTF-8", { close(creat($0.string.bytes + [0x2F, -23, 0], 0o644)) }),
            ]
            for (name, words, make) in cases {
                let folder = desk.appending(name)
                try folder.write("1", to: "fine")
                try make(folder)
                for work in [store.ingest, store.identify] {
                    let found = try await fault { _ = try await work(folder) }
                    #expect(found.kind == .input, "\(name)")
                    #expect(found.message.contains(words), "\(name): \(found.message)")
                }
            }
            unlink(desk.appending("latin").string.bytes + [0x2F, -23, 0])
            #expect(try await store.everything() == [])
            let fifo = try await fault { _ = try await store.ingest(desk.pushing("fifo/x")) }
            #expect(fifo.kind == .input)
            #expect(try await fault { _ = try await store.ingest(desk.appending("absent")) }.kind == .environment)
        }
    }

    @Test func `a file that cannot be read leaves nothing`() async throws {
        try await withStore { store, _ in
            // A regular file whose bytes even root cannot read.
            let found = try await fault { _ = try await store.ingest("/proc/self/mem") }
            #expect(found.kind == .environment)
            #expect(try await store.everything() == [])
        }
    }

    @Test func `the same content at once, and again, is one object`() async throws {
        try await withStore { store, desk in
            for number in 0..<20 { try desk.write("\(number % 5)", to: "d/\(number)") }
            let folder = desk.appending("d")
            let artifacts = try await withThrowingTaskGroup(of: Artifact.self) { group in
                for _ in 0..<6 { group.addTask { try await ContentStore(root: store.root).ingest(folder) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(artifacts).count == 1)
            #expect(try await store.everything().count == 6)
            let object = store.location(of: try #require(ObjectID("cfcd208495d565ef66e7dff9f98764da")))
            let before = object.info.st_ino
            _ = try await store.ingest(folder)
            #expect(object.info.st_ino == before)
        }
    }

    @Test func `an object that was damaged is mended by taking the original in again`() async throws {
        try await withStore { store, desk in
            let file = try desk.write("precious", to: "a")
            let artifact = try await store.ingest(file)
            try store.tamper(with: artifact.object)
            #expect(try await store.ingest(file) == artifact)
            try await store.verify(artifact)
        }
    }

    @Test func `two files made to have one MD5 are told apart`() async throws {
        try await withStore { store, desk in
            let (left, right) = try collision(in: desk)
            let both = try await fault { _ = try await store.ingest(left.removingLastComponent()) }
            #expect(both.message.contains("same MD5"))
            #expect(try await store.everything() == [])
            _ = try await store.ingest(left)
            let found = try await fault { _ = try await store.ingest(right) }
            #expect(found.kind == .input)
            #expect(found.message.contains("same MD5"))
        }
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a full disk is told and leaves the store as it was`() async throws {
        try await withStore { store, desk in
            let file = try desk.write(String(repeating: "x", count: 3 << 20), to: "large")
            let disk = desk.appending("disk")
            try Files.makeDirectory(disk)
            let mount = try Tool.find("mount", advice: "")
            guard try await mount.run(["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.string]).status == 0 else {
                return
            }
            let outcome: Result<Void, any Error>
            do {
                let small = try await ContentStore(root: disk.appending("store"))
                let kept = try await small.ingest(try desk.write("small", to: "small"))
                let found = try await fault { _ = try await small.ingest(file) }
                #expect(found.kind == .environment)
                #expect(found.message.contains("No space left"))
                #expect(try await small.everything() == ["files/md5/eb/5c1399a871211c7e7ed732d15e3a8b"])
                try await small.verify(kept)
                // Laying out on a full disk leaves nothing half written either.
                let big = try await store.ingest(file)
                let full = try await fault { try await store.lay(big, at: disk.appending("out"), .writable) }
                #expect(full.message.contains("No space left"))
                #expect(try Files.list(disk) == ["store"])
                // Another file system: a copy instead of a link.
                let little = try await store.ingest(desk.appending("small"))
                try await store.lay(little, at: disk.appending("copy"), .readOnly)
                #expect(disk.appending("copy").mode == 0o444)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            _ = try await Tool.find("umount", advice: "").output([disk.string])
            try outcome.get()
        }
    }

    @Test func `what a killed process left half written is removed`() async throws {
        try await withStore { store, desk in
            let tmp = store.root.appending("tmp")
            for name in ["dead", "living", "young"] {
                try tmp.write("half", to: "\(name)/1")
                try tmp.write("", to: "\(name).lock")
                if name != "young" {
                    let times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
                    utimes(tmp.appending("\(name).lock").string, times)
                }
            }
            let lock = try FileLock.take(tmp.appending("living.lock"))
            _ = try await ContentStore(root: store.root)
            #expect(try Files.list(tmp) == ["living", "living.lock", "young", "young.lock"])
            withExtendedLifetime(lock) {}
        }
    }
}

extension String {
    fileprivate var bytes: [CChar] { utf8.map { CChar(bitPattern: $0) } }
}

/// A directory that DVC 3.67 was given, with what it wrote.
private func sample(in desk: FilePath) throws -> FilePath {
    let folder = desk.appending("sample")
    for (name, text) in [("a", "a\n"), ("empty", ""), ("sub-1", "q"), ("sub/b.txt", "b\r\n"), ("ü x/ñ.txt", "x")] {
        try folder.write(text, to: name)
    }
    return folder
}

private let sampleManifest =
    #"[{"md5": "60b725f10c9c85c70d97880dfe8191b3", "relpath": "a"}, "#
    + #"{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "empty"}, "#
    + #"{"md5": "7694f4a66316e53c8cdd9d9954bd611d", "relpath": "sub-1"}, "#
    + #"{"md5": "c5053d4da03789bfbc4bee760fade936", "relpath": "sub/b.txt"}, "#
    + #"{"md5": "9dd4e461268c8034f5c8564e155c67a6", "relpath": "\u00fc x/\u00f1.txt"}]"#

/// The first published pair of byte strings with one MD5 (Wang and others, 2004): they differ in six bits.
private func collision(in desk: FilePath) throws -> (FilePath, FilePath) {
    let text =
        "0THdAsXm7sRpPZoGmK/5XC/KtYcSRn6rQARYPrj7f4lVrTQGCfSzAoPkiIMlcUFaCFEl6PfNyZ/ZHb3ygDc8W9iCPj"
        + "FWNI9brm2s1DbJGcbdU+K0h9oD/QI5YwbSSM2g6Z8zQg9XfujOVLZwgKgNHsaYIby2qIOTlvllK2/3KnA="
    var bytes = try #require(Data(base64Encoded: text))
    let left = desk.appending("left")
    let right = desk.appending("right")
    try Files.writeDurably(bytes, to: left)
    for index in [19, 45, 59, 83, 109, 123] { bytes[index] ^= 0x80 }
    try Files.writeDurably(bytes, to: right)
    return (left, right)
}
