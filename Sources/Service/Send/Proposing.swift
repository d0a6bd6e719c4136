import Domain
import Engine
import Forges
import Foundation
import Git
import Logging
import Reports

extension Delivery {
    /// Attempts to merge that are made before a pull request is left to people: a third of an hour.
    static let mostMerges = 8
    /// Attempts after which people are told that it is theirs: a forge that only has to look first is not worth a word.
    static let quietMerges = 3

    /// Opens, changes, merges or closes the promotion pull request of a model. Returns what `PromotionRemote` reads.
    func propose(
        _ wanted: PromotionPullRequest, _ record: PostRecord, on forge: any Forge, in repository: ForgeRepository
    ) async throws(ForgeError) -> String? {
        let known = record.remote.flatMap { PromotionRemote($0) }
        let ground = try await ground(of: wanted)
        // It was merged before enough people had approved: those who are missing can still say so in it.
        if wanted.aim == .decide, ground.content == wanted.content { return nil }
        if wanted.aim != .decide {
            let isSettled =
                ground.content == wanted.content || (wanted.aim == .close && ground.content == nil)
            try await close(wanted, known, all: isSettled, ground, on: forge, in: repository)
            if isSettled { return nil }
        }
        let commit = try await push(wanted, known: known?.commit, ground)
        let number = try await forge.openPullRequest(
            from: wanted.branch, into: wanted.base, title: wanted.title, body: wanted.body, in: repository)
        if let model = ModelName(String(wanted.branch.text.dropFirst(Ground.ownBranches.count))) {
            // Branch protection wants the status here too.
            try await forge.set(
                CommitStatus(
                    commit: commit, context: Ground.context(model), state: wanted.state, description: wanted.status,
                    link: nil),
                in: repository)
        }
        let remote = PromotionRemote(number: number, commit: commit).text
        if wanted.aim == .decide { return remote }
        let (said, isFinal): (String, Bool)
        switch try await forge.merge(pullRequest: number, head: commit, in: repository) {
        case .merged: return remote
        case .refused(let why): (said, isFinal) = (why, true)
        case .notYet(let why): (said, isFinal) = (why, record.attempts >= Self.mostMerges)
        }
        if isFinal || record.attempts >= Self.quietMerges {
            let marker = Outside.replyMarker("merge-\(number)")
            let text = live.redactor.text(Outside.leftToPeople(said))
            _ = try await forge.write(
                "\(marker)\n\(text)\n", marker: marker, known: nil, on: number, in: repository)
        }
        guard isFinal else { throw .forbidden(said) }
        return remote
    }

    // MARK: Closing

    /// Closes the open one if it proposes something else; with `all`, whatever it proposes. Also one that an earlier
    /// attempt opened and did not live to tell of.
    private func close(
        _ wanted: PromotionPullRequest, _ known: PromotionRemote?, all: Bool, _ ground: ProposalGround,
        on forge: any Forge, in repository: ForgeRepository
    ) async throws(ForgeError) {
        var pulls: [PullRequest] = []
        if let known {
            pulls = [try await forge.pullRequest(known.number, in: repository)]
        } else {
            let me = try await forge.whoAmI()
            pulls = try await forge.openPullRequests(in: repository)
                .filter { $0.headBranch == wanted.branch && !$0.isFork && $0.author.id == me.id }
        }
        for pull in pulls where pull.state == .open {
            if !all {
                let proposed = try await content(of: wanted.file, at: pull, ground.project)
                if proposed == wanted.content { continue }
            }
            let marker = Outside.replyMarker("closed-\(pull.number)")
            if let farewell = wanted.farewell {
                _ = try await forge.write(
                    "\(marker)\n\(farewell)\n", marker: marker, known: nil, on: pull.number, in: repository)
            }
            try await forge.close(pullRequest: pull.number, in: repository)
        }
    }

    // MARK: Git

    /// The base branch as it is now.
    private struct ProposalGround {
        let project: ServedProject
        let tip: CommitID
        /// Of the pointer file there; nil: there is none.
        let content: String?
    }

    private func ground(of wanted: PromotionPullRequest) async throws(ForgeError) -> ProposalGround {
        try await inGit { () async throws(Fault) in
            guard let project = try await bot.project(wanted.project) else {
                throw Fault(.input, "the server has no project '\(wanted.project)' any more")
            }
            try await project.refresh()
            guard let tip = try await project.tip(of: wanted.base) else {
                throw Fault(.input, "the repository has no branch '\(wanted.base)'")
            }
            let content = try await content(of: wanted.file, at: tip, project)
            return ProposalGround(project: project, tip: tip, content: content)
        }
    }

    /// The commit that moves the pointer, on the bot's own branch. The same proposal keeps its commit as long as it can
    /// be merged.
    private func push(
        _ wanted: PromotionPullRequest, known: CommitID?, _ ground: ProposalGround
    ) async throws(ForgeError) -> CommitID {
        try await inGit { () async throws(Fault) in
            let project = ground.project
            if let known, try await project.clone.has(known), try await project.tip(of: wanted.branch) == known,
                try await content(of: wanted.file, at: known, project) == wanted.content,
                let parent = try? await project.repository.commit("\(known.hex)~1"),
                try await content(of: wanted.file, at: parent.id, project) == ground.content
            {
                return known
            }
            let run = try await bot.engine.required(wanted.run)
            let commit = try await project.clone.commit(
                wanted.content, to: wanted.file, on: ground.tip, subject: wanted.title, author: "Sluice",
                at: run.finishedAt ?? run.createdAt)
            try await project.clone.push(commit, to: wanted.branch, of: try await project.remote())
            return commit
        }
    }

    private func content(
        of file: TreePath, at pull: PullRequest, _ project: ServedProject
    ) async throws(ForgeError) -> String? {
        try await inGit { () async throws(Fault) in
            try await content(of: file, at: try await project.commit(of: pull).id, project)
        }
    }

    private func content(
        of file: TreePath, at commit: CommitID, _ project: ServedProject
    ) async throws(Fault) -> String? {
        try await project.repository.file(file, at: commit, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    private func inGit<Value: Sendable>(
        _ work: () async throws(Fault) -> Value
    ) async throws(ForgeError) -> Value {
        do throws(Fault) {
            return try await work()
        } catch {
            guard error.kind == .environment else { throw .refused(error.message) }
            // git says only that it did not work; the forge's API tells whether it is down. What lets nobody in is given
            // up in the end, as a no of the API is.
            guard isClosed(error) else { throw .conflict(error.message) }
            throw .forbidden(Outside.closedRemote(error.message))
        }
    }

    /// True if the remote answered and does not let the bot do it.
    private func isClosed(_ fault: Fault) -> Bool {
        let said = fault.message.lowercased()
        return [
            "rejected", "denied", "declined", "not permitted", "read-only", "403", "not allowed", "protected",
        ].contains { said.contains($0) }
    }

    // MARK: Notes

    /// Attaches the report to a commit under `refs/notes/sluice`, and pushes that if the remote lets us.
    func note(_ body: String, on commit: CommitID, in name: ProjectName) async throws(ForgeError) {
        do throws(Fault) {
            guard let project = try await bot.project(name) else {
                throw Fault(.input, "the server has no project '\(name)' any more")
            }
            try await project.clone.push(
                note: { Outside.note(body, into: $0) }, on: commit, to: try await project.remote())
        } catch {
            if isClosed(error) {
                bot.log.info("notes stay in the server's clone", metadata: ["project": "\(name)"])
                return
            }
            throw ForgeError(error)
        }
    }
}
