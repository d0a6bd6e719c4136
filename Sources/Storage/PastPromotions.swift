package import Domain
package import Foundation
import GRDB

extension Store {
    /// The versions that an alias was moved to for good, with the numbers of their own runs; each counts once, at its
    /// latest promotion. Newest first. Only promotions that were over by `before`, so that asking again later gives
    /// the same.
    package func pastPromotions(
        of model: ModelName, alias: AliasName, before: Date, limit: Int
    ) async throws(Fault) -> [Measurements.PastPromotion] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT version.version, version.run, json_extract(conclusion.body, '$.challenger') AS metrics
                    FROM (
                        SELECT model, challenger, max(id) AS latest FROM promotion
                        WHERE model = ? AND alias = ? AND state = 'promoted' AND finished_at <= ?
                        GROUP BY challenger ORDER BY latest DESC LIMIT ?
                    ) AS past
                    JOIN version ON version.model = past.model AND version.version = past.challenger
                    JOIN conclusion ON conclusion.run = version.run
                    ORDER BY past.latest DESC
                    """,
                arguments: [model.text, alias.text, Timestamp.text(before), max(0, limit)]
            ).map { row in
                Measurements.PastPromotion(
                    version: try row.count("version"), run: try row.runID("run"), metrics: try row.json("metrics"))
            }
        }
    }
}
