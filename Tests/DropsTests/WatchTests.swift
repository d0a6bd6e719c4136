import Domain
import Foundation
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Drops

/// The kernel tells: with five minutes between two rescans, what comes is seen only that way.
@Suite(.timeLimit(.minutes(15)))
struct WatchTests {
    @Test func `what lies there at the start is given once, also after a restart`() async throws {
        try await withDrop { drop in
            try drop.put("2026-01.csv")
            try drop.put("more/2026-02.csv")
            var batches = Batches(drop.watch(), drop.caller)
            #expect(try await batches.next().names == ["2026-01.csv", "more/2026-02.csv"])

            var again = Batches(drop.watch(), drop.caller)
            try drop.put("2026-03.csv")
            #expect(try await again.next().names == ["2026-03.csv"])
        }
    }

    @Test func `files that are written, moved in, linked or come with their directory are seen`() async throws {
        try await withDrop { drop in
            try drop.put("first.csv")
            var batches = Batches(drop.watch(), drop.caller)
            _ = try await batches.next()

            try drop.put("written.csv")
            #expect(try await batches.next().names == ["written.csv"])

            let elsewhere = drop.outside.appending("moved.csv")
            try elsewhere.put("x")
            try Files.move(elsewhere, to: drop.folder.appending("moved.csv"))
            #expect(try await batches.next().names == ["moved.csv"])

            link(drop.folder.appending("moved.csv").string, drop.folder.appending("linked.csv").string)
            #expect(try await batches.next().names == ["linked.csv"])

            try drop.put("new/deep/down.csv")
            #expect(try await batches.next().names == ["new/deep/down.csv"])

            let tree = drop.outside.appending("tree")
            try Files.makeDirectory(tree.appending("inner"))
            try tree.appending("a.csv").put("x")
            try tree.appending("inner").appending("b.csv").put("x")
            try Files.move(tree, to: drop.folder.appending("tree"))
            #expect(try await batches.next().names == ["tree/a.csv", "tree/inner/b.csv"])

            try drop.put("tree/inner/c.csv")
            #expect(try await batches.next().names == ["tree/inner/c.csv"])
        }
    }

    @Test func `a corrected file of the same name is given again`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv", "wrong")
            var batches = Batches(drop.watch(), drop.caller)
            let first = try await batches.next()
            try drop.put("a.csv", "right")
            let second = try await batches.next()
            #expect(first.names == second.names)
            #expect(first.files.first?.stamp != second.files.first?.stamp)
        }
    }

    @Test func `a file that is still being written is not complete, and holds up its batch`() async throws {
        try await withDrop { drop in
            let rules = DropRules(settle: 1.5)
            try drop.put("whole.csv")
            let growing = try drop.put("growing.csv", "")
            let writer = Task {
                for _ in 0..<40 {
                    try growing.put("0123456789", appending: true)
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            var batches = Batches(drop.watch(rules), drop.caller)
            let batch = try await batches.next()
            try await writer.value
            #expect(batch.names == ["growing.csv", "whole.csv"])
            #expect(batch.files.first?.size == 400)
        }
    }

    @Test func `a writer that never closes its file is seen to write all the same`() async throws {
        try await withDrop { drop in
            let path = try drop.put("open.csv", "")
            let file = Glibc.open(path.string, O_WRONLY)
            defer { Glibc.close(file) }
            let writer = Task {
                for _ in 0..<30 {
                    _ = Glibc.write(file, "0123456789", 10)
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            var batches = Batches(drop.watch(DropRules(settle: 1.5)), drop.caller)
            let batch = try await batches.next()
            try await writer.value
            #expect(batch.files.first?.size == 300)
        }
    }

    @Test func `a marker makes a day complete at once, though settling would take an hour`() async throws {
        try await withDrop { drop in
            var batches = Batches(drop.watch(DropRules(settle: 3600)), drop.caller)
            try drop.put("day/a.csv")
            try drop.put("day/b.csv")
            try drop.put("day/_SUCCESS", "")
            #expect(try await batches.next().names == ["day/a.csv", "day/b.csv"])
            try drop.put("c.csv")
            try drop.put("c.csv.done", "")
            #expect(try await batches.next().names == ["c.csv"])
        }
    }

    @Test func `where a marker is asked for nothing is given without it`() async throws {
        try await withDrop { drop in
            var batches = Batches(drop.watch(DropRules(settle: 0.1, marker: .done)), drop.caller)
            try drop.put("early.csv")
            try drop.put("a.csv")
            try drop.put("a.csv.done", "")
            #expect(try await batches.next().names == ["a.csv"])
            try drop.put("early.csv.done", "")
            #expect(try await batches.next().names == ["early.csv"])
        }
    }

    @Test func `a directory that was renamed has its new name, one that went is not missed`() async throws {
        try await withDrop { drop in
            try drop.put("old/a.csv")
            try drop.put("gone/b.csv")
            var batches = Batches(drop.watch(), drop.caller)
            _ = try await batches.next()

            try Files.move(drop.folder.appending("old"), to: drop.folder.appending("new"))
            #expect(try await batches.next().names == ["new/a.csv"])
            try Files.move(drop.folder.appending("gone"), to: drop.outside.appending("gone"))
            try drop.outside.appending("gone").appending("c.csv").put("x")
            try drop.put("new/d.csv")
            #expect(try await batches.next().names == ["new/d.csv"])
        }
    }

    @Test func `a directory that is not there is waited for, and found again when it was removed`() async throws {
        try await withDrop { drop in
            try Files.removeTree(drop.folder)
            var rules = DropRules(settle: 0.1)
            rules.pollEvery = 0.2
            let maker = Task { [drop] in
                while drop.caller.notices.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
                try drop.put("a.csv")
            }
            var batches = Batches(drop.watch(rules), drop.caller)
            #expect(try await batches.next().names == ["a.csv"])
            try await maker.value
            let notice = try #require(drop.caller.notices.first)
            #expect(notice.contains("No such file or directory; the drop is waited for"))

            try Files.removeTree(drop.folder)
            try drop.put("b.csv")
            #expect(try await batches.next().names == ["b.csv"])
            try Files.move(drop.folder, to: drop.outside.appending("away"))
            try drop.put("c.csv")
            #expect(try await batches.next().names == ["c.csv"])
        }
    }

    @Test func `what was given and not dealt with is given again by a rescan`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv")
            var batches = Batches(drop.watch(DropRules(settle: 0.1, rescan: 0.5)), drop.caller)
            #expect(try await batches.given().names == ["a.csv"])
            #expect(try await batches.next().names == ["a.csv"])
            try drop.put("b.csv")
            #expect(try await batches.next().names == ["b.csv"])
        }
    }

    @Test func `a failure is said once and nothing is lost by it`() async throws {
        try await withDrop { drop in
            var rules = DropRules(settle: 0.1)
            rules.pollEvery = 0.1
            drop.caller.fail(with: Fault(.environment, "the journal is locked"))
            try drop.put("a.csv")
            var batches = Batches(drop.watch(rules), drop.caller)
            await #expect(throws: Fault(.environment, "the journal is locked")) { _ = try await batches.next() }
            drop.caller.fail(with: nil)
            #expect(try await batches.next().names == ["a.csv"])
        }
    }

    @Test func `a cancelled watch ends, waiting for the kernel or for a directory`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv")
            let (started, starting) = AsyncStream<Void>.makeStream()
            let task = Task { [drop] in
                var batches = Batches(drop.watch(), drop.caller)
                _ = try await batches.next()
                starting.yield()
                return try? await batches.next()
            }
            for await _ in started { break }
            task.cancel()
            #expect(try await task.value == nil)

            try Files.removeTree(drop.folder)
            let waiting = Task { [drop] in
                var batches = Batches(drop.watch(), drop.caller)
                return try? await batches.next()
            }
            waiting.cancel()
            #expect(await waiting.value == nil)
        }
    }
}
