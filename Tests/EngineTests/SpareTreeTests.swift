import Domain
import Executors
import Foundation
import Host
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// The work tree that a run leaves to the next one.
struct SpareTreeTests {
    private let policy = BaseRulesTests.policy(approval: "approval: {required: 1}")
    /// Fails in a tree that is not as its commit has it, and does what it can to the one that it is given.
    private let train = """
        test ! -e left && test "$(cat note)" = note && test -x tool || exit 1
        echo left > left; echo changed > note; chmod 644 tool; mkdir -p more; echo x > more/x; echo model-VERSION > model.bin
        """

    private func files(_ version: Int) -> [String: String] {
        ["train.sh": train.replacing("VERSION", with: "\(version)")]
    }

    @Test func `the next run works in files that were left, and finds nothing of what was done to them`() async throws {
        try await withBench { bench in
            try await start(bench)
            let first = try await bench.carried(try await bench.push("main"))
            let left = try number(bench, "sluice.yaml")
            try await bench.commit(files(2), branch: "main")

            let second = try await bench.carried(try await bench.push("main"))

            #expect(first.state == .judged(.passed) && second.state == .judged(.passed), "\(second.state)")
            #expect(try number(bench, "sluice.yaml") == left, "the very same file was used")
            let spare = try #require(try self.spare(bench))
            #expect(try Files.list(spare) == ["note", "sluice.yaml", "tool", "train.sh"])
            for run in [first, second] { #expect(!Files.exists(bench.engine.home.directory(of: run.id).tree)) }
        }
    }

    @Test func `a reproduction makes a tree of its own`() async throws {
        try await withBench { bench in
            try await start(bench)
            let run = try await bench.carried(try await bench.push("main"))
            let left = try number(bench, "note")

            let again = try await bench.engine.reproduce(run.id, by: nil, progress: { _ in })

            #expect(again.verdict == .identical)
            #expect(try number(bench, "note") == left)
        }
    }

    @Test(.enabled(if: LocalExecutor.isSandboxed, "bubblewrap does not work here"))
    func `code from a fork leaves no tree, and gets none`() async throws {
        try await withBench { bench in
            try await start(bench)
            try await bench.commit(files(2), branch: "fork")
            _ = try await bench.carried(try await bench.pullRequest("fork", into: "main", isForeign: true))
            #expect(try spare(bench) == nil)

            _ = try await bench.carried(try await bench.push("main"))
            let left = try number(bench, "note")
            try await bench.commit(files(3), branch: "fork")
            _ = try await bench.carried(try await bench.pullRequest("fork", into: "main", isForeign: true))

            #expect(try number(bench, "note") == left)
        }
    }

    @Test func `a collection removes a tree that nobody has wanted for long`() async throws {
        try await withBench { bench in
            try await start(bench)
            _ = try await bench.carried(try await bench.push("main"))
            let spare = try #require(try self.spare(bench))

            try await bench.engine.removeSpareTrees(unusedSince: Date(timeIntervalSinceNow: -3600))
            #expect(Files.exists(spare))

            try await bench.engine.removeSpareTrees(unusedSince: Date(timeIntervalSinceNow: 3600))
            #expect(!Files.exists(spare))
        }
    }

    private func start(_ bench: Bench) async throws {
        try await bench.commit(
            ["sluice.yaml": policy, "note": "note", "tool": "x"].merging(files(1)) { $1 }, branch: "main")
        try await bench.git("update-index", "--chmod=+x", "tool")
        try await bench.git("commit", "-q", "-m", "A tool")
        try await bench.git("checkout", "-q", "--force", "main")
    }

    private func spare(_ bench: Bench) throws -> FilePath? {
        let folder = bench.engine.home.spareTrees
        guard Files.exists(folder) else { return nil }
        let names = try Files.list(folder)
        #expect(names.count <= 1)
        return names.first.map { folder.appending($0) }
    }

    /// The inode of a file of the tree that was left.
    private func number(_ bench: Bench, _ name: String) throws -> UInt {
        let spare = try #require(try spare(bench))
        var info = stat()
        try #require(lstat(spare.appending(name).string, &info) == 0)
        return info.st_ino
    }
}
