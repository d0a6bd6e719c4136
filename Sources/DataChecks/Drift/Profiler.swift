package import Domain
package import Host
package import SystemPackage

/// Measures profiles of data files; the scans are DuckDB's.
///
/// Who calls it: the Engine, once for a snapshot, and `sluice data drift`. It writes only below `temporary`. The same
/// files always give the same profile. Memory does not grow with the number of rows.
package struct Profiler: Sendable {
    package let duckdb: DuckDB
    private let aliases: [String: [String]]

    /// - Parameter aliases: other names that a column may have in a file, by its name.
    package init(duckdb: DuckDB, aliases: [String: [String]] = [:]) {
        self.duckdb = duckdb
        self.aliases = aliases
    }

    /// What a scan of files came to.
    package struct Counted: Sendable, Equatable {
        package let profile: Profile
        /// Of each file, in their order.
        package let rows: [Int64]
    }

    /// The profile of the files together (CSV, Parquet, JSON Lines by their endings), on edges of their own.
    ///
    /// Two passes: a sample, chosen by the digest of each record's number, for the kinds of the columns and the edges;
    /// then all rows, counted on these. A column is one of numbers (or of times) if 99 of 100 values in the sample are.
    /// Throws `.input` for files without rows and for records that cannot be read.
    package func measure(
        _ files: [(name: String, path: FilePath)], temporary: FilePath
    ) async throws(Fault) -> Counted {
        try await scanning(files, temporary) { scan throws(Fault) in
            let layout = try await SampleScan(scan: scan).layout()
            let counted = try await CountScan(scan: scan, layout: layout).counted()
            let joined = counted.profile.columns.map(Profiler.joined)
            return Counted(profile: Profile(rows: counted.profile.rows, columns: joined), rows: counted.rows)
        }
    }

    /// The files counted on the edges and categories of another profile, in one pass (a second one for columns that
    /// hold more new categories than the first could catch). A column that the files do not have holds nulls only; one that the profile does not have
    /// is left out. The files may be without rows.
    package func measure(
        _ files: [(name: String, path: FilePath)], on profile: Profile, temporary: FilePath
    ) async throws(Fault) -> Counted {
        let wanted = profile.columns.isEmpty ? nil : Set(profile.columns.map(\.name))
        return try await scanning(files, temporary, wanted: wanted) { scan throws(Fault) in
            try await CountScan(scan: scan, layout: profile.columns).counted()
        }
    }

    /// How many rows each of the files has; no column is decoded.
    package func rows(
        of files: [(name: String, path: FilePath)], temporary: FilePath
    ) async throws(Fault) -> [Int64] {
        try await measure(files, on: Profile(rows: 0, columns: []), temporary: temporary).rows
    }

    /// As `measure`, without the rows of each file.
    package func profile(
        of files: [(name: String, path: FilePath)], temporary: FilePath
    ) async throws(Fault) -> Profile {
        try await measure(files, temporary: temporary).profile
    }

    /// As `measure`, without the rows of each file.
    ///
    /// - Parameter orNone: files without records are counted too, instead of being refused.
    package func count(
        _ files: [(name: String, path: FilePath)], on profile: Profile, temporary: FilePath, orNone: Bool = false
    ) async throws(Fault) -> Profile {
        let counted = try await measure(files, on: profile, temporary: temporary).profile
        guard counted.rows > 0 || orNone else {
            let names = files.map { "'\($0.name.shown())'" }.joined(separator: ", ")
            throw Fault(.input, "there are no records in \(names)")
        }
        return counted
    }

    /// The profile of the files together, and what each file holds of it, on its edges and in the order of the files.
    /// Every file is read as often as by `measure`, and each costs a start of DuckDB.
    package func profiles(
        of files: [(name: String, path: FilePath)], temporary: FilePath
    ) async throws(Fault) -> (whole: Profile, parts: [Profile]) {
        let layout = try await scanning(files, temporary) { scan throws(Fault) in
            Profile(rows: 0, columns: try await SampleScan(scan: scan).layout())
        }
        var (parts, sum) = ([Profile](), Profile?.none)
        for file in files {
            let part = try await count([file], on: layout, temporary: temporary, orNone: true)
            parts.append(part)
            guard let both = sum.map({ $0.adding(part) }) ?? part else {
                throw Fault(.bug, "two profiles on the same edges could not be added")
            }
            sum = both
        }
        guard let sum else { throw Fault(.bug, "the profile of no files was asked for") }
        let whole = Profile(rows: sum.rows, columns: sum.columns.map(Profiler.joined))
        return (whole, parts.map { $0.rebinned(like: whole) })
    }

    private func scanning<Value: Sendable>(
        _ files: [(name: String, path: FilePath)], _ temporary: FilePath, wanted: Set<String>? = nil,
        _ work: (Scanning) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await ScratchFolder.use(below: temporary, named: "profile") { folder throws(Fault) in
            let reader = IntakeReader(duckdb: duckdb, folder: folder, aliases: aliases, wanted: wanted)
            let intake = try await reader.read(files)
            return try await work(Scanning(duckdb: duckdb, folder: folder, intake: intake, files: files.map(\.name)))
        }
    }

    private static func joined(_ column: ColumnProfile) -> ColumnProfile {
        let values: ColumnProfile.Values =
            switch column.values {
            case .numbers(let numbers): .numbers(Edges.joined(numbers))
            case .times(let numbers): .times(Edges.joined(numbers))
            case .categories: column.values
            }
        return ColumnProfile(name: column.name, nulls: column.nulls, values: values)
    }
}

/// What both passes share.
struct Scanning: Sendable {
    let duckdb: DuckDB
    let folder: FilePath
    let intake: Intake
    /// As the user knows them, in the order of the links.
    let files: [String]

    /// Rows that the statements print. What is wrong with our SQL is a bug; what is wrong with a record, the file's.
    func rows(_ sql: String) async throws(Fault) -> [[String: JSONValue]] {
        let hasCSV = intake.groups.contains { $0.format.kind == .csv }
        let answer: [[String: JSONValue]]
        do throws(Fault) {
            answer = try await duckdb.rows(
                sql + (hasCSV ? Scanning.rejects : ""), reading: intake.links, temporary: folder)
        } catch {
            let ours = ["Parser Error", "Binder Error", "Catalog Error", "Syntax Error"]
            if error.kind == .input, ours.contains(where: { error.message.hasPrefix($0) }) {
                throw Fault(.bug, "the profile's scan failed: \(error.message)")
            }
            throw Fault(error.kind, DataFile.message(error.message, naming: named()), advice: error.advice)
        }
        if let reject = answer.last, let kind = reject["rejected"]?.text {
            let link = FilePath(reject["path"]?.text ?? "").components.dropLast().last?.string.dropFirst()
            let name = link.flatMap { Int($0) }.flatMap { files.indices.contains($0) ? files[$0] : nil } ?? named()
            let line = reject["line"]?.int64 ?? 1
            throw Fault(
                .input, "'\(name.shown())': record \(line - 1) cannot be read: \(CSVSource.words(forReject: kind))")
        }
        return answer
    }

    private static let rejects = """
        SELECT s.file_path AS path, e.line, e.error_type::VARCHAR AS rejected FROM reject_errors e
        JOIN reject_scans s USING (scan_id, file_id) ORDER BY s.file_path, e.line LIMIT 1;
        """

    /// True if no file has a value in the column that `countable` would pass over.
    func isCountable(_ name: String) -> Bool {
        intake.groups.allSatisfy { group in group.names.firstIndex(of: name).map(group.isCountable) ?? true }
    }

    /// SQL for a number that can be squared and summed; null for NaN (the greatest of all in DuckDB) and for the rest.
    static func countable(_ value: String) -> String { "CASE WHEN abs(\(value)) <= 1e150 THEN \(value) END" }

    private func named() -> String { files.count == 1 ? files[0].shown() : "one of \(files.count) files" }

    /// A SELECT over all groups of what `columns` gives for a group: SQL for each name of `names`, in order, and of
    /// `more`, which is the same for all. `table` is what follows its FROM.
    func union(
        names: [String], and more: [String] = [], from table: (Intake.Group) throws(Fault) -> String,
        _ columns: (Intake.Group, _ column: Int?, _ index: Int) -> [String]
    ) throws(Fault) -> String {
        var arms: [String] = []
        for group in intake.groups {
            let position = Dictionary(
                group.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let cells = names.enumerated().flatMap { columns(group, position[$1], $0) } + more
            arms.append("SELECT \(cells.joined(separator: ",\n"))\nFROM \(try table(group))")
        }
        return arms.joined(separator: "\nUNION ALL\n")
    }
}

extension Intake.Group {
    /// Whether no value of a column can be NaN or too large to be squared, by its type.
    func isCountable(_ column: Int) -> Bool {
        guard let type = types?[column], isMeasured(column) else { return false }
        return type != "FLOAT" && type != "DOUBLE"
    }

    private static let integers = [
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "UHUGEINT", "FLOAT", "DOUBLE",
    ]

    /// Whether all values of a column are numbers by its type, so that no text of them is of use.
    func isMeasured(_ column: Int) -> Bool {
        guard let type = types?[column] else { return false }
        return Self.integers.contains(type) || type.hasPrefix("DECIMAL(")
    }

    /// SQL for some text where the column has a value.
    func presence(_ column: Int) -> String { "CASE WHEN c\(column) IS NOT NULL THEN '' END" }

    /// SQL for the number in a column, null for anything else. If the table is a watched one, NaN and infinite numbers
    /// may come too.
    func number(_ column: Int, isWatched: Bool = false) -> String {
        if types != nil {
            return isMeasured(column) ? "c\(column)::DOUBLE" : "NULL::DOUBLE"
        }
        let isNumber = "\(isWatched ? "fine OR " : "")regexp_full_match(c\(column), '\(Self.decimal)')"
        return "CASE WHEN \(isNumber) THEN TRY_CAST(c\(column) AS DOUBLE) END"
    }

    /// The table with a column `fine` more: true for records whose cells in `columns` have no character that DuckDB's
    /// cast to a number would pass over. Then the cast alone tells a finite number, at a third of the pattern's time.
    func watched(_ columns: [Int]) throws(Fault) -> String {
        if types != nil || columns.isEmpty { return try table() }
        let cells = columns.map { "c\($0)" }.joined(separator: ", ")
        // A reader of CSV files names the file only when it is asked.
        let file = format.kind == .csv ? ", filename" : ""
        let odd = (["'_'", "'+-'", "' '"] + (9...13).map { "chr(\($0))" }).map { "contains(cells, \($0))" }
        return """
            (SELECT *, NOT (\(odd.joined(separator: " OR "))) AS fine
            FROM (SELECT *\(file), concat(\(cells)) AS cells FROM \(try table())))
            """
    }

    private static let decimal = "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"

    /// SQL for the seconds since 1970 of a date or a time in a column.
    func time(_ column: Int) -> String {
        // Without a zone: DuckDB looks each one up in its calendar, which takes five times as long.
        let utc = "TRY_CAST(c\(column) AS TIMESTAMP)"
        if let type = types?[column] {
            if type == "TIMESTAMP WITH TIME ZONE" { return "epoch(c\(column))" }
            return type == "DATE" || type.hasPrefix("TIMESTAMP") ? "epoch(\(utc))" : "NULL::DOUBLE"
        }
        let pattern =
            "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
        // Texts of at most 20 bytes have no zone but `Z`.
        let zoned = "TRY_CAST(c\(column) AS TIMESTAMPTZ)"
        let cast = "epoch(CASE WHEN strlen(c\(column)) <= 20 THEN \(utc) ELSE \(zoned) END)"
        return "CASE WHEN regexp_full_match(c\(column), '\(pattern)') THEN \(cast) END"
    }

    /// SQL for the text of a column, the missing words as null.
    func text(_ column: Int) -> String {
        // Most texts are short, and of these only the very short ones can be a missing word.
        let words = Intake.missing.map { "'\($0)'" }.joined(separator: ", ")
        switch (format.kind, types?[column]) {
        case (.csv, _): return "CASE WHEN strlen(c\(column)) > 200 THEN left(c\(column), 200) ELSE c\(column) END"
        case (.parquet, "BOOLEAN"?): return "c\(column)::VARCHAR"
        case (.parquet, let type?) where type != "VARCHAR": return "left(c\(column)::VARCHAR, 200)"
        case (.parquet, _), (.jsonLines, _):
            return "CASE WHEN strlen(c\(column)) > 200 THEN left(c\(column), 200) "
                + "WHEN strlen(c\(column)) > 4 OR c\(column) NOT IN (\(words)) THEN c\(column) END"
        }
    }
}
