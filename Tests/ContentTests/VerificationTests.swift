import Content
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite struct VerificationTests {
    @Test func `one changed byte of a file is found and named`() async throws {
        try await withStore { store, desk in
            let artifact = try await store.ingest(try desk.write("precious", to: "a"))
            try await store.verify(artifact)
            try store.tamper(with: artifact.object)
            let found = try await fault { try await store.verify(artifact) }
            #expect(found.kind == .environment)
            #expect(found.message.contains(artifact.object.description))
        }
    }

    @Test func `one changed byte in a directory, or in its manifest, is found and named`() async throws {
        try await withStore { store, desk in
            try desk.write("1", to: "d/a")
            try desk.write("2", to: "d/b")
            let artifact = try await store.ingest(desk.appending("d"))
            let inner = try await store.listing(of: artifact.object)[1].object
            try store.tamper(with: inner)
            #expect(try await fault { try await store.verify(artifact) }.message.contains(inner.description))
            try store.tamper(with: inner)
            try await store.verify(artifact)
            try store.tamper(with: artifact.object)
            let found = try await fault { _ = try await store.listing(of: artifact.object) }
            #expect(found.message.contains(artifact.object.description))
        }
    }

    @Test func `a digest of other bytes is not verified by the right address`() async throws {
        try await withStore { store, desk in
            var artifact = try await store.ingest(try desk.write("1", to: "a"))
            artifact.digest = Digest.of("2")
            let wrong = artifact
            #expect(try await fault { try await store.verify(wrong) }.kind == .environment)
        }
    }

    @Test(arguments: [
        "", "{", "{}", "[1]", "[{}]", #"[{"md5": "x", "relpath": "a"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "../a"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "/etc/passwd"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a/./b"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a//b"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": ""}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": ".git/config"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a\u0000b"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e.dir", "relpath": "a"}]"#,
        #"[{"md5": "../../../../../../../../etc/passwd", "relpath": "a"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "\ud83d"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"}, "#
            + #"{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"}]"#,
        #"[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a"}, "#
            + #"{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a-b"}, "#
            + #"{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a/b"}]"#,
        String(repeating: "[", count: 100_000),
    ])
    func `a manifest made to do harm is a fault and nothing more`(text: String) async throws {
        try await withStore { store, desk in
            let file = try await store.ingest(try desk.write(text, to: "manifest"))
            let object = try #require(ObjectID(file.object.md5 + ".dir"))
            _ = try desk.write(text, to: "x")
            try Files.writeDurably(Data(text.utf8), to: store.location(of: object))
            let found = try await fault { _ = try await store.listing(of: object) }
            #expect(found.kind == .environment)
            let artifact = Artifact(object: object, digest: file.digest, bytes: 0, files: 1)
            let out = desk.appending("out")
            #expect(try await fault { try await store.lay(artifact, at: out, .writable) }.kind == .environment)
            #expect(!Files.exists(out))
        }
    }

    @Test func `a file cannot be a directory for another`() async throws {
        try await withStore { store, desk in
            let file = try await store.ingest(try desk.write("1", to: "a"))
            let found = try await fault {
                _ = try await store.assemble([treePath("a"): file, treePath("a/b"): file, treePath("a-b"): file])
            }
            #expect(found.kind == .input)
        }
    }
}
