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

@Suite struct LayingTests {
    @Test func `read-only files are links to the objects`() async throws {
        try await withStore { store, desk in
            let artifact = try await store.ingest(try desk.write("1", to: "a"))
            let target = desk.pushing("deep/out")
            try await store.lay(artifact, at: target, .readOnly)
            #expect(target.mode == 0o444)
            #expect(target.info.st_ino == store.location(of: artifact.object).info.st_ino)
            // Taking it in again costs no second object.
            #expect(try await store.ingest(target).object == artifact.object)
        }
    }

    @Test(arguments: [(false, 0o444, 0o644), (true, 0o555, 0o744)])
    func `an executable file can be executed, however it is laid`(
        executable: Bool, readOnly: UInt32, writable: UInt32
    ) async throws {
        try await withStore { store, desk in
            let artifact = try await store.ingest(try desk.write("x", to: "a", mode: executable ? 0o755 : 0o644))
            try await store.lay(artifact, at: desk.appending("r"), .readOnly)
            try await store.lay(artifact, at: desk.appending("w"), .writable)
            #expect(desk.appending("r").mode == readOnly)
            #expect(desk.appending("w").mode == writable)
            #expect(store.location(of: artifact.object).mode == 0o444)
            #expect(try await store.identify(desk.appending("r")) == artifact)
        }
    }

    @Test func `what is written to a writable copy stays out of the store`() async throws {
        try await withStore { store, desk in
            try desk.write("1", to: "d/a")
            try desk.write("2", to: "d/below/b")
            let artifact = try await store.ingest(desk.appending("d"))
            let target = desk.appending("out")
            try await store.lay(artifact, at: target, .writable)
            #expect(try await store.identify(target) == artifact)
            #expect(target.mode == 0o755)
            try target.write("changed", to: "below/b")
            let file = open(target.appending("a").string, O_WRONLY)
            #expect(write(file, "9", 1) == 1)
            close(file)
            try await store.verify(artifact)
        }
    }

    @Test func `read-only directories cannot be added to, and can be removed`() async throws {
        try await withStore { store, desk in
            try desk.write("1", to: "d/below/deeper/a")
            let artifact = try await store.ingest(desk.appending("d"))
            let target = desk.appending("out")
            try await store.lay(artifact, at: target, .readOnly)
            #expect(target.mode == 0o555)
            #expect(target.pushing("below/deeper").mode == 0o555)
            #expect(try await store.identify(target) == artifact)
            try Files.removeTree(target)
            try await store.verify(artifact)
        }
    }

    @Test func `an empty directory is laid as one`() async throws {
        try await withStore { store, desk in
            let artifact = try await store.assemble([:])
            try await store.lay(artifact, at: desk.appending("out"), .writable)
            #expect(try Files.list(desk.appending("out")) == [])
        }
    }

    @Test(arguments: [false, true])
    func `a missing object leaves nothing laid`(readOnly: Bool) async throws {
        try await withStore { store, desk in
            for number in 0..<9 { try desk.write("\(number)", to: "d/\(number)") }
            let artifact = try await store.ingest(desk.appending("d"))
            let lost = try await store.listing(of: artifact.object)[4].object
            try Files.removeTree(store.location(of: lost))
            #expect(try await store.holds(artifact.object) == false)
            let target = desk.appending("out")
            let found = try await fault { try await store.lay(artifact, at: target, readOnly ? .readOnly : .writable) }
            #expect(found.kind == .environment)
            #expect(found.message.contains(lost.description))
            #expect(!Files.exists(target))
            #expect(try await fault { try await store.verify(artifact) }.message.contains(lost.description))
            #expect(
                try await fault { _ = try await store.assemble([treePath("a"): lostArtifact(lost)]) }.kind
                    == .environment)
        }
    }

    @Test func `what is there already stays, a dangling link included`() async throws {
        try await withStore { store, desk in
            let file = try desk.write("mine", to: "a")
            let artifact = try await store.ingest(file)
            symlink("nowhere", desk.appending("link").string)
            for target in [file, desk, desk.appending("link")] {
                let found = try await fault { try await store.lay(artifact, at: target, .writable) }
                #expect(found.message.contains("already"))
            }
            #expect(try file.text() == "mine")
        }
    }

    private func lostArtifact(_ object: ObjectID) -> Artifact {
        Artifact(object: object, digest: Digest.of("4"), bytes: 1)
    }
}
