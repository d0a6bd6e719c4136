import Domain
import Engine
import Forges
import Settings
import Storage

/// Somebody who decides: on a forge with the id there, on a page or with a token by the login that the user has there.
struct Speaker: Sendable {
    let login: PersonName
    /// Nil: the forge did not say who it is.
    let user: ForgeUser?
    /// The login that an admin wrote down for a user of the server: whose teams are asked for. Nil: none, or not needed.
    let account: PersonName?

    init(_ user: ForgeUser) {
        login = user.login
        self.user = user
        account = nil
    }

    init(_ user: User) {
        login = user.person
        self.user = nil
        account = user.login
    }

    /// Where a forge has no logins that tell people apart, a user of the server is named by the id.
    func isSame(as other: ForgeUser) -> Bool {
        if let user { return user.id == other.id }
        return login.text.lowercased() == other.login.text.lowercased() || login.text == other.id
    }

    func isAmong(_ authors: ForgeAuthors) -> Bool { user.map(authors.contains) ?? authors.contains(login: login) }
}

extension User {
    /// Who the user is on the forge.
    var person: PersonName { login ?? name }
}

extension Bot {
    /// What is to be known of somebody before a decision is taken, whichever way it comes: which entries of `approval.by`
    /// mean them, and whether the change is their own.
    func standpoint(
        of speaker: Speaker, on run: Run, _ plan: Plan, _ pull: PullRequest?, of project: ServedProject?
    ) async throws(Stop) -> Standpoint {
        let floor = project?.settings.floor ?? Floor()
        var listed: Set<String> = []
        var listing = Listing(of: speaker, on: project?.onForge)
        for list in [plan.policy.approval.by, plan.floor?.by ?? [], floor.by] {
            if let entry = try await listing.entry(of: list) { listed.insert(entry) }
        }
        var isAuthor = try await pushed(speaker, run, of: project)
        if let pull {
            isAuthor = isAuthor || speaker.isSame(as: pull.author)
            if !isAuthor, plan.policy.approval.notByAuthor || floor.notByAuthor, let onForge = project?.onForge {
                let authors = try await asking { () async throws(ForgeError) in
                    try await onForge.forge.authors(of: pull.number, in: onForge.repository)
                }
                isAuthor = speaker.isAmong(authors)
            }
        }
        return Standpoint(listedAs: listed, isAuthor: isAuthor)
    }

    /// True if somebody pushed the commit, whatever its run was asked for by.
    private func pushed(
        _ speaker: Speaker, _ run: Run, of project: ServedProject?
    ) async throws(Stop) -> Bool {
        let told = try await trying { () async throws(Fault) in
            try await engine.store.events(about: .commit(run.commit.hex), limit: 1000)
        }
        return told.contains { stored in
            guard stored.event.project == project?.name, case .forge(_, .push(_, _, _, let by)) = stored.event.kind,
                let by
            else { return false }
            return speaker.isSame(as: by)
        }
    }
}
