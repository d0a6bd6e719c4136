import Domain
import GRDB

/// One page of runs, newest first. The inner query finds the page's numbers in an index alone; only the rows that are
/// shown are read, so a page costs the same at ten runs and at a million.
struct RunPage {
    static let liveWords = MainRoad.list(MainRoad.liveRunWords)

    let sql: String
    let arguments: StatementArguments

    init(model: ModelName?, commit: String?, unfinishedOnly: Bool, before: RunID?, limit: Int) {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let model {
            conditions.append("model = ?")
            arguments += [model.text]
        }
        let prefix = commit ?? ""
        if !prefix.isEmpty {
            let range = RunPage.commits(startingWith: prefix)
            conditions.append(range.condition)
            arguments += range.arguments
        }
        if unfinishedOnly { conditions.append("state IN \(RunPage.liveWords)") }
        if let before {
            conditions.append("id < ?")
            arguments += [before.number]
        }
        // Without statistics SQLite prefers an equal model to a range of commits, and then reads every run of the model.
        let index = unfinishedOnly ? "INDEXED BY run_live" : prefix.isEmpty ? "" : "INDEXED BY run_by_commit"
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        sql = """
            WITH page AS (SELECT id FROM run \(index) \(filter) ORDER BY id DESC LIMIT ?)
            SELECT run.*, \(VersionRecord.columns(of: "challenger")), conclusion.evidence
            FROM page
            CROSS JOIN run ON run.id = page.id
            LEFT JOIN version AS challenger ON challenger.run = run.id
            LEFT JOIN conclusion ON conclusion.run = run.id
            ORDER BY run.id DESC
            """
        self.arguments = arguments + [max(0, limit)]
    }

    /// Ids are lower-case hexadecimal, and 'g' comes after every digit: all that starts with the prefix. A text that is
    /// no prefix of an id can match nothing, and then the range holds nothing either.
    static func commits(startingWith prefix: String) -> (condition: String, arguments: StatementArguments) {
        let prefix = prefix.lowercased()
        return ("commit_id >= ? AND commit_id < ?", [prefix, prefix + "g"])
    }
}
