import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A server, and a repository on a forge of the tests: what people see there, and what they do.
struct Scene: Sendable {
    static let path = "acme/toy"

    let bot: ServedBot
    let forge: FakeForge

    /// A pull request as somebody opened it.
    struct Pull: Sendable {
        let number: Int64
        var head: String
        let branch: String
        /// The fork that its branch lies in; nil: in the repository itself.
        var fork: String?
    }

    var project: Project { bot.project }
    /// What the model's deploy commands did.
    var acts: [String] { project.acts() }

    // MARK: What people see

    /// What the status is called; Bitbucket knows one whose name has a slash by its digest.
    private var context: String {
        let name = "sluice/toy"
        return forge.kind == .bitbucket ? String(Digest.of(name).hex.prefix(40)) : name
    }

    func status(of commit: String) -> FakeStatus? {
        forge.statuses(of: commit, in: Self.path).last { $0.context == context }
    }

    /// The status of a commit, once its text holds this.
    @discardableResult
    func sees(_ text: String, on commit: String) async throws -> FakeStatus {
        do {
            return try await eventually {
                let status = self.status(of: commit)
                return status?.description.contains(text) ?? false ? status : nil
            }
        } catch {
            Issue.record(
                "no status '\(text)'; there were \(forge.statuses(of: commit, in: Self.path).map(\.description))")
            throw error
        }
    }

    func reports(on pull: Pull) -> [FakeComment] {
        forge.comments(on: pull.number, of: Self.path).filter { $0.body.hasPrefix("<!-- sluice:report:toy -->") }
    }

    func report(on pull: Pull, with text: String) async throws -> FakeComment {
        do {
            return try await eventually { self.reports(on: pull).first { $0.body.contains(text) } }
        } catch {
            Issue.record("no report with '\(text)'; there is \(reports(on: pull).map(\.body))")
            throw error
        }
    }

    /// All answers of the bot on a pull request.
    func replies(on pull: Pull) -> [FakeComment] {
        forge.comments(on: pull.number, of: Self.path).filter { $0.body.hasPrefix("<!-- sluice:reply:") }
    }

    /// What the bot answers to a comment.
    func reply(to comment: Int64, on pull: Pull) async throws -> String {
        do {
            return try await eventually {
                self.replies(on: pull).first { $0.body.hasPrefix("<!-- sluice:reply:\(comment) -->") }?.body
            }
        } catch {
            Issue.record("no answer to \(comment); there are \(replies(on: pull).map(\.body))")
            throw error
        }
    }

    /// The model was put in place so many times, and no more.
    func deploys(_ wanted: [String]) async throws {
        _ = try await eventually { self.acts.count { $0.hasPrefix("deploy") } >= wanted.count ? true : nil }
        let done = acts.filter { $0.hasPrefix("deploy") }
        #expect(done == wanted)
    }

    // MARK: What people do

    /// A pull request with one commit of its own, told by the webhook.
    func propose(
        _ branch: String = "better", slope: String = "0.9", by login: String = "ada"
    ) async throws -> Pull {
        forge.branch(branch, of: Self.path)
        let head = forge.commit(["params.yaml": "slope: \(slope)\n"], to: branch, of: Self.path, by: login)
        let number = forge.openPullRequest(Self.path, from: branch, head: head, by: login)
        try await tell()
        return Pull(number: number, head: head, branch: branch)
    }

    /// A pull request that waits for so many approvals.
    func waiting(
        _ branch: String = "better", slope: String = "0.9", for approvals: String = "1 approval"
    ) async throws -> Pull {
        let pull = try await propose(branch, slope: slope)
        try await sees("waits for \(approvals)", on: pull.head)
        return pull
    }

    /// A new commit on a pull request, told by the webhook.
    func push(_ pull: inout Pull, slope: String, by login: String = "ada") async throws {
        let files = ["params.yaml": "slope: \(slope)\n"]
        pull.head = forge.commit(files, to: pull.branch, of: pull.fork ?? Self.path, by: login)
        forge.push(to: pull.number, of: Self.path, head: pull.head, by: login)
        try await tell()
    }

    /// A comment, told by the webhook. Returns its id.
    @discardableResult
    func say(_ text: String, on pull: Pull, by login: String = "bob") async throws -> Int64 {
        let id = forge.comment(on: pull.number, of: Self.path, by: login, text)
        try await tell()
        return id
    }

    /// A comment with a command, and what is answered to it.
    func ask(_ text: String, on pull: Pull, by login: String = "bob") async throws -> String {
        try await reply(to: say(text, on: pull, by: login), on: pull)
    }

    /// Delivers what happened; every delivery is taken.
    func tell() async throws {
        let answers = try await forge.deliver(to: bot.hook)
        #expect(answers.allSatisfy { $0 == 202 || $0 == 200 }, "\(answers)")
    }

    /// Waits until the bot has looked at the forge by itself so many times from now on.
    func looks(_ times: Int) async throws {
        let before = looked
        _ = try await eventually { looked >= before + times ? true : nil }
    }

    /// How often it has looked.
    private var looked: Int {
        let lists = ["/pulls", "/merge_requests", "/pullrequests"]
        return forge.requests.count { request in
            request.method == "GET" && lists.contains { request.path.hasSuffix($0) }
        }
    }

    /// Merges a pull request whose base has not moved, told by the webhook.
    func merge(_ pull: Pull, by login: String) async throws {
        let folder = "\(forge.clone)/\(Self.path).git"
        try await project.git("--git-dir", folder, "update-ref", "refs/heads/main", pull.head)
        forge.merge(pull.number, of: Self.path, commit: pull.head, by: login)
        try await tell()
    }

    /// A file of the main branch.
    func file(_ name: String) async throws -> String {
        try await project.git("--git-dir", "\(forge.clone)/\(Self.path).git", "show", "main:\(name)")
    }

    /// Another server in the place of this one, for the time of `body`. `signal`: what this one ends by; `clock`: seconds
    /// that the other's is ahead.
    func replaced(
        by name: String, after signal: Int32 = SIGTERM, clock: Double? = nil, _ body: (Scene) async throws -> Void
    ) async throws {
        await bot.end(signal)
        if let clock { try project.setClock(ahead: clock) }
        let next = try await ServedBot.start(project, forge: forge, name: name)
        try await served(next) { try await body(Scene(bot: next, forge: forge)) }.get()
    }

    /// The server's metrics, for whom it gave a token.
    func metrics(_ token: String) async throws -> String {
        try await forge.look(at: bot.address + "/metrics", token: token).text
    }

    /// The runs of a commit.
    func runs(of commit: String) async throws -> [JSONValue] {
        try await bot.runs().filter { $0["commit"]?.text == commit }
    }
}

/// A project on a forge of the tests, and a server that serves it.
///
/// Without `push` in `triggers` the server's first look starts no run. `DROPS` in the policy is a folder of the test's.
func withScene(
    _ kind: ForgeKind = .github, policy: String = ToyProject.policy, triggers: String = "{pull_request: {}}",
    files: [String: String] = [:], clock: Double? = nil, isPaced: Bool = false, _ body: (Scene) async throws -> Void
) async throws {
    let text = policy + "\ntriggers: " + triggers + "\n"
    try await withProject(files.merging(["sluice.yaml": text]) { $1 }) { project in
        if text.contains("DROPS") {
            let drops = project.folder.appending("drops")
            try Files.makeDirectory(drops)
            try project.write(text.replacing("DROPS", with: drops.string), to: "sluice.yaml")
            try await project.commit("Say where files arrive")
        }
        try await project.addData()
        if let clock { try project.setClock(ahead: clock) }
        let forge = try await FakeForge.start(kind, in: project.folder)
        forge.addRepository(Scene.path, from: project.repository.string)
        for (login, role) in [("ada", FakeRole.write), ("bob", .write), ("carol", .admin), ("eve", .read)] {
            forge.setRole(login, role, in: Scene.path)
        }
        let outcome: Result<Void, any Error>
        do {
            let bot = try await ServedBot.start(project, forge: forge, isPaced: isPaced)
            outcome = await served(bot) { try await body(Scene(bot: bot, forge: forge)) }
        } catch {
            outcome = .failure(error)
        }
        await forge.stop()
        try outcome.get()
    }
}

/// Ends the server in any case, and lets it confess if the story went wrong.
private func served(_ bot: ServedBot, _ body: () async throws -> Void) async -> Result<Void, any Error> {
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    await bot.end()
    if case .failure = outcome { bot.confess() }
    return outcome
}
