import Domain
import Engine
import Forges
import Foundation
import Git
import Reports
import Settings
import Storage

extension Speaking {
    /// Seconds by which the clocks of the forge and of the server may differ: nobody reads a report in less.
    static let clockTolerance = 5.0

    /// Everything that the forge and the rows can tell is asked now; then the engine decides in one transaction.
    ///
    /// - Parameter said: when it was said, where that matters: nobody decides on a verdict that came after.
    func decide(
        _ answer: Decision.Answer, on run: Run, by user: ForgeUser, way: Voice.Way, pull: PullRequest?, said: Date?
    ) async throws(Stop) -> Outside.Reply {
        try await requireWrite(user)
        if let said, case .judged = run.state, let end = run.finishedAt,
            end > said.addingTimeInterval(Speaking.clockTolerance)
        {
            throw .answered(.verdictIsNewer(run.id))
        }
        if let before = try await decided(run.id, by: way) { return before }
        let plan = try await trying { () async throws(Fault) in try await engine.requiredPlan(of: run.id) }
        if let pull, let base = try await base(of: run, in: pull), base != pull.base {
            throw .refused(.baseChanged(of: base, now: pull.base))
        }
        let standpoint = try await bot.standpoint(of: Speaker(user), on: run, plan, pull, of: project)
        if plan.rules != nil {
            // The rules are those of the base as it is now.
            try await trying { () async throws(Fault) in try await project.refresh() }
        }
        let decided = try await trying { () async throws(Fault) in
            try await engine.decide(
                answer, on: run.id, voice: Voice(person: user.login, user: user, way: way), standpoint: standpoint,
                floor: project.settings.floor, deployment: .later, progress: { _ in })
        }
        switch decided {
        case .waiting(let missing): return .approved(run.id, missing: missing)
        case .rejected: return .rejected(run.id)
        case .promoted(let promotion): return .promoted(promotion)
        case .refused(let why): throw .refused(why)
        }
    }

    /// What the very same comment, button or merge came to, if it was acted on before: then the process ended before it
    /// had said so. An approval that was the last one goes on to be a promotion.
    private func decided(_ run: RunID, by way: Voice.Way) async throws(Stop) -> Outside.Reply? {
        let decisions = try await trying { () async throws(Fault) in try await store.decisions(of: run) }
        guard let mine = decisions.first(where: { $0.voice?.way == way }), way.isOnce else { return nil }
        if case .reject = mine.answer { return .rejected(run) }
        guard let found = try await trying({ () async throws(Fault) in try await engine.required(run) }) as Run?,
            let facts = try await trying({ () async throws(Fault) in try await store.facts(of: [found]) }).first
        else { return nil }
        switch facts.status(at: engine.now()) {
        case .waiting(let missing): return .approved(run, missing: missing)
        case .approved, .promoting, .promoted, .rolledBack, .stuck:
            return .promoted(
                try await trying { () async throws(Fault) in
                    try await engine.promote(decided: run, deployment: .later, progress: { _ in })
                })
        case .working, .rejected, .expired, .refused, .undecided, .errored, .cancelled, .compared:
            return .approved(run, missing: 0)
        }
    }

    /// The login that an entry of `approval.by` names; nil: it names a team.
    static func login(_ entry: String) -> String? {
        let bare = entry.hasPrefix("@") ? String(entry.dropFirst()) : entry
        return bare.contains("/") ? nil : bare
    }

    /// The branch into which the pull request wanted when the run was asked for there last; nil: it is not of this one.
    private func base(of run: Run, in pull: PullRequest) async throws(Stop) -> BranchName? {
        let tickets = try await trying { () async throws(Fault) in try await store.tickets(of: run.id) }
        return tickets.compactMap(\.pullRequest).first { $0.number == pull.number }?.base
    }

    // MARK: Which run

    /// What a promotion pull request of the bot's proposes, as its pushed commit says; nil: it is none.
    func proposal(
        on pull: PullRequest
    ) async throws(Stop) -> (run: Run, commit: CommitID, aim: PromotionPullRequest.Aim)? {
        guard bot.isOwn(pull), pull.author.id == (try await whoIAm()).id,
            let model = ModelName(String(pull.headBranch.text.dropFirst(Ground.ownBranches.count)))
        else { return nil }
        let key = PostKey.promotion(onForge.name, repository, model)
        let record = try await trying { () async throws(Fault) in try await store.post(key: key) }
        guard let record, case .promotionPullRequest(let wanted) = record.post.message else {
            throw .answered(.proposalOver)
        }
        let remote = record.remote.flatMap { PromotionRemote($0) }
        // Opened a moment ago: which commit was pushed is written down as soon as the forge has answered everything.
        if !record.isAbandoned, pull.state == .open, remote.map({ $0.number < pull.number }) ?? true {
            throw .fault(Fault(.environment, "pull request \(pull.number) is still being opened"))
        }
        guard let remote, remote.number == pull.number else { throw .answered(.proposalOver) }
        let bytes = try await trying { () async throws(Fault) in
            _ = try await project.commit(remote.commit)
            return try await project.repository.file(wanted.file, at: remote.commit, limit: 1 << 20)
        }
        guard let bytes, let file = try? JSONDecoder().decode(ChampionFile.self, from: bytes),
            let run = try await trying({ () async throws(Fault) in try await store.run(file.run) })
        else { throw .ignored("pull request \(pull.number) names no run") }
        return (run, remote.commit, wanted.aim)
    }

    /// The run that a command on a pull request means. Reproductions are never meant.
    func run(_ target: Command.Target, on pull: PullRequest) async throws(Stop) -> Run {
        if let proposed = try await proposal(on: pull) {
            // One that was merged before enough people had approved still takes the approvals that are missing.
            guard pull.state != .closed, pull.head == proposed.commit else {
                throw .refused(.headMoved(of: proposed.commit, now: pull.state == .closed ? nil : pull.head))
            }
            if let commit = target.commit, commit != proposed.commit, commit != proposed.run.commit {
                throw .refused(.otherCommit(named: commit.hex, run: proposed.run.commit))
            }
            if let run = target.run, run != proposed.run.id { throw .answered(.runElsewhere(run)) }
            return proposed.run
        }
        let all = try await trying { () async throws(Fault) in
            try await store.tickets(pullRequest: pull.number, of: project.name).map(\.run)
        }.filter { $0.trigger.reproduced == nil }
        if let wanted = target.run {
            guard let run = all.first(where: { $0.id == wanted }) else { throw .answered(.runElsewhere(wanted)) }
            return try require(run, target)
        }
        let runs = all.filter { target.model == nil || $0.model == target.model }
        guard let newest = runs.first else { throw .answered(.noRun(target.model)) }
        let models = Set(runs.map(\.model)).sorted()
        guard models.count == 1 else { throw .answered(.whichModel(models)) }
        return try require(newest, target)
    }

    private func require(_ run: Run, _ target: Command.Target) throws(Stop) -> Run {
        if let commit = target.commit, commit != run.commit {
            throw .refused(.otherCommit(named: commit.hex, run: run.commit))
        }
        return run
    }
}

extension Voice.Way {
    /// True for what can be said only once, and told twice.
    var isOnce: Bool {
        switch self {
        case .comment, .merge: true
        case .button, .commandLine, .page, .token: false
        }
    }
}

/// What a post about a promotion pull request remembers: the number, and the commit that was pushed.
struct PromotionRemote: Equatable {
    let number: Int64
    let commit: CommitID

    init(number: Int64, commit: CommitID) {
        self.number = number
        self.commit = commit
    }

    init?(_ text: String) {
        let parts = text.split(separator: "@")
        guard parts.count == 2, let number = Int64(parts[0]), let commit = CommitID(hex: String(parts[1])) else {
            return nil
        }
        self.init(number: number, commit: commit)
    }

    var text: String { "\(number)@\(commit)" }
}
