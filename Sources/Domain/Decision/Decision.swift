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
    /// The comment names another commit than the run's.
    case otherCommit(named: String, run: CommitID)
    /// The rules at the base are not those that the run was judged by.
    case rulesChanged(BranchName)
    /// The operator's floor is not the one that the run was judged by.
    case floorChanged
    /// A machine, or the bot itself.
    case byMachine(PersonName)
    /// The forge could not be asked, so nobody knows.
    case couldNotAsk(Fault)
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

extension ApprovalPolicy {
    /// What the decisions amount to at a time. A rejection by anyone ends it; approvals of one person count once.
    package func standing(of decisions: [Decision], judgedAt: Date, now: Date) -> Standing {
        for decision in decisions {
            if case .reject(let reason) = decision.answer { return .rejected(by: decision.by, reason: reason) }
        }
        if required == 0 { return .notNeeded }
        var people: [PersonName] = []
        for decision in decisions where decision.answer == .approve && !people.contains(decision.by) {
            people.append(decision.by)
        }
        if people.count >= required { return .approved(by: people) }
        if let end = expiry(judgedAt: judgedAt), now >= end { return .expired(at: end) }
        return .waiting(missing: required - people.count)
    }

    /// When the time to decide is over.
    package func expiry(judgedAt: Date) -> Date? {
        expires.map { judgedAt.addingTimeInterval($0) }
    }

    /// Checks whether a person may decide now. Throws the reason if not.
    ///
    /// - Parameter author: the commit's author as git writes it, `Name <mail>`; a person counts as the author if the
    ///   name, the mail address or its local part is equal, letter case ignored.
    package func check(
        _ answer: Decision.Answer, by person: PersonName, author: String, decisions: [Decision], judgedAt: Date,
        now: Date
    ) throws(DecisionRefusal) {
        switch standing(of: decisions, judgedAt: judgedAt, now: now) {
        case .rejected(let by, let reason): throw .alreadyRejected(by: by, reason: reason)
        case .expired(let end): throw .expired(at: end)
        case .notNeeded, .waiting, .approved: break
        }
        guard by.isEmpty || by.contains(person) else { throw .notListed(person, allowed: by) }
        if notByAuthor, answer == .approve, isAuthor(person, of: author) {
            throw .ownChange(person, author: author)
        }
        if decisions.contains(where: { $0.by == person && $0.answer == answer }) { throw .alreadyDecided(person) }
    }

    private func isAuthor(_ person: PersonName, of author: String) -> Bool {
        let parts = author.split(separator: "<", maxSplits: 1)
        let name = parts.first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        let mail = parts.count > 1 ? parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "> ")) : ""
        let local = mail.split(separator: "@").first.map(String.init) ?? ""
        let names = [name, mail, local].filter { !$0.isEmpty }.map { $0.lowercased() }
        return names.contains(person.text.lowercased())
    }
}
