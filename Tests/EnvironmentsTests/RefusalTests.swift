import Domain
import Environments
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct RefusalTests {
    static let hash = "--hash=sha256:" + String(repeating: "0", count: 64)

    static let hostile: [(lock: String, message: String)] = [
        ("six==1.16.0 \(hash)\n\nattrs==23.1.0\n", "3: 'attrs' has no '--hash=', and only what has one is installed"),
        ("six==1.16.0 \\\n  # via x\n", "1: 'six' has no '--hash=', and only what has one is installed"),
        ("six==1.16.0 --hash=md5:abc", "1: '--hash=md5:abc' is not a sha256, sha384 or sha512 hash"),
        ("six>=1.16 \(hash)", "1: 'six>=1.16' is not pinned with '=='"),
        ("six==1.* \(hash)", "1: 'six==1.*' is not pinned to one version"),
        ("six==1,!=2 \(hash)", "1: 'six==1,!=2' is not pinned to one version"),
        ("six==${HOME} \(hash)", "1: 'six==${HOME}' is not pinned to one version"),
        ("six==1 ; os_name == '${HOME}' \(hash)", "1: ' os_name == '${HOME}'' is not a marker"),
        ("-r other.txt", "1: '-r' names another file; a lock has to be whole"),
        ("-e .", "1: '-e' installs from a folder, and only packages with a hash are installed"),
        (
            "# x\n--index-url https://evil.invalid/simple\n",
            "2: '--index-url' says where packages come from, which is not for the repository to say"
        ),
        (
            "--find-links=./wheels",
            "1: '--find-links' says where packages come from, which is not for the repository to say"
        ),
        ("--pre", "1: the option '--pre' is not taken in a lock"),
        (
            "six==1 --config-settings=x \(hash)",
            "1: '--config-settings=x' is not taken after a requirement; only '--hash=' is"
        ),
        ("./six.whl \(hash)", "1: './six.whl' is a path; only packages of the index are installed"),
        ("six.whl \(hash)", "1: 'six.whl' is a path; only packages of the index are installed"),
        (
            "six @ https://evil.invalid/six.whl \(hash)",
            "1: 'six @ https://evil.invalid/six.whl' is a direct reference; only packages of the index are installed"
        ),
        ("[[package]]\n", "1: '[[package]]' is not pinned with '=='"),
        ("s\u{7}x==1 \(hash)", "1: 's?x==1' is not a requirement"),
    ]

    @Test(arguments: hostile) func `a lock that is not pinned, hashed and whole is refused with its line`(
        _ row: (lock: String, message: String)
    ) async throws {
        try await withTemporaryFolder { folder in
            let fault = try await Fixture(folder).fault(row.lock)

            #expect(fault?.kind == .input)
            #expect(fault?.message == "requirements.lock:" + row.message)
        }
    }

    @Test func `a wrong hash does not install and leaves nothing`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)

            let fault = try #require(await fixture.fault("iniconfig==2.1.0 \(Self.hash)"))

            #expect(fault.kind == .input)
            #expect(
                fault.message.hasPrefix(
                    "the lock does not install: Failed to download `iniconfig==2.1.0`; Hash mismatch for"))
            #expect(try fixture.left().isEmpty)
        }
    }

    @Test(arguments: [
        ("iniconfig==99.1.0", "there is no version of iniconfig==99.1.0"),
        ("docopt==0.6.2", "docopt==0.6.2 has no usable wheels"),
    ]) func `a version that cannot be had is the lock's fault, in uv's words`(_ pin: String, _ words: String)
        async throws
    {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)

            let fault = try #require(await fixture.fault("\(pin) \(Self.hash)"))

            #expect(fault.kind == .input)
            #expect(fault.message.contains(words))
            #expect(try fixture.left().isEmpty)
        }
    }

    @Test func `an index that cannot be reached is not the lock's fault`() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder, before: "export UV_OFFLINE=1 UV_CACHE_DIR='\(folder)/cache'")

            let fault = try #require(await fixture.fault(iniconfigLock))

            #expect(fault.kind == .environment)
            #expect(try fixture.left().isEmpty)
        }
    }

    @Test(arguments: ["3.99", "3.11.199"]) func `a Python that is not here is named`(_ python: String) async throws {
        try await withTemporaryFolder { folder in
            let fault = try #require(try await Fixture(folder).fault(iniconfigLock, python: python))

            #expect(fault.kind == .input)
            #expect(fault.message.hasPrefix("Python \(python) is not on this machine: "))
        }
    }

    @Test(arguments: ["", "abc", "./evil", "2.7", "3.x", "--help", "3.11.", ">=3.11"])
    func `what is not a Python version never reaches uv`(_ python: String) async throws {
        try await withTemporaryFolder { folder in
            let fixture = try Fixture(folder)

            let fault = await fixture.fault(iniconfigLock, python: python)

            #expect(fault?.message == "'\(python)' is not a Python version")
            #expect(try fixture.calls().isEmpty)
        }
    }

    @Test func `a uv lock needs its project file and must parse`() async throws {
        try await withTemporaryFolder { folder in
            let environments = try Fixture(folder).environments
            let junk = Data("junk".utf8)
            let alone = Environments.Request(python: "3.11", lockName: uvLock, lock: junk)
            let project = Data("[project]\nname = 'a'\nversion = '1'".utf8)
            let broken = Environments.Request(python: "3.11", lockName: uvLock, lock: junk, pyproject: project)

            let first = await #expect(throws: Fault.self) { try await environments.identify(alone) }
            let second = await #expect(throws: Fault.self) { try await environments.identify(broken) }

            #expect(first?.message == "uv.lock needs the pyproject.toml beside it, and there is none at the commit")
            #expect(second?.kind == .input)
            #expect(second?.message.hasPrefix("uv cannot read uv.lock: Failed to parse `uv.lock`") == true)
            #expect(try Files.list(environments.root).allSatisfy { $0 == "known" })
        }
    }

    @Test func `a plan made for another interpreter is not built`() async throws {
        try await withTemporaryFolder { folder in
            let environments = try Fixture(folder).environments
            var identity = try await environments.identify(request(iniconfigLock))
            identity.digest = Digest.of("other")

            let planned = identity
            let fault = await #expect(throws: Fault.self) {
                try await environments.prepare(request(iniconfigLock), as: planned) { _ in }
            }

            #expect(fault?.kind == .environment)
        }
    }

    @Test func `a cancelled build leaves nothing`() async throws {
        try await withTemporaryFolder { folder in
            let before = "case \"$1\" in pip) echo at > '\(folder)/at'; while :; do sleep 1; done;; esac"
            let fixture = try Fixture(folder, before: before)
            let identity = try await fixture.environments.identify(request(iniconfigLock))
            let building = AsyncStream<Void>.makeStream()
            let work = Task {
                try await fixture.environments.prepare(request(iniconfigLock), as: identity) { _ in
                    building.continuation.yield()
                }
            }
            for await _ in building.stream { break }

            work.cancel()

            await #expect(throws: Fault.self) { try await work.value }
            #expect(try fixture.left().isEmpty)
        }
    }
}
