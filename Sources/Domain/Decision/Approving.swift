package import Foundation

extension ApprovalPolicy {
    /// What the decisions amount to at a time. A rejection by anyone ends it; approvals of one person count once.
    package func standing(of decisions: [Decision], judgedAt: Date, now: Date) -> Standing {
        for decision in decisions {
            if case .reject(let reason) = decision.answer { return .rejected(by: decision.by, reason: reason) }
        }
        if required == 0 { return .notNeeded }
        var counted: [Decision] = []
        for decision in decisions where decision.answer == .approve {
            if !counted.contains(where: { $0.isBySamePerson(as: decision) }) { counted.append(decision) }
        }
        if counted.count >= required { return .approved(by: counted.map(\.by)) }
        if let end = expiry(judgedAt: judgedAt), now >= end { return .expired(at: end) }
        return .waiting(missing: required - counted.count)
    }

    /// When the time to decide is over.
    package func expiry(judgedAt: Date) -> Date? {
        expires.map { judgedAt.addingTimeInterval($0) }
    }

    /// Checks whether a decision may be made now. Throws the reason if not.
    ///
    /// - Parameters:
    ///   - author: the commit's author as git writes it, `Name <mail>`; a person counts as the author if the name, the
    ///     mail address or its local part is equal, letter case ignored, or if the standpoint says so.
    ///   - floor: whom the operator allows besides; nobody: the policy decides alone.
    package func check(
        _ decision: Decision, author: String, floor: [PersonName] = [], decisions: [Decision], judgedAt: Date
    ) throws(DecisionRefusal) {
        switch standing(of: decisions, judgedAt: judgedAt, now: decision.at) {
        case .rejected(let by, let reason): throw .alreadyRejected(by: by, reason: reason)
        case .expired(let end): throw .expired(at: end)
        case .notNeeded, .waiting, .approved: break
        }
        for list in [by, floor] where !decision.isBySomebody(of: list) {
            throw .notListed(decision.by, allowed: list)
        }
        if notByAuthor, decision.answer == .approve, decision.isByAuthor(author) {
            throw .ownChange(decision.by, author: author)
        }
        if decisions.contains(where: { $0.answer == decision.answer && $0.isBySamePerson(as: decision) }) {
            throw .alreadyDecided(decision.by)
        }
    }
}

extension Decision {
    /// Logins have no letter case. A forge's ids tell people apart where both have one; two who share either count as
    /// one, because a login can be changed and given away.
    func isBySamePerson(as other: Decision) -> Bool {
        if by.text.lowercased() == other.by.text.lowercased() { return true }
        guard let one = voice?.user, let two = other.voice?.user, voice?.way.forge == other.voice?.way.forge else {
            return false
        }
        return one.id == two.id
    }

    /// A person is listed by the login; a team only if the forge confirmed it at the time. No list is everybody.
    fileprivate func isBySomebody(of list: [PersonName]) -> Bool {
        if list.isEmpty { return true }
        let confirmed = Set((standpoint?.listedAs ?? [by.text]).map { $0.lowercased() })
        return list.contains { entry in
            let name = entry.text.lowercased()
            return confirmed.contains(name) && (standpoint != nil || !name.hasPrefix("@"))
        }
    }

    fileprivate func isByAuthor(_ author: String) -> Bool {
        if let standpoint, standpoint.isAuthor { return true }
        let parts = author.split(separator: "<", maxSplits: 1)
        let name = parts.first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        let mail = parts.count > 1 ? parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "> ")) : ""
        let local = mail.split(separator: "@").first.map(String.init) ?? ""
        let names = [name, mail, local].filter { !$0.isEmpty }.map { $0.lowercased() }
        return names.contains(by.text.lowercased())
    }
}

extension Voice.Way {
    /// The forge that it came by; nil: none.
    package var forge: ForgeName? {
        switch self {
        case .comment(let forge, _, _), .button(let forge), .merge(let forge, _): forge
        case .commandLine, .page, .token: nil
        }
    }
}
