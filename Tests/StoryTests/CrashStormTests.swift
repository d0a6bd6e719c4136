import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// `kill -9` at random moments under load.
///
/// `SLUICE_STORM=100` says how often, `SLUICE_STORM_FORGE=gitlab` on which forge (GitHub if it is not said), and
/// `SLUICE_STORM_SEED=7` at which moments; the seed is printed. Without any of them there is a storm on GitHub and a short
/// one on each other forge. What happens between two seeds is not all that differs between two storms: the machine has its
/// own pace.
@Suite(.timeLimit(.minutes(60)))
struct CrashStormTests {
    private static let variables = ProcessInfo.processInfo.environment

    static var forges: [ForgeKind] {
        if let said = variables["SLUICE_STORM_FORGE"] { return ForgeKind(rawValue: said).map { [$0] } ?? [] }
        return variables["SLUICE_STORM"] == nil ? [.github, .gitea, .gitlab, .bitbucket] : [.github]
    }

    @Test(arguments: forges)
    func `no kill loses or doubles anything`(on kind: ForgeKind) async throws {
        let kills = Self.variables["SLUICE_STORM"].flatMap { Int($0) } ?? (kind == .github ? 20 : 4)
        let seed = Self.variables["SLUICE_STORM_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999)
        print("crash storm on \(kind): \(kills) kills, seed \(seed)")
        // The half second is there to be killed in.
        try await withMortalServer(on: kind, train: "echo training; sleep 0.5", isPaced: false) { server, forge in
            try await server.project.sluice("user", "add", "storm", "--role", "operator")
            let made = try await server.project.sluice("token", "create", "storm")
            let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let story = MortalStory(server: server, forge: forge)
            // The first look at a project only notes what is there, and is over before anything happens.
            try await server.start()
            _ = try await story.quiet()
            _ = await server.kill()
            let storm = CrashStorm(server, forge: forge, token: token, seed: seed)
            let raging = Task { await storm.rage() }
            let withJobs = try await kill(server, times: kills, seed: seed)
            raging.cancel()
            await raging.value

            let end = try await clear(storm, story)

            await report(storm, end, kills: kills, seed: seed, withJobs: withJobs)
            try await end.expectSound()
            end.expectSettled(await storm.figures.acknowledged)
            let keys = Set(end.rows["events"].compactMap { $0["key"]?.text })
            for id in await storm.figures.acknowledgedEvents {
                #expect(keys.contains { $0.hasSuffix("cloudevent:storm\n\(id)") }, "the event \(id) is lost")
            }
            try await end.expectRunsOnce()
            end.expectPromotedOnce()
            end.expectStatuses()
            end.expectSaidOnce()
        }
    }

    /// Kills it at moments of between nothing and three seconds after its start. Returns how often a job was at work.
    private func kill(_ server: MortalServer, times: Int, seed: UInt64) async throws -> Int {
        var random = SeededNumbers(seed: seed &+ 1)
        var withJobs = 0
        for number in 1...max(times, 1) {
            try await server.start()
            // Every fourth is killed while it starts.
            let most = number.isMultiple(of: 4) ? 600 : 3000
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...most, using: &random)))
            let trouble = await server.kill()
            #expect(trouble == nil, "before kill \(number): \(trouble ?? "")")
            // What is left of the program are the supervisors of its jobs.
            let settings = server.project.folder.appending("server.yaml")
            if await !Project.processes(with: settings.string).isEmpty { withJobs += 1 }
        }
        return withJobs
    }

    /// After the storm: what was missed, and one pull request that goes all its way, however the storm went.
    private func clear(_ storm: CrashStorm, _ story: MortalStory) async throws -> EndState {
        try await story.server.start()
        let nothing = FakeDelivery(id: "nothing", headers: [:], body: Data())
        _ = try await story.eventually { await story.server.tell(nothing) }
        await storm.bringWhatWasMissed()
        _ = try await story.quiet(within: .seconds(900))
        _ = await story.server.toldSoFar(story.forge.deliveries.count)
        let (number, head) = try await story.open("0.5", branch: "after-the-storm")
        try await story.status(of: head, is: "passed; waits for ")
        try await story.say(story.forge.command("/approve"), on: number)
        try await story.status(of: head, is: "promoted: ")
        return try await story.calm()
    }

    private func report(
        _ storm: CrashStorm, _ end: EndState, kills: Int, seed: UInt64, withJobs: Int
    ) async {
        let (figures, rows) = (await storm.figures, end.rows)
        let outcomes = Dictionary(grouping: rows["events"]) { event in
            event["outcome"]?.text?.split(separator: "\"").dropFirst().first.map(String.init) ?? "none"
        }.mapValues(\.count)
        let states = Dictionary(grouping: rows["runs"]) { $0["state"]?.text ?? "" }.mapValues(\.count)
        let comments = forge(end).filter { $0.author == end.forge.bot }.count
        print(
            """
            crash storm on \(end.forge.kind): \(kills) kills (\(withJobs) while jobs worked), seed \(seed)
              acts \(figures.acts), deliveries acknowledged \(figures.acknowledged.count), events acknowledged \
            \(figures.acknowledgedEvents.count), replays \(figures.duplicates), unanswered \(figures.unanswered), \
            refused \(figures.refused)
              events \(rows["events"].count) \(outcomes), runs \(rows["runs"].count) \(states)
              promotions \(rows["promotions"].count), decisions \(rows["decisions"].count), posts \(rows["posts"].count), \
            comments \(comments), writes on the forge \(end.forge.writes.count)
            """)
    }

    private func forge(_ end: EndState) -> [FakeComment] { end.forge.repository("acme/toy")?.comments ?? [] }
}
