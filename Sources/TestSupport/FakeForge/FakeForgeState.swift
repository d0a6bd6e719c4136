package import Domain
package import Foundation

/// Somebody on a fake forge.
package struct FakeUser: Hashable, Sendable {
    package var id: Int64
    package var login: String
    package var isMachine: Bool
    package init(id: Int64, login: String, isMachine: Bool = false) {
        self.id = id
        self.login = login
        self.isMachine = isMachine
    }
    /// As Bitbucket calls somebody.
    package var uuid: String {
        let digits = String(id, radix: 16)
        return "{00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits + "}"
    }
    /// In our words. `kind`: each forge has an id of its own kind.
    package func known(to kind: ForgeKind) -> ForgeUser? {
        PersonName(login).map { ForgeUser(id: kind == .bitbucket ? uuid : String(id), login: $0) }
    }
}

/// What somebody may do, in the finest words that any of the forges has.
package enum FakeRole: String, Sendable, CaseIterable, Comparable {
    case none
    case read
    case triage
    case write
    case maintain
    case admin
    package static func < (left: FakeRole, right: FakeRole) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

package struct FakeRepository: Sendable {
    package var id: Int64
    /// `acme/flights`
    package var path: String
    /// The bare repository on disk.
    package var folder: String
    package var isPrivate = true
    /// False: the bot's hook is not there, as in somebody's fork.
    package var hasHook = true
    package var roles: [Int64: FakeRole] = [:]
    package var pulls: [Int64: FakePull] = [:]
    package var comments: [FakeComment] = []
    package var statuses: [FakeStatus] = []
    package var checks: [FakeCheck] = []
    package var nextNumber: Int64 = 1
    /// Commits that exist although the bare repository does not hold them.
    package var commits: Set<String> = []
    package var protection = FakeProtection()
}

package struct FakePull: Sendable {
    package var number: Int64
    /// `open`, `closed` or `merged`.
    package var state = "open"
    package var isDraft = false
    package var title: String
    package var body = ""
    package var author: FakeUser
    package var head: String
    package var headBranch: String
    /// Nil: the fork is gone.
    package var headRepository: String?
    package var base: String
    package var createdAt: Date
    package var updatedAt: Date
    package var mergedBy: FakeUser?
    package var mergeCommit: String?
    /// Oldest first, with who wrote each.
    package var commits: [(sha: String, author: FakeUser?)]
}

package struct FakeComment: Sendable, Equatable {
    package var id: Int64
    package var pull: Int64
    package var author: FakeUser
    package var body: String
    package var createdAt: Date
    package var updatedAt: Date
    /// Who changed it last; nil: nobody.
    package var editedBy: FakeUser?
    /// Written by the forge itself (GitLab).
    package var isSystem = false
    /// Signs, each with who gave it.
    package var reactions: [String] = []
}

package struct FakeStatus: Sendable, Equatable {
    package var commit: String
    package var context: String
    /// In the forge's own word.
    package var state: String
    package var description: String
    package var link: String?
    package var at: Date
}

package struct FakeCheck: Sendable, Equatable {
    package var id: Int64
    package var commit: String
    package var name: String
    package var externalID: String
    package var status: String
    package var conclusion: String?
    package var title: String
    package var summary: String
    package var link: String?
    /// Identifiers of its buttons.
    package var actions: [String]
}

/// What a fake forge does although it should not.
package struct FakeTroubles: Sendable {
    /// Every request is answered 503.
    package var isUnavailable = false
    /// Every request is told to wait until then.
    package var limitedUntil: Date?
    /// The limit is GitHub's second one, of writes in a short time, which tells of itself otherwise.
    package var isSecondLimit = false
    /// No token is good.
    package var isRevoked = false
    /// So many writes are acted on, and their answers are lost.
    package var lostAnswers = 0
    /// So many requests take effect and are answered 502.
    package var badGateways = 0
    /// Milliseconds before each answer.
    package var delay = 0
    /// Seconds that its clock is ahead of ours.
    package var ahead = 0.0
    /// Every answer stops after its first byte.
    package var isStalling = false
    /// Answered instead, by the path's end: hostile answers.
    package var instead: [String: FakeAnswer] = [:]
}

/// All that a fake forge knows. Not for tests to change beyond what `FakeForge` does.
package struct FakeForgeState: Sendable {
    package let kind: ForgeKind
    package var users: [FakeUser] = []
    /// The account of the token, or of the App.
    package var bot: FakeUser
    package var token: String
    /// The App's id; nil: there is no App.
    package var app: String?
    /// Installation tokens, with their end, their permissions and their repositories.
    package var installationTokens: [String: (end: Date, permissions: [String: String], repositories: [String])] = [:]
    package var repositories: [FakeRepository] = []
    package var teams: [String: Set<Int64>] = [:]
    package var troubles = FakeTroubles()
    /// Accepted writes, with their times.
    package var writes: [(method: String, path: String, at: Date)] = []
    /// Every request, refused ones too.
    package var requests: [(method: String, path: String, status: Int)] = []
    package var deliveries: [FakeDelivery] = []
    package var webhookSecret: String
    package var base = ""
    private var lastID: Int64 = 1000

    package init(kind: ForgeKind, bot: FakeUser, token: String, webhookSecret: String) {
        self.kind = kind
        self.bot = bot
        self.token = token
        self.webhookSecret = webhookSecret
        users = [bot]
    }

    /// An id that nothing has yet.
    package mutating func newID() -> Int64 {
        lastID += 1
        return lastID
    }

    /// Where the repository stands in `repositories`; letter case does not matter.
    package func index(of path: String) -> Int? {
        repositories.firstIndex { $0.path.lowercased() == path.lowercased() }
    }

    package func user(_ login: String) -> FakeUser? { users.first { $0.login.lowercased() == login.lowercased() } }
    package func user(id: Int64) -> FakeUser? { users.first { $0.id == id } }

    package func role(of user: FakeUser, in repository: FakeRepository) -> FakeRole {
        repository.roles[user.id] ?? (repository.isPrivate ? .none : .read)
    }

    /// Leaves the delivery of what the bot did in a repository that is being changed.
    mutating func tell(_ happening: FakeHappening, in repository: FakeRepository) {
        guard repository.hasHook else { return }
        var known = self
        if let place = known.index(of: repository.path) { known.repositories[place] = repository }
        if let delivery = FakeDialect.of(kind).tell(happening, known) { deliveries.append(delivery) }
    }

    /// The newest commit of a branch: from the bare repository, else from the open pull requests.
    package func head(of branch: String, in repository: FakeRepository) -> String? {
        FakeGit.head(of: branch, in: repository.folder)
            ?? repository.pulls.values.first { $0.headBranch == branch && $0.state == "open" }?.head
    }

    package func has(_ commit: String, in repository: FakeRepository) -> Bool {
        repository.commits.contains(commit) || repository.pulls.values.contains { $0.head == commit }
            || FakeGit.has(commit, in: repository.folder)
    }
}
