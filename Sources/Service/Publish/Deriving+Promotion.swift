import Domain
import Engine
import Forges
import Foundation
import Reports
import Settings
import Storage

extension Deriving {
    /// The one pull request that asks for a decision on a model whose run belongs to no pull request: for the newest run
    /// that waits. If none does, an open one is closed.
    func promotion(of model: ModelName, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let forge = ground.forge else { return [] }
        let key = PostKey.promotion(forge.name, forge.repository, model)
        let target = Post.Target.forge(forge.name, forge.repository)
        if let run = try await waiting(for: model, ground.project) {
            guard let wanted = try await proposal(for: run, ground) else { return [] }
            return [Post(key: key, target: target, message: .promotionPullRequest(wanted))]
        }
        guard let open = try await store.post(key: key), case .promotionPullRequest(var over) = open.post.message,
            over.isWanted
        else { return [] }
        over.isWanted = false
        return [Post(key: key, target: target, message: .promotionPullRequest(over))]
    }

    /// The newest run outside of pull requests that a person can still decide on.
    private func waiting(for model: ModelName, _ project: ProjectName) async throws(Fault) -> OutsideRun? {
        for run in try await store.runs(model: model, limit: 100) {
            guard run.state == .judged(.passed), run.trigger.reproduced == nil,
                let ticket = try await store.ticket(of: run.id), ticket.project == project, ticket.pullRequest == nil
            else { continue }
            let shown = try await shown(run, before: [])
            guard case .waiting = shown.status, let plan = try await store.plan(of: run.id) else { continue }
            let holder = try await store.holder(of: plan.policy.promotion.alias, model: model)
            if plan.champion == holder { return shown }
        }
        return nil
    }

    private func proposal(for shown: OutsideRun, _ ground: Ground) async throws(Fault) -> PromotionPullRequest? {
        let run = shown.run
        guard let branch = Ground.promotionBranch(run.model), let challenger = run.challenger,
            let evidence = run.evidence, let forge = ground.forge,
            let file = TreePath(".sluice/champions/\(run.model).json"),
            let base = try await base(of: ground)
        else { return nil }
        let pointer = ChampionFile(
            model: run.model, version: challenger.version, run: run.id, commit: run.commit, digest: challenger.digest,
            evidence: evidence.digest)
        let body = try await comment(shown, limit: Deriving.limit(forge.client.abilities.commentLimit), ground)
        return PromotionPullRequest(
            project: ground.project, run: run.id, branch: branch, base: base, title: Outside.promotionTitle(run),
            body: body, file: file, content: pointer.text, isWanted: true)
    }

    private func base(of ground: Ground) async throws(Fault) -> BranchName? {
        if let branch = ground.settings.defaultBranch { return branch }
        return try await bot.project(ground.project)?.head().branch
    }
}

/// `.sluice/champions/<model>.json`: which version a promotion pull request puts in place.
struct ChampionFile: Codable, Equatable {
    let model: ModelName
    let version: Int
    let run: RunID
    let commit: CommitID
    /// Of the model's bytes.
    let digest: Digest
    /// What a decision is bound to.
    let evidence: Digest

    /// One member a line, so that a diff shows what moves.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else { return Canonical.text(of: self) + "\n" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
