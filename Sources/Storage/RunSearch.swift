package import Domain
import GRDB

/// What runs can be asked for by; all that is given must hold.
package struct RunFilter: Sendable, Equatable {
    package var project: ProjectName?
    package var model: ModelName?
    /// Words of `RunState`; empty: any.
    package var states: Set<String>
    /// A word of `Trigger`.
    package var trigger: String?
    /// A prefix of the commit's id.
    package var commit: String?
    package var pullRequest: Int64?
    /// Words, or beginnings of words, of the commit's subject and author, the branch, and the pull request's title and
    /// author. Each of them must be there; letter case and accents do not count. At most eight are looked at.
    package var text: String?

    package init(
        project: ProjectName? = nil, model: ModelName? = nil, states: Set<String> = [], trigger: String? = nil,
        commit: String? = nil, pullRequest: Int64? = nil, text: String? = nil
    ) {
        self.project = project
        self.model = model
        self.states = states
        self.trigger = trigger
        self.commit = commit
        self.pullRequest = pullRequest
        self.text = text
    }
}

extension Store {
    /// A run as a list shows it.
    package struct RunListing: Sendable, Equatable {
        package let run: Run
        /// Nil: it was started on a home without a server.
        package let ticket: Ticket?
        /// Hostile texts, as the run's plan has them.
        package let subject: String
        package let author: String
    }

    /// Newest first. Costs the same at ten runs and at a million.
    package func runs(
        matching filter: RunFilter, before: RunID? = nil, limit: Int
    ) async throws(Fault) -> [RunListing] {
        try await read { database in
            let ids = try RunSearch.ids(
                database, filter, before: before?.number ?? .max, limit: min(max(0, limit), RunSearch.most))
            return try RunSearch.listings(database, ids)
        }
    }

    /// How many runs are in which state, by the words of `RunState`. They are counted as they change, so it costs
    /// nothing to ask.
    package func runCounts(
        project: ProjectName? = nil, model: ModelName? = nil
    ) async throws(Fault) -> [String: Int] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT state, sum(runs) AS runs FROM tally
                    WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR model = ?2) AND runs > 0 GROUP BY state
                    """,
                arguments: [project?.text, model?.text])
            return Dictionary(
                try rows.map { (try $0.text("state"), try $0.count("runs")) }, uniquingKeysWith: { first, _ in first })
        }
    }
}

/// Finding runs, inside a transaction.
///
/// The numbers are found in one index, then only the rows that are shown are read. Which index that is depends on what
/// is asked for: a commit, a pull request and words find few by themselves; the rest is found in `run_by_facets`, one
/// range for each combination that `tally` says has runs.
enum RunSearch {
    /// The longest page.
    static let most = 1000

    static func ids(_ database: Database, _ filter: RunFilter, before: Int64, limit: Int) throws -> [Int64] {
        let commit = (filter.commit ?? "").lowercased()
        if let words = filter.text.map(match), !words.isEmpty {
            return try byText(database, filter, words.joined(separator: " AND "), before, limit)
        }
        if filter.text.map({ !$0.allSatisfy(\.isWhitespace) }) ?? false { return [] }
        if filter.pullRequest != nil || !commit.isEmpty {
            let query = query(filter, commit: commit, before: before, limit: limit)
            return try Int64.fetchAll(database, sql: query.sql, arguments: query.arguments)
        }
        return try byFacets(database, filter, before, limit)
    }

    /// As FTS5 asks for it: each word as a beginning; a single letter begins too many words and stands for itself.
    static func match(_ text: String) -> [String] {
        text.prefix(400).split { !$0.isLetter && !$0.isNumber }.prefix(8)
            .map { "words : \"\($0)\"\($0.count > 1 ? " *" : "")" }
    }

    // Facets never change but the state; that one is looked at in the row. Where few runs are in the state (they are
    // under way, as a rule) only their neighbourhood is searched, because a search that finds too little goes on to
    // the first run.
    private static func byText(
        _ database: Database, _ filter: RunFilter, _ words: String, _ before: Int64, _ limit: Int
    ) throws -> [Int64] {
        var after: Int64 = 0
        if !filter.states.isEmpty {
            let few = 1000
            let count = try count(database, filter)
            if count == 0 { return [] }
            if count <= few {
                guard let oldest = try byFacets(database, filter, before, few).last else { return [] }
                after = oldest - 1
            }
        }
        let facets = facets(project: filter.project, model: filter.model, cause: filter.trigger)
        let few = self.facets(commit: filter.commit ?? "", pullRequest: filter.pullRequest)
        let terms = [words] + (facets + few).map { "facets : \"\($0)\"\($0.hasPrefix("h") ? " *" : "")" }
        let (conditions, arguments) = conditions(filter, commit: (filter.commit ?? "").lowercased())
        let sql = """
            SELECT run_text.rowid FROM run_text CROSS JOIN run ON run.id = run_text.rowid
            WHERE run_text MATCH ? AND run_text.rowid > ? AND run_text.rowid < ? \(conditions.map { "AND \($0)" }.joined(separator: " "))
            ORDER BY run_text.rowid DESC LIMIT ?
            """
        return try Int64.fetchAll(
            database, sql: sql, arguments: [terms.joined(separator: " AND "), after, before] + arguments + [limit])
    }

    /// Words that no text holds, to be found beside it.
    static func facets(project: ProjectName?, model: ModelName?, cause: String?) -> [String] {
        [("p", project?.text), ("m", model?.text), ("c", cause)].compactMap { letter, text in
            text.map { letter + $0.utf8.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() }
        }
    }

    /// As above, for what few runs have: without it all that the words find would be looked through.
    static func facets(commit: String, pullRequest: Int64?) -> [String] {
        var facets: [String] = []
        // What is no digit stands in no id: the row says so.
        let digits = commit.lowercased().prefix(commitDigits).prefix { $0.isASCII && $0.isHexDigit }
        if !digits.isEmpty { facets.append("h" + digits) }
        if let pullRequest { facets.append("n\(pullRequest)") }
        return facets
    }

    /// As many digits of a commit as are found beside words; the row has the rest.
    private static let commitDigits = 10

    static func query(
        _ filter: RunFilter, commit: String, before: Int64, limit: Int
    ) -> (sql: String, arguments: StatementArguments) {
        let (conditions, arguments) = conditions(filter, commit: commit)
        let table =
            filter.pullRequest == nil
            ? "run INDEXED BY run_by_commit"
            : "ticket INDEXED BY ticket_by_pull_request CROSS JOIN run ON run.id = ticket.run"
        let all = ["run.id < ?"] + conditions
        return (
            "SELECT DISTINCT run.id FROM \(table) WHERE \(all.joined(separator: " AND ")) ORDER BY run.id DESC LIMIT ?",
            [before] + arguments + [limit]
        )
    }

    private static func conditions(
        _ filter: RunFilter, commit: String
    ) -> (conditions: [String], arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let number = filter.pullRequest {
            if filter.text == nil {
                conditions.append("ticket.pull_request = ?")
            } else {
                conditions.append("run.id IN (SELECT run FROM ticket WHERE pull_request = ?)")
            }
            arguments += [number]
        }
        for (column, text) in [
            ("project", filter.project?.text), ("model", filter.model?.text), ("cause", filter.trigger),
        ] {
            guard let text else { continue }
            conditions.append("run.\(column) = ?")
            arguments += [text]
        }
        if !filter.states.isEmpty {
            conditions.append("run.state IN (SELECT value FROM json_each(?))")
            arguments += [Canonical.text(of: filter.states.sorted())]
        }
        if !commit.isEmpty {
            conditions.append("run.commit_id >= ? AND run.commit_id < ?")
            arguments += [commit, commit + "g"]
        }
        return (conditions, arguments)
    }

    static let combinations = "SELECT project, model, state, cause \(tallied)"
    private static let tallied = """
        FROM tally
        WHERE runs > 0 AND (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR model = ?2) AND (?3 IS NULL OR cause = ?3)
        AND (?4 = '[]' OR state IN (SELECT value FROM json_each(?4)))
        """
    private static func count(_ database: Database, _ filter: RunFilter) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT sum(runs) \(tallied)", arguments: asked(filter)) ?? 0
    }

    private static func asked(_ filter: RunFilter) -> StatementArguments {
        [
            filter.project?.text, filter.model?.text, filter.trigger, Canonical.text(of: filter.states.sorted()),
        ]
    }

    static let ofCombination = """
        SELECT id FROM run INDEXED BY run_by_facets
        WHERE project IS ? AND model = ? AND state = ? AND cause = ? AND id < ? ORDER BY id DESC LIMIT ?
        """

    private static func byFacets(
        _ database: Database, _ filter: RunFilter, _ before: Int64, _ limit: Int
    ) throws -> [Int64] {
        let isPlain =
            filter.project == nil && filter.model == nil && filter.states.isEmpty && filter.trigger == nil
        if isPlain {
            return try Int64.fetchAll(
                database, sql: "SELECT id FROM run WHERE id < ? ORDER BY id DESC LIMIT ?", arguments: [before, limit])
        }
        let rows = try Row.fetchAll(database, sql: combinations, arguments: asked(filter))
        let statement = try database.cachedStatement(sql: ofCombination)
        var found: [Int64] = []
        for row in rows {
            let project = try row.text("project")
            found += try Int64.fetchAll(
                statement,
                arguments: [
                    project.isEmpty ? nil : project, try row.text("model"), try row.text("state"),
                    try row.text("cause"), before, limit,
                ])
        }
        return Array(found.sorted(by: >).prefix(limit))
    }

    static let shown = """
        SELECT run.*, \(VersionRecord.columns(of: "challenger")), conclusion.evidence, ticket.body AS ticket_body,
            json_extract(plan.body, '$.commitSubject') AS subject, json_extract(plan.body, '$.commitAuthor') AS author
        FROM json_each(?) AS wanted
        CROSS JOIN run ON run.id = wanted.value
        CROSS JOIN plan ON plan.run = run.id
        LEFT JOIN ticket ON ticket.run = run.id AND ticket.shared = 0
        LEFT JOIN version AS challenger ON challenger.run = run.id
        LEFT JOIN conclusion ON conclusion.run = run.id
        ORDER BY run.id DESC
        """

    static func listings(_ database: Database, _ ids: [Int64]) throws -> [Store.RunListing] {
        try Row.fetchAll(database, sql: shown, arguments: [Canonical.text(of: ids)]).map { row in
            Store.RunListing(
                run: try RunRecord.run(row), ticket: try row.optionalJSON("ticket_body"),
                subject: try row.text("subject"), author: try row.text("author"))
        }
    }
}
