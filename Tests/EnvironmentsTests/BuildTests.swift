import Domain
import Environments
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct BuildTests {
    @Test func `a lock becomes an environment that imports what it names`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)

            let prepared = try await fixture.prepare(iniconfigLock)

            #expect(!prepared.reused)
            #expect(prepared.path.removingLastComponent() == fixture.root)
            let python = Tool(path: prepared.path.appending("bin/python"), name: "python")
            let said = try await python.output(["-c", "import iniconfig, sys; print(iniconfig.__file__, sys.prefix)"])
            #expect(said.contains("\(prepared.path)/lib/python3.11/site-packages/iniconfig"))
            #expect(prepared.variables["PATH"] == "\(prepared.path)/bin:/usr/local/bin:/usr/bin:/bin")
            #expect(prepared.variables["VIRTUAL_ENV"] == prepared.path.string)
            #expect(prepared.variables["PYTHONHASHSEED"] == "0")
            #expect(prepared.variables["PYTHONPATH"] == nil)
        }
    }

    @Test func `a warm environment is found and reused without starting any program`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let first = try await fixture.prepare(iniconfigLock)
            #expect(try fixture.calls().count == 4)

            let second = try await fixture.prepare(iniconfigLock)

            #expect(second.reused)
            #expect(second.path == first.path)
            #expect(try fixture.calls().isEmpty)
        }
    }

    @Test func `comments, order and spaces do not change the digest, a hash does`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let hash = "--hash=sha256:" + String(repeating: "a", count: 64)
            let other = "--hash=sha256:" + String(repeating: "b", count: 64)
            let texts = [
                "a==1 \(hash)\nb==2 \(hash) \(other)\n",
                "\u{FEFF}# note\r\nb==2   \(other) \\\r\n  \(hash) # more\r\n\r\na==1 \(hash)",
                "a==1 \(hash)\nb==2 \(hash)\n",
            ]

            var digests: [Digest] = []
            for text in texts { digests.append(try await fixture.environments.identify(request(text)).digest) }

            #expect(digests[0] == digests[1])
            #expect(digests[0] != digests[2])
        }
    }

    @Test func `what a crash left is removed and built again`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let digest = try await fixture.environments.identify(request(iniconfigLock)).digest.hex
            try Files.makeDirectory(fixture.root.appending("\(digest)/bin"))
            try Files.makeDirectory(fixture.root.appending("\(digest).tmp-1/lib"))

            let prepared = try await fixture.prepare(iniconfigLock)

            #expect(!prepared.reused)
            #expect(try fixture.left() == [digest])
            #expect(try await fixture.prepare(iniconfigLock).reused)
        }
    }

    @Test func `an environment whose interpreter is gone is built again`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let python = try await fixture.prepare(iniconfigLock).path.appending("bin/python")
            try Files.removeTree(python)

            #expect(try await !fixture.prepare(iniconfigLock).reused)
            #expect(Files.exists(python))
        }
    }

    @Test func `two at once build it once`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)

            async let first = fixture.prepare(iniconfigLock)
            async let second = fixture.prepare(iniconfigLock)
            let both = try await [first, second]

            #expect(both.map(\.reused).sorted { !$0 && $1 } == [false, true])
            #expect(both[0].path == both[1].path)
            #expect(try fixture.calls().filter { $0.hasPrefix("pip sync") }.count == 1)
        }
    }

    @Test func `a fresh environment lies at a path of its own, shares no file, and is taken again by the same run`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let shared = try await fixture.prepare(iniconfigLock)

            let place = folder.appending("runs/7/env")
            let fresh = try await fixture.prepare(iniconfigLock, fresh: place)

            #expect(!fresh.reused)
            #expect(fresh.path == place)
            #expect(fresh.path != shared.path)
            let file = fresh.path.appending("lib/python3.11/site-packages/iniconfig/__init__.py")
            let attributes = try FileManager.default.attributesOfItem(atPath: file.string)
            #expect(attributes[.referenceCount] as? Int == 1)
            #expect(try await fixture.prepare(iniconfigLock, fresh: place).reused)
        }
    }

    @Test func `damaged notes are ignored`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let before = try await fixture.environments.identify(request(iniconfigLock))
            let notes = fixture.root.appending("known")
            for name in try Files.list(notes) {
                try Files.writeDurably(Data("{\"digest\":1".utf8), to: notes.appending(name))
            }
            _ = try fixture.calls()

            #expect(try await fixture.environments.identify(request(iniconfigLock)) == before)
            #expect(try fixture.calls().count == 2)
        }
    }

    @Test func `a uv lock is installed with its default groups`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let project = folder.appending("project")
            try Files.makeDirectory(project)
            let pyproject = Data(
                """
                [project]
                name = "demo"
                version = "1"
                requires-python = ">=3.11"
                dependencies = ["iniconfig==2.1.0"]
                [dependency-groups]
                dev = ["packaging==24.1"]
                """.utf8)
            try Files.writeDurably(pyproject, to: project.appending("pyproject.toml"))
            _ = try await Tool.find("uv", advice: "").output(["lock", "--project", project.string])
            let lock = try Files.readSmall(project.appending("uv.lock"))
            let wanted = Environments.Request(python: "3.11", lockName: uvLock, lock: lock, pyproject: pyproject)

            let identity = try await fixture.environments.identify(wanted)
            let prepared = try await fixture.environments.prepare(wanted, as: identity) { _ in }

            let python = Tool(path: prepared.path.appending("bin/python"), name: "python")
            _ = try await python.output(["-c", "import iniconfig, packaging"])
            _ = try fixture.calls()
            #expect(try await fixture.environments.identify(wanted) == identity)
            #expect(try fixture.calls().isEmpty)
            #expect(identity.lock == Digest.of(lock))
        }
    }

    @Test func `progress says what is built and what was installed`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)
            let lines = Lines()
            let identity = try await fixture.environments.identify(request(iniconfigLock))

            _ = try await fixture.environments.prepare(request(iniconfigLock), as: identity) {
                lines.add($0)
            }

            #expect(lines.all.first == "building the Python \(identity.python) environment: 1 package in the lock")
            #expect(lines.all.last?.hasPrefix("installed 1 package in ") == true)
        }
    }
}
