package import Domain
import Foundation
package import Host
package import SystemPackage

/// Writes a first schema for a file: what its columns hold, and how sure that is.
///
/// Who calls it: `sluice data infer`. It writes only below `temporary`, and the same file always gives the same schema.
/// Every record is looked at, by the rules by which the schema test judges; the schema is then tried on the file, and
/// what it finds there is told. Memory does not grow with the file, but for the values of columns that may be keys.
package struct SchemaInference: Sendable {
    package let duckdb: DuckDB
    /// True: bounds, lengths, allowed values and unique columns are written as they were seen.
    package let isStrict: Bool

    package init(duckdb: DuckDB, isStrict: Bool = false) {
        self.duckdb = duckdb
        self.isStrict = isStrict
    }

    /// CSV, Parquet or JSON Lines by the file's ending; text may be packed by gzip or zstd.
    ///
    /// Throws `.input` for a file that cannot be read as a whole, or whose columns no schema can name.
    package func run(
        on file: (name: String, path: FilePath), temporary: FilePath
    ) async throws(Fault) -> InferredSchema {
        try await ScratchFolder.use(below: temporary, named: "infer") { folder throws(Fault) in
            let source = try await InferenceReader(duckdb: duckdb, folder: folder, name: file.name).open(file.path)
            var draft = try SchemaDraft(source, tallies: await TallyScan(source: source).tallies())
            try await ValueScan(source: source, isStrict: isStrict).complete(&draft)
            let (text, json) = try draft.written()
            let schema = try SchemaInference.read(text)
            let findings = try await tried(schema, on: source, in: folder)
            return InferredSchema(
                rows: draft.rows, text: text, json: json, notes: InferenceNotes(draft, findings).lines)
        }
    }

    /// The schema test asks each column by itself, and of more columns than this it asks too much at once.
    static let mostColumnsTried = 3000

    /// What the schema finds in its own file, which is the first that it must fit; nil if it was not tried.
    private func tried(
        _ schema: TableSchema, on source: InferenceSource, in folder: FilePath
    ) async throws(Fault) -> [DataFinding]? {
        if source.names.count > SchemaInference.mostColumnsTried { return nil }
        let file = (source.plainName, folder.appending(DataFile.linkName))
        return try await SchemaTest(duckdb: duckdb).run(schema, on: [file], temporary: folder).findings
    }

    private static func read(_ text: String) throws(Fault) -> TableSchema {
        do throws(Complaints) {
            return try TableSchema.read(Data(text.utf8), file: "the schema")
        } catch {
            throw Fault(.bug, "the schema that was written cannot be read: \(error.fault.message)")
        }
    }
}

/// A schema that was read off a file.
package struct InferredSchema: Sendable, Equatable {
    /// Records that it was read off.
    package let rows: Int64
    /// As a file holds it: JSON with a line for each field.
    package let text: String
    /// The same.
    package let json: JSONValue
    /// Sentences about what a person should look at.
    package let notes: [String]
}
