import Domain
import Foundation
import Synchronization
import Wire

/// A client of Bitbucket Cloud.
struct BitbucketForge: Sendable {
    let parts: ForgeParts
    let caller: Caller
    private let token: String
    private let me = Remembered<ForgeUser>()
    private let heads = BitbucketHeads()

    /// `email:token` of an account and its API token, as everything needs it; the access token of a repository or a
    /// workspace can write, but may not ask who it is. Throws `.input` without one.
    init(parts: ForgeParts, wire: Wire, now: @escaping @Sendable () -> Date) throws(Fault) {
        token = try parts.token()
        self.parts = parts
        let authorization =
            token.contains(":") ? "Basic \(Data(token.utf8).base64EncodedString())" : "Bearer \(token)"
        caller = Caller(
            api: parts.api, wire: wire, headers: ["accept": "application/json", "authorization": authorization],
            secrets: [token, String(token.drop { $0 != ":" }.dropFirst())], now: now)
    }

    /// All items of a list: `next` in each page.
    func list<Item: Decodable>(
        of type: Item.Type, _ path: String, query: [(String, String)] = []
    ) async throws(ForgeError) -> [Item] {
        let text = (query + [("pagelen", "20")]).map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
        return try await caller.follow("\(parts.api)\(path)?\(text)") { (response) throws(ForgeError) in
            let page = try caller.decode(BitbucketPage<Item>.self, from: response)
            return (page.values, next: page.next)
        }
    }

    /// The full id of a commit of which the forge told twelve digits.
    func full(_ hash: String, in repository: ForgeRepository) async throws(ForgeError) -> CommitID {
        if let commit = CommitID(hex: hash) { return commit }
        guard (7...64).contains(hash.utf8.count), hash.utf8.allSatisfy(isHexDigit) else {
            throw .unreadable("'commit.hash' is not a commit")
        }
        let answer = try await caller.ask(BitbucketCommit.self, "/repositories/\(repository)/commit/\(hash)")
        guard let commit = CommitID(hex: answer.hash), answer.hash.hasPrefix(hash) else {
            throw .unreadable("'hash' is not the commit that was asked for")
        }
        return commit
    }

    private func isHexDigit(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
    }

    /// The newest commit of the pull request's own list, with its full id: among all commits of a repository somebody
    /// could make another one that begins with the same twelve digits. A list that is empty tells nothing of it.
    private func head(of pull: BitbucketPull, in repository: ForgeRepository) async throws(ForgeError) -> CommitID {
        let short = pull.source.commit?.hash ?? ""
        let page = try await caller.ask(
            BitbucketPage<BitbucketCommit>.self, "/repositories/\(repository)/pullrequests/\(pull.id)/commits",
            query: ["pagelen": "1"])
        guard let newest = page.values.first else { return try await full(short, in: repository) }
        guard let commit = CommitID(hex: newest.hash) else { throw .unreadable("'hash' is not a commit") }
        guard short.utf8.count >= 7, newest.hash.hasPrefix(short) else {
            throw .conflict("the pull request got new commits while it was asked for")
        }
        return commit
    }

    private func known(
        _ pull: BitbucketPull, in repository: ForgeRepository
    ) async throws(ForgeError) -> PullRequest {
        let from = pull.source.repository.flatMap { ForgeRepository($0.fullName) }
        let head = try await head(of: pull, in: repository)
        var mergeCommit: CommitID?
        if let hash = pull.mergeCommit?.hash { mergeCommit = try await full(hash, in: repository) }
        return try pull.known(head: head, from: from, in: repository, mergeCommit: mergeCommit)
    }
}

/// Full ids of heads of open pull requests, so that a look need not ask for each. Any change of a pull request makes another
/// one of it: by its digits alone, of which the forge tells twelve, somebody could put another commit in its place. Who
/// decides asks anew.
private final class BitbucketHeads: Sendable {
    private struct Key: Hashable {
        let repository: String
        let pull: Int64
    }

    private struct Known {
        let updated: String
        let short: String
        let head: CommitID
    }

    private let known = Mutex<[Key: Known]>([:])

    func head(of pull: BitbucketPull, in repository: ForgeRepository) -> CommitID? {
        guard let known = known.withLock({ $0[Key(repository: repository.path, pull: pull.id)] }),
            known.updated == pull.updatedOn, known.short == pull.source.commit?.hash
        else { return nil }
        return known.head
    }

    func keep(_ head: CommitID, of pull: BitbucketPull, in repository: ForgeRepository) {
        guard let short = pull.source.commit?.hash else { return }
        let found = Known(updated: pull.updatedOn, short: short, head: head)
        known.withLock { $0[Key(repository: repository.path, pull: pull.id)] = found }
    }

    func forget(allBut pulls: [BitbucketPull], in repository: ForgeRepository) {
        let open = Set(pulls.map(\.id))
        known.withLock { known in
            known = known.filter { $0.key.repository != repository.path || open.contains($0.key.pull) }
        }
    }
}

extension BitbucketForge: Forge {
    var kind: ForgeKind { .bitbucket }
    var abilities: ForgeAbilities { ForgeAbilities(commentLimit: 32_768, statusLimit: 255, hasChecks: false) }

    func whoAmI() async throws(ForgeError) -> ForgeUser {
        try await me.get { () throws(ForgeError) in
            guard let user = try await caller.ask(BitbucketUser.self, "/user").user else {
                throw .unreadable("'uuid' is missing")
            }
            return user
        }
    }

    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        let pull = try await caller.ask(BitbucketPull.self, "/repositories/\(repository)/pullrequests/\(number)")
        return try await known(pull, in: repository)
    }

    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        let pulls = try await list(
            of: BitbucketPull.self, "/repositories/\(repository)/pullrequests", query: [("state", "OPEN")])
        var all: [PullRequest] = []
        for pull in pulls {
            do throws(ForgeError) {
                if let head = heads.head(of: pull, in: repository) {
                    let from = pull.source.repository.flatMap { ForgeRepository($0.fullName) }
                    all.append(try pull.known(head: head, from: from, in: repository, mergeCommit: nil))
                    continue
                }
                let found = try await known(pull, in: repository)
                heads.keep(found.head, of: pull, in: repository)
                all.append(found)
            } catch .unreadable, .notFound, .conflict {
                // One that cannot be put into our words must not hide the others.
            }
        }
        heads.forget(allBut: pulls, in: repository)
        return all
    }

    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        let all = try await list(
            of: BitbucketComment.self, "/repositories/\(repository)/pullrequests/\(pullRequest)/comments")
        // A remark on a line of the change is a part of a review, not a word to the bot.
        return all.filter { $0.inline == nil }.compactMap { $0.known(on: pullRequest) }.filter { $0.createdAt >= since }
            .sorted { $0.createdAt < $1.createdAt }
    }

    private struct Granted: Decodable {
        let permission: String
        let user: BitbucketUser?
    }

    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        let path = "/workspaces/\(percentEncoded(repository.owner))/permissions/repositories/\(repository.name)"
        let granted: [Granted]
        do throws(ForgeError) {
            granted = try await list(of: Granted.self, path, query: [("q", "user.uuid=\"\(plain(user.id))\"")])
        } catch .notFound {
            return .none
        }
        switch granted.first(where: { $0.user?.uuid == user.id })?.permission {
        case "admin": return .admin
        case "write": return .write
        case "read": return .read
        default: return .none
        }
    }

    /// Nicknames are chosen by their owners and tell nobody apart.
    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser? { nil }

    /// The API of Bitbucket Cloud does not tell who is in a group: nobody is.
    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool { false }

    private struct Written: Decodable {
        struct Author: Decodable {
            let user: BitbucketUser?
        }
        let author: Author?
    }

    /// Who pushed is not told.
    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors {
        let path = "/repositories/\(repository)/pullrequests/\(pullRequest)"
        let pull = try await caller.ask(BitbucketPull.self, path)
        let commits = try await list(of: Written.self, "\(path)/commits")
        var authors = ForgeAuthors()
        // Its nicknames are chosen by their owners and tell nobody apart: there the id is the login.
        for id in (commits.map { $0.author?.user?.uuid } + [pull.author?.uuid]).compactMap({ $0 }) {
            authors.insert(id: id, login: id)
        }
        return authors
    }

    /// Only what can stand between the quotes of a query.
    func plain(_ text: String) -> String { text.filter { $0 != "\"" && $0 != "\\" } }

    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        let pair = token.split(separator: ":", maxSplits: 1).map(String.init)
        let header: String?
        if pair.count == 2 {
            // Git takes no e-mail address for a name.
            let user = pair[0].contains("@") ? "x-bitbucket-api-token-auth" : pair[0]
            header = parts.cloneHeader(user: user, password: pair[1])
        } else {
            header = parts.cloneHeader(user: "x-token-auth", password: token)
        }
        return CloneAccess(url: parts.cloneURL(repository), header: header)
    }
}
