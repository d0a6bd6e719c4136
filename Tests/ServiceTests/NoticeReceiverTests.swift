import Domain
import Foundation
import Host
import Settings
import Storage
import SystemPackage
import TestSupport
import Testing
import Wire

@testable import Service

/// A notice over a real connection, to the receiver that docs/json.md shows.
@Suite(.timeLimit(.minutes(15)))
struct NoticeReceiverTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/json.md")

    /// The first block of that language below the heading.
    private func block(_ language: String) throws -> String {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let part = try #require(text.components(separatedBy: "\n## Notices\n").last)
        let rest = try #require(part.components(separatedBy: "```\(language)\n").dropFirst().first)
        return try #require(rest.components(separatedBy: "\n```").first) + "\n"
    }

    /// The documented program at work on a port of its own, and what it prints.
    private func withReceiver(
        _ secret: String, _ body: (_ port: Int, _ lines: () -> [String]) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let (program, output) = (folder.appending("receiver.py"), folder.appending("output"))
            try Files.writeDurably(Data(try block("python").utf8), to: program)
            try Files.writeDurably(Data(), to: output)
            let process = Process()
            process.executableURL = URL(filePath: try Tool.find("python3", advice: "").path.string)
            process.arguments = [program.string]
            process.environment = ["SLUICE_NOTICE_SECRET": secret, "PORT": "0", "PYTHONDONTWRITEBYTECODE": "1"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output.string))
            process.standardError = FileHandle.nullDevice
            try process.run()
            func lines() -> [String] {
                let text = String(decoding: (try? Files.readSmall(output)) ?? Data(), as: UTF8.self)
                return text.split(separator: "\n").map(String.init)
            }
            let end = ContinuousClock.now + .seconds(30)
            while lines().isEmpty, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
            let outcome: Result<Void, any Error>
            do {
                let port = try #require(lines().first.flatMap { Int($0.split(separator: " ").last ?? "") })
                outcome = .success(try await body(port, lines))
            } catch { outcome = .failure(error) }
            // It inherits from the thread that started it that SIGTERM is blocked.
            kill(process.processIdentifier, SIGKILL)
            // Waiting blocks, and tests share few threads.
            await Blocking.run { process.waitUntilExit() }
            try outcome.get()
        }
    }

    /// Sends one notice there, signed with a secret or not at all, and gives what became of it.
    private func send(
        to port: Int, _ secret: String?, kind: NotifySettings.Kind = .webhook
    ) async throws -> PostRecord {
        var record: PostRecord?
        try await withTemporaryFolder { folder in
            let (url, key) = (folder.appending("url"), folder.appending("secret"))
            try Files.writeDurably(Data("http://127.0.0.1:\(port)/sluice\n".utf8), to: url, mode: 0o600)
            if let secret { try Files.writeDurably(Data("\(secret)\n".utf8), to: key, mode: 0o600) }
            let settings = NotifySettings(
                kind: kind, url: .file(url), secret: secret == nil ? nil : .file(key), allowPrivate: true)
            try await withBoard(notify: ["chat": settings]) { bench in
                // The receiver takes nothing that is old by its clock.
                bench.time.change { $0 = Date() }
                let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
                while try await Publishing(bot: bench.bot).pass() {}
                try await Sending(bot: bench.bot, wire: try Wire.live(agent: "sluice")).pass()
                record = try await bench.store.post(key: "notice:chat:run:\(run.id):awaits_decision")
            }
        }
        return try #require(record)
    }

    @Test(arguments: ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", "any text of ours"])
    func `the program of the page takes what is signed with its secret`(secret: String) async throws {
        try await withReceiver(secret) { port, lines in
            let record = try await send(to: port, secret)

            #expect(record.sent != nil && record.trouble == nil, "\(record.trouble ?? "")")
            #expect(lines().last == "sluice.awaits_decision run 1 of toy passed and waits for 1 approval")
        }
    }

    @Test(arguments: [nil, "another secret"])
    func `it takes nothing else`(secret: String?) async throws {
        try await withReceiver("any text of ours") { port, lines in
            let record = try await send(to: port, secret)

            #expect(record.sent == nil && record.trouble?.contains("401") == true)
            #expect(lines().count == 1)
        }
    }

    @Test func `the object of the page has the keys and kinds of the real one`() async throws {
        let shown = try JSONDecoder().decode(JSONValue.self, from: Data(try block("json").utf8))
        let bodies = Mutexed<[Data]>([])
        let settings = NotifySettings(kind: .webhook, url: .variable("HOOK"))
        try await withBoard(notify: ["chat": settings]) { bench in
            _ = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            while try await Publishing(bot: bench.bot).pass() {}
            let wire = Wire { request throws(WireError) in
                bodies.change { $0.append(request.body ?? Data()) }
                return WireResponse(status: 204)
            }
            try await Sending(bot: bench.bot, wire: wire).pass()
        }
        let body = try #require(bodies.value.first)
        let real = try JSONDecoder().decode(JSONValue.self, from: body)
        func keys(_ value: JSONValue?) -> [String] {
            if case .object(let members)? = value { members.keys.sorted() } else { [] }
        }
        #expect(keys(shown) == keys(real))
        #expect(keys(shown["data"]) == keys(real["data"]))
        #expect(real["data"]?["run"] == .integer(1))
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        for kind in Notice.Kind.allCases { #expect(text.contains("`\(kind.rawValue)`")) }
    }
}
