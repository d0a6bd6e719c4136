import Domain
import Forges
import Foundation
import Host
import Synchronization
import SystemPackage

/// A forge in memory: strict about who may do what, with a memory of all that was said, and whatever trouble a test wants.
final class Board: Forge {
    struct Comment: Sendable, Equatable {
        var id: String
        var pull: Int64
        var author: String
        var body: String
    }

    struct State: Sendable {
        var pulls: [Int64: PullRequest] = [:]
        var people: [String: Permission] = [:]
        var teams: [String: Set<String>] = [:]
        /// Accounts, by their logins in small letters.
        var accounts: [String: ForgeUser] = [:]
        /// Logins and teams that were asked for, in order.
        var askedFor: [String] = []
        var authors: [Int64: ForgeAuthors] = [:]
        var spoken: [PullRequestComment] = []
        /// What the bot wrote, in the order in which it came to be.
        var written: [Comment] = []
        var statuses: [String: [CommitStatus]] = [:]
        var reactions: [String] = []
        /// Every call fails with the first of these, each once; with `isDown`, all do.
        var troubles: [ForgeError] = []
        var isDown: ForgeError?
        /// Writes that are acted on and then not answered.
        var swallowed = 0
        var writes = 0
        /// What a wish to merge is answered with; nil: it is merged.
        var merges: Merging?
        var next: Int64 = 100
    }

    static let me = ForgeUser(id: "1", login: PersonName.of("sluice-bot"))
    let kind: ForgeKind
    let abilities: ForgeAbilities
    private let base: FilePath
    private let state = Mutex(State())

    init(base: FilePath, kind: ForgeKind = .github) {
        self.base = base
        self.kind = kind
        abilities = ForgeAbilities(commentLimit: 65_536, statusLimit: 140, hasChecks: false)
    }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    var now: State { state.withLock { $0 } }

    private func asked() throws(ForgeError) -> State {
        let (now, trouble) = state.withLock { state -> (State, ForgeError?) in
            if let down = state.isDown { return (state, down) }
            return (state, state.troubles.isEmpty ? nil : state.troubles.removeFirst())
        }
        if let trouble { throw trouble }
        return now
    }

    /// A write that is acted on; then it may be that nobody hears of it.
    private func act<Value>(_ body: (inout State) -> Value) throws(ForgeError) -> Value {
        _ = try asked()
        let (value, isLost) = state.withLock { state -> (Value, Bool) in
            state.writes += 1
            let value = body(&state)
            guard state.swallowed > 0 else { return (value, false) }
            state.swallowed -= 1
            return (value, true)
        }
        if isLost { throw .unreachable("the answer was lost", mayHaveActed: true) }
        return value
    }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        _ = try asked()
        return Board.me
    }

    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        guard let pull = try asked().pulls[number] else { throw .notFound("pull request \(number)") }
        return pull
    }

    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        try asked().pulls.values.filter { $0.state == .open }.sorted { $0.number < $1.number }
    }

    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        try asked().spoken.filter { $0.pullRequest == pullRequest && $0.createdAt >= since }
    }

    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        try asked().people[user.id] ?? Permission.none
    }

    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser? {
        change { $0.askedFor.append(login.text) }
        return try asked().accounts[login.text.lowercased()]
    }

    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool {
        change { $0.askedFor.append(team) }
        guard let members = try asked().teams[team] else { throw .notFound("team \(team)") }
        return members.contains(user.id)
    }

    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors {
        try asked().authors[pullRequest] ?? ForgeAuthors()
    }

    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) {
        try act { $0.statuses["\(status.commit.hex) \(status.context)", default: []].append(status) }
    }

    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        guard body.hasPrefix(marker), body.utf16.count <= 65_536 else { throw .refused("not a body") }
        guard try asked().pulls[pullRequest] != nil else { throw .notFound("pull request \(pullRequest)") }
        return try act { state in
            let found = state.written.lastIndex { comment in
                known.map { comment.id == $0 } ?? (comment.pull == pullRequest && comment.body.hasPrefix(marker))
            }
            if let found {
                state.written[found].body = body
                return state.written[found].id
            }
            state.next += 1
            let comment = Comment(id: "\(state.next)", pull: pullRequest, author: Board.me.id, body: body)
            state.written.append(comment)
            return comment.id
        }
    }

    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) {
        try act { if !$0.reactions.contains(comment) { $0.reactions.append(comment) } }
    }

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        throw .refused("no checks here")
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        let head = try await tip(of: branch)
        return try act { state in
            if let number = state.pulls.first(where: { $0.value.headBranch == branch && $0.value.state == .open })?.key
            {
                state.pulls[number]?.title = title
                state.pulls[number]?.head = head
                return number
            }
            state.next += 1
            state.pulls[state.next] = PullRequest(
                number: state.next, state: .open, isDraft: false, title: title, author: Board.me, head: head,
                headBranch: branch, headRepository: repository, base: base, isFork: false, updatedAt: "1")
            return state.next
        }
    }

    private func tip(of branch: BranchName) async throws(ForgeError) -> CommitID {
        let path = base.appending("acme").appending("toy.git").appending(".git").pushing(
            FilePath("refs/heads/\(branch)"))
        guard let text = try? String(contentsOfFile: path.string, encoding: .utf8),
            let commit = CommitID(hex: text.trimmingCharacters(in: .newlines))
        else { throw .refused("there is no branch \(branch)") }
        return commit
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) {
        try act { if $0.pulls[pullRequest]?.state == .open { $0.pulls[pullRequest]?.state = .closed } }
    }

    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging {
        guard let pull = try asked().pulls[pullRequest] else { throw .notFound("pull request \(pullRequest)") }
        if pull.state == .merged { return .merged }
        guard pull.state == .open, pull.author.id == Board.me.id else { return .refused("closed") }
        guard pull.head == head else { throw .conflict("another head") }
        if let no = now.merges { return no }
        let folder = base.appending("acme").appending("toy.git")
        do throws(Fault) {
            _ = try await Tool.find("git", advice: "").output(
                [
                    "-c", "user.name=hub", "-c", "user.email=hub@example.org", "merge", "-q", "--no-ff", "--no-edit",
                    head.hex,
                ],
                in: folder)
        } catch {
            throw .refused(error.message)
        }
        try act { state in
            state.pulls[pullRequest]?.state = .merged
            state.pulls[pullRequest]?.mergedBy = Board.me
        }
        return .merged
    }

    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        _ = try asked()
        return CloneAccess(url: base.pushing(FilePath("\(repository.path).git")).string, header: nil)
    }
}

extension PersonName {
    static func of(_ text: String) -> PersonName {
        guard let name = PersonName(text) else { preconditionFailure("no name: \(text)") }
        return name
    }
}
