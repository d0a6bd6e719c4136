package import Domain
package import Foundation
import GRDB

extension Store {
    /// What `beginPromotion` came to.
    package enum Beginning: Sendable, Equatable {
        case begun(Promotion)
        /// Another promotion of that alias is under way.
        case busy(Promotion)
        /// This run's decision was already acted on.
        case done(Promotion)
    }

    /// Records the intent (`intended`). `previous` is read in the same transaction. One live promotion for each
    /// model and alias; one promotion for each decided run.
    ///
    /// `.environment` if the run that it stands on was rejected in the meantime; `.input` if it was compared with
    /// another champion than the one that would be replaced.
    package func beginPromotion(
        of challenger: ModelRef, alias: AliasName, repository: RepositoryID, why: Promotion.Why, at: Date
    ) async throws(Fault) -> Beginning {
        try await write { database in
            if case .decided(let run) = why {
                if let done = try Promotions.find(database, ofRun: run) { return .done(done) }
                try Promotions.refuseRejected(database, run, challenger)
                if try Decisions.championChange(database, try Runs.existing(database, run)) != nil {
                    throw Fault(
                        .input, "run \(run) was compared with a champion that is not the champion any more",
                        advice: "'sluice run' compares with the one that is, in a new run")
                }
            }
            if let busy = try Promotions.live(database, challenger.model, alias) { return .busy(busy) }
            return .begun(try Promotions.insert(database, challenger, alias, repository, why, at: at))
        }
    }

    /// Applies a change. `.moveAlias` points the alias at the challenger, `.restore` back at the model before (or
    /// removes it if there was none), in the same transaction; both only if the alias still is where they expect it.
    @discardableResult
    package func change(_ promotion: Int64, _ change: Promotion.State.Change, at: Date) async throws(Fault) -> Promotion
    {
        try await write { try Promotions.change($0, promotion, change, at: at) }
    }

    /// The promotion that the decisions on a run led to; what a person asked for with `sluice promote` is not one.
    package func promotion(ofRun run: RunID) async throws(Fault) -> Promotion? {
        try await read { try Promotions.find($0, ofRun: run) }
    }

    package func promotion(_ id: Int64) async throws(Fault) -> Promotion? {
        try await read { try Promotions.find($0, id) }
    }

    /// Newest first.
    package func promotions(
        of model: ModelName?, alias: AliasName? = nil, unfinishedOnly: Bool = false, limit: Int
    ) async throws(Fault) -> [Promotion] {
        try await read { database in
            var conditions: [String] = []
            var arguments: StatementArguments = []
            if let model {
                conditions.append("promotion.model = ?")
                arguments += [model.text]
            }
            if let alias {
                conditions.append("promotion.alias = ?")
                arguments += [alias.text]
            }
            if unfinishedOnly { conditions.append(Promotions.isLive) }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            return try Row.fetchAll(
                database, sql: "\(Promotions.select) \(filter) ORDER BY promotion.id DESC LIMIT ?",
                arguments: arguments + [max(0, limit)]
            ).map(Promotions.promotion)
        }
    }
}
