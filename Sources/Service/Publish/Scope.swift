import Domain
import Forges
import Foundation
import Settings

/// Something outside that a change of a run concerns. What it must say is derived from the rows of now.
enum Scope: Hashable, Sendable {
    /// Status and check of a commit.
    case commit(ProjectName, CommitID, ModelName)
    /// The report in a pull request.
    case pullRequest(ProjectName, Int64, ModelName)
    /// The promotion pull request of a model.
    case promotion(ProjectName, ModelName)
    /// Notices about a run, and the outcome of a reproduction.
    case run(ProjectName, RunID)
    /// Notices about an event of data.
    case event(ProjectName, Int64)

    var project: ProjectName {
        switch self {
        case .commit(let project, _, _), .pullRequest(let project, _, _), .promotion(let project, _),
            .run(let project, _), .event(let project, _):
            project
        }
    }
}

/// Where the project lies, and with which limits, as the configuration of now has it.
struct Ground: Sendable {
    let project: ProjectName
    let settings: ProjectSettings
    /// Nil: it lies on no forge, and the commit's notes are all there is.
    let forge: (name: ForgeName, client: any Forge, repository: ForgeRepository)?
    let live: Configuration.Live

    init?(_ project: ProjectName, _ live: Configuration.Live) {
        guard let settings = live.settings.projects[project] else { return nil }
        self.project = project
        self.settings = settings
        self.live = live
        if case .forge(let name, let repository) = settings.source, let client = live.forges[name] {
            forge = (name, client, repository)
        } else {
            forge = nil
        }
    }

    /// The page of a run; nil: the server has no address that people can open.
    func link(to run: RunID) -> String? { live.settings.listen.url.map { "\($0)/runs/\(run)" } }

    static func context(_ model: ModelName) -> String { "sluice/\(model)" }

    /// Branches that only the bot writes.
    static let ownBranches = "sluice/promote/"

    static func promotionBranch(_ model: ModelName) -> BranchName? { BranchName(ownBranches + model.text) }
}

/// Keys of posts: who says it, and to whom.
enum PostKey {
    static func status(_ forge: ForgeName, _ repository: ForgeRepository, _ commit: CommitID, _ context: String)
        -> String
    {
        "status:\(forge):\(repository):\(commit.hex):\(context)"
    }

    static func check(_ forge: ForgeName, _ repository: ForgeRepository, _ commit: CommitID, _ context: String)
        -> String
    {
        "check:\(forge):\(repository):\(commit.hex):\(context)"
    }

    static func report(_ forge: ForgeName, _ repository: ForgeRepository, _ pull: Int64, _ model: ModelName) -> String {
        "report:\(forge):\(repository):\(pull):\(model)"
    }

    static func reply(_ forge: ForgeName, _ repository: ForgeRepository, _ pull: Int64, _ subject: String) -> String {
        "reply:\(forge):\(repository):\(pull):\(subject)"
    }

    static func reaction(_ forge: ForgeName, _ repository: ForgeRepository, _ comment: String) -> String {
        "reaction:\(forge):\(repository):\(comment)"
    }

    static func promotion(_ forge: ForgeName, _ repository: ForgeRepository, _ model: ModelName) -> String {
        "promote:\(forge):\(repository):\(model)"
    }

    /// - Parameter model: nil: no policy tells it.
    static func note(_ project: ProjectName, _ commit: CommitID, _ model: ModelName?) -> String {
        "note:\(project):\(commit.hex):\(model?.text ?? "")"
    }

    static func notice(_ name: String, _ subject: String) -> String { "notice:\(name):\(subject)" }
}
