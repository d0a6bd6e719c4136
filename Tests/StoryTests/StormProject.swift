import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A project that needs no data and no packages, so that much of it happens in little time.
enum StormProject {
    static func files(train: String) -> [String: String] {
        [
            "sluice.yaml": """
            version: 1
            model: toy
            train:
              run: sh train.sh
              deps: [train.sh]
              params: [slope]
              outs: [model.json]
              model: model.json
            approval: { required: 1 }
            promotion:
              deploy: echo "deploy $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
              verify: echo "verify $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
            triggers: { push: { branches: [main] }, pull_request: {} }
            """,
            "train.sh": "\(train)\ncp params.yaml model.json\n",
        ]
    }
}

/// A server that may be killed, on a forge of the tests with the repository `acme/toy`, to which `ada` and `bob` may
/// write. At the end nothing of it is left. `isPaced`: it writes to the forge once a second, as it does outside of tests.
func withMortalServer(
    on kind: ForgeKind = .github, train: String = "echo training", isPaced: Bool = true,
    _ body: (MortalServer, FakeForge) async throws -> Void
) async throws {
    try await withProject(StormProject.files(train: train)) { project in
        let forge = try await FakeForge.start(kind, in: project.folder)
        forge.addRepository("acme/toy", from: project.repository.string)
        for login in ["ada", "bob"] { forge.setRole(login, .write, in: "acme/toy") }
        let server = try MortalServer(project, forge: forge, isPaced: isPaced)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(server, forge)) } catch { outcome = .failure(error) }
        if await server.isRunning { _ = await server.kill() }
        await forge.stop()
        if case .failure = outcome { print(server.tail) }
        try outcome.get()
    }
}

/// Steps of a story whose server may die at any time and is then started again.
struct MortalStory: Sendable {
    let server: MortalServer
    let forge: FakeForge
    let path = "acme/toy"

    /// Starts the server anew if it was killed.
    func revive() async throws {
        if await server.isRunning { return }
        let trouble = await server.kill()
        #expect(trouble == nil)
        try await server.start()
    }

    /// What `look` finds, looked for again and again beside a server that lives.
    func eventually<Value: Sendable>(_ look: () async throws -> Value?) async throws -> Value {
        try await StoryTests.eventually {
            try await revive()
            return try await look()
        }
    }

    /// Brings what happened to the server, in order, each again until it was acknowledged.
    func deliver() async throws {
        let told = forge.deliveries
        for delivery in told.dropFirst(await server.toldSoFar(told.count)) {
            _ = try await eventually { [200, 202].contains(await server.tell(delivery)) ? true : nil }
            await server.acknowledge(delivery.id)
        }
    }

    /// Opens a pull request of `ada` that changes the slope; its number and its head.
    func open(_ slope: String, branch: String = "topic") async throws -> (number: Int64, head: String) {
        forge.branch(branch, of: path)
        let head = forge.commit(["params.yaml": "slope: \(slope)\n"], to: branch, of: path, by: "ada")
        let number = forge.openPullRequest(path, from: branch, head: head, by: "ada")
        try await deliver()
        return (number, head)
    }

    /// A new commit in it; its id.
    func push(_ slope: String, to number: Int64, branch: String = "topic") async throws -> String {
        let head = forge.commit(["params.yaml": "slope: \(slope)\n"], to: branch, of: path, by: "ada")
        forge.push(to: number, of: path, head: head, by: "ada")
        try await deliver()
        return head
    }

    @discardableResult
    func say(_ text: String, on number: Int64) async throws -> Int64 {
        let id = forge.comment(on: number, of: path, by: "bob", text)
        try await deliver()
        return id
    }

    /// Waits for a status of a commit that begins so.
    func status(of commit: String, is text: String) async throws {
        _ = try await eventually {
            forge.statuses(of: commit, in: path).last?.description.hasPrefix(text) == true ? true : nil
        }
    }

    /// Waits until everything is done and said, and the remote was looked at since.
    func quiet(within patience: Duration = .seconds(600)) async throws -> HomeRows {
        let (since, end) = (Date(), ContinuousClock.now + patience)
        while true {
            try await revive()
            let rows = try await HomeRows.read(server.project)
            if rows.isQuiet(since: since) { return rows }
            try #require(ContinuousClock.now < end, "there is no end to it: \(rows.waiting)")
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// As `quiet`, and ends the server.
    func calm(within patience: Duration = .seconds(600)) async throws -> EndState {
        let rows = try await quiet(within: patience)
        let status = await server.end()
        #expect(status == 0, "it ends as it is told: \(server.tail)")
        return EndState(project: server.project, forge: forge, rows: rows)
    }
}
