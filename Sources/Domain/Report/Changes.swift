package import Foundation

/// What is different from the run that made the champion.
package struct Changes: Codable, Equatable, Sendable {
    package struct Commit: Codable, Equatable, Sendable {
        package var id: CommitID
        package var author: String
        package var subject: String
        package var at: Date

        package init(id: CommitID, author: String, subject: String, at: Date) {
            self.id = id
            self.author = author
            self.subject = subject
            self.at = at
        }
    }

    /// How the two commits stand to one another.
    package enum Ancestry: Codable, Equatable, Sendable {
        case same
        /// The champion's commit is an ancestor.
        case ahead
        /// So many commits of the champion's are not in this one.
        case diverged(missing: Int)
        case unknown(why: String)
    }

    package struct Dataset: Codable, Equatable, Sendable {
        package var name: DatasetName
        /// The champion's snapshot; nil: it had none.
        package var before: Int?
        package var now: Int?
        package var filesAdded: [String]
        package var filesRemoved: [String]
        package var filesChanged: [String]
        /// How many files these are, where the lists do not hold them all.
        package var addedCount: Int?
        package var removedCount: Int?
        package var changedCount: Int?
        /// Nil: not counted.
        package var rowsBefore: Int64?
        package var rowsNow: Int64?
        package var columnsAdded: [String]
        package var columnsRemoved: [String]

        package init(
            name: DatasetName, before: Int?, now: Int?, filesAdded: [String] = [], filesRemoved: [String] = [],
            filesChanged: [String] = [], rowsBefore: Int64? = nil, rowsNow: Int64? = nil,
            columnsAdded: [String] = [], columnsRemoved: [String] = []
        ) {
            self.name = name
            self.before = before
            self.now = now
            self.filesAdded = filesAdded
            self.filesRemoved = filesRemoved
            self.filesChanged = filesChanged
            self.rowsBefore = rowsBefore
            self.rowsNow = rowsNow
            self.columnsAdded = columnsAdded
            self.columnsRemoved = columnsRemoved
        }
    }

    /// A parameter, a package or a line of the policy with its values; nil: it is not there.
    package struct Value: Codable, Equatable, Sendable {
        package var name: String
        package var before: String?
        package var now: String?

        package init(name: String, before: String?, now: String?) {
            self.name = name
            self.before = before
            self.now = now
        }
    }

    package var champion: ModelRef
    package var commit: CommitID
    package var ancestry: Ancestry
    /// Newest first; at most `mostRows`.
    package var commits: [Commit]
    package var commitCount: Int
    /// Only datasets that are not the same.
    package var datasets: [Dataset]
    /// Of parameter files, keys joined by dots: `params.yaml:train.depth`.
    package var parameters: [Value]
    /// Of the lock file, and `python`.
    package var packages: [Value]
    /// Keys of the expanded policy: `gates[1].max_drop`.
    package var policy: [Value]

    package static let mostRows = 50

    package init(
        champion: ModelRef, commit: CommitID, ancestry: Ancestry, commits: [Commit] = [], commitCount: Int = 0,
        datasets: [Dataset] = [], parameters: [Value] = [], packages: [Value] = [], policy: [Value] = []
    ) {
        self.champion = champion
        self.commit = commit
        self.ancestry = ancestry
        self.commits = commits
        self.commitCount = commitCount
        self.datasets = datasets
        self.parameters = parameters
        self.packages = packages
        self.policy = policy
    }
}
