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
            var isDown = false
            await bot.telling("poll \(name)") { () throws(Fault) in
                do throws(Fault) {
                    look = try await self.look(at: name, after: look)
                } catch {
                    (told, isDown) = (error.notBefore, true)
                    throw error
                }
                if let passedOver = look.passedOver { throw passedOver }
            }
            misses = isDown ? min(misses + 1, 5) : 0
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
        /// What one pull request alone is to blame for, and kept the last look from seeing all of it.
        var passedOver: Fault?
        /// How many pull requests the last look passed over because the forge did not answer about them.
        fileprivate var silent = 0
    }

    /// One look at everything.
    func look(at project: ServedProject, _ look: inout Look) async throws(Fault) {
        let (store, began) = (bot.engine.store, bot.engine.now())
        let cursor = "looked:\(project.name)"
        let last = try await store.cursor(cursor)
        let isFirst = last == 0
        try await lookAtHeads(of: project, isFirst: isFirst)
        (look.passedOver, look.silent) = (nil, 0)
        if let onForge = project.onForge {
            do throws(ForgeError) {
                let pulls = try await onForge.forge.openPullRequests(in: onForge.repository)
                try await found(pulls, of: project, onForge, isFirst: isFirst, &look)
                // An hour more: the forge's clock is not ours, and what is known is not recorded again.
                // Nor does a look count that was made while our own clock was ahead.
                let reached = min(Double(last), began.timeIntervalSince1970)
                let since = Date(timeIntervalSince1970: isFirst ? began.timeIntervalSince1970 : reached - 3600)
                for pull in pulls where look.updated[pull.number] != pull.updatedAt {
                    do throws(ForgeError) {
                        if !isFirst { try await lookAtComments(on: pull, since: since, of: project, onForge) }
                        look.updated[pull.number] = pull.updatedAt
                    } catch {
                        try look.passOver(pull.number, error)
                    }
                }
                let open = Set(pulls.map(\.number))
                look.updated = look.updated.filter { open.contains($0.key) }
            } catch {
                throw error.fault
            }
        }
        var next = Int64(began.timeIntervalSince1970)
        // What could not be seen of one pull request is looked for again, for a day.
        if look.passedOver != nil, !isFirst { next = min(next, max(Int64(last), next - 86_400)) }
        try await store.put([], cursor: cursor, to: next, at: began)
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
        // A clone that was made anew, of a restored backup for one, lacks what no event will bring: all of it is known.
        if let defaultBranch, let head = heads.branches[defaultBranch], known[defaultBranch] == head,
            try await project.tip(of: defaultBranch) != head
        {
            try await project.fetch()
        }
    }

    private func found(
        _ branch: BranchName, before: CommitID?, after: CommitID?, of project: ServedProject
    ) async throws(Fault) {
        _ = try await bot.tell(branch, before: before, after: after, of: project.name)
    }

    // MARK: Pull requests and comments

    private func found(
        _ pulls: [PullRequest], of project: ServedProject, _ onForge: ServedProject.OnForge, isFirst: Bool,
        _ look: inout Look
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
            do throws(ForgeError) {
                try await missed(pull, of: project, onForge)
            } catch {
                try look.passOver(pull.number, error)
            }
        }
    }

    /// One that was open and is not in the list of those that are.
    private func missed(
        _ pull: PullRequest, of project: ServedProject, _ onForge: ServedProject.OnForge
    ) async throws(ForgeError) {
        var now: PullRequest
        do throws(ForgeError) {
            now = try await onForge.forge.pullRequest(pull.number, in: onForge.repository)
        } catch .notFound {
            // Deleted, or hidden with whoever opened it. The repository is there: it just gave its list.
            now = pull
            now.state = .closed
        }
        let seen = now
        try await noting { () throws(Fault) in try await bot.note(seen, of: project, on: onForge) }
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

extension Polling.Look {
    /// So many pull requests in one look about which the forge does not answer are the forge's own trouble.
    private static let tolerance = 3

    /// Goes on without a pull request if what went wrong may be about it alone; what is about the forge is thrown on.
    fileprivate mutating func passOver(_ number: Int64, _ error: ForgeError) throws(ForgeError) {
        switch error {
        case .rateLimited, .unauthorized, .forbidden: throw error
        case .unreachable:
            silent += 1
            if silent >= Self.tolerance { throw error }
        case .notFound, .conflict, .refused, .unreadable: break
        }
        if passedOver == nil { passedOver = Fault(.environment, "pull request \(number): \(error.fault.message)") }
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
