import Domain
import Engine
import Forges
import Foundation
import Host
import Reports
import Settings
import Storage

extension Speaking {
    /// Does what a command says, if its author may.
    func obey(_ command: Command, _ comment: PullRequestComment) async throws(Stop) -> Outside.Reply? {
        let user = comment.author
        try await requireWrite(user)
        let pull = try await pull(comment.pullRequest)
        let way = Voice.Way.comment(onForge.name, id: comment.id, pullRequest: pull.number)
        switch command {
        case .help: return .help
        case .approve(let target):
            return try await decide(.approve, target, pull, comment, way)
        case .reject(let reason, let target):
            return try await decide(.reject(reason: reason), target, pull, comment, way)
        case .retrain(let parameters, let target): return try await retrain(parameters, target, pull, comment)
        case .cancel(let target): return try await cancel(target, pull, user)
        case .reproduce(let target): return try await reproduce(target, pull, comment)
        case .rollback(let target): return try await rollBack(target, pull, comment)
        case .okToRun(let commit): return try await permit(commit, pull, comment, way)
        }
    }

    private func decide(
        _ answer: Decision.Answer, _ target: Command.Target, _ pull: PullRequest, _ comment: PullRequestComment,
        _ way: Voice.Way
    ) async throws(Stop) -> Outside.Reply {
        let run = try await run(target, on: pull)
        if try await proposal(on: pull) == nil { try requireHead(of: pull, is: run.commit) }
        return try await decide(
            answer, on: run, by: comment.author, way: way, pull: pull, said: comment.createdAt)
    }

    private func retrain(
        _ parameters: [String: String], _ target: Command.Target, _ pull: PullRequest, _ comment: PullRequestComment
    ) async throws(Stop) -> Outside.Reply {
        guard pull.state == .open else { throw .refused(.headMoved(of: pull.head, now: nil)) }
        try await requirePermitted(pull)
        // A promotion pull request has nothing to train: its run was one of the base branch.
        let isOwn = bot.isOwn(pull)
        let ask = Event.Ask(
            branch: isOwn ? pull.base : pull.headBranch, commit: isOwn ? nil : pull.head, again: true,
            parameters: parameters, source: "/retrain", pullRequest: isOwn ? nil : pull.number)
        _ = try await trying { () async throws(Fault) in
            try await bot.ask(
                ask, of: project.name, by: comment.author.login, key: "comment:\(onForge.name):\(comment.id)")
        }
        return .retrains
    }

    private func requirePermitted(_ pull: PullRequest) async throws(Stop) {
        guard pull.isFork else { return }
        let isPermitted = try await trying { () async throws(Fault) in
            try await store.isPermitted(pull.head, of: project.name)
        }
        guard isPermitted else { throw .answered(.permissionFirst(pull.head)) }
    }

    private func cancel(
        _ target: Command.Target, _ pull: PullRequest, _ user: ForgeUser
    ) async throws(Stop) -> Outside.Reply {
        let reason = "/cancel"
        let runs = try await trying { () async throws(Fault) in
            try await store.tickets(pullRequest: pull.number, of: project.name).map(\.run)
        }.filter { run in
            (target.model == nil || run.model == target.model) && (target.run == nil || run.id == target.run)
                && (target.commit == nil || run.commit == target.commit)
        }
        // What this comment cancelled before the process ended and could say so.
        var cancelled = runs.filter { run in
            guard case .cancelled(let by, reason) = run.state, let end = run.finishedAt else { return false }
            return by == user.login && end >= event.event.at
        }.map(\.id)
        for run in runs where !run.state.isFinal {
            do throws(Fault) {
                _ = try await engine.cancel(run.id, by: user.login, reason: reason)
                cancelled.append(run.id)
            } catch {
                // It ended in between.
                guard error.kind == .input else { throw Stop(error) }
            }
        }
        bot.bells.queue.ring()
        return cancelled.isEmpty ? .nothingToCancel : .cancelled(cancelled)
    }

    /// Queues a reproduction. The answer is written before the run, because the run's own transaction settles the event.
    private func reproduce(
        _ target: Command.Target, _ pull: PullRequest, _ comment: PullRequestComment
    ) async throws(Stop) -> Outside.Reply {
        let run = try await run(target, on: pull)
        guard case .judged = run.state else { throw .refused(.notJudged(state: run.state.word)) }
        try await requirePermitted(pull)
        let plan = try await trying { () async throws(Fault) in try await engine.requiredPlan(of: run.id) }
        let blueprint = try await trying { () async throws(Fault) in try await engine.replan(plan, as: run.id) }
        let reply = Outside.Reply.reproduces(run.id)
        try await trying { () async throws(Fault) in
            try await store.put(
                posts(reply, on: pull.number, subject: comment.id, comment: comment.id), at: engine.now())
            _ = try await bot.queue(blueprint, of: project.name, pullRequest: pull, for: event.id)
        }
        return reply
    }

    private func rollBack(
        _ target: Command.Target, _ pull: PullRequest, _ comment: PullRequestComment
    ) async throws(Stop) -> Outside.Reply {
        let run = try await run(Command.Target(model: target.model, run: target.run), on: pull)
        let plan = try await trying { () async throws(Fault) in try await engine.requiredPlan(of: run.id) }
        let alias = plan.policy.promotion.alias
        var listing = Listing(of: Speaker(comment.author), on: onForge)
        for listed in bot.deciders(of: plan, project.settings.floor) {
            guard try await listing.entry(of: listed) != nil else {
                throw .refused(.notListed(comment.author.login, allowed: listed))
            }
        }
        // Said once, done once: the reason tells by which comment.
        let reason = "/rollback in comment \(comment.id) on \(onForge.name)"
        let promotion = try await trying { () async throws(Fault) in
            let past = try await store.promotions(of: run.model, alias: alias, limit: 1000)
            let mine = past.first { promotion in
                if case .command(_, reason) = promotion.why { true } else { false }
            }
            // The process may have ended in the middle of it: another one would go back a step too far.
            if let mine { return mine }
            return try await bot.goBack(run.model, alias: alias, by: comment.author.login, reason: reason)
        }
        return .promoted(promotion)
    }

    /// Lets one commit of a fork run. Without a commit the newest is meant, if it was seen before the comment was written:
    /// else somebody could put another one there in the second in which the word is said.
    private func permit(
        _ commit: CommitID?, _ pull: PullRequest, _ comment: PullRequestComment, _ way: Voice.Way
    ) async throws(Stop) -> Outside.Reply {
        guard pull.isFork else { return .notFork }
        guard pull.state == .open else { throw .refused(.headMoved(of: pull.head, now: nil)) }
        if pull.author.id == comment.author.id { return .ownFork }
        let authors = try await asking { () async throws(ForgeError) in
            try await forge.authors(of: pull.number, in: repository)
        }
        if authors.contains(comment.author) { return .ownFork }
        if let commit {
            guard commit == pull.head else { throw .refused(.headMoved(of: commit, now: pull.head)) }
        } else {
            // Seen in this pull request, and nothing after it: it may have stood on the same commit some other day.
            let seen = try await trying { () async throws(Fault) in
                try await store.head(
                    ofPullRequest: pull.number, in: project.name, before: min(comment.createdAt, event.event.at))
            }
            guard seen == pull.head else { return .headTooNew(pull.head) }
        }
        try await trying { () async throws(Fault) in
            try await store.permit(
                pull.head, of: project.name, by: Voice(person: comment.author.login, user: comment.author, way: way),
                at: engine.now())
        }
        bot.bells.events.ring()
        bot.bells.queue.ring()
        return .permitted(pull.head)
    }
}
