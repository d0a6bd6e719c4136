import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A server of the built program that is killed and started again, on one home, one port and one log.
actor MortalServer {
    let project: Project
    let forge: FakeForge
    let port: Int
    let log: FilePath
    private let settings: FilePath
    private let isPaced: Bool
    private var process: Process?
    private(set) var starts = 0
    private var told = 0
    /// Ids of deliveries that were answered with 2xx.
    private(set) var acknowledged: Set<String> = []

    init(_ project: Project, forge: FakeForge, isPaced: Bool = true) throws {
        self.project = project
        self.isPaced = isPaced
        self.forge = forge
        port = try freePort()
        log = project.folder.appending("server.log")
        settings = project.folder.appending("server.yaml")
        let text = ServedBot.settings(
            forge, port: port, token: project.token, ofProject: ", concurrency: 3",
            more: "limits: {runs: 3, runs_per_model: 3}")
        try Files.writeDurably(Data(text.utf8), to: settings)
    }

    nonisolated var hook: String { "http://127.0.0.1:\(port)/webhooks/forge" }
    nonisolated var events: String { "http://127.0.0.1:\(port)/events" }

    /// Starts it and does not wait. `killAt`: where it kills itself.
    func start(killAt: String? = nil) throws {
        starts += 1
        var variables = killAt.map { ["SLUICE_TEST_KILL_AT": $0] } ?? [:]
        if !isPaced { variables["SLUICE_TEST_PACE"] = "0.1" }
        process = try project.serve(settings, log: log, forge: forge, variables: variables)
    }

    var isRunning: Bool { process?.isRunning ?? false }

    /// `kill -9`. Returns what ended the process if it was something else.
    func kill() async -> String? {
        guard let process else { return "it was never started" }
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        let status = await ended()
        guard process.terminationReason == .uncaughtSignal, status == SIGKILL else {
            return "it ended by itself with \(status): \(tail)"
        }
        return nil
    }

    /// Asks it to end and waits; what it ended with.
    func end() async -> Int32 {
        if let process, process.isRunning { Glibc.kill(process.processIdentifier, SIGTERM) }
        return await ended()
    }

    /// Waits for the end; the status, or the number of the signal.
    func ended() async -> Int32 {
        guard let process else { return -1 }
        return await process.ended()
    }

    /// The last lines of its log.
    nonisolated var tail: String {
        let bytes = (try? Files.tail(log, bytes: 6000)) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many of the forge's deliveries were brought; all `count` are from now on.
    func toldSoFar(_ count: Int) -> Int {
        defer { told = count }
        return told
    }

    func acknowledge(_ id: String) { acknowledged.insert(id) }

    /// Sends a delivery once; what was answered, nil: nothing.
    nonisolated func tell(_ delivery: FakeDelivery, to url: String? = nil) async -> Int? {
        (try? await forge.send([delivery], to: url ?? hook))?.first
    }
}

/// What stands in the database of a home, read by another program than the one under test.
struct HomeRows: Sendable {
    let all: JSONValue

    static func read(_ project: Project) async throws -> HomeRows {
        let script = """
            import json, sqlite3, sys
            db = sqlite3.connect(sys.argv[1], timeout=60)
            db.row_factory = sqlite3.Row
            def rows(sql): return [dict(row) for row in db.execute(sql)]
            print(json.dumps({
                "integrity": rows("PRAGMA integrity_check"),
                "foreign": [list(row) for row in db.execute("PRAGMA foreign_key_check")],
                "events": rows("SELECT id, key, outcome, run, project, body FROM event ORDER BY id"),
                "deliveries": rows("SELECT delivery, event FROM delivery"),
                "runs": rows("SELECT id, state, state_body, commit_id, started_at FROM run ORDER BY id"),
                "tickets": rows("SELECT run, lane, pull_request, event FROM ticket ORDER BY id"),
                "decisions": rows("SELECT run, body FROM decision ORDER BY id"),
                "promotions": rows("SELECT id, decided_run, state, challenger FROM promotion ORDER BY id"),
                "aliases": rows("SELECT alias, version FROM alias"),
                "posts": rows("SELECT key, digest IS NOT sent AS waits, abandoned, trouble FROM post"),
                "cursors": rows("SELECT name, position FROM cursor"),
                "journal": rows("SELECT coalesce(max(sequence), 0) AS last FROM journal"),
            }))
            """
        let python = try Tool.find("python3", advice: "")
        let text = try await python.output(["-c", script, project.home.appending("sluice.db").string])
        return HomeRows(all: try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)))
    }

    subscript(name: String) -> [JSONValue] { all[name]?.items ?? [] }

    func count(_ name: String, where claim: (JSONValue) -> Bool) -> Int { self[name].count(where: claim) }

    /// Nothing waits to be acted on, run, promoted, published or sent. `since`: and the remote was looked at after that.
    func isQuiet(since: Date) -> Bool {
        let cursors = Dictionary(
            self["cursors"].map { ($0["name"]?.text ?? "", $0["position"]?.int64 ?? 0) }, uniquingKeysWith: { $1 })
        let live = ["queued", "preparing", "running", "judging"]
        return count("events") { $0["outcome"] == .null && $0["project"] != .null } == 0
            && count("runs") { live.contains($0["state"]?.text ?? "") } == 0
            && count("promotions") {
                ["intended", "alias_moved", "deployed", "rolling_back"].contains($0["state"]?.text)
            }
                == 0
            && count("posts") { $0["waits"]?.int64 == 1 && $0["abandoned"]?.int64 == 0 } == 0
            && cursors["publish"] == self["journal"].first?["last"]?.int64
            && Double(cursors["looked:toy"] ?? 0) > since.timeIntervalSince1970 + 1
    }

    /// What waits, in a line.
    var waiting: String {
        let events = self["events"].filter { $0["outcome"] == .null && $0["project"] != .null }
        let runs = self["runs"].filter { !["judged", "errored", "cancelled"].contains($0["state"]?.text) }
        let posts = self["posts"].filter { $0["waits"]?.int64 == 1 }
        return """
            events \(events.compactMap { $0["key"]?.text }), runs \(runs.compactMap { $0["id"]?.int64 }), \
            posts \(posts.map { "\($0["key"]?.text ?? "") \($0["trouble"]?.text ?? "")" })
            """
    }
}
