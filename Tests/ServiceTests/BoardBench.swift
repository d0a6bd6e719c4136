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
import Wire

@testable import Service

/// A bot with one project on a `Board`, a remote that tests commit to, and a time that only they move.
struct BoardBench: Sendable {
    let origin: FilePath
    let bot: Bot
    let board: Board
    let time: Mutexed<Date>

    static let forge = ForgeName(checked: "hub")
    static let project = ProjectName(checked: "toy")
    static let model = ModelName(checked: "toy")
    static let main = BranchName("main")

    var store: Store { bot.engine.store }
    func move(by seconds: Double) { time.change { $0 += seconds } }

    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        try await Tool.find("git", advice: "").output(
            ["-c", "user.name=Ada Author", "-c", "user.email=ada@example.org"] + arguments, in: origin,
            environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func commit(_ files: [String: String]) async throws -> CommitID {
        for (path, text) in files {
            let file = origin.pushing(FilePath(path))
            try Files.makeDirectory(file.removingLastComponent())
            try Files.writeDurably(Data(text.utf8), to: file)
        }
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", "Change")
        return try #require(CommitID(hex: try await git("rev-parse", "HEAD")))
    }

    func served() async throws -> ServedProject { try #require(try await bot.project(BoardBench.project)) }

    func person(_ login: String, id: String, _ permission: Permission = .write) -> ForgeUser {
        let user = ForgeUser(id: id, login: PersonName.of(login))
        board.change { state in
            state.people[id] = permission
            state.accounts[login.lowercased()] = user
        }
        return user
    }

    /// Opens pull request 7 of `ada` (id 5) on a commit.
    @discardableResult
    func open(_ head: CommitID, isFork: Bool = false) throws -> PullRequest {
        let pull = PullRequest(
            number: 7, state: .open, isDraft: false, title: "Change",
            author: ForgeUser(id: "5", login: PersonName.of("ada")), head: head,
            headBranch: try #require(BranchName("topic")), headRepository: ForgeRepository("acme/toy"),
            base: try #require(BoardBench.main), isFork: isFork, updatedAt: "1")
        board.change { $0.pulls[7] = pull }
        return pull
    }

    func record(_ kind: Event.Kind, key: String) async throws -> Store.StoredEvent {
        try await store.record(
            Event(
                key: key, kind: kind, repository: try await served().repository.id, at: bot.engine.now(), by: nil,
                project: BoardBench.project))
    }

    /// A run of a commit that was brought to its end.
    func run(_ commit: CommitID, pull: PullRequest? = nil) async throws -> Run {
        let project = try await served()
        try await project.refresh()
        let event = try await record(.runCommand(commit: commit), key: "run \(commit) \(UUID().uuidString)")
        let trigger: Trigger = if let pull { .pullRequest(pull.number, base: pull.base) } else { .manual }
        var request = PlanRequest(
            commit: try await project.repository.commit(commit.hex), trigger: trigger,
            rules: pull == nil ? nil : (try #require(BoardBench.main), try await project.head().commit.id))
        request.floor = project.settings.floor
        let blueprint = try await bot.engine.plan(project.repository, request)
        let draft = Store.TicketDraft(
            project: BoardBench.project, lane: pull.map { .pullRequest($0.number) } ?? .manual, pullRequest: pull,
            event: event.id)
        let (creation, _) = try await store.create(
            blueprint.plan, for: [event.id], ticket: draft, supersedes: false, at: bot.engine.now())
        guard case .created(let run) = creation else { throw Fault(.bug, "no run was created") }
        return try await bot.engine.work(on: run.id, progress: { _ in })
    }

    /// Somebody writes a comment on a pull request a minute from now; it is acted on, and what came of it written.
    @discardableResult
    func say(
        _ body: String, by user: ForgeUser, on pull: Int64 = 7, id: String, edited: Bool = false, machine: Bool = false
    ) async throws -> EventOutcome {
        move(by: 60)
        let comment = PullRequestComment(
            pullRequest: pull, id: id, author: user, isByMachine: machine, isEdited: false, body: body,
            createdAt: bot.engine.now())
        board.change { state in
            var now = comment
            now.isEdited = edited
            state.spoken.append(now)
        }
        return try await act(on: comment)
    }

    @discardableResult
    func act(on comment: PullRequestComment) async throws -> EventOutcome {
        let event = try await record(.forge(BoardBench.forge, .comment(comment)), key: "comment \(comment.id)")
        let (outcome, posts) = try await bot.act(on: comment, event: event, project: try await served())
        try await store.settle(event: event.id, as: outcome, posts: posts, at: bot.engine.now())
        return outcome
    }

    /// Publishes and sends until nothing is left, a second after the other.
    func settle() async throws {
        let sending = Sending(bot: bot, wire: Wire { _ throws(WireError) in throw .notPublic }, jitter: { 1 })
        let publishing = Publishing(bot: bot)
        while try await publishing.pass() {}
        while try await publishing.remind() {}
        while try await publishing.answer() {}
        for _ in 0..<60 {
            if try await sending.pass() == 0, try await store.duePosts(now: bot.engine.now(), limit: 10).isEmpty {
                return
            }
            move(by: 1.1)
        }
        throw Fault(.bug, "there was no end to what was to be said")
    }

    /// What stands in a pull request, by the bot, oldest first.
    func comments(on pull: Int64 = 7) -> [String] { board.now.written.filter { $0.pull == pull }.map(\.body) }

    func status(of commit: CommitID) -> CommitStatus? { board.now.statuses["\(commit.hex) sluice/toy"]?.last }
}

/// A value that several tasks may change.
final class Mutexed<Value: Sendable>: Sendable {
    private let inner: Mutex<Value>
    init(_ value: Value) { inner = Mutex(value) }
    var value: Value { inner.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) { inner.withLock { body(&$0) } }
}

/// - Parameters:
///   - approval: the policy's `approval:`.
///   - floor: what the operator demands besides.
///   - hooks: where the process is stopped.
func withBoard(
    approval: String = "{ required: 1 }", floor: Floor = Floor(), more: String = "",
    notify: [String: NotifySettings] = [:],
    kind: ForgeKind = .github,
    hooks: EngineHooks = EngineHooks(), secrets: [String] = ["hunter2-token"], _ body: (BoardBench) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let origin = folder.appending("origin").appending("acme").appending("toy.git")
        try Files.makeDirectory(origin)
        let time = Mutexed(Date(timeIntervalSince1970: 1_790_000_000))
        let board = Board(base: folder.appending("origin"), kind: kind)
        var settings = ServerSettings(
            listen: Listen(url: "https://sluice.example.org"),
            forges: [
                BoardBench.forge: ForgeSettings(
                    kind: kind, api: "http://127.0.0.1:1", clone: folder.appending("origin").string,
                    credentials: .token(.variable("TOKEN")), webhookSecrets: [.variable("SECRET")])
            ],
            projects: [
                BoardBench.project: ProjectSettings(
                    source: .forge(BoardBench.forge, try #require(ForgeRepository("acme/toy"))),
                    defaultBranch: BoardBench.main)
            ],
            notify: notify)
        settings.projects[BoardBench.project]?.floor = floor
        let engine = try await Engine.open(
            Home(root: folder.appending("home")), hooks: hooks,
            variables: ProcessInfo.processInfo.environment.merging(["HOOK": "http://hooks.example.org/x"]) { $1 },
            now: { time.value })
        let live = Configuration.Live(
            settings: settings, forges: [BoardBench.forge: board], webhooks: [:], secrets: secrets)
        var log = Logger(label: "test")
        log.logLevel = .critical
        let bot = Bot(engine: engine, configuration: Configuration(live), log: log)
        let bench = BoardBench(origin: origin, bot: bot, board: board, time: time)
        try await bench.git("init", "-q", "-b", "main")
        try await bench.git("config", "receive.denyCurrentBranch", "ignore")
        _ = try await bench.commit([
            "sluice.yaml": """
            version: 1
            model: toy
            train: { run: cp params.yaml model.json, deps: [params.yaml], outs: [model.json], model: model.json }
            approval: \(approval)
            \(more)
            """,
            "params.yaml": "a: 1\n",
        ])
        try await body(bench)
    }
}
