import Domain
import Engine
import Foundation
import Host
import Logging
import Reports
import Settings
import Storage

/// Follows the journal and writes what must be said outside because of it.
///
/// The cursor and the posts are written in one transaction, so whoever is killed begins again where it was. An entry only
/// says what to look at; what is said is derived from the rows of now, so that of ten changes the last one counts.
struct Publishing: Sendable {
    let bot: Bot
    let said = SaidOfQueue()
    let unsaid = Unsaid()
    static let cursor = "publish"
    /// Entries of the journal that are looked at together.
    static let page = 500

    /// Until cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                // Another process may have decided or cancelled something, and rings no bell here.
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(5))
                    bot.bells.publishing.ring()
                }
            }
            for await _ in bot.bells.publishing.rings() {
                while try await pass(), !Task.isCancelled {}
                try await tryAgain()
                while try await remind(), !Task.isCancelled {}
                while try await answer(), !Task.isCancelled {}
                try await tellOfQueue()
            }
            group.cancelAll()
        }
    }

    /// Looks at one page of the journal; false: there was nothing new.
    @discardableResult
    func pass() async throws(Fault) -> Bool {
        let store = bot.engine.store
        let stored = try await store.cursor(Publishing.cursor)
        let entries = try await store.journal(after: max(stored, unsaid.reached), limit: Publishing.page)
        guard let last = entries.last else { return false }
        let live = bot.configuration.now
        let scopes = try await scopes(of: entries, live)
        let posts = try await posts(for: scopes, live)
        unsaid.reach(last.sequence)
        try await store.put(
            posts, cursor: Publishing.cursor, to: unsaid.isEmpty ? last.sequence : stored,
            reminders: try await reminders(of: scopes), at: bot.engine.now())
        if !posts.isEmpty {
            bot.engine.hooks.reached(.postsWritten)
            bot.bells.posts.ring()
        }
        return true
    }

    /// Says what could not be said before.
    func tryAgain() async throws(Fault) {
        let (store, now) = (bot.engine.store, bot.engine.now())
        let scopes = unsaid.due(at: now)
        if scopes.isEmpty { return }
        let posts = try await posts(for: scopes, bot.configuration.now)
        let stored = try await store.cursor(Publishing.cursor)
        try await store.put(
            posts, cursor: Publishing.cursor, to: unsaid.isEmpty ? max(stored, unsaid.reached) : stored, at: now)
        if !posts.isEmpty { bot.bells.posts.ring() }
    }

    func posts(for scopes: [Scope], _ live: Configuration.Live) async throws(Fault) -> [Post] {
        if scopes.isEmpty { return [] }
        let deriving = Deriving(bot: bot, live: live, waiting: try await bot.waiting())
        var posts: [Post] = []
        for scope in scopes {
            do throws(Fault) {
                posts += try await deriving.posts(for: scope)
                if unsaid.said(scope), !unsaid.holds(scope.project) { bot.isWell("what is said of \(scope.project)") }
            } catch {
                // It must not hold up everybody else. What the machine is to blame for is tried again.
                if error.kind == .environment, unsaid.failed(scope, at: bot.engine.now()) {
                    bot.tell(error, of: "what is said of \(scope.project)")
                } else {
                    unsaid.said(scope)
                    bot.log.warning("something is not said outside", metadata: ["why": "\(bot.masked(error))"])
                }
            }
        }
        return posts
    }

    /// What the entries concern, each once, in their order.
    private func scopes(
        of entries: [Store.JournalEntry], _ live: Configuration.Live
    ) async throws(Fault) -> [Scope] {
        var (runs, events): ([RunID], [Int64]) = ([], [])
        var promoted: Set<RunID> = []
        for entry in entries {
            let words = entry.subject.split(separator: " ")
            guard words.count >= 2, let number = Int64(words[1]) else { continue }
            switch words[0] {
            case "run", "decision", "stage":
                if let run = RunID(number) { runs.append(run) }
            case "promotion":
                if let promotion = try await bot.engine.store.promotion(number) {
                    runs.append(promotion.challenger.run)
                    promoted.insert(promotion.challenger.run)
                    if let previous = promotion.previous { runs.append(previous.run) }
                }
            case "event": events.append(number)
            default: continue
            }
        }
        var scopes = try await scopes(of: runs, promoted: promoted, live)
        for stored in try await bot.engine.store.dataEvents(among: Set(events)) {
            guard stored.event.kind.isOfData, let project = project(of: stored.event, live) else { continue }
            scopes.append(.event(project, stored.id))
        }
        return scopes
    }

    /// What runs concern, each once, in their order. `promoted`: those of which a promotion went on.
    func scopes(
        of runs: [RunID], promoted: Set<RunID> = [], _ live: Configuration.Live
    ) async throws(Fault) -> [Scope] {
        var scopes: [Scope] = []
        var seen: Set<Scope> = []
        func add(_ scope: Scope) { if seen.insert(scope).inserted { scopes.append(scope) } }
        var known: Set<RunID> = []
        for id in runs where known.insert(id).inserted {
            try await self.scopes(of: id, isPromoted: promoted.contains(id), live).forEach(add)
        }
        return scopes
    }

    /// What a change of one run concerns. A promotion also concerns what git says of the model.
    func scopes(
        of id: RunID, isPromoted: Bool, _ live: Configuration.Live
    ) async throws(Fault) -> [Scope] {
        let tickets = try await bot.engine.store.tickets(of: id)
        guard let ticket = tickets.last, let run = try await bot.engine.store.run(id),
            live.settings.projects[ticket.project] != nil
        else { return [] }
        var scopes = [Scope.run(ticket.project, id)]
        guard run.trigger.reproduced == nil else { return scopes }
        scopes.append(.commit(ticket.project, run.commit, run.model))
        for pull in Set(tickets.compactMap(\.pullRequest?.number)).sorted() {
            scopes.append(.pullRequest(ticket.project, pull, run.model))
        }
        if isPromoted || tickets.contains(where: { $0.pullRequest == nil }) {
            scopes.append(.promotion(ticket.project, run.model))
        }
        return scopes
    }

    private func project(of event: Event, _ live: Configuration.Live) -> ProjectName? {
        if let project = event.project { return project }
        return live.settings.projects.keys.sorted().first { bot.repositoryID(of: $0) == event.repository }
    }
}

extension Event.Kind {
    /// True for what notices are about.
    fileprivate var isOfData: Bool {
        switch self {
        case .driftAlarm, .filesDropped: true
        case .runCommand, .dataAdded, .fileReleased, .reproduceCommand, .forge, .branchMoved, .tick, .asked: false
        }
    }
}
