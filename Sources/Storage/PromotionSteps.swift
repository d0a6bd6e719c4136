import Domain
import Foundation
import GRDB

/// Promotions inside a transaction.
enum Promotions {
    static let liveWords = MainRoad.list(MainRoad.livePromotionWords)

    /// As a condition. The index is named because SQLite would rather walk all promotions in the order of their numbers.
    static let isLive = """
        promotion.id IN (SELECT id FROM promotion INDEXED BY promotion_one_live WHERE state IN \(liveWords))
        """

    static let select = """
        SELECT promotion.*, \(VersionRecord.columns(of: "next")), \(VersionRecord.columns(of: "before"))
        FROM promotion
        JOIN version AS next ON next.model = promotion.model AND next.version = promotion.challenger
        LEFT JOIN version AS before ON before.model = promotion.model AND before.version = promotion.previous
        """

    static func promotion(_ row: Row) throws -> Promotion {
        Promotion(
            id: try row.number("id"),
            repository: RepositoryID(path: try row.text("repository")),
            alias: try row.value("alias") { AliasName($0) },
            challenger: try VersionRecord.ref(row, "next"),
            previous: try VersionRecord.optionalRef(row, "before"),
            why: try row.json("why"),
            state: try row.json("state_body"),
            startedAt: try row.time("started_at"),
            finishedAt: try row.optionalTime("finished_at")
        )
    }

    static func find(_ database: Database, _ id: Int64) throws -> Promotion? {
        try Row.fetchOne(database, sql: "\(select) WHERE promotion.id = ?", arguments: [id]).map(promotion)
    }

    static func find(_ database: Database, ofRun run: RunID) throws -> Promotion? {
        try Row.fetchOne(database, sql: "\(select) WHERE promotion.decided_run = ?", arguments: [run.number])
            .map(promotion)
    }

    static func live(_ database: Database, _ model: ModelName, _ alias: AliasName) throws -> Promotion? {
        try Row.fetchOne(
            database,
            sql: "\(select) WHERE promotion.model = ? AND promotion.alias = ? AND promotion.state IN \(liveWords)",
            arguments: [model.text, alias.text]
        ).map(promotion)
    }

    /// A person may have said no between the last look at the decisions and now.
    static func refuseRejected(_ database: Database, _ run: RunID, _ challenger: ModelRef) throws {
        guard challenger.run == run else {
            throw Fault(.bug, "version \(challenger.version) of \(challenger.model) is not the model of run \(run)")
        }
        for decision in try Decisions.all(database, of: run) {
            if case .reject(let reason) = decision.answer {
                throw Fault(.environment, "run \(run) was rejected by \(decision.by): \(reason)")
            }
        }
    }

    static func insert(
        _ database: Database, _ challenger: ModelRef, _ alias: AliasName, _ repository: RepositoryID,
        _ why: Promotion.Why, at: Date
    ) throws -> Promotion {
        guard try Registry.version(database, challenger.version, of: challenger.model)?.ref == challenger else {
            throw Fault(
                .input, "version \(challenger.version) of \(challenger.model) is not registered as that model")
        }
        let decidedRun: Int64? =
            switch why {
            case .decided(let run): run.number
            case .command: nil
            }
        let state = Promotion.State.intended
        let previous = try Registry.holder(database, of: alias, challenger.model)
        try database.execute(
            sql: """
                INSERT INTO promotion (repository, model, alias, challenger, previous, why, decided_run, state,
                state_body, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                repository.path, challenger.model.text, alias.text, challenger.version, previous?.version,
                Canonical.text(of: why), decidedRun, state.word, Canonical.text(of: state), Timestamp.text(at),
            ])
        let promotion = try existing(database, database.lastInsertedRowID)
        try Journal.append(
            database, at: at, "promotion \(promotion.id)", "intend", to: state.word, value: promotion)
        return promotion
    }

    static func change(
        _ database: Database, _ id: Int64, _ change: Promotion.State.Change, at: Date
    ) throws -> Promotion {
        let promotion = try existing(database, id)
        let subject = "promotion \(id)"
        let state: Promotion.State
        do throws(IllegalTransition) {
            state = try promotion.state.after(change)
        } catch {
            throw refusal(of: error, subject: subject, cameTooLate: promotion.state.isPast(change))
        }
        try moveAlias(database, promotion, change)
        try database.update(
            "UPDATE promotion SET state = ?, state_body = ?, finished_at = ? WHERE id = ? AND state = ?",
            [
                state.word, Canonical.text(of: state), state.isFinal ? Timestamp.text(at) : nil, id,
                promotion.state.word,
            ],
            subject: subject)
        try Journal.append(
            database, at: at, subject, change.word, from: promotion.state.word, to: state.word, value: state)
        return try existing(database, id)
    }

    private static func moveAlias(
        _ database: Database, _ promotion: Promotion, _ change: Promotion.State.Change
    ) throws {
        let (model, next, before) = (promotion.challenger.model, promotion.challenger, promotion.previous)
        switch change {
        case .moveAlias: try Registry.move(database, promotion.alias, model, from: before, to: next)
        case .restore: try Registry.move(database, promotion.alias, model, from: next, to: before)
        case .deploy, .verify, .rollBack, .giveUp: return
        }
    }

    private static func existing(_ database: Database, _ id: Int64) throws -> Promotion {
        guard let promotion = try find(database, id) else { throw Fault(.input, "there is no promotion \(id)") }
        return promotion
    }
}
