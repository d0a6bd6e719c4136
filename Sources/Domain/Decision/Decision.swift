package import Foundation

/// A person's approve or reject, bound to one run, one model digest and one evidence digest.
///
/// On an embedded home it records who said so; it does not prove who they are.
package struct Decision: Codable, Equatable, Sendable {
    /// What was said.
    package enum Answer: Codable, Equatable, Sendable {
        case approve
        case reject(reason: String)
    }

    package var run: RunID
    package var answer: Answer
    package var by: PersonName
    package var at: Date
    /// Digest of the model that was decided on.
    package var model: Digest
    /// `Evidence.digest` of what was decided on.
    package var evidence: Digest
    /// By which way it came; nil in those from before there was more than one.
    package var voice: Voice?
    /// What the policy was held against; nil: only the name and the commit's author.
    package var standpoint: Standpoint?

    package init(
        run: RunID, answer: Answer, by: PersonName, at: Date, model: Digest, evidence: Digest, voice: Voice? = nil,
        standpoint: Standpoint? = nil
    ) {
        self.run = run
        self.answer = answer
        self.by = by
        self.at = at
        self.model = model
        self.evidence = evidence
        self.voice = voice
        self.standpoint = standpoint
    }
}

/// Why a decision was not taken.
package enum DecisionRefusal: Error, Equatable, Sendable {
    case notJudged(state: String)
    case verdictIsNo(Verdict)
    case notListed(PersonName, allowed: [PersonName])
    case ownChange(PersonName, author: String)
    case alreadyDecided(PersonName)
    case alreadyRejected(by: PersonName, reason: String)
    case alreadyPromoted
    case expired(at: Date)
    case evidenceChanged([Evidence.Part])
    /// The run was compared with a champion that is not the champion any more; versions, nil: none.
    case championChanged(then: Int?, now: Int?)
    /// The forge says that they may not write to the repository.
    case noPermission(PersonName, has: Permission, needs: Permission)
    /// The role on the server is too low.
    case roleTooLow(PersonName, has: Role, needs: Role)
    /// The pull request stands on another commit than the run. Nil `now`: it is closed.
    case headMoved(of: CommitID, now: CommitID?)
    /// The pull request wants into another branch than when the run was planned.
    case baseChanged(of: BranchName, now: BranchName)
    /// The comment names another commit than the run's.
    case otherCommit(named: String, run: CommitID)
    /// The rules at the base are not those that the run was judged by.
    case rulesChanged(BranchName)
    /// The operator's floor is not the one that the run was judged by.
    case floorChanged
    /// The forge could not be asked, so nobody knows.
    case couldNotAsk(Fault)
    /// Nobody of the project has taken the code of the commit in: it comes from a fork.
    case foreignCode(CommitID)
    /// The base has no policy, so nobody has said who may promote what.
    case noRules(BranchName)
}

/// What the decisions made so far amount to.
package enum Standing: Equatable, Sendable {
    /// The policy needs no person.
    case notNeeded
    case waiting(missing: Int)
    case approved(by: [PersonName])
    case rejected(by: PersonName, reason: String)
    case expired(at: Date)
}
