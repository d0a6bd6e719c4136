import Domain
import GRDB

/// Runs and stages as rows.
enum RunRecord {
    /// A run with the version that it registered and the evidence of its verdict, which are facts of other tables.
    static let select = """
        SELECT run.*, \(VersionRecord.columns(of: "challenger")), conclusion.evidence
        FROM run
        LEFT JOIN version AS challenger ON challenger.run = run.id
        LEFT JOIN conclusion ON conclusion.run = run.id
        """

    static func run(_ row: Row) throws -> Run {
        Run(
            id: try row.runID("id"),
            fingerprint: try row.value("fingerprint") { Digest(hex: $0) },
            repository: RepositoryID(path: try row.text("repository")),
            model: try row.value("model") { ModelName($0) },
            commit: try row.value("commit_id") { CommitID(hex: $0) },
            trigger: try row.json("trigger_body"),
            state: try row.json("state_body"),
            createdAt: try row.time("created_at"),
            startedAt: try row.optionalTime("started_at"),
            finishedAt: try row.optionalTime("finished_at"),
            challenger: try VersionRecord.optionalRef(row, "challenger"),
            evidence: try row.optionalJSON("evidence")
        )
    }

    static func stage(_ row: Row) throws -> StageRun {
        StageRun(
            run: try row.runID("run"),
            ordinal: try row.count("ordinal"),
            name: try row.value("name") { StageName($0) },
            kind: try row.json("kind"),
            state: try row.json("state_body"),
            key: try row.optionalValue("key") { Digest(hex: $0) },
            inputs: try row.optionalJSON("inputs"),
            startedAt: try row.optionalTime("started_at"),
            finishedAt: try row.optionalTime("finished_at")
        )
    }
}

/// Model versions as rows.
enum VersionRecord {
    /// The columns of a table or alias `name` of `version`, each with the name before it.
    static func columns(of name: String) -> String {
        ["version", "run", "digest", "object", "bytes"].map { "\(name).\($0) AS \(name)_\($0)" }
            .joined(separator: ", ")
    }

    /// The reference in columns made by `columns(of:)`; the row's `model` is its model.
    static func ref(_ row: Row, _ name: String) throws -> ModelRef {
        ModelRef(
            model: try row.value("model") { ModelName($0) },
            version: try row.count("\(name)_version"),
            run: try row.runID("\(name)_run"),
            digest: try row.value("\(name)_digest") { Digest(hex: $0) },
            object: try row.value("\(name)_object") { ObjectID($0) },
            bytes: try row.number("\(name)_bytes")
        )
    }

    static func optionalRef(_ row: Row, _ name: String) throws -> ModelRef? {
        row.isNull("\(name)_version") ? nil : try ref(row, name)
    }
}
