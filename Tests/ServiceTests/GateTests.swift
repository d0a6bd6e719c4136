import Domain
import Engine
import Foundation
import Host
import Settings
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Service

/// Many projects at once, and remotes that never answer.
@Suite(.timeLimit(.minutes(15)))
struct GateTests {
    @Test func `whoever takes too long keeps nobody else waiting`() async throws {
        let gate = FetchGate(width: 2, patience: .milliseconds(300))
        let (open, finish) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask { try await gate.pass { () async throws(Fault) in for await _ in open {} } }
            }
            for number in 0..<4 {
                let value = try await gate.pass { () async throws(Fault) in number }
                #expect(value == number)
            }
            finish.finish()
            try await group.waitForAll()
        }
    }

    @Test func `a turn that is waited for can be given up`() async throws {
        let gate = FetchGate(width: 1, patience: .seconds(60))
        let (open, finish) = AsyncStream<Void>.makeStream()
        let (entered, told) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await gate.pass { () async throws(Fault) in
                    told.finish()
                    for await _ in open {}
                }
            }
            for await _ in entered {}
            let waiting = Task { try await gate.pass { () async throws(Fault) in true } }
            waiting.cancel()
            let result = await waiting.result
            guard case .failure(let error) = result, let fault = error as? Fault else {
                Issue.record("it had its turn")
                finish.finish()
                return
            }
            #expect(fault.kind == .environment)
            finish.finish()
        }
    }

    @Test func `fifty projects are not fetched all at once`() async throws {
        try await withTemporaryFolder { folder in
            let server = try await GitServer.start(folder.appending("served"))
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await fifty(folder, server))
            } catch {
                outcome = .failure(error)
            }
            await server.stop()
            try outcome.get()
        }
    }

    private func fifty(_ folder: FilePath, _ server: GitServer) async throws {
        let names = (0..<50).map { ProjectName(checked: "p\($0)") }
        try await withBot(change: { settings in
            settings.projects = [:]
            for name in names {
                settings.projects[name] = ProjectSettings(source: .git("\(server.address)/\(name).git"), poll: 3600)
            }
        }) { bench in
            for name in names {
                try await bench.git(
                    "clone", "-q", "--bare", bench.origin.string, folder.appending("served/\(name).git").string)
            }
            server.change { $0.delay = .milliseconds(20) }
            let bot = bench.bot
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Polling(bot: bot).run() }
                group.addTask { try await Acting(bot: bot).run() }
                _ = try await bench.eventually {
                    try await bot.engine.store.queue().count == 50 ? true : nil
                }
                group.cancelAll()
            }
            let most = server.seen.most
            // The first look asks one after the other; a fetch is one request at a time.
            #expect(most <= 4, "\(most) at the same time")
            #expect(Set(server.seen.asked.map { $0.split(separator: "/").first ?? "" }).count == 50)
        }
    }

    @Test func `remotes that accept and never answer hold nobody up`() async throws {
        let deaf = try DeafServer()
        let good = BotBench.project
        let fetches = FetchGate(width: 2, patience: .milliseconds(500))
        try await withBot(
            change: { settings in
                for number in 0..<6 {
                    settings.projects[ProjectName(checked: "a\(number)")] = ProjectSettings(
                        source: .git("http://127.0.0.1:\(deaf.port)/x.git"), poll: 0.2)
                }
            }, fetches: fetches
        ) { bench in
            let bot = bench.bot
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Polling(bot: bot).run() }
                group.addTask { try await Acting(bot: bot).run() }
                for number in 0..<6 {
                    let name = ProjectName(checked: "a\(number)")
                    _ = try await bot.tell(
                        .main, before: nil, after: CommitID(hex: String(repeating: "1", count: 40)), of: name)
                }
                _ = try await bench.eventually { deaf.accepted > 6 ? true : nil }
                let head = try await bench.commit("Two")
                let event = try await bench.eventually {
                    try await bot.engine.store.events(about: .commit(head.hex), limit: 1).first
                }
                // Time goes on: what a busy machine keeps from a first attempt is tried again.
                let outcome = try await bench.eventuallyLater { try await bench.outcome(of: event.id) }
                if case .started = outcome {} else { Issue.record("\(outcome) of \(good)") }
                group.cancelAll()
            }
        }
    }
}

/// Listens, takes every connection, and never says a word.
final class DeafServer: Sendable {
    let port: Int
    private let listening: Int32
    private let count = Mutexed(0)

    var accepted: Int { count.value }

    init() throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listening, raw, size) == 0 && listen(listening, 128) == 0
                    && getsockname(listening, raw, &size) == 0
            }
        }
        guard isBound else { throw Fault(.environment, "no port to listen on") }
        self.listening = listening
        port = Int(UInt16(bigEndian: address.sin_port))
        let count = count
        Thread.detachNewThread {
            var open: [Int32] = []
            while true {
                let next = accept(listening, nil, nil)
                if next < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    break
                }
                open.append(next)
                count.change { $0 += 1 }
            }
            for descriptor in open { close(descriptor) }
        }
    }

    deinit { shutdown(listening, Int32(SHUT_RDWR)); close(listening) }
}
