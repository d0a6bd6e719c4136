import Domain
import TestSupport

/// What people write on a forge, and what they see there of the bot.
extension FakeForge {
    /// A command as people write it: GitLab keeps `/approve` for itself.
    func command(_ text: String) -> String {
        kind == .gitlab ? text.replacing("/", with: "/sluice ", maxReplacements: 1) : text
    }

    /// What the forge shows for a state. GitLab lets what waits change its words once, and calls it running then.
    func words(for state: CommitStatus.State) -> [String] {
        switch (kind, state) {
        case (.github, .pending), (.gitea, .pending), (.forgejo, .pending): ["pending"]
        case (.gitlab, .pending): ["pending", "running"]
        case (.bitbucket, .pending): ["INPROGRESS"]
        case (.github, .success), (.gitea, .success), (.forgejo, .success), (.gitlab, .success): ["success"]
        case (.bitbucket, .success): ["SUCCESSFUL"]
        case (.github, .failure), (.gitea, .failure), (.forgejo, .failure): ["failure"]
        case (.github, _), (.gitea, _), (.forgejo, _): ["error"]
        case (.gitlab, .cancelled): ["canceled"]
        case (.bitbucket, .cancelled): ["STOPPED"]
        case (.gitlab, _): ["failed"]
        case (.bitbucket, _): ["FAILED"]
        }
    }

    /// The signs that a comment has which the bot understood; Bitbucket knows none.
    var signs: [String] {
        switch kind {
        case .github: ["+1 by \(bot.login)"]
        case .gitea, .forgejo, .gitlab: ["eyes \(bot.login)"]
        case .bitbucket: []
        }
    }
}
