import Domain
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Host

struct FilesTests {
    @Test func `a durable write replaces the whole file and leaves nothing else`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.json")
            try Files.writeDurably(Data("a longer first version".utf8), to: path)
            try Files.writeDurably(Data("second".utf8), to: path, mode: 0o600)

            #expect(try Files.readSmall(path) == Data("second".utf8))
            #expect(try Files.list(folder) == ["state.json"])
            let fault = #expect(throws: Fault.self) {
                try Files.writeDurably(Data(), to: folder.appending("absent").appending("file"))
            }
            #expect(fault?.kind == .environment)
        }
    }

    @Test func `a small file is read to its last byte, and nothing else is read`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("bytes")
            let bytes = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0) })
            try Files.writeDurably(bytes, to: path)
            _ = try await Tool(path: "/usr/bin/mkfifo", name: "mkfifo").run([folder.appending("fifo").string])

            #expect(try Files.readSmall(path) == bytes)
            #expect(throws: Fault.self) { try Files.readSmall(path, limit: 199_999) }
            #expect(throws: Fault.self) { try Files.readSmall(folder.appending("fifo")) }
            #expect(throws: Fault.self) { try Files.readSmall(folder) }
            #expect(throws: Fault.self) { try Files.readSmall(folder.appending("absent")) }
        }
    }

    @Test func `removing a tree takes read-only folders and never follows a link`() async throws {
        try await withTemporaryFolder { folder in
            let kept = folder.appending("kept")
            let tree = folder.appending("tree")
            try Files.makeDirectory(kept)
            try Files.writeDurably(Data("x".utf8), to: kept.appending("file"))
            try Files.makeDirectory(tree.appending("a").appending("b"))
            try FileManager.default.createSymbolicLink(
                atPath: tree.appending("a").appending("link").string, withDestinationPath: kept.string)
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: tree.appending("a").string)

            try Files.removeTree(tree)
            try Files.removeTree(tree)

            #expect(!Files.exists(tree))
            #expect(try Files.list(kept) == ["file"])
        }
    }

    @Test func `removing a tree takes names that are no text, closed folders and any depth and number`() async throws {
        try await withTemporaryFolder { folder in
            let tree = folder.appending("tree")
            let script = """
                import os, sys
                os.mkdir(sys.argv[1]); os.chdir(sys.argv[1]); top = os.getcwd()
                os.makedirs(b"odd\\xff/\\xfe"); open(b"odd\\xff/\\xfe/file\\xff", "w").close()
                os.makedirs("closed/below"); os.chmod("closed", 0)
                os.symlink("/", "link"); os.mkfifo("fifo")
                for number in range(2500): open(f"file{number}", "w").close()
                for _ in range(3000): os.mkdir("d"); os.chdir("d")
                os.chdir(top)
                """
            _ = try await Tool.find("python3", advice: "").output(["-c", script, tree.string])
            #expect(try Files.entries(tree).count == 2505)

            try await Blocking.run { () throws(Fault) in try Files.removeTree(tree) }

            #expect(try Files.list(folder) == [])
        }
    }

    @Test func `a path that a link leads out of the tree is refused, for reading and for writing`() async throws {
        try await withTemporaryFolder { folder in
            let place = TreePlace(root: folder.appending("tree"))
            try Files.makeDirectory(place.root.appending("models"))
            try Files.makeDirectory(folder.appending("outside"))
            try Files.writeDurably(Data(), to: folder.appending("outside").appending("file"))
            try Files.writeDurably(Data(), to: place.root.appending("models").appending("v1"))
            for (name, target) in [
                ("out", "../outside"), ("in", "models"), ("lost", "nowhere"), ("models/newest", "v1"),
                ("models/secret", "/etc/passwd"),
            ] {
                try FileManager.default.createSymbolicLink(
                    atPath: place.root.pushing(FilePath(name)).string, withDestinationPath: target)
            }
            func path(_ text: String) throws -> TreePath { try #require(TreePath(text)) }

            #expect(try place.reading(path("models/newest")) == place.root.pushing("models/v1"))
            #expect(try place.reading(path("in/v1")) == place.root.pushing("models/v1"))
            #expect(try place.reading(path("absent/file")) == nil)
            #expect(try place.writing(path("in/new")) == place.root.pushing("models/new"))
            #expect(try place.writing(path("models/secret")) == place.root.pushing("models/secret"))
            #expect(try place.writing(path("new/folder/file")) == place.root.pushing("new/folder/file"))
            for text in ["out", "out/file", "models/secret"] {
                #expect(throws: Fault.self) { try place.reading(path(text)) }
            }
            for text in ["out/file", "out/new/file", "lost/file"] {
                #expect(throws: Fault.self) { try place.writing(path(text)) }
            }
        }
    }

    @Test func `a directory is made with its parents, but not over a file`() async throws {
        try await withTemporaryFolder { folder in
            let deep = folder.appending("x").appending("y").appending("z")
            try Files.makeDirectory(deep)
            try Files.makeDirectory(deep)
            try Files.writeDurably(Data("1234".utf8), to: deep.appending("file"))

            #expect(Files.isDirectory(deep))
            #expect(Files.size(deep.appending("file")) == 4)
            #expect(Files.size(deep) == nil)
            #expect(try Files.canonical(deep.appending("..").appending("z")) == deep)
            #expect(try Files.freeBytes(at: deep) > 0)
            #expect(throws: Fault.self) { try Files.makeDirectory(deep.appending("file")) }
            #expect(throws: Fault.self) { try Files.makeDirectory(deep.appending("file").appending("below")) }
        }
    }
}

struct FileLockTests {
    @Test func `a lock is held once, and free again when its holder lets go`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("lock")
            #expect(try FileLock.isHeld(path) == false)

            var first = try FileLock.take(path)
            #expect(first != nil)
            #expect(try FileLock.take(path) == nil)
            #expect(try FileLock.isHeld(path))

            first = nil
            #expect(try FileLock.isHeld(path) == false)
            let second = try await Blocking.run { () throws(Fault) in try FileLock.wait(for: path) }
            #expect(try FileLock.isHeld(second.path))
        }
    }

    @Test(arguments: [false, true])
    func `a lock outlives its holder in a child only if it was handed over`(_ isHandedOver: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("lock")
            var lock = try FileLock.take(path)
            // What a child has of it from its fork on.
            let inherited = dup(try #require(isHandedOver ? lock?.handOver() : lock?.descriptor))
            lock = nil

            #expect(try FileLock.isHeld(path) == isHandedOver)
            close(inherited)
            #expect(try FileLock.isHeld(path) == false)
        }
    }

    @Test func `a lock of another process ends with that process`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("lock")
            let shell = Tool(path: "/bin/sh", name: "sh")
            let fifo = folder.appending("fifo")
            // The reader of the fifo sees the word only once the lock is taken; the holder then waits for its end.
            let script = "exec 9>\(path); flock 9; echo locked > \(fifo); read line < \(fifo); kill -9 $$"
            _ = try await shell.run(["-c", "mkfifo \(fifo)"])
            async let other = shell.run(["-c", script])
            #expect(try await shell.run(["-c", "cat \(fifo)"]).output == "locked\n")
            #expect(try FileLock.isHeld(path))
            _ = try await shell.run(["-c", "echo go > \(fifo)"])

            #expect(try await other.status == 137)
            #expect(try FileLock.take(path) != nil)
        }
    }
}

struct BlockingTests {
    @Test func `many waiting pieces of work do not wait for one another`() async throws {
        let gate = DispatchSemaphore(value: 0)
        // More than the machine has cores: on the cooperative pool the last one, which lets the others go, never ran.
        let width = 24
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<width {
                group.addTask {
                    await Blocking.run { () throws(Never) in
                        if number == width - 1 {
                            for _ in 0..<width - 1 { gate.signal() }
                        } else {
                            gate.wait()
                        }
                        return number
                    }
                }
            }
            return await group.reduce(0, +)
        }

        #expect(sum == width * (width - 1) / 2)
    }

    @Test(arguments: [0, 1])
    func `no piece of work is lost if the system gives no more threads`(most: Int) async {
        let given = Atomic(0)
        let threads = BlockingThreads(most: 8, kept: 1) { work in
            guard given.add(1, ordering: .relaxed).oldValue < most else { return false }
            Thread.detachNewThread(work)
            return true
        }
        let (done, each) = AsyncStream<Int>.makeStream()
        for number in 0..<20 { threads.run { each.yield(number) } }

        let seen = await done.prefix(20).reduce(into: Set()) { $0.insert($1) }

        #expect(seen == Set(0..<20))
    }

    @Test func `the typed error of the work comes back`() async {
        let fault = await #expect(throws: Fault.self) {
            try await Blocking.run { () throws(Fault) in throw Fault(.input, "no") }
        }

        #expect(fault == Fault(.input, "no"))
    }
}
