import Domain
import Forges
import Foundation
import Synchronization
import SystemPackage

/// A forge in memory, as small as the loops of the server need it: pull requests, comments, and folders to clone from.
final class SmallForge: Forge {
    struct State: Sendable {
        var pulls: [Int64: PullRequest] = [:]
        var comments: [PullRequestComment] = []
        /// Every question and act fails with this.
        var trouble: ForgeError?
        /// Every question about this pull request's comments fails with this.
        var troubles: [Int64: ForgeError] = [:]
        /// Pull requests that are there, and of which nothing can be read.
        var unreadable: Set<Int64> = []
        var questions = 0
    }

    let kind = ForgeKind.github
    let abilities = ForgeAbilities(commentLimit: 65_536, statusLimit: 140, hasChecks: false)
    private let base: FilePath
    private let state = Mutex(State())

    init(base: FilePath) { self.base = base }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    var questions: Int { state.withLock { $0.questions } }

    private func asked() throws(ForgeError) -> State {
        let now = state.withLock { state in
            state.questions += 1
            return state
        }
        if let trouble = now.trouble { throw trouble }
        return now
    }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        _ = try asked()
        return ForgeUser(id: "1", login: PersonName(checkedLogin: "sluice-bot"))
    }

    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        let now = try asked()
        if now.unreadable.contains(number) { throw .unreadable("'head' is no commit") }
        guard let pull = now.pulls[number] else { throw .notFound("pull request \(number)") }
        return pull
    }

    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        try asked().pulls.values.filter { $0.state == .open }.sorted { $0.number < $1.number }
    }

    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        let now = try asked()
        if let trouble = now.troubles[pullRequest] { throw trouble }
        return now.comments.filter { $0.pullRequest == pullRequest && $0.createdAt >= since }
    }

    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        _ = try asked()
        return .write
    }

    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser? {
        _ = try asked()
        return nil
    }

    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool { try asked().pulls.isEmpty }

    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors {
        _ = try asked()
        return ForgeAuthors()
    }

    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) { _ = try asked() }

    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        _ = try asked()
        return known ?? "1"
    }

    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) { _ = try asked() }

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        throw .refused("no checks here")
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        _ = try asked()
        return 99
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) { _ = try asked() }

    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging {
        _ = try asked()
        return .refused("merges nothing")
    }

    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        _ = try asked()
        return CloneAccess(url: base.pushing(FilePath("\(repository.path).git")).string, header: nil)
    }
}

extension PersonName {
    /// A login that a test wrote itself.
    init(checkedLogin text: String) {
        guard let name = PersonName(text) else { preconditionFailure("no login: \(text)") }
        self = name
    }
}

extension PullRequest {
    /// Pull request 7 of `ada`, from a branch of the repository.
    static func seven(_ head: CommitID, isFork: Bool = false, updatedAt: String = "2026-11-28T12:00:00Z") -> PullRequest
    {
        PullRequest(
            number: 7, state: .open, isDraft: false, title: "Change",
            author: ForgeUser(id: "5", login: .init(checkedLogin: "ada")),
            head: head, headBranch: BranchName("topic") ?? .main, headRepository: ForgeRepository("acme/toy"),
            base: .main, isFork: isFork, updatedAt: updatedAt)
    }
}

extension BranchName {
    static var main: BranchName {
        guard let name = BranchName("main") else { preconditionFailure("main is a branch") }
        return name
    }
}
