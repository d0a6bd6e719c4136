package import Domain
package import Foundation

/// One instance of a forge, in our words: ask it, and tell it things.
///
/// Every method is one or a few requests to the configured API and nowhere else; none retries, waits or remembers:
/// pace, retries and breakers are the sender's. What is written is repeatable: each act looks for what an earlier,
/// unanswered attempt may have left. Who calls it: `Service`. What must not go in here: deciding, and sentences.
///
/// Ids of users are what the forge calls them; a login is only for showing. Nothing is fetched from an address that a
/// payload or an answer holds, and no redirect to another host is followed.
package protocol Forge: Sendable {
    var kind: ForgeKind { get }
    /// What this forge and these credentials can do.
    var abilities: ForgeAbilities { get }

    /// The bot's own account.
    func whoAmI() async throws(ForgeError) -> ForgeUser

    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest
    /// All that are open, whatever their number.
    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest]
    /// Comments that were written at or after a time, oldest first.
    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment]
    /// What somebody may do to the repository now. `.none` for strangers; never guessed from a payload.
    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission
    /// Who has a login now, letter case ignored; nil: nobody whom the forge shows, or it has no logins that tell people
    /// apart.
    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser?
    /// `team` as a policy writes it, without `@`: `acme/ml-leads`.
    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool
    /// Who opened a pull request, and pushed or wrote its commits since it branched off, for `not_by_author`.
    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors

    /// Sets the status of (commit, context). Equal to the last: nothing happens.
    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError)
    /// Writes the comment, or changes the one that is there: `known`, else the newest one by the bot that holds the
    /// marker in its first line. Returns its id. A body beyond the limit is the caller's mistake: `.refused`.
    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String
    /// A sign on a comment that it was understood. Forges without such signs do nothing.
    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError)
    /// Makes or changes a check. Only with the ability; else `.refused`. Returns its id.
    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String
    /// Opens a pull request from a branch that is there already, or changes the open one of that branch. Returns its
    /// number.
    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64
    /// Closes a pull request of the bot's own. One that is closed or merged stays as it is.
    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError)

    /// Merges a pull request of the bot's own if `head` is its newest commit. One that is merged already stays as it is.
    ///
    /// - Throws: `.refused` for somebody else's, `.conflict` while its newest commit is another.
    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging

    /// Where to clone from, and the header that lets one in; the token is minted for this call where the forge can.
    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess
}

/// What a forge and its credentials can do.
package struct ForgeAbilities: Equatable, Sendable {
    /// Longest comment, in characters as the forge counts them (UTF-16 units are never fewer).
    package var commentLimit: Int
    /// Longest description of a status.
    package var statusLimit: Int
    /// True: checks with buttons.
    package var hasChecks: Bool

    package init(commentLimit: Int, statusLimit: Int, hasChecks: Bool) {
        self.commentLimit = commentLimit
        self.statusLimit = statusLimit
        self.hasChecks = hasChecks
    }
}

/// What came of the wish to merge a pull request. Texts are the forge's own words.
package enum Merging: Equatable, Sendable {
    /// Now or before.
    case merged
    /// Something is missing that may come: a check, a review, the forge's own look at it.
    case notYet(String)
    /// The bot may not, or it is closed.
    case refused(String)
}

/// How to reach a repository with git.
package struct CloneAccess: Equatable, Sendable {
    /// From the configured base; never with a user or a token in it.
    package var url: String
    /// `Authorization: Basic …`; nil: none is needed.
    package var header: String?

    package init(url: String, header: String?) {
        self.url = url
        self.header = header
    }
}

/// Why a forge could not be asked or told. What a caller would do about it is the case.
package enum ForgeError: Error, Equatable, Sendable {
    /// Not before then.
    case rateLimited(until: Date)
    /// The network, a time-out, or 5xx: try again. True: the request may have been acted on.
    case unreachable(String, mayHaveActed: Bool)
    /// The token is wrong, expired or revoked: nothing will work until somebody does something.
    case unauthorized(String)
    /// This is not allowed to the bot.
    case forbidden(String)
    case notFound(String)
    /// Somebody else changed it at the same time: look again.
    case conflict(String)
    /// The forge says that the request is wrong, or it would be.
    case refused(String)
    /// The answer is not what the forge's manual says.
    case unreadable(String)
}

extension ForgeError {
    /// For a log or a page.
    package var fault: Fault {
        switch self {
        case .rateLimited(let until):
            Fault(.environment, "the forge's rate limit is reached until \(until)", notBefore: until)
        case .unreachable(let said, _): Fault(.environment, "the forge cannot be reached: \(said)")
        case .unauthorized(let said):
            Fault(.environment, "the forge does not accept the token: \(said)", advice: "give the server a new one")
        case .forbidden(let said): Fault(.environment, "the forge does not allow it: \(said)")
        case .notFound(let said): Fault(.environment, "the forge does not have it: \(said)")
        case .conflict(let said): Fault(.environment, "somebody changed it at the same time: \(said)")
        case .refused(let said): Fault(.bug, "the forge refuses the request: \(said)")
        case .unreadable(let said): Fault(.environment, "the forge's answer cannot be read: \(said)")
        }
    }
}
