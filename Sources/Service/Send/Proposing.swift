import Domain
import Engine
import Forges
import Foundation
import Git
import Logging
import Reports

extension Delivery {
    /// Opens, changes or closes the promotion pull request of a model. Returns what `PromotionRemote` reads.
    func propose(
        _ wanted: PromotionPullRequest, known: String?, on forge: any Forge, in repository: ForgeRepository
    ) async throws(ForgeError) -> String? {
        let remote = known.flatMap { PromotionRemote($0) }
        guard wanted.isWanted else {
            try await close(wanted, known: remote, on: forge, in: repository)
            return nil
        }
        let commit = try await push(wanted, known: remote?.commit)
        let number = try await forge.openPullRequest(
            from: wanted.branch, into: wanted.base, title: wanted.title, body: wanted.body, in: repository)
        if let model = ModelName(String(wanted.branch.text.dropFirst(Ground.ownBranches.count))) {
            // Branch protection wants the status here too; the merge itself is what is asked.
            try await forge.set(
                CommitStatus(
                    commit: commit, context: Ground.context(model), state: .success,
                    description: Outside.proposalStatus(wanted.run), link: nil),
                in: repository)
        }
        return PromotionRemote(number: number, commit: commit).text
    }

    /// Also one that an earlier attempt opened and did not live to tell of.
    private func close(
        _ wanted: PromotionPullRequest, known: PromotionRemote?, on forge: any Forge, in repository: ForgeRepository
    ) async throws(ForgeError) {
        if let known { return try await forge.close(pullRequest: known.number, in: repository) }
        let me = try await forge.whoAmI()
        for pull in try await forge.openPullRequests(in: repository)
        where pull.headBranch == wanted.branch && !pull.isFork && pull.author.id == me.id {
            try await forge.close(pullRequest: pull.number, in: repository)
        }
    }

    /// The commit that moves the pointer, on the bot's own branch. The same proposal keeps its commit.
    private func push(_ wanted: PromotionPullRequest, known: CommitID?) async throws(ForgeError) -> CommitID {
        do throws(Fault) {
            guard let project = try await bot.project(wanted.project) else {
                throw Fault(.input, "the server has no project '\(wanted.project)' any more")
            }
            try await project.refresh()
            guard let tip = try await project.tip(of: wanted.base) else {
                throw Fault(.input, "the repository has no branch '\(wanted.base)'")
            }
            if try await content(of: wanted.file, at: tip, project) == wanted.content {
                throw Fault(.input, "\(wanted.base) says so already: there is nothing to propose")
            }
            if let known, try await project.clone.has(known), try await project.tip(of: wanted.branch) == known,
                try await content(of: wanted.file, at: known, project) == wanted.content
            {
                return known
            }
            let run = try await bot.engine.required(wanted.run)
            let commit = try await project.clone.commit(
                wanted.content, to: wanted.file, on: tip, subject: Outside.promotionTitle(run), author: "Sluice",
                at: run.finishedAt ?? run.createdAt)
            try await project.clone.push(commit, to: wanted.branch, of: try await project.remote())
            return commit
        } catch {
            // git says only that it did not work; the forge's API tells whether it is down.
            throw error.kind == .environment ? .forbidden(error.message) : .refused(error.message)
        }
    }

    private func content(
        of file: TreePath, at commit: CommitID, _ project: ServedProject
    ) async throws(Fault) -> String? {
        try await project.repository.file(file, at: commit, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Notes

    /// Attaches the report to a commit under `refs/notes/sluice`, and pushes that if the remote lets us.
    func note(_ body: String, on commit: CommitID, in name: ProjectName) async throws(ForgeError) {
        do throws(Fault) {
            guard let project = try await bot.project(name) else {
                throw Fault(.input, "the server has no project '\(name)' any more")
            }
            try await project.clone.push(note: body, on: commit, to: try await project.remote())
        } catch {
            let closed = ["rejected", "denied", "not permitted", "read-only", "403", "not allowed", "protected"]
            if closed.contains(where: { error.message.contains($0) }) {
                bot.log.info("notes stay in the server's clone", metadata: ["project": "\(name)"])
                return
            }
            throw ForgeError(error)
        }
    }
}
