import Domain
import Engine
import Foundation
import Host
import Logging
import Storage
import Synchronization

/// Brings queued runs to their ends, as many at a time as may be, and first of all those that a process left.
///
/// A run is claimed by its own lock (`Engine.work`), so two dispatchers would follow one another and do no harm.
struct Dispatching: Sendable {
    let bot: Bot
    /// Runs that a task of this process is on.
    private let carried = Carried<RunID>()
    private let promotions = Carried<Int64>()

    init(bot: Bot) { self.bot = bot }

    /// Until cancelled. Then it returns at once: training goes on in its supervisors, and the next process takes it up.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await bot.beginPromotions() }
            group.addTask { await bot.sweep() }
            group.addTask { await bot.engine.keepReserve() }
            group.addTask { await ring() }
            for await _ in bot.bells.queue.rings() {
                for run in try await next() where carried.begin(run) {
                    group.addTask {
                        await carry(run)
                        _ = carried.end(run)
                        bot.bells.queue.ring()
                    }
                }
                for promotion in try await bot.engine.unfinishedPromotions() where promotions.begin(promotion.id) {
                    group.addTask {
                        await finish(promotion)
                        _ = promotions.end(promotion.id)
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Rings when a wait is over that nobody rings for: a budget, a cool-down, a run that another process queued.
    private func ring() async {
        while !Task.isCancelled {
            let waiting = (try? await bot.waiting()) ?? [:]
            let now = bot.engine.now()
            let until = waiting.values.compactMap(\.until).min().map { $0.timeIntervalSince(now) } ?? 15
            try? await Task.sleep(for: .seconds(min(max(until, 0.05), 15)))
            bot.bells.queue.ring()
        }
    }

    /// Those that were interrupted, then those that may begin.
    private func next() async throws(Fault) -> [RunID] {
        let begun = try await bot.engine.store.working().map(\.run.id)
        let free = begun.filter { !carried.contains($0) }
        return free + (try await bot.admission(holding: carried.all).start)
    }

    /// Deploys and verifies, or goes on with what a process left. Its jobs live in supervisors, as those of runs do: a
    /// process that takes it up attaches to the one that runs. What the machine is to blame for is tried again.
    private func finish(_ promotion: Promotion) async {
        var pause = 5.0
        while !Task.isCancelled {
            let isDone = await bot.telling("promotion \(promotion.id)") { () throws(Fault) in
                let done = try await bot.engine.finish(promotion.id) { _ in bot.bells.publishing.ring() }
                bot.log.info("promotion", metadata: ["promotion": "\(done.id)", "state": "\(done.state.word)"])
            }
            bot.bells.publishing.ring()
            if isDone { return }
            await bot.engine.spendReserve()
            try? await Task.sleep(for: .seconds(pause))
            pause = min(pause * 2, 60)
        }
    }

    /// Until it is over. What the machine is to blame for is tried again, later each time: a run that is judged and to be
    /// promoted without anybody's word has nobody else who would.
    private func carry(_ run: RunID) async {
        var pause = 5.0
        while await !attempt(run), !Task.isCancelled {
            try? await Task.sleep(for: .seconds(pause))
            pause = min(pause * 2, 60)
        }
    }

    /// False if it is to be tried again.
    private func attempt(_ run: RunID) async -> Bool {
        let bells = bot.bells
        defer { bells.publishing.ring() }
        do throws(Fault) {
            if try await bot.isOvertaken(run) {
                bells.queue.ring()
                bot.isWell("run \(run)")
                return true
            }
            let done = try await bot.engine.carry(run) { progress in
                switch progress {
                case .created, .working, .stageStarted, .stageEnded, .judging, .promotion: bells.publishing.ring()
                case .following, .checkingOut, .environment, .note, .layingData, .comparing, .warning: break
                }
            }
            bot.isWell("run \(run)")
            bot.log.info(
                "run",
                metadata: [
                    "run": "\(run)", "model": "\(done.model)", "commit": "\(done.commit.short)",
                    "state": "\(done.state.outcome)",
                ])
            await bot.engine.keepReserve()
            return true
        } catch {
            // It is over, and what stands against its promotion will not go away.
            if error.kind == .input, let over = try? await bot.engine.store.run(run), over.state.isFinal {
                bot.log.warning("a run is not promoted", metadata: ["run": "\(run)", "why": "\(bot.masked(error))"])
                bot.isWell("run \(run)")
                return true
            }
            bot.tell(error, of: "run \(run)")
            if error.kind == .environment {
                await bot.engine.spendReserve()
                return false
            }
            // A run that is not over is taken up anew: not at once.
            try? await Task.sleep(for: .seconds(5))
            return true
        }
    }
}

extension RunState {
    /// For the log: a judged run by its answer.
    fileprivate var outcome: String {
        switch self {
        case .judged(.passed): "passed"
        case .judged(.failed): "failed"
        case .judged(.undecided): "undecided"
        case .queued, .preparing, .running, .judging, .errored, .cancelled: word
        }
    }
}

extension Bot {
    /// Removes what killed processes left of runs that are over.
    func sweep() async {
        await telling("what killed processes left") { () throws(Fault) in try await engine.sweep { _ in } }
    }
}

/// What tasks of this process are on.
final class Carried<Item: Hashable & Sendable>: Sendable {
    private struct State {
        var items: Set<Item> = []
        var again: Set<Item> = []
    }
    private let state = Mutex(State())

    /// False if a task is on it already; then `end` will say so.
    func begin(_ item: Item) -> Bool {
        state.withLock { state in
            if state.items.insert(item).inserted { return true }
            state.again.insert(item)
            return false
        }
    }

    /// True if it was to begin again meanwhile.
    func end(_ item: Item) -> Bool {
        state.withLock { state in
            state.items.remove(item)
            return state.again.remove(item) != nil
        }
    }

    var all: Set<Item> { state.withLock { $0.items } }
    func contains(_ item: Item) -> Bool { state.withLock { $0.items.contains(item) } }
}
