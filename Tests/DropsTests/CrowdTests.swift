import Domain
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Drops

/// Many files, other ways to look, and looking once.
@Suite(.timeLimit(.minutes(15)))
struct CrowdTests {
    @Test func `ten thousand files dropped while one looks are one batch`() async throws {
        try await withDrop { drop in
            for number in 0..<7 { try Files.makeDirectory(drop.folder.appending("day-\(number)")) }
            let writer = Task { [drop] in try await drop.putMany(10_000) { "day-\($0 % 7)/\($0).csv" } }
            var batches = Batches(drop.watch(DropRules(settle: 2)), drop.caller)
            let batch = try await batches.next()
            try await writer.value
            #expect(batch.files.count == 10_000)
            #expect(batch.refusals.isEmpty)
        }
    }

    @Test func `more changes than the kernel remembers lose nothing`() async throws {
        try await withDrop { drop in
            try drop.put("first.csv")
            var batches = Batches(drop.watch(), drop.caller)
            _ = try await batches.next()
            // Nobody reads meanwhile: 20,000 files are 40,000 events, and the kernel keeps 16,384.
            try await drop.putMany(20_000) { "\($0).csv" }
            try drop.put("below/last.csv")
            let batch = try await batches.next()
            #expect(batch.files.count == 20_001)
            try drop.put("below/after.csv")
            #expect(try await batches.next().names == ["below/after.csv"])
        }
    }

    @Test func `polling sees the same`() async throws {
        try await withDrop { drop in
            var rules = DropRules(settle: 0.3)
            rules.pollEvery = 0.1
            try drop.put("a.csv")
            var batches = Batches(drop.watch(rules, sight: .polling), drop.caller)
            #expect(try await batches.next().names == ["a.csv"])
            try drop.put("below/b.csv")
            try drop.put("c.csv")
            #expect(try await batches.next().names == ["below/b.csv", "c.csv"])
            try drop.put("a.csv", "corrected")
            #expect(try await batches.next().names == ["a.csv"])
        }
    }

    @Test func `where the system watches no more directories one polls, and says so`() async throws {
        try await withDrop { drop in
            var rules = DropRules(settle: 0.2)
            rules.pollEvery = 0.1
            for number in 0..<5 { try drop.put("\(number)/a.csv") }
            var watch = drop.watch(rules)
            watch.mostWatches = 3
            var batches = Batches(watch, drop.caller)
            #expect(try await batches.next().files.count == 5)
            try drop.put("4/b.csv")
            #expect(try await batches.next().names == ["4/b.csv"])
            #expect(drop.caller.notices.count == 1)
            #expect(drop.caller.notices.first?.contains("fs.inotify.max_user_watches") == true)

        }
    }

    @Test func `directories that come later may be too many as well`() async throws {
        try await withDrop { drop in
            var rules = DropRules(settle: 0.2)
            rules.pollEvery = 0.1
            try drop.put("a.csv")
            var watch = drop.watch(rules)
            watch.mostWatches = 2
            var batches = Batches(watch, drop.caller)
            _ = try await batches.next()
            for number in 0..<5 { try drop.put("\(number)/a.csv") }
            #expect(try await batches.next().files.count == 5)
            try drop.put("4/b.csv")
            #expect(try await batches.next().names == ["4/b.csv"])
        }
    }

    @Test func `looking once waits for what settles and no longer`() async throws {
        try await withDrop { drop in
            #expect(try await drop.watch().once().isEmpty)
            try drop.put("a.csv")
            let growing = try drop.put("b.csv", "")
            let writer = Task {
                for _ in 0..<30 {
                    try growing.put("0123456789", appending: true)
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            let batch = try await drop.watch(DropRules(settle: 1.5)).once()
            try await writer.value
            #expect(batch.names == ["a.csv", "b.csv"])
            #expect(batch.files.last?.size == 300)
            drop.caller.deal(with: batch)
            #expect(try await drop.watch(DropRules(settle: 3600)).once().isEmpty)
        }
    }

    @Test func `looking once does not wait for markers, and needs a directory`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv")
            #expect(try await drop.watch(DropRules(settle: 3600, marker: .success)).once().isEmpty)
            try drop.put("_SUCCESS", "")
            #expect(try await drop.watch(DropRules(settle: 3600, marker: .success)).once().names == ["a.csv"])
            try Files.removeTree(drop.folder)
            await #expect(throws: Fault.self) { _ = try await drop.watch().once() }
        }
    }
}
