import Domain
import Foundation
import Host
import SystemPackage

/// A JSON Lines file: one object a record, whose values carry types.
struct JSONLinesTest: Sendable {
    let file: FileTest
    let folder: FilePath

    func run() async throws(Fault) -> Scanned {
        let rules = RulesTest(file: file, folder: folder)
        let keys = try await keys()
        let scan = rules.extended(try scan(keys))
        let counts = try await file.rows(scan.countsSQL, in: folder).first ?? [:]
        let rows = counts["n"]?.int64 ?? 0
        if rows == 0 { return Scanned(file.refuse("file-empty", "has no records")) }
        var findings: [DataFinding] = []
        if let objects = counts["objects"]?.int64, objects > 0 {
            let present = file.schema.fields.indices.filter { (counts["seen\($0)"]?.int64 ?? 0) > 0 }
            var names = present.map { file.schema.fields[$0].name }
            if file.schema.match != .subset, (counts["more"]?.int64 ?? 0) > 0 {
                let (extra, repeats) = try await otherKeys(than: keys)
                names += extra
                if repeats > 0 {
                    findings.append(
                        DataFinding(
                            check: "duplicate-column", file: file.name, count: repeats,
                            message: "\(repeats) records have a key twice"))
                }
            }
            findings += ColumnFaults.find(names, file.schema, file: file.name, isOrdered: false)
        }
        guard findings.isEmpty else { return Scanned(SchemaTest.Outcome(rows: rows, findings: findings)) }
        findings = try await file.findings(scan, counts: counts, in: folder)
        findings += try await rules.findings(scan, counts: counts, rows: rows)
        let input = folder.appending(DataFile.linkName)
        return Scanned(
            SchemaTest.Outcome(rows: rows, findings: findings),
            table: ScannedTable(
                scan: scan,
                file: KeyFile(
                    name: file.name, path: input, format: .jsonLines, columns: file.schema.fields.map(\.name),
                    keys: keys),
                isWhole: !findings.contains { $0.check == "file-format" }),
            lines: { wanted throws(Fault) in
                try await Blocking.run { () throws(Fault) in try JSONLinesPlaces.lines(of: wanted, in: input) }
            })
    }

    private static let reader = reader(DataFile.linkName)

    /// The table function that gives the records of a linked file.
    static func reader(_ link: String) -> String {
        """
        read_ndjson_objects('\(link)', compression='uncompressed', ignore_errors=true, maximum_object_size=16777216)
        """
    }

    /// Keys that the schema does not have, a hundred at most, and the number of records that have one twice.
    private func otherKeys(than keys: [String]) async throws(Fault) -> (names: [String], repeats: Int64) {
        var known: [String] = []
        for key in keys { known.append(try DuckDB.literal(key)) }
        let objects = "(SELECT json_keys(json) AS keys FROM \(JSONLinesTest.reader) WHERE json_type(json) = 'OBJECT')"
        let rows = try await file.rows(
            """
            SELECT DISTINCT left(key, 1000) AS key FROM (SELECT unnest(keys) AS key FROM \(objects))
            WHERE key NOT IN (\(known.joined(separator: ", "))) ORDER BY key LIMIT 100;
            SELECT coalesce(count_if(len(list_distinct(keys)) < len(keys)), 0) AS repeats FROM \(objects);
            """, in: folder)
        return (rows.compactMap { $0["key"]?.text }, rows.compactMap { $0["repeats"]?.int64 }.first ?? 0)
    }

    /// The key of each field: an alias if only that is there, which takes a look of its own.
    private func keys() async throws(Fault) -> [String] {
        let names = file.schema.fields.map(\.name)
        let aliases = file.schema.aliases(file.rules)
        if aliases.isEmpty { return names }
        var asked: [String] = []
        for name in names + aliases.values.flatMap({ $0 }) { asked.append(try DuckDB.literal(name)) }
        let rows = try await file.rows(
            """
            SELECT DISTINCT key FROM (SELECT unnest(json_keys(json)) AS key FROM \(JSONLinesTest.reader)
            WHERE json_type(json) = 'OBJECT') WHERE key IN (\(asked.joined(separator: ", ")));
            """, in: folder)
        let there = Set(rows.compactMap { $0["key"]?.text })
        return names.map { name in
            there.contains(name) ? name : aliases[name]?.first(where: there.contains) ?? name
        }
    }

    private func scan(_ keys: [String]) throws(Fault) -> Scan {
        let paths = try Intake.pointers(keys)
        let missing = try file.schema.missingSQL()
        let cells = file.schema.fields.enumerated().map { index, field in
            Cell(
                field: field, text: "c\(index)", isMissing: "o AND c\(index) IS NULL",
                wrong: field.type == .any ? nil : "k\(index)", value: field.type == .any ? "c\(index)" : "v\(index)")
        }
        let texts = cells.indices.map { index in
            let isMissing = missing.map { " OR (y[\(index + 1)] = 'VARCHAR' AND s[\(index + 1)] IN (\($0)))" } ?? ""
            return "CASE WHEN y[\(index + 1)] <> 'NULL'\(isMissing.isEmpty ? "" : " AND NOT (false\(isMissing))") "
                + "THEN s[\(index + 1)] END AS c\(index)"
        }.joined(separator: ", ")
        let forms = cells.indices.map { JSONLinesTest.isWrong(cells[$0].field.lexicon, index: $0) }
        let values = cells.map { cell in
            cell.wrong.flatMap { wrong in
                file.needsValue(cell.field)
                    ? "CASE WHEN NOT \(wrong) THEN \(cell.field.lexicon.value(ofText: cell.text)) END" : nil
            }
        }
        let broken = Check(
            name: "file-format", column: nil, question: .record("NOT o"), shown: "json::VARCHAR",
            words: ("record that is no JSON object in UTF-8", "records that are no JSON objects in UTF-8"))
        return Scan(
            source: { numbered in
                let number = numbered ? "row_number() OVER () AS rn, " : ""
                let parsed = """
                    SELECT \(number)json, coalesce(json_type(json) = 'OBJECT', false) AS o,
                    json_type(json, \(paths)) AS y, json_extract_string(json, \(paths)) AS s FROM \(JSONLinesTest.reader)
                    """
                return Cell.judged(
                    cells, hasOtherForm: forms, values: values, from: "SELECT *, \(texts) FROM (\(parsed))")
            },
            cells: cells, checks: [broken] + cells.flatMap { $0.checks() } + Cell.keyChecks(file.key(cells)),
            counts: [("objects", "count_if(o)"), ("more", "count_if(o AND len(json_keys(json)) > list_count(y))")]
                + cells.indices.map { ("seen\($0)", "count(y[\($0 + 1)])") })
    }

    private static func isWrong(_ lexicon: Lexicon, index: Int) -> String? {
        guard let types = lexicon.type.jsonTypes else { return nil }
        let names = types.map { "'\($0)'" }.joined(separator: ", ")
        let isOther = "y[\(index + 1)] NOT IN (\(names))"
        switch lexicon.type {
        case .string, .date, .datetime, .time, .year, .yearmonth:
            return "c\(index) IS NOT NULL AND (\(isOther) OR (\(lexicon.isWrong("c\(index)") ?? "false")))"
        case .integer, .number, .boolean, .any: return "c\(index) IS NOT NULL AND \(isOther)"
        }
    }
}
