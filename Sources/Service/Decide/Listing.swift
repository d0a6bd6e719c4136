import Domain
import Forges

/// Which entries of `approval.by`, or of the operator's floor, mean somebody.
///
/// The forge is asked about a team only if no login of the list is theirs, and about each team once.
struct Listing {
    private let speaker: Speaker
    private let onForge: ServedProject.OnForge?
    /// What the forge said of the teams that it was asked about.
    private var teams: [String: Bool] = [:]
    /// Nil: it was not found out yet who the speaker is there.
    private var whoIsThere: WhoIsThere?

    private enum WhoIsThere {
        case user(ForgeUser)
        case nobody
    }

    /// - Parameter onForge: where the project lies; nil: on no forge, and nobody is in any team.
    init(of speaker: Speaker, on onForge: ServedProject.OnForge?) {
        self.speaker = speaker
        self.onForge = onForge
    }

    /// The entry of a list that means the speaker; nil: there is none.
    mutating func entry(of list: [PersonName]) async throws(Stop) -> String? {
        let entries = list.map(\.text)
        if let own = entries.first(where: { isLogin($0) }) { return own }
        for entry in entries where Speaking.login(entry) == nil {
            if try await isMember(of: entry) { return entry }
        }
        return nil
    }

    private func isLogin(_ entry: String) -> Bool {
        guard let login = Speaking.login(entry) else { return false }
        if let user = speaker.user, let kind = onForge?.forge.kind { return user.isNamed(entry, on: kind) }
        return login.lowercased() == speaker.login.text.lowercased()
    }

    private mutating func isMember(of entry: String) async throws(Stop) -> Bool {
        let team = entry.hasPrefix("@") ? String(entry.dropFirst()) : entry
        if let known = teams[team] { return known }
        guard let forge = onForge?.forge, case .user(let user) = try await whoIsThere(forge) else { return false }
        var isMember = false
        do throws(ForgeError) {
            isMember = try await forge.isMember(user, of: team)
        } catch .notFound {
            // No such team: nobody is in it.
        } catch {
            throw Stop(error)
        }
        teams[team] = isMember
        return isMember
    }

    /// A user of the server is who has the login that an admin wrote down for them, and nobody without one: of the same
    /// name there may be somebody else.
    private mutating func whoIsThere(_ forge: any Forge) async throws(Stop) -> WhoIsThere {
        if let whoIsThere { return whoIsThere }
        var found = speaker.user
        if found == nil, let login = speaker.account {
            found = try await asking { () async throws(ForgeError) in try await forge.user(named: login) }
        }
        let who: WhoIsThere = if let found { .user(found) } else { .nobody }
        whoIsThere = who
        return who
    }
}
