import Domain
import Engine
import Forges
import Foundation
import Reports
import Settings
import Storage

extension Deriving {
    /// The one pull request of a model: it asks for a decision on the newest run that waits and belongs to no pull
    /// request; where none waits, it has git say which version is the champion. A model that never had one gets one only
    /// for a run that waits.
    func promotion(of model: ModelName, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let forge = ground.forge else { return [] }
        let key = PostKey.promotion(forge.name, forge.repository, model)
        let target = Post.Target.forge(forge.name, forge.repository)
        if let run = try await waiting(for: model, ground.project) {
            guard let wanted = try await proposal(for: run, ground) else { return [] }
            return [Post(key: key, target: target, message: .promotionPullRequest(wanted))]
        }
        guard let known = try await store.post(key: key), case .promotionPullRequest(let over) = known.post.message,
            let wanted = try await record(of: model, after: over, ground)
        else { return [] }
        return [Post(key: key, target: target, message: .promotionPullRequest(wanted))]
    }

    /// The newest run outside of pull requests that a person can still decide on.
    private func waiting(for model: ModelName, _ project: ProjectName) async throws(Fault) -> OutsideRun? {
        let runs = try await store.judgedOutside(of: model, in: project, limit: 200)
            .filter { $0.trigger.reproduced == nil }
        for (place, run) in runs.enumerated() where run.state == .judged(.passed) {
            let facts = try await store.facts(of: [run]).first
            guard case .waiting? = facts?.status(at: bot.engine.now()), try await isFair(run),
                try await bot.pullRequest(decidingOn: run) == nil
            else { continue }
            var shown = try await shown(run, before: Array(runs[(place + 1)...]))
            shown.proposal = .decide
            return shown
        }
        return nil
    }

    /// True while the champion is the one that the run was compared with.
    private func isFair(_ run: Run) async throws(Fault) -> Bool {
        guard let plan = try await store.plan(of: run.id) else { return false }
        return try await store.holder(of: plan.policy.promotion.alias, model: run.model) == plan.champion
    }

    private func proposal(for shown: OutsideRun, _ ground: Ground) async throws(Fault) -> PromotionPullRequest? {
        let run = shown.run
        guard let branch = Ground.promotionBranch(run.model), let pointer = ChampionFile(run),
            let forge = ground.forge, let file = ChampionFile.path(of: run.model), let base = try await base(of: ground)
        else { return nil }
        let body = try await comment(shown, limit: Deriving.limit(forge.client.abilities.commentLimit), ground)
        let (state, status) = Outside.proposalStatus(shown)
        return PromotionPullRequest(
            project: ground.project, run: run.id, branch: branch, base: base, title: Outside.promotionTitle(run),
            body: body, file: file, content: pointer.text, aim: .decide, state: state, status: redactor.text(status))
    }

    // MARK: The champion in git

    /// Nil: a promotion is under way, and what comes of it is waited for.
    private func record(
        of model: ModelName, after over: PromotionPullRequest, _ ground: Ground
    ) async throws(Fault) -> PromotionPullRequest? {
        guard let plan = try await store.plan(of: over.run), let base = try await base(of: ground) else { return nil }
        let alias = plan.policy.promotion.alias
        let last = try await store.promotions(of: model, alias: alias, limit: 1).first
        if let last, !last.state.isFinal { return nil }
        var wanted = over
        wanted.base = base
        (wanted.aim, wanted.content) = (.close, nil)
        (wanted.title, wanted.body) = (Outside.noChampionTitle(model), Outside.noChampionBody(model))
        (wanted.state, wanted.status) = (.success, Outside.recordStatus)
        if over.aim == .decide { wanted.farewell = try await farewell(to: over, ground) }
        guard let holder = try await store.holder(of: alias, model: model), let run = try await store.run(holder.run)
        else { return wanted }
        // One that a pull request of its own led to is in git only where the file is there already.
        if try await store.tickets(of: run.id).contains(where: { $0.pullRequest == nil }) { wanted.aim = .record }
        var shown = try await shown(run, before: [])
        shown.proposal = .record
        let isDecided = if case .decided(run.id)? = last?.why { true } else { false }
        let limit = Deriving.limit(ground.forge?.client.abilities.commentLimit ?? 65_536)
        wanted.run = run.id
        wanted.content = ChampionFile(run)?.text
        wanted.title = isDecided ? Outside.promotionTitle(run) : Outside.recordTitle(run)
        wanted.body = try await comment(shown, limit: limit, ground)
        return wanted
    }

    /// Why nobody is asked about the run any more.
    private func farewell(to over: PromotionPullRequest, _ ground: Ground) async throws(Fault) -> String? {
        guard let run = try await store.run(over.run), let facts = try await store.facts(of: [run]).first else {
            return nil
        }
        if let pull = try await bot.pullRequest(decidingOn: run), case .waiting = facts.status(at: bot.engine.now()) {
            return Outside.farewell(run, decidedIn: pull.number)
        }
        return redactor.text(Outside.farewell(run, facts.status(at: bot.engine.now()), base: over.base))
    }

    private func base(of ground: Ground) async throws(Fault) -> BranchName? {
        if let branch = ground.settings.defaultBranch { return branch }
        return try await bot.project(ground.project)?.head().branch
    }
}

/// `.sluice/champions/<model>.json`: which version is the champion, or is proposed to be.
struct ChampionFile: Codable, Equatable {
    let model: ModelName
    let version: Int
    let run: RunID
    let commit: CommitID
    /// Of the model's bytes.
    let digest: Digest
    /// What a decision is bound to.
    let evidence: Digest

    /// Nil: the run registered no model.
    init?(_ run: Run) {
        guard let challenger = run.challenger, let evidence = run.evidence else { return nil }
        (model, version, self.run) = (run.model, challenger.version, run.id)
        (commit, digest, self.evidence) = (run.commit, challenger.digest, evidence.digest)
    }

    static func path(of model: ModelName) -> TreePath? { TreePath(".sluice/champions/\(model).json") }

    /// One member a line, so that a diff shows what moves.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else { return Canonical.text(of: self) + "\n" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
