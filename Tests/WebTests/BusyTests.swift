import Domain
import Engine
import Foundation
import Host
import Settings
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Web

/// What the server says when it cannot take something now, and whom it believes.
@Suite(.timeLimit(.minutes(15))) struct BusyTests {
    @Test func `a delivery for which there is no room is told to come again, and those before it are kept`()
        async throws
    {
        try await withSite(mostWaiting: 1) { site in
            let held = try await HeldStore.hold(site.engine.home.root.appending("sluice.db"), in: site.folder)
            // One is being written, one waits; there is no room for more.
            var answers: [Answer] = []
            try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 1...4 { group.addTask { try await site.deliver("number-\(number)") } }
                for try await answer in group {
                    answers.append(answer)
                    if answers.count == 2 { held.release() }
                }
            }

            #expect(answers.map(\.status) == [503, 503, 202, 202])
            for answer in answers.prefix(2) {
                #expect(answer.headers["retry-after"] == "5")
                #expect(answer.headers["content-type"] == "application/problem+json")
                #expect(try answer.json()["detail"]?.text == "too many deliveries wait to be written")
            }
            let events = try await site.engine.store.events(limit: 10)
            #expect(events.count == 2)
            let again = try await site.deliver("number-5")
            #expect(again.status == 202)
        }
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "only root can mount a disk of a few megabytes"))
    func `a delivery that the disk refuses is not acknowledged, and is taken once there is room again`() async throws {
        try await SmallDisk.with(megabytes: 8) { disk in
            try await withSite(home: disk.appending("home")) { site in
                let before = try await site.deliver("before")
                let filler = disk.appending("filler")
                await Blocking.run { SmallDisk.fill(filler) }
                // What is left in pages that the store has already is used up first.
                var (taken, refused): ([String], Answer?) = ([], nil)
                for number in 0..<2000 where refused == nil {
                    let answer = try await site.deliver("number-\(number)")
                    if answer.status == 202 { taken.append("number-\(number)") } else { refused = answer }
                }
                let ready = try await site.send("GET", "/readyz")
                unlink(filler.string)
                let after = try await site.deliver("number-\(taken.count)")
                let events = try await site.engine.store.events(limit: 5000)

                #expect(before.status == 202 && after.status == 202)
                let answer = try #require(refused, "the disk was never full")
                #expect(answer.status == 503 && answer.headers["retry-after"] == "5", "\(answer.text)")
                #expect(answer.headers["content-type"] == "application/problem+json")
                #expect(ready.status == 503)
                #expect(events.count == taken.count + 2, "what was acknowledged is there, and nothing else")
            }
        }
    }

    @Test func `who asks and never reads loses the connection, and who reads slowly does not`() async throws {
        try await withSite(limits: ServerLimits(idle: 4)) { site in
            let port = site.port
            let ask = "GET /style.css HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
            let asks = Data(String(repeating: ask, count: 4000).utf8)
            let (isEnded, isAll) = try await Blocking.run { () throws(Fault) in
                let unread = try Socket(port: port)
                _ = unread.writeAtOnce(asks)
                let isEnded = unread.isEnded(within: 120)
                // As long as each answer is, for its head has the same length every time.
                let one = try Socket(port: port)
                one.write(ask)
                let head = one.read(until: "\r\n\r\n")
                let length = try Socket.answer(head).headers["content-length"].flatMap { Int($0) } ?? 0
                let headLength = head.range(of: Data("\r\n\r\n".utf8))?.upperBound ?? 0
                let answer = headLength + length
                // Some seconds for all of it, and each look finds that some more was read.
                let slow = try Socket(port: port)
                let wanted = 4000 * answer
                var (rest, got, silent) = (asks[...], 0, 0)
                while got < wanted, silent < 6000 {
                    rest = rest.dropFirst(slow.writeAtOnce(rest))
                    let count = slow.readAtOnce(64 << 10)
                    silent = count == 0 ? silent + 1 : 0
                    got += count
                    usleep(10_000)
                }
                return (isEnded, got == wanted)
            }

            #expect(isEnded, "the connection was held for two minutes")
            #expect(isAll, "a slow reader did not get every answer")
        }
    }

    @Test func `the address that a proxy tells is believed of proxies of the configuration only`() async throws {
        func tries(_ proxies: [String], _ forwarded: [String]) async throws -> [Int] {
            let ranges = proxies.compactMap { AddressRange($0) }
            var codes: [Int] = []
            try await withSite(listen: Listen(port: 0, proxies: ranges)) { site in
                for address in forwarded {
                    let headers = [
                        "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address,
                        "Origin": "http://127.0.0.1:\(site.port)",
                    ]
                    codes.append(
                        try await site.send("POST", "/sign-in", headers, body: Data("token=wrong".utf8)).status)
                }
            }
            return codes
        }
        let many = (0..<11).map { "10.0.0.\($0)" }
        let spoofed = (0..<11).map { "10.0.0.\($0), 192.0.2.1" }
        let chained = (0..<11).map { "192.0.2.1, 10.0.0.\($0)" }

        let apart = try await tries(["127.0.0.0/8"], many)
        let unbelieved = try await tries([], many)
        let last = try await tries(["127.0.0.0/8"], spoofed)
        let through = try await tries(["127.0.0.0/8", "10.0.0.0/8"], chained)
        let nonsense = try await tries(["127.0.0.0/8"], (0..<11).map { "<script>\($0)" })

        #expect(apart == [Int](repeating: 403, count: 11))
        #expect(unbelieved.last == 429)
        #expect(last.last == 429, "what a client wrote in front of the proxy's word was believed")
        #expect(through.last == 429, "the address behind two proxies was not found")
        #expect(nonsense.last == 429)
    }

    @Test func `who has a token signs in, however often others fail from the same address`() async throws {
        try await withSite { site in
            var codes: [Int] = []
            for _ in 0..<11 { codes.append(try await site.submit("/sign-in", "token=wrong").status) }
            let cookie = try await site.signIn(.viewer)

            #expect(codes.last == 429)
            #expect(!cookie.isEmpty)
        }
    }

    @Test func `'X-Forwarded-Proto' and 'X-Forwarded-Host' change nothing`() async throws {
        try await withSite { site in
            let token = try await site.token(.viewer)
            let headers = [
                "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "evil.example", "Origin": "https://evil.example",
            ]
            let foreign = try await site.send("POST", "/sign-in", headers, body: Data("token=\(token)".utf8))

            #expect(foreign.status == 403)
        }
    }
}

/// Another process that holds the store's one right to write, as a long transaction does.
private struct HeldStore: Sendable {
    let mark: FilePath

    static func hold(_ store: FilePath, in folder: FilePath) async throws -> HeldStore {
        let mark = folder.appending("hold")
        let script = """
            import os, sqlite3, sys, time
            database = sqlite3.connect(sys.argv[1], isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            open(sys.argv[2], "w").close()
            while os.path.exists(sys.argv[2]): time.sleep(0.01)
            database.execute("ROLLBACK")
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, store.string, mark.string]
        try process.run()
        while !Files.exists(mark) { try await Task.sleep(for: .milliseconds(10)) }
        return HeldStore(mark: mark)
    }

    func release() { unlink(mark.string) }
}

/// A file system of a few megabytes, in memory.
private enum SmallDisk {
    static let canBeMade = geteuid() == 0 && (try? Tool.find("mount", advice: "")) != nil

    static func with(megabytes: Int, _ body: (FilePath) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let (mount, unmount) = (try Tool.find("mount", advice: ""), try Tool.find("umount", advice: ""))
            let made = try await mount.run(
                ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.string], in: nil, environment: [:])
            // A container may forbid it.
            guard made.status == 0 else { return }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(folder)) } catch { outcome = .failure(error) }
            _ = try await unmount.run(["-l", folder.string], in: nil, environment: [:])
            try outcome.get()
        }
    }

    /// Writes until there is no room.
    static func fill(_ path: FilePath) {
        let file = open(path.string, O_WRONLY | O_CREAT, 0o644)
        guard file >= 0 else { return }
        defer { close(file) }
        var piece = [UInt8](repeating: 1, count: 4096)
        while write(file, &piece, piece.count) > 0 {}
    }
}
