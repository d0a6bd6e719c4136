import Domain
import Engine
import Forges
import Foundation
import Host
import Logging
import Settings
import Storage
import Wire

/// Sends what stands in the outbox: one write at a time for each forge, address and project, in the order in which it
/// was written.
///
/// What was sent is noted after it was sent. A process that dies in between sends it again, and the forge's methods look
/// for what an earlier attempt left; so nothing is lost and nothing stands twice.
struct Sending: Sendable {
    let bot: Bot
    let wire: Wire
    /// From 0 to 1, for pauses that are not all alike.
    let jitter: @Sendable () -> Double
    let lanes: Lanes

    init(
        bot: Bot, wire: Wire, lanes: Lanes = Lanes(),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.bot = bot
        self.wire = wire
        self.lanes = lanes
        self.jitter = jitter
    }

    /// Seconds after which a lane is written to again if what was sent could not be noted.
    private static let pauseOfOurs = 5.0

    /// Until cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                // What waits for a time is rung for by nobody.
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(5))
                    bot.bells.posts.ring()
                }
            }
            for await _ in bot.bells.posts.rings() {
                for record in try await claims() {
                    group.addTask {
                        let lane = Lane(record.post.target)
                        // What fails here is ours, such as a full disk. Thrown, it would end the group's tasks, those
                        // that come later too, and not the loop that adds them.
                        let isKept = await bot.telling("outbox") { () async throws(Fault) in try await send(record) }
                        try? await Task.sleep(for: .seconds(isKept ? Pace.interval : Sending.pauseOfOurs))
                        lanes.end(lane)
                        bot.bells.posts.ring()
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// The oldest due post of every lane that may be written to; the lanes are in use from then on.
    func claims() async throws(Fault) -> [PostRecord] {
        let now = bot.engine.now()
        let live = bot.configuration.now
        var claims: [PostRecord] = []
        let store = bot.engine.store
        for (post, target) in try await store.dueTargets(now: now, limit: 200) {
            let lane = Lane(target)
            guard lanes.begin(lane, credentials: Self.credentials(of: lane, live), at: now) else { continue }
            do throws(Fault) {
                if let record = try await store.post(post) { claims.append(record) } else { lanes.end(lane) }
            } catch {
                for lane in claims.map({ Lane($0.post.target) }) + [lane] { lanes.end(lane) }
                throw error
            }
        }
        return claims
    }

    /// Stands for everything that a forge could refuse us by; another one is worth another try.
    static func credentials(of lane: Lane, _ live: Configuration.Live) -> Digest {
        guard case .forge(let name) = lane else { return Digest.of("none") }
        return Digest.of("\(live.settings.forges[name].map { "\($0)" } ?? "none") \(live.secrets)")
    }

    /// Sends one post and notes what came of it. Throws what is ours, such as a full disk.
    func send(_ record: PostRecord) async throws(Fault) {
        let (store, hooks, live) = (bot.engine.store, bot.engine.hooks, bot.configuration.now)
        let lane = Lane(record.post.target)
        let message = Digest.of(canonical: record.post.message)
        let remote: String?
        hooks.reached(.postSending)
        do throws(ForgeError) {
            remote = try await Delivery(bot: bot, wire: wire, live: live).deliver(record)
        } catch {
            if Task.isCancelled { return }
            return try await note(error, record, message, lane, live)
        }
        hooks.reached(.postSent)
        try await store.sent(post: record.id, message: message, remote: remote, at: bot.engine.now())
        hooks.reached(.postRecorded)
        lanes.succeeded(lane)
        bot.isWell(lane.work)
    }

    private func note(
        _ error: ForgeError, _ record: PostRecord, _ message: Digest, _ lane: Lane, _ live: Configuration.Live
    ) async throws(Fault) {
        let now = bot.engine.now()
        let outcome = SendOutcome(
            error, attempts: record.attempts, credentials: Self.credentials(of: lane, live), jitter: jitter(), now: now)
        lanes.failed(lane, outcome.pace, at: now)
        switch outcome.pace {
        case .answered: bot.isWell(lane.work)
        case .down, .held, .locked: bot.tell(error.fault, of: lane.work)
        }
        let trouble = live.redactor.text(error.fault.message)
        try await bot.engine.store.failed(
            post: record.id, message: message, trouble: trouble, notBefore: outcome.notBefore,
            abandon: outcome.isAbandoned, at: now)
        if outcome.isAbandoned {
            bot.log.warning("a message is given up", metadata: ["post": "\(record.post.key)", "why": "\(trouble)"])
        }
    }
}

/// What becomes of a post and of its lane after an error.
struct SendOutcome: Equatable {
    let pace: Pace.Failure
    let notBefore: Date
    let isAbandoned: Bool

    /// Attempts after which something that is forbidden, or that the forge does not have, is given up: a day, with an hour's
    /// quarter between two at most. What a token may not see is answered as if it were not there.
    static let mostForbidden = 140

    init(_ error: ForgeError, attempts: Int, credentials: Digest, jitter: Double, now: Date) {
        let pause = Pace.backoff(after: attempts, jitter: jitter)
        let later = now.addingTimeInterval(pause)
        switch error {
        case .rateLimited(let until):
            (pace, notBefore, isAbandoned) = (.held(until: until), now, false)
        case .unreachable, .unreadable:
            // While the forge is down its lane waits; what waits in it need not wait on after that.
            let soon = now.addingTimeInterval(attempts > 20 ? pause : min(pause, 120))
            (pace, notBefore, isAbandoned) = (.down, soon, false)
        case .unauthorized: (pace, notBefore, isAbandoned) = (.locked(credentials: credentials), now, false)
        case .conflict: (pace, notBefore, isAbandoned) = (.answered, later, false)
        case .forbidden, .notFound:
            (pace, notBefore, isAbandoned) = (.answered, later, attempts >= Self.mostForbidden)
        case .refused: (pace, notBefore, isAbandoned) = (.answered, now, true)
        }
    }
}
