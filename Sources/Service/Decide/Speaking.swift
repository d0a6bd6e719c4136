import Domain
import Engine
import Forges
import Foundation
import Host
import Reports
import Settings
import Storage

/// One thing that somebody said on a forge, and everything that it takes to find out whether it counts.
struct Speaking: Sendable {
    let bot: Bot
    let project: ServedProject
    let event: Store.StoredEvent
    let onForge: ServedProject.OnForge
    let live: Configuration.Live

    init?(bot: Bot, project: ServedProject, event: Store.StoredEvent) {
        guard let onForge = project.onForge else { return nil }
        self.bot = bot
        self.project = project
        self.event = event
        self.onForge = onForge
        live = bot.configuration.now
    }

    var engine: Engine { bot.engine }
    var store: Store { bot.engine.store }
    var forge: any Forge { onForge.forge }
    var repository: ForgeRepository { onForge.repository }

    // MARK: The three ways in

    func act(on comment: PullRequestComment) async throws(Fault) -> (EventOutcome, [Post]) {
        let heard = Command.hear(comment.body)
        if heard == .nothing { return (.ignored(reason: "the comment is no command"), []) }
        return try await concluding(comment.pullRequest, subject: comment.id, comment: comment.id) {
            () async throws(Stop) -> Outside.Reply? in
            try await requireGenuine(comment)
            switch heard {
            case .nothing: return nil
            case .unclear(let why): return .unclear(why, newest: try? await pull(comment.pullRequest).head)
            case .command(.help): return .help
            case .command(let command): return try await obey(command, comment)
            }
        }
    }

    func act(on button: ForgeEvent.Button) async throws(Fault) -> (EventOutcome, [Post]) {
        let ticket = try await store.ticket(of: button.run)
        var number: Int64?
        if let run = try await store.run(button.run) { number = try await bot.pullRequest(decidingOn: run)?.number }
        return try await concluding(number, subject: "button-\(event.id)", comment: nil) {
            () async throws(Stop) -> Outside.Reply? in
            guard let run = try await trying({ () async throws(Fault) in try await store.run(button.run) }),
                ticket?.project == project.name
            else { throw .ignored("the button is about no run of this project") }
            guard run.commit == button.commit else { throw .refused(.headMoved(of: run.commit, now: button.commit)) }
            if button.by == (try await whoIAm()) { throw .ignored("the bot's own button") }
            var pull: PullRequest?
            if let number {
                let found = try await self.pull(number)
                try requireHead(of: found, is: run.commit)
                pull = found
            }
            let answer: Decision.Answer =
                button.action == .approve ? .approve : .reject(reason: "rejected with the button")
            return try await decide(
                answer, on: run, by: button.by, way: .button(onForge.name), pull: pull, said: nil)
        }
    }

    func act(onMerge told: PullRequest) async throws(Fault) -> (EventOutcome, [Post]) {
        try await concluding(told.number, subject: "merge-\(told.number)", comment: nil) {
            () async throws(Stop) -> Outside.Reply? in
            let pull = try await self.pull(told.number)
            guard pull.state == .merged else { throw .ignored("pull request \(pull.number) is not merged") }
            if let person = pull.mergedBy ?? told.mergedBy, person == (try await whoIAm()) {
                throw .ignored("merged by the bot")
            }
            guard let proposed = try await proposal(on: pull) else {
                throw .ignored("pull request \(pull.number) was merged")
            }
            if proposed.aim == .record { throw .ignored("merging it only recorded in git what was in place") }
            guard proposed.commit == pull.head else { return .mergedOther }
            guard let person = pull.mergedBy ?? told.mergedBy else {
                throw .refused(.couldNotAsk(Fault(.environment, "the forge does not say who merged it")))
            }
            let way = Voice.Way.merge(onForge.name, pullRequest: pull.number)
            do throws(Stop) {
                let reply = try await decide(
                    .approve, on: proposed.run, by: person, way: way, pull: pull, said: nil)
                if case .approved(let run, let missing) = reply { return .merged(run, missing: missing) }
                return reply
            } catch {
                guard case .refused(let why) = error else { throw error }
                if case .alreadyPromoted = why { throw .ignored("the run was promoted before the merge") }
                return .mergedRefused(proposed.run.id, why)
            }
        }
    }

    /// What came of it, as an outcome and the posts that say so.
    private func concluding(
        _ number: Int64?, subject: String, comment: String?, _ work: () async throws(Stop) -> Outside.Reply?
    ) async throws(Fault) -> (EventOutcome, [Post]) {
        let reply: Outside.Reply?
        do throws(Stop) {
            reply = try await work()
        } catch {
            switch error {
            case .fault(let fault): throw fault
            case .forbidden(let fault):
                // What is said later about the pull request waits for this, so it is answered at last.
                guard let since = try await store.trouble(of: event.id)?.since,
                    engine.now().timeIntervalSince(since) >= Retries.patience
                else { throw fault }
                reply = .refused(.couldNotAsk(bot.masked(fault)))
            case .ignored(let reason): return (.ignored(reason: reason), [])
            case .refused(let why): reply = .refused(why)
            case .answered(let answer): reply = answer
            }
        }
        // One that is not over yet is answered when it is.
        var answer = reply
        if case .promoted(let promotion) = reply, !promotion.state.isFinal, let number {
            try await store.owe(
                Store.Answer(promotion: promotion.id, project: project.name, pullRequest: number, subject: subject))
            answer = nil
            bot.bells.queue.ring()
        }
        bot.bells.publishing.ring()
        let posts = posts(answer, on: number, subject: subject, comment: comment)
        return (.handled(Outside.summary(reply)), posts)
    }

    /// The answer and the sign that it was understood.
    func posts(_ reply: Outside.Reply?, on number: Int64?, subject: String, comment: String?) -> [Post] {
        guard let number else { return [] }
        let target = Post.Target.forge(onForge.name, repository)
        var posts: [Post] = []
        if let comment {
            posts.append(
                Post(
                    key: PostKey.reaction(onForge.name, repository, comment), target: target,
                    message: .reaction(pullRequest: number, comment: comment)))
        }
        if let reply {
            posts.append(
                Deriving(bot: bot, live: live).replyPost(
                    reply, to: subject, on: number, (onForge.name, forge, repository)))
        }
        return posts
    }

    // MARK: Who and what it is

    func whoIAm() async throws(Stop) -> ForgeUser {
        try await asking { () async throws(ForgeError) in try await forge.whoAmI() }
    }

    func pull(_ number: Int64) async throws(Stop) -> PullRequest {
        let pull = try await asking { () async throws(ForgeError) in
            try await forge.pullRequest(number, in: repository)
        }
        try await trying { () async throws(Fault) in
            try await bot.note(pull, of: project, on: onForge)
        }
        return pull
    }

    /// A comment counts if it is there now as it was told: by a person, by the same one, and never changed.
    private func requireGenuine(_ comment: PullRequestComment) async throws(Stop) {
        if comment.isEdited { throw .ignored("the comment was edited") }
        if comment.author.id == (try await whoIAm()).id { throw .ignored("the bot's own comment") }
        let found = try await asking { () async throws(ForgeError) in
            try await forge.comments(
                on: comment.pullRequest, in: repository, since: comment.createdAt.addingTimeInterval(-1))
        }
        guard let now = found.first(where: { $0.id == comment.id }) else { throw .ignored("the comment is gone") }
        guard !now.isEdited, now.body == comment.body else { throw .ignored("the comment was edited") }
        guard now.author.id == comment.author.id else { throw .ignored("the comment has another author") }
        let trusted = live.settings.forges[onForge.name]?.trustedBots ?? []
        if now.isByMachine || comment.isByMachine, !trusted.contains(where: { now.author.isNamed($0, on: forge.kind) })
        {
            throw .ignored("the comment is by a machine")
        }
    }

    /// Throws unless somebody may push here, as the forge says now.
    func requireWrite(_ user: ForgeUser) async throws(Stop) {
        let has: Permission
        do throws(ForgeError) {
            has = try await forge.permission(of: user, in: repository)
        } catch .notFound {
            has = .none
        } catch {
            throw Stop(error)
        }
        guard has >= .write else { throw .refused(.noPermission(user.login, has: has, needs: .write)) }
    }

    func requireHead(of pull: PullRequest, is commit: CommitID) throws(Stop) {
        guard pull.state == .open else { throw .refused(.headMoved(of: commit, now: nil)) }
        guard pull.head == commit else { throw .refused(.headMoved(of: commit, now: pull.head)) }
    }
}
