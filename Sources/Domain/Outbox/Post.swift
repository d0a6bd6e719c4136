package import Foundation

/// Something that is to be said outside. Written in the transaction that makes it true; sent later, as often as it takes.
///
/// A post with a key that is there already replaces what it says: of two statuses for one commit only the newer matters.
/// What was sent is remembered beside it, so that nothing is sent twice and nothing that is out of date.
package struct Post: Codable, Equatable, Sendable {
    /// Who says it, and to whom: `status:github:acme/flights:<sha>:sluice/flight-delay`.
    package var key: String
    package var target: Target
    package var message: Message

    /// Where it goes; each has a queue, a pace and a circuit breaker of its own.
    package enum Target: Codable, Hashable, Sendable {
        case forge(ForgeName, ForgeRepository)
        /// An entry of `notify:` in `server.yaml`.
        case notify(String)
        /// Git notes of the project's repository.
        case notes(ProjectName)
    }

    package enum Message: Codable, Equatable, Sendable {
        case status(CommitStatus)
        /// The one comment of a pull request and model, found again by its marker.
        case report(pullRequest: Int64, marker: String, body: String)
        /// An answer to somebody's comment; written once.
        case reply(pullRequest: Int64, marker: String, body: String)
        /// A sign on somebody's comment that it was understood.
        case reaction(pullRequest: Int64, comment: String)
        /// A check with buttons; only where the forge has them.
        case check(Check)
        case promotionPullRequest(PromotionPullRequest)
        /// To people who are elsewhere: one line, a few facts, a link.
        case notice(Notice)
        /// The report, attached to the commit.
        case note(commit: CommitID, body: String)
    }

    package init(key: String, target: Target, message: Message) {
        self.key = key
        self.target = target
        self.message = message
    }
}

/// What a commit's status says. Each forge has its own words and lengths for it.
package struct CommitStatus: Codable, Equatable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Not decided: waiting, running, or held for a person.
        case pending
        case success
        /// The answer is no.
        case failure
        /// There is no answer: the bot could not tell.
        case error
        /// Stopped or superseded.
        case cancelled
    }

    package var commit: CommitID
    /// `sluice/flight-delay`: what branch protection can require.
    package var context: String
    package var state: State
    /// One line; each forge cuts it at its own limit.
    package var description: String
    /// A page of ours.
    package var link: String?
    /// True: it says what goes on at this moment, and will soon say something else. GitLab, where the words of a status
    /// change once only while it is pending, keeps that one change for what stays.
    package var isPassing: Bool?

    package init(
        commit: CommitID, context: String, state: State, description: String, link: String?, isPassing: Bool? = nil
    ) {
        self.commit = commit
        self.context = context
        self.state = state
        self.description = description
        self.link = link
        self.isPassing = isPassing
    }
}

/// A check run (GitHub Apps): a status with the report in it, and buttons.
package struct Check: Codable, Equatable, Sendable {
    package var commit: CommitID
    package var name: String
    package var run: RunID
    package var state: CommitStatus.State
    /// True: passed, and a person has to decide; the buttons Approve and Reject are shown.
    package var awaitsDecision: Bool
    package var title: String
    /// Markdown.
    package var summary: String
    package var link: String?

    package init(
        commit: CommitID, name: String, run: RunID, state: CommitStatus.State, awaitsDecision: Bool, title: String,
        summary: String, link: String?
    ) {
        self.commit = commit
        self.name = name
        self.run = run
        self.state = state
        self.awaitsDecision = awaitsDecision
        self.title = title
        self.summary = summary
        self.link = link
    }
}

/// A pull request by the bot that moves a model's pointer file in git.
package struct PromotionPullRequest: Codable, Equatable, Sendable {
    /// What it is there for.
    package enum Aim: String, Codable, Sendable, CaseIterable {
        /// A person is to decide: merging it is an approval, and only people do.
        case decide
        /// The champion is in place and git is to say so: the bot merges it if it may.
        case record
        /// Nothing is asked any more, and an open one is closed. Where git has the file and it names something else than
        /// the champion, as `record`.
        case close
    }

    package var project: ProjectName
    /// The run that it proposes; of `record` and `close` the champion's, if there is one.
    package var run: RunID
    /// `sluice/promote/flight-delay`: one open pull request for each model; a newer challenger replaces the older one.
    package var branch: BranchName
    package var base: BranchName
    package var title: String
    /// The report, as Markdown.
    package var body: String
    /// `.sluice/champions/flight-delay.json`.
    package var file: TreePath
    /// What the file is to hold; nil: there is no champion, and it is not to be there.
    package var content: String?
    package var aim: Aim
    /// The status of its commit.
    package var state: CommitStatus.State
    package var status: String
    /// Why one that proposes something else is closed, as Markdown.
    package var farewell: String?

    package init(
        project: ProjectName, run: RunID, branch: BranchName, base: BranchName, title: String, body: String,
        file: TreePath, content: String?, aim: Aim, state: CommitStatus.State, status: String, farewell: String? = nil
    ) {
        self.project = project
        self.run = run
        self.branch = branch
        self.base = base
        self.title = title
        self.body = body
        self.file = file
        self.content = content
        self.aim = aim
        self.state = state
        self.status = status
        self.farewell = farewell
    }
}

/// Something worth telling people who do not look at the forge.
package struct Notice: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case awaitsDecision = "awaits_decision"
        case failed
        case errored
        case promoted
        case rolledBack = "rolled_back"
        case rejected
        case drift
        case filesRefused = "files_refused"
    }

    package var kind: Kind
    package var project: ProjectName
    package var model: ModelName?
    package var run: RunID?
    /// One line.
    package var title: String
    /// A few lines; plain text.
    package var text: String
    package var link: String?
    package var at: Date

    package init(
        kind: Kind, project: ProjectName, model: ModelName?, run: RunID?, title: String, text: String, link: String?,
        at: Date
    ) {
        self.kind = kind
        self.project = project
        self.model = model
        self.run = run
        self.title = title
        self.text = text
        self.link = link
        self.at = at
    }
}
