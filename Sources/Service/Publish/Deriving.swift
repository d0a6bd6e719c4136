import Domain
import Engine
import Forges
import Foundation
import Reports
import Settings
import Storage

/// What must stand outside now, from the rows of now.
struct Deriving: Sendable {
    let bot: Bot
    let live: Configuration.Live
    let redactor: Redactor
    /// Why queued runs wait, if it was asked already.
    let waiting: [RunID: Waiting]?

    init(bot: Bot, live: Configuration.Live, waiting: [RunID: Waiting]? = nil) {
        self.bot = bot
        self.live = live
        self.waiting = waiting
        redactor = live.redactor
    }

    var store: Store { bot.engine.store }

    func posts(for scope: Scope) async throws(Fault) -> [Post] {
        switch scope {
        case .commit(let project, let commit, let model):
            guard let ground = Ground(project, live) else { return [] }
            let runs = try await store.tickets(commit: commit, of: project)
                .filter { $0.run.model == model && $0.run.trigger.reproduced == nil }
            guard let shown = try await decisive(of: runs) else { return [] }
            return ground.forge == nil
                ? try await note(shown, ground) : try await statusAndCheck(shown, ground)
        case .pullRequest(let project, let number, let model):
            guard let ground = Ground(project, live) else { return [] }
            let runs = try await store.tickets(pullRequest: number, of: project).map(\.run)
                .filter { $0.model == model && $0.trigger.reproduced == nil }
            guard let newest = runs.first else { return [] }
            return try await report(try await shown(newest, before: Array(runs.dropFirst())), number, ground)
        case .promotion(let project, let model):
            guard let ground = Ground(project, live) else { return [] }
            return try await promotion(of: model, ground)
        case .run(let project, let run):
            guard let ground = Ground(project, live) else { return [] }
            return try await ofRun(run, ground)
        case .event(let project, let id):
            guard let ground = Ground(project, live) else { return [] }
            return try await ofData(id, ground)
        }
    }

    // MARK: Parts

    /// What the status of a commit tells of: what was asked for last. Where several open pull requests stand on the commit
    /// and have different runs, one that passed must not let the others through.
    private func decisive(of runs: [(run: Run, ticket: Ticket)]) async throws(Fault) -> OutsideRun? {
        guard let newest = runs.first else { return nil }
        var candidates = [newest.run]
        var pulls: Set<Int64> = []
        for (run, ticket) in runs {
            guard let pull = ticket.pullRequest, pulls.insert(pull.number).inserted,
                !candidates.contains(where: { $0.id == run.id }),
                let now = try await store.pullRequest(pull.number, of: ticket.project), now.state == .open,
                now.head == run.commit
            else { continue }
            candidates.append(run)
        }
        let first = try await shown(newest.run, before: [])
        guard Outside.status(first).state == .success else { return first }
        for run in candidates.dropFirst() {
            let other = try await shown(run, before: [])
            if Outside.status(other).state != .success { return other }
        }
        return first
    }

    /// - Parameter earlier: runs of the same pull request and model before it, newest first.
    func shown(_ run: Run, before earlier: [Run]) async throws(Fault) -> OutsideRun {
        guard let facts = try await store.facts(of: [run]).first else {
            throw Fault(.bug, "nothing is known of run \(run.id)")
        }
        var stage: StageName?
        if run.state == .running {
            stage = try await store.stages(of: run.id).first { if case .running = $0.state { true } else { false } }?
                .name
        }
        var waiting: Waiting?
        if run.state == .queued {
            waiting = if let known = self.waiting { known[run.id] } else { try await bot.waiting(of: run.id) }
        }
        return OutsideRun(
            run: run, status: facts.status(at: bot.engine.now()), stage: stage, waiting: waiting,
            approval: facts.approval, decisions: facts.decisions, dismissed: try await dismissed(by: run, earlier))
    }

    /// The approvals of the run before, if they led to nothing.
    private func dismissed(by run: Run, _ earlier: [Run]) async throws(Fault) -> OutsideRun.Dismissed? {
        for old in earlier.prefix(10) {
            let people = try await store.decisions(of: old.id).filter { $0.answer == .approve }.map(\.by)
            guard !people.isEmpty else { continue }
            guard try await store.promotion(ofRun: old.id) == nil else { return nil }
            if old.commit != run.commit { return .init(run: old.id, by: people, why: .newCommit) }
            let (then, now) = (try await store.plan(of: old.id)?.rules, try await store.plan(of: run.id)?.rules)
            if let now, then?.digest != now.digest {
                return .init(run: old.id, by: people, why: .newRules(now.branch))
            }
            return .init(run: old.id, by: people, why: .newRun)
        }
        return nil
    }

    /// The report without secrets, for people who can see the repository; nil while there is none.
    func report(of run: Run) async throws(Fault) -> (report: Report, templates: ReportTemplates?)? {
        guard case .judged = run.state else { return nil }
        let report = try await bot.engine.report(of: run.id)
        return (redactor.value(report) ?? report, try await bot.engine.reportTemplates(of: report.plan))
    }

    func comment(_ shown: OutsideRun, limit: Int, _ ground: Ground) async throws(Fault) -> String {
        let found = try await report(of: shown.run)
        let place = Outside.Place(
            kind: ground.forge?.client.kind, limit: limit, link: ground.link(to: shown.run.id))
        let clean = redactor.value(shown.decisions).map { shown.with($0) } ?? shown
        return redactor.text(
            Outside.comment(clean, report: found?.report, templates: found?.templates, in: place))
    }

    private func statusAndCheck(_ shown: OutsideRun, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let forge = ground.forge else { return [] }
        let (state, text) = Outside.status(shown)
        let context = Ground.context(shown.run.model)
        let link = ground.link(to: shown.run.id)
        let target = Post.Target.forge(forge.name, forge.repository)
        let isPassing: Bool? = if case .working = shown.status { true } else { nil }
        let status = CommitStatus(
            commit: shown.run.commit, context: context, state: state, description: redactor.text(text), link: link,
            isPassing: isPassing)
        var posts = [
            Post(
                key: PostKey.status(forge.name, forge.repository, shown.run.commit, context), target: target,
                message: .status(status))
        ]
        if forge.client.abilities.hasChecks {
            let awaits = if case .waiting = shown.status { true } else { false }
            let check = Check(
                commit: shown.run.commit, name: context, run: shown.run.id, state: state, awaitsDecision: awaits,
                title: status.description, summary: try await comment(shown, limit: 60_000, ground), link: link)
            posts.append(
                Post(
                    key: PostKey.check(forge.name, forge.repository, shown.run.commit, context), target: target,
                    message: .check(check)))
        }
        return posts
    }

    private func report(_ shown: OutsideRun, _ number: Int64, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let forge = ground.forge else { return [] }
        let body = try await comment(shown, limit: Deriving.limit(forge.client.abilities.commentLimit), ground)
        return [
            Post(
                key: PostKey.report(forge.name, forge.repository, number, shown.run.model),
                target: .forge(forge.name, forge.repository),
                message: .report(
                    pullRequest: number, marker: Outside.reportMarker(shown.run.model), body: body))
        ]
    }

    /// A forge without a limit gets no more than people read.
    static func limit(_ limit: Int) -> Int { min(limit, 200_000) - 500 }

    /// What became of a commit's run, once it is over: also of one that came to no verdict.
    private func note(_ shown: OutsideRun, _ ground: Ground) async throws(Fault) -> [Post] {
        guard shown.run.state.isFinal else { return [] }
        let body = try await comment(shown, limit: 200_000, ground)
        return [
            Post(
                key: PostKey.note(ground.project, shown.run.commit, shown.run.model), target: .notes(ground.project),
                message: .note(commit: shown.run.commit, body: body))
        ]
    }
}

extension OutsideRun {
    func with(_ decisions: [Decision]) -> OutsideRun {
        var copy = self
        copy.decisions = decisions
        return copy
    }
}
