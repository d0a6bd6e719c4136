import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Logging
import Settings
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Service

/// A bot on a home of its own, a git remote that the test writes to, and a clock that it moves.
struct BotBench: Sendable {
    let folder: FilePath
    /// The remote: a repository with a work tree, so that a test can commit to it.
    let origin: FilePath
    let bot: Bot
    let forge: SmallForge
    let clock: MovedClock

    static let project = ProjectName(checked: "toy")
    static let forgeName = ForgeName(checked: "hub")

    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        let git = try Tool.find("git", advice: "")
        return try await git.output(
            ["-c", "user.name=Ada Author", "-c", "user.email=ada@example.org"] + arguments, in: origin,
            environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ text: String, to path: String) throws {
        let file = origin.pushing(FilePath(path))
        try Files.makeDirectory(file.removingLastComponent())
        try Files.writeDurably(Data(text.utf8), to: file)
    }

    @discardableResult
    func commit(_ subject: String) async throws -> CommitID {
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", subject)
        return try #require(CommitID(hex: try await git("rev-parse", "HEAD")))
    }

    func served() async throws -> ServedProject { try #require(try await bot.project(BotBench.project)) }

    func branch(_ name: String) throws -> BranchName { try #require(BranchName(name)) }
}

/// A time that only the test moves.
final class MovedClock: Sendable {
    private let time: Mutex<Date>
    init(_ date: Date) { time = Mutex(date) }
    var now: Date { time.withLock { $0 } }
    func move(by seconds: Double) { time.withLock { $0 += seconds } }
    func move(to date: Date) { time.withLock { $0 = date } }
}

/// A bot that serves one project, `toy`; nothing runs yet.
///
/// - Parameters:
///   - onForge: true: the project lies on a forge; else it is any git remote.
///   - change: what else the settings say.
func withBot(
    onForge: Bool = false, files: [String: String] = Toy.files,
    change: (inout ServerSettings) -> Void = { _ in }, fetches: FetchGate = FetchGate(),
    _ body: (BotBench) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let origin = folder.appending("origin").appending("acme").appending("toy.git")
        try Files.makeDirectory(origin)
        let clock = MovedClock(Date())
        let forge = SmallForge(base: folder.appending("origin"))
        let repository = try #require(ForgeRepository("acme/toy"))
        var settings = ServerSettings(
            forges: [
                BotBench.forgeName: ForgeSettings(
                    kind: .github, api: "http://127.0.0.1:1", clone: folder.appending("origin").string,
                    credentials: .token(.variable("TOKEN")), webhookSecrets: [.variable("SECRET")])
            ],
            projects: [
                BotBench.project: ProjectSettings(
                    source: onForge ? .forge(BotBench.forgeName, repository) : .git(origin.string), poll: 0.2)
            ],
            limits: ServerLimits(runs: 2, runsPerModel: 1))
        change(&settings)
        let engine = try await Engine.open(Home(root: folder.appending("home")), now: { clock.now })
        let webhook = try #require(Webhook(kind: .github, secrets: ["secret"]))
        let live = Configuration.Live(
            settings: settings, forges: [BotBench.forgeName: forge], webhooks: [BotBench.forgeName: webhook],
            secrets: ["hunter2-token"])
        var log = Logger(label: "test")
        log.logLevel = .critical
        let bot = Bot(
            engine: engine, configuration: Configuration(live), bells: Bot.Bells(), log: log, fetches: fetches)
        let bench = BotBench(folder: folder, origin: origin, bot: bot, forge: forge, clock: clock)
        try await bench.git("init", "-q", "-b", "main")
        for (path, text) in files { try bench.write(text, to: path) }
        try await bench.commit("Start")
        try await body(bench)
    }
}

/// A project that needs no packages and no data.
enum Toy {
    static func policy(_ triggers: String, _ rest: String = "approval: { required: 1 }") -> String {
        """
        version: 1
        model: toy
        triggers: \(triggers)
        train: { run: cp params.yaml model.json, deps: [params.yaml], outs: [model.json], model: model.json }
        \(rest)
        """
    }

    static let files = [
        "sluice.yaml": policy("{ push: { branches: [main] }, pull_request: { forks: ask } }"), "params.yaml": "a: 1\n",
    ]
}
