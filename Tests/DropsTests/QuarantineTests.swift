import Domain
import Foundation
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Drops

struct QuarantineTests {
    private let reason = Data(#"{"reason": "no column 'speed'"}"#.utf8)

    private func file(_ name: String) throws -> DropFile {
        DropFile(name: try #require(TreePath(name)), location: .key(""), size: 1, stamp: "1")
    }

    private func move(_ name: String, of drop: Drop, reason: Data? = nil) throws -> String {
        let place = try DropQuarantine.move(
            try file(name), of: drop.folder, day: "2026-07-31", reason: reason ?? self.reason)
        var relative = place
        let isInside = relative.removePrefix(drop.folder)
        #expect(isInside)
        return relative.string
    }

    private func text(_ name: String, of drop: Drop) throws -> String { try drop.folder.pushing(FilePath(name)).text() }

    @Test func `a refused file lies with its reason beside it, its folders kept`() async throws {
        try await withDrop { drop in
            try drop.put("north/a.csv", "bad")
            #expect(try move("north/a.csv", of: drop) == "quarantine/2026-07-31/north/a.csv")
            #expect(try text("quarantine/2026-07-31/north/a.csv", of: drop) == "bad")
            #expect(try text("quarantine/2026-07-31/north/a.csv.reason.json", of: drop).contains("speed"))
            #expect(!Files.exists(drop.folder.pushing("north/a.csv")))
        }
    }

    @Test func `a name that is taken is not replaced`() async throws {
        try await withDrop { drop in
            for number in 1...3 {
                try drop.put("a.csv", "\(number)")
                let place = try move("a.csv", of: drop, reason: Data("because of \(number)".utf8))
                #expect(place == "quarantine/2026-07-31/a.csv" + (number == 1 ? "" : "~\(number)"))
            }
            #expect(try text("quarantine/2026-07-31/a.csv", of: drop) == "1")
            #expect(try text("quarantine/2026-07-31/a.csv~3.reason.json", of: drop) == "because of 3")
        }
    }

    @Test func `the same reason twice is no reason to lose a file`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv", "1")
            _ = try move("a.csv", of: drop)
            try drop.put("a.csv", "2")
            #expect(try move("a.csv", of: drop) == "quarantine/2026-07-31/a.csv~2")
            #expect(try text("quarantine/2026-07-31/a.csv", of: drop) == "1")
            #expect(try text("quarantine/2026-07-31/a.csv~2", of: drop) == "2")
        }
    }

    @Test func `what a crash left half done is finished by doing it again`() async throws {
        try await withDrop { drop in
            // Killed after the reason was written.
            try drop.put("a.csv", "bad")
            try drop.put("quarantine/2026-07-31/a.csv.reason.json", String(decoding: reason, as: UTF8.self))
            #expect(try move("a.csv", of: drop) == "quarantine/2026-07-31/a.csv")
            // Killed after the move.
            #expect(try move("a.csv", of: drop) == "quarantine/2026-07-31/a.csv")
            #expect(try Files.list(drop.folder.pushing("quarantine/2026-07-31")) == ["a.csv", "a.csv.reason.json"])
        }
    }

    @Test func `a link is moved itself, and so is what has a name that is no text`() async throws {
        try await withDrop { drop in
            try drop.outside.appending("secret").put("secret")
            symlink(drop.outside.appending("secret").string, drop.folder.appending("link.csv").string)
            try RawName(bytes: [0x61, 0xFF]).path(below: drop.folder).put("x")
            mkfifo(drop.folder.appending("pipe").string, 0o644)
            for refusal in try await drop.watch().once().refusals {
                _ = try DropQuarantine.move(refusal, of: drop.folder, day: "2026-07-31", reason: reason)
            }
            let quarantine = drop.folder.pushing("quarantine/2026-07-31")
            #expect(Files.isLink(quarantine.appending("link.csv")))
            #expect(try drop.outside.appending("secret").text() == "secret")
            #expect(try Files.entries(quarantine).map(\.bytes).contains([0x61, 0xFF]))
            #expect(try Files.list(quarantine).count == 6)
            #expect(try Files.list(drop.folder) == ["quarantine"])
        }
    }

    @Test func `a link in the way is not followed`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv")
            symlink(drop.outside.string, drop.folder.appending("quarantine").string)
            let refused = await outcome { _ = try move("a.csv", of: drop) }
            #expect(refused?.kind == .environment)
            #expect(Files.exists(drop.folder.appending("a.csv")))

            unlink(drop.folder.appending("quarantine").string)
            try drop.outside.appending("b.csv").put("x")
            symlink(drop.outside.string, drop.folder.appending("folder").string)
            #expect(await outcome { _ = try move("folder/b.csv", of: drop) }?.kind == .environment)
            #expect(try Files.list(drop.outside) == ["b.csv"])
        }
    }

    @Test func `a file that is gone leaves no reason behind`() async throws {
        try await withDrop { drop in
            try drop.put("b.csv")
            #expect(await outcome { _ = try move("a.csv", of: drop) }?.kind == .environment)
            #expect(try Files.list(drop.folder.pushing("quarantine/2026-07-31")).isEmpty)
        }
    }

    @Test func `a name as long as a name can be finds room for its reason`() async throws {
        try await withDrop { drop in
            let name = String(repeating: "\u{E9}", count: 127)
            try drop.put(name)
            let place = try move(name, of: drop)
            #expect(place == "quarantine/2026-07-31/" + String(repeating: "\u{E9}", count: 121))
            #expect(try text(place + ".reason.json", of: drop).contains("speed"))
        }
    }

    @Test func `a day is a day`() async throws {
        try await withDrop { drop in
            try drop.put("a.csv")
            let file = try file("a.csv")
            for day in ["..", "", "2026/07", "a"] {
                let refused = await outcome {
                    _ = try DropQuarantine.move(file, of: drop.folder, day: day, reason: reason)
                }
                #expect(refused?.kind == .bug)
            }
        }
    }
}
