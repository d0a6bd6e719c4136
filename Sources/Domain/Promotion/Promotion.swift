package import Foundation

/// Moving the alias to a model version: deploy, verify, and roll back if the verification fails.
package struct Promotion: Codable, Equatable, Sendable, Identifiable {
    package var id: Int64
    package var repository: RepositoryID
    package var alias: AliasName
    package var challenger: ModelRef
    /// Who held the alias before; nil: nobody.
    package var previous: ModelRef?
    package var why: Why
    package var state: State
    package var startedAt: Date
    package var finishedAt: Date?

    /// What calls for the promotion.
    package enum Why: Codable, Equatable, Sendable {
        /// The decisions on this run, or a policy that needs none.
        case decided(RunID)
        /// `sluice promote`, `sluice rollback`: a person puts a registered version in place.
        case command(by: PersonName, reason: String)
    }

    /// How far it has come. Each is committed before the next act starts.
    package enum State: Codable, Equatable, Sendable {
        /// The intent: nothing was done yet.
        case intended
        /// The alias points at the challenger; deploy runs next.
        case aliasMoved
        /// Deploy ended well; verify runs next.
        case deployed
        /// The end: it serves.
        case promoted
        /// Something failed; the alias goes back and the model before is deployed again.
        case rollingBack(reason: String)
        /// The end: as it was before.
        case rolledBack(reason: String)
        /// The end: a person must look; `reason` says what could not be put back.
        case stuck(reason: String)
    }

    package init(
        id: Int64, repository: RepositoryID, alias: AliasName, challenger: ModelRef, previous: ModelRef?, why: Why,
        state: State, startedAt: Date, finishedAt: Date? = nil
    ) {
        self.id = id
        self.repository = repository
        self.alias = alias
        self.challenger = challenger
        self.previous = previous
        self.why = why
        self.state = state
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

extension Promotion.State {
    /// What can happen to a promotion.
    package enum Change: Equatable, Sendable {
        case moveAlias
        case deploy
        case verify
        /// A deploy or verify command said no, or could not be asked.
        case rollBack(reason: String)
        case restore
        case giveUp(reason: String)
    }

    package var isFinal: Bool {
        switch self {
        case .intended, .aliasMoved, .deployed, .rollingBack: false
        case .promoted, .rolledBack, .stuck: true
        }
    }

    /// The word that the store's `state` column and `--json` hold.
    package var word: String {
        switch self {
        case .intended: "intended"
        case .aliasMoved: "alias_moved"
        case .deployed: "deployed"
        case .promoted: "promoted"
        case .rollingBack: "rolling_back"
        case .rolledBack: "rolled_back"
        case .stuck: "stuck"
        }
    }

    /// The state after a change. Throws `IllegalTransition` for every pair that is not named here.
    package func after(_ change: Change) throws(IllegalTransition) -> Promotion.State {
        switch (self, change) {
        case (.intended, .moveAlias): return .aliasMoved
        case (.aliasMoved, .deploy): return .deployed
        case (.deployed, .verify): return .promoted
        case (.aliasMoved, .rollBack(let reason)), (.deployed, .rollBack(let reason)):
            return .rollingBack(reason: reason)
        case (.rollingBack(let reason), .restore): return .rolledBack(reason: reason)
        case (.intended, .giveUp(let reason)), (.aliasMoved, .giveUp(let reason)), (.deployed, .giveUp(let reason)),
            (.rollingBack, .giveUp(let reason)):
            return .stuck(reason: reason)
        case (.intended, _), (.aliasMoved, _), (.deployed, _), (.promoted, _), (.rollingBack, _), (.rolledBack, _),
            (.stuck, _):
            throw IllegalTransition(from: word, change: change.word)
        }
    }
}

extension Promotion.State.Change {
    package var word: String {
        switch self {
        case .moveAlias: "move_alias"
        case .deploy: "deploy"
        case .verify: "verify"
        case .rollBack: "roll_back"
        case .restore: "restore"
        case .giveUp: "give_up"
        }
    }
}
