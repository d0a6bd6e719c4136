import Domain
import Forges

extension ForgeUser {
    /// True if a name that the policy or the operator wrote down, with or without `@`, is this person's on that forge.
    ///
    /// A forge's logins have no letter case and one owner. Bitbucket's nicknames are no logins: everybody chooses their
    /// own, two may have the same, and it can be changed at any time. There only the account's id counts.
    func isNamed(_ entry: String, on kind: ForgeKind) -> Bool {
        let name = entry.hasPrefix("@") ? String(entry.dropFirst()) : entry
        switch kind {
        case .github, .gitlab, .gitea, .forgejo: return name.lowercased() == login.text.lowercased()
        case .bitbucket: return name.lowercased() == id.lowercased()
        }
    }
}
