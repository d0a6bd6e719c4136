import Domain
import Engine
import Forges
import Foundation
import Git
import Logging
import Settings
import Storage

/// Looks at remotes and forges for what nobody told: pushes without a hook, webhooks that were lost while the server or
/// the forge was down. What is found becomes the same event, with the same key, that the webhook would have been.
///
/// The first look at a project only notes what is there, so that a project with a hundred open pull requests does not
/// begin with a hundred runs; the default branch's newest commit alone counts as just pushed, so that there is a run to
/// look at and a first model.
struct Polling: Sendable {
    let bot: Bot

    /// Until cancelled.
    func run() async throws {
        await bot.forEachProject { name, settings in await watch(name, settings) }
    }

    private func watch(_ name: ProjectName, _ settings: ProjectSettings) async {
        var misses = 0
        var look = Look()
        while !Task.isCancelled {
            var told: Date?
            let works = await bot.telling("poll \(name)") { () throws(Fault) in
                do throws(Fault) {
                    look = try await self.look(at: name, after: look)
                } catch {
                    told = error.notBefore
                    throw error
                }
            }
            misses = works ? 0 : min(misses + 1, 5)
            // What is down is asked less often; nobody asks all at the same second.
            let pause = min(settings.pause * Double(1 << misses), max(settings.pause, 3600))
            // Who says when to come again is not asked before.
            let least = told.map { min($0.timeIntervalSince(bot.engine.now()), 86_400) } ?? 0
            try? await Task.sleep(for: .seconds(max(pause, least) * Double.random(in: 1...1.2)))
        }
    }

    private func look(at name: ProjectName, after look: Look) async throws(Fault) -> Look {
        guard let project = try await bot.project(name) else { return look }
        return try await bot.fetches.pass { () async throws(Fault) in
            var look = look
            try await self.look(at: project, &look)
            return look
        }
    }

    /// What earlier looks of this process saw; without it a look asks for more than it must.
    struct Look: Sendable {
        /// When each pull request was changed last, as its forge wrote it.
        var updated: [Int64: String] = [:]
    }

    /// One look at everything.
    func look(at project: ServedProject, _ look: inout Look) async throws(Fault) {
        let (store, began) = (bot.engine.store, bot.engine.now())
        let cursor = "looked:\(project.name)"
        let last = try await store.cursor(cursor)
        let isFirst = last == 0
        try await lookAtHeads(of: project, isFirst: isFirst)
        if let onForge = project.onForge {
            do throws(ForgeError) {
                let pulls = try await onForge.forge.openPullRequests(in: onForge.repository)
                try await found(pulls, of: project, onForge, isFirst: isFirst)
                // An hour more: the forge's clock is not ours, and what is known is not recorded again.
                let since = Date(timeIntervalSince1970: isFirst ? began.timeIntervalSince1970 : Double(last) - 3600)
                for pull in pulls where look.updated[pull.number] != pull.updatedAt {
                    if !isFirst { try await lookAtComments(on: pull, since: since, of: project, onForge) }
                    look.updated[pull.number] = pull.updatedAt
                }
                let open = Set(pulls.map(\.number))
                look.updated = look.updated.filter { open.contains($0.key) }
            } catch {
                throw error.fault
            }
        }
        try await store.put([], cursor: cursor, to: Int64(began.timeIntervalSince1970), at: began)
    }

    // MARK: Branches

    private func lookAtHeads(of project: ServedProject, isFirst: Bool) async throws(Fault) {
        let store = bot.engine.store
        let heads = try await project.clone.look(at: try await project.remote(), head: project.settings.defaultBranch)
        let known = try await store.heads(in: project.name)
        let defaultBranch = project.settings.defaultBranch ?? heads.head
        for (branch, commit) in heads.branches.sorted(by: { $0.key.text < $1.key.text }) where known[branch] != commit {
            if !isFirst || branch == defaultBranch {
                try await found(branch, before: known[branch], after: commit, of: project)
            }
            try await store.setHead(commit, of: branch, in: project.name, at: bot.engine.now())
        }
        for (branch, commit) in known.sorted(by: { $0.key.text < $1.key.text }) where heads.branches[branch] == nil {
            try await found(branch, before: commit, after: nil, of: project)
            try await store.setHead(nil, of: branch, in: project.name, at: bot.engine.now())
        }
    }

    private func found(
        _ branch: BranchName, before: CommitID?, after: CommitID?, of project: ServedProject
    ) async throws(Fault) {
        _ = try await bot.tell(branch, before: before, after: after, of: project.name)
    }

    // MARK: Pull requests and comments

    private func found(
        _ pulls: [PullRequest], of project: ServedProject, _ onForge: ServedProject.OnForge, isFirst: Bool
    ) async throws(ForgeError) {
        let open = Set(pulls.map(\.number))
        for pull in pulls {
            try await noting { () throws(Fault) in
                guard !isFirst else {
                    return try await bot.engine.store.know(pull, of: project.name, at: bot.engine.now())
                }
                try await bot.note(pull, of: project, on: onForge)
            }
        }
        let known = try await noting { () throws(Fault) in try await bot.engine.store.openPullRequests(of: project.name)
        }
        for pull in known where !open.contains(pull.number) {
            let now = try await onForge.forge.pullRequest(pull.number, in: onForge.repository)
            try await noting { () throws(Fault) in try await bot.note(now, of: project, on: onForge) }
        }
    }

    private func lookAtComments(
        on pull: PullRequest, since: Date, of project: ServedProject, _ onForge: ServedProject.OnForge
    ) async throws(ForgeError) {
        let comments = try await onForge.forge.comments(on: pull.number, in: onForge.repository, since: since)
        for comment in comments where !comment.isEdited && !comment.isByMachine {
            try await noting { () throws(Fault) in try await bot.record(.comment(comment), of: project, on: onForge) }
        }
    }

    /// What the store cannot do is no answer of the forge; it is told as one because both end the look.
    @discardableResult
    private func noting<Value>(_ work: () async throws(Fault) -> Value) async throws(ForgeError) -> Value {
        do throws(Fault) {
            return try await work()
        } catch {
            throw .unreachable(error.message, mayHaveActed: false)
        }
    }
}

extension ProjectSettings {
    /// Seconds between two looks.
    var pause: Double {
        switch source {
        case .git: max(poll ?? 30, 0.2)
        case .forge: max(poll ?? 300, 0.2)
        }
    }
}
