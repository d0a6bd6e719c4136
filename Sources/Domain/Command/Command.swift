/// What a person asks for in a comment of a pull request.
package enum Command: Equatable, Sendable {
    case approve(Target)
    /// The reason has no control characters, is not empty, and has at most 500 characters.
    case reject(reason: String, Target)
    /// Parameters as `Event.Ask.parameters` has them.
    case retrain([String: String], Target)
    case cancel(Target)
    case reproduce(Target)
    case rollback(Target)
    /// Nil: the newest commit of the pull request at the time of the comment.
    case okToRun(CommitID?)
    case help

    /// Which run is meant, where a pull request has several models.
    package struct Target: Equatable, Sendable {
        package var commit: CommitID?
        package var model: ModelName?
        package var run: RunID?

        package init(commit: CommitID? = nil, model: ModelName? = nil, run: RunID? = nil) {
            self.commit = commit
            self.model = model
            self.run = run
        }
    }

    /// The words of commands, as they are written after the slash.
    package enum Word: String, CaseIterable, Sendable {
        case approve
        case reject
        case retrain
        case cancel
        case reproduce
        case rollback
        case okToRun = "ok-to-run"
        case help
    }

    /// What a comment is for the bot.
    package enum Heard: Equatable, Sendable {
        /// No command, and nothing that looks like one of ours: it is not answered.
        case nothing
        case command(Command)
        /// It looks like one of ours and is none: nothing is done, and it is answered once.
        case unclear(Unclear)
    }

    /// Why something that looks like a command is none.
    package enum Unclear: Equatable, Sendable {
        /// Not a word of ours, and near this one.
        case unknownWord(String, near: Word)
        /// A commit that is not written in full: whoever can choose a commit can choose its first digits.
        case shortCommit(String, Word)
        case noReason
        /// What follows the word is not what it can have.
        case unknownArgument(String, Word)
        /// The same parameter twice, or more than can be.
        case badParameters(String)
        case tooLong(Word)
    }
}

extension Command {
    package var word: Word {
        switch self {
        case .approve: .approve
        case .reject: .reject
        case .retrain: .retrain
        case .cancel: .cancel
        case .reproduce: .reproduce
        case .rollback: .rollback
        case .okToRun: .okToRun
        case .help: .help
        }
    }

    /// The run that is meant; nothing for commands that mean none.
    package var target: Target {
        switch self {
        case .approve(let target), .reject(_, let target), .retrain(_, let target), .cancel(let target),
            .reproduce(let target), .rollback(let target):
            target
        case .okToRun(let commit): Target(commit: commit)
        case .help: Target()
        }
    }
}
