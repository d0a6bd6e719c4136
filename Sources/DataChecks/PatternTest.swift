import Domain
import Host
import SystemPackage

/// Asks DuckDB whether it understands the patterns of a schema, so that a bad one is no fault of a file.
struct PatternTest: Sendable {
    let duckdb: DuckDB

    /// Throws `.input` for the first pattern that is none.
    func check(_ schema: TableSchema, temporary: FilePath) async throws(Fault) {
        let fields = schema.fields.filter { $0.pattern != nil }
        if fields.isEmpty { return }
        do throws(Fault) {
            try await ask(fields, temporary)
        } catch {
            guard error.kind == .input else { throw error }
            // Which one it is, only now that there is one.
            for field in fields {
                do throws(Fault) {
                    try await ask([field], temporary)
                } catch {
                    throw Fault(
                        .input,
                        "the pattern of the field '\(field.name)' cannot be used: \(error.message.shown(limit: 300))",
                        advice: "patterns are RE2's: no look-ahead, no look-behind, no back-references")
                }
            }
            throw error
        }
    }

    private func ask(_ fields: [Field], _ temporary: FilePath) async throws(Fault) {
        var sql: [String] = []
        for field in fields {
            sql.append("regexp_full_match(x, \(try DuckDB.literal(field.pattern ?? "")))")
        }
        // Not a constant, which would not be compiled on every path.
        _ = try await duckdb.rows(
            "SELECT \(sql.joined(separator: ",\n")) FROM (SELECT range::VARCHAR AS x FROM range(1));", reading: [],
            temporary: temporary)
    }
}
