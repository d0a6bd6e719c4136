package import Domain
package import Foundation
import GRDB

extension Store {
    /// Registers the run's model as the next version, and as the run's challenger. A run has one; calling again
    /// returns it. A run that is over registers nothing: `.environment`.
    package func register(
        _ artifact: Artifact, model: ModelName, run: RunID, at: Date
    ) async throws(Fault) -> ModelRef {
        try await write { try Registry.register($0, artifact, model, run, at: at) }
    }

    /// A version, with the aliases that point at it.
    package struct Version: Sendable, Equatable {
        package let ref: ModelRef
        package let aliases: [AliasName]
        package let createdAt: Date
    }

    /// Newest first.
    package func versions(of model: ModelName?, limit: Int) async throws(Fault) -> [Version] {
        try await read { database in
            let order = model == nil ? "ORDER BY id DESC" : "WHERE model = ? ORDER BY version DESC"
            return try Row.fetchAll(
                database, sql: "\(Registry.select) \(order) LIMIT ?",
                arguments: (model.map { [$0.text] } ?? []) + [max(0, limit)]
            ).map(Registry.version)
        }
    }

    /// An alias of a model, and the version that it points at.
    package struct AliasPlace: Sendable, Equatable {
        package let alias: AliasName
        package let holder: ModelRef
    }

    /// All aliases, by the names of their models.
    package func aliases(limit: Int) async throws(Fault) -> [AliasPlace] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT alias.alias, alias.model, \(VersionRecord.columns(of: "version"))
                    FROM alias JOIN version ON version.model = alias.model AND version.version = alias.version
                    ORDER BY alias.model, alias.alias LIMIT ?
                    """,
                arguments: [max(0, limit)]
            ).map { row in
                AliasPlace(
                    alias: try row.value("alias") { AliasName($0) }, holder: try VersionRecord.ref(row, "version"))
            }
        }
    }

    package func version(_ number: Int, of model: ModelName) async throws(Fault) -> Version? {
        try await read { try Registry.version($0, number, of: model) }
    }

    package func holder(of alias: AliasName, model: ModelName) async throws(Fault) -> ModelRef? {
        try await read { try Registry.holder($0, of: alias, model) }
    }
}

/// Versions and aliases inside a transaction.
enum Registry {
    static let select = """
        SELECT version.model, version.created_at, \(VersionRecord.columns(of: "version")), (
            SELECT json_group_array(alias) FROM (
                SELECT alias FROM alias WHERE alias.model = version.model AND alias.version = version.version
                ORDER BY alias
            )
        ) AS aliases FROM version
        """

    static func version(_ row: Row) throws -> Store.Version {
        Store.Version(
            ref: try VersionRecord.ref(row, "version"), aliases: try row.json("aliases"),
            createdAt: try row.time("created_at"))
    }

    static func version(_ database: Database, _ number: Int, of model: ModelName) throws -> Store.Version? {
        try Row.fetchOne(
            database, sql: "\(select) WHERE version.model = ? AND version.version = ?", arguments: [model.text, number]
        ).map(version)
    }

    static func holder(_ database: Database, of alias: AliasName, _ model: ModelName) throws -> ModelRef? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT alias.model, \(VersionRecord.columns(of: "version"))
                FROM alias JOIN version ON version.model = alias.model AND version.version = alias.version
                WHERE alias.model = ? AND alias.alias = ?
                """,
            arguments: [model.text, alias.text]
        ).map { try VersionRecord.ref($0, "version") }
    }

    static func register(
        _ database: Database, _ artifact: Artifact, _ model: ModelName, _ run: RunID, at: Date
    ) throws -> ModelRef {
        let owner = try Runs.existing(database, run)
        guard owner.model == model else { throw Fault(.bug, "run \(run) trains \(owner.model), not \(model)") }
        if let known = owner.challenger {
            guard known.digest == artifact.digest else {
                throw Fault(.bug, "run \(run) already registered another model: \(known.digest.short)")
            }
            return known
        }
        guard !owner.state.isFinal else {
            throw Fault(.environment, "run \(run) is \(owner.state.word) by now: its model is not registered")
        }
        let newest = try Int.fetchOne(
            database, sql: "SELECT max(version) FROM version WHERE model = ?", arguments: [model.text])
        let ref = ModelRef(
            model: model, version: (newest ?? 0) + 1, run: run, digest: artifact.digest, object: artifact.object,
            bytes: artifact.bytes)
        try database.execute(
            sql: """
                INSERT INTO version (model, version, run, digest, object, bytes, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                model.text, ref.version, run.number, ref.digest.hex, ref.object.description, ref.bytes,
                Timestamp.text(at),
            ])
        try Journal.append(database, at: at, "model \(model) \(ref.version)", "register", value: ref)
        return ref
    }

    /// Points the alias from one version to another (nil: from or to nothing). Refused if it is not where `from` says.
    static func move(
        _ database: Database, _ alias: AliasName, _ model: ModelName, from: ModelRef?, to: ModelRef?
    ) throws {
        let holder = try holder(database, of: alias, model)
        guard holder == from else {
            func words(_ ref: ModelRef?) -> String { ref.map { "version \($0.version)" } ?? "no version" }
            throw Fault(
                .environment,
                "alias \(alias) of \(model) points at \(words(holder)), not at \(words(from)): it was left there")
        }
        if let to {
            try database.execute(
                sql: """
                    INSERT INTO alias (model, alias, version) VALUES (?, ?, ?)
                    ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version
                    """,
                arguments: [model.text, alias.text, to.version])
        } else {
            try database.execute(
                sql: "DELETE FROM alias WHERE model = ? AND alias = ?", arguments: [model.text, alias.text])
        }
    }
}
