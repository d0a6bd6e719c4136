import Domain
import Foundation
import Host
import SystemPackage

/// The questions of a dataset's rules about the content of one file. Limits are inclusive.
struct RulesTest: Sendable {
    let file: FileTest
    let folder: FilePath

    private var rules: DataRules { file.rules }

    /// The scan with what the rules want counted or asked.
    func extended(_ scan: Scan) -> Scan {
        var scan = scan
        for (index, cell) in scan.cells.enumerated() where rules.rules(of: cell.field.name)?.maxNullFraction != nil {
            scan.counts.append(("z\(index)", "coalesce(count_if(\(cell.isMissing)), 0)"))
        }
        scan.counts += Freshness(file: file).counts(scan.cells)
        scan.counts += Leakage(rules: rules, cells: scan.cells).correlations
        let named = Set(rules.mojibake?.columns ?? [])
        for cell in scan.cells where named.contains(cell.field.name) {
            scan.checks.append(
                Check(
                    name: "mojibake", column: cell.field.name,
                    question: .record("regexp_matches(\(cell.text)::VARCHAR, \(RulesTest.mojibake))"),
                    shown: "\(cell.text)::VARCHAR",
                    words: (
                        "text that was decoded with the wrong encoding",
                        "texts that were decoded with the wrong encoding"
                    )))
        }
        return scan
    }

    /// - Parameter rows: all records, with those that could not be read.
    func findings(_ scan: Scan, counts: [String: JSONValue], rows: Int64) async throws(Fault) -> [DataFinding] {
        var findings = rowCount(rows) + growth(rows) + missingColumns(scan) + nullFractions(scan, counts, rows)
        findings += Freshness(file: file).findings(scan.cells, counts)
        findings += try await topFractions(scan)
        findings += try await Leakage(rules: rules, cells: scan.cells).findings(scan, counts, file, folder)
        return findings
    }

    private func rowCount(_ rows: Int64) -> [DataFinding] {
        var words: String?
        if let least = rules.file.minRows, rows < least { words = "fewer than \(least)" }
        if let most = rules.file.maxRows, rows > most { words = "more than \(most)" }
        return words.map {
            [
                DataFinding(
                    check: "row-count", file: file.name, count: rows, value: String(rows),
                    message: "the file has \(rows) records, \($0)")
            ]
        } ?? []
    }

    private func growth(_ rows: Int64) -> [DataFinding] {
        guard let growth = rules.growth, let usual = file.surroundings.usualRows, usual > 0 else { return [] }
        let factor = Double(rows) / usual
        var words: String?
        if let least = growth.minFactor, factor < least { words = "less than \(RulesTest.number(least))" }
        if let most = growth.maxFactor, factor > most { words = "more than \(RulesTest.number(most))" }
        return words.map {
            [
                DataFinding(
                    check: "row-count", file: file.name, count: rows, value: String(rows),
                    message:
                        "the file has \(rows) records, \(RulesTest.number(factor)) times the usual \(RulesTest.number(usual)): \($0) times"
                )
            ]
        } ?? []
    }

    /// Columns that only a rule names: a schema with `fieldsMatch: subset` need not have them.
    private func missingColumns(_ scan: Scan) -> [DataFinding] {
        let there = Set(scan.cells.map(\.field.name))
        let inSchema = Set(file.schema.fields.map(\.name))
        var wanted = rules.columns.keys.sorted() + (rules.mojibake?.columns ?? [])
        if let label = rules.leakage?.label { wanted.append(label) }
        if let column = rules.freshness?.column { wanted.append(column) }
        var told: Set<String> = []
        func isThere(_ name: String) -> Bool {
            if there.contains(name) || inSchema.contains(name) { return true }
            return ColumnRules.isPattern(name)
                && there.union(inSchema).contains { ColumnRules.pattern(name, fits: $0) }
        }
        return wanted.filter { !isThere($0) && told.insert($0).inserted }.map {
            DataFinding(
                check: "missing-column", file: file.name, column: $0.shown(),
                message: "the column '\($0.shown())', which the policy has a rule for, is not in the schema")
        }
    }

    private func nullFractions(_ scan: Scan, _ counts: [String: JSONValue], _ rows: Int64) -> [DataFinding] {
        scan.cells.enumerated().compactMap { index, cell in
            guard let most = rules.rules(of: cell.field.name)?.maxNullFraction, rows > 0,
                let missing = counts["z\(index)"]?.int64, Double(missing) / Double(rows) > most
            else { return nil }
            let share = RulesTest.percent(missing, of: rows)
            return DataFinding(
                check: "null-fraction", file: file.name, column: cell.field.name.shown(), count: missing,
                value: RulesTest.number(Double(missing) / Double(rows)),
                message:
                    "the column '\(cell.field.name.shown())' has no value in \(missing) of \(rows) records (\(share)), more than \(RulesTest.number(most)) of them"
            )
        }
    }

    /// All columns that have such a limit, in one pass.
    private func topFractions(_ scan: Scan) async throws(Fault) -> [DataFinding] {
        let limited = scan.cells.enumerated().filter { rules.rules(of: $1.field.name)?.maxTopFraction != nil }
        if limited.isEmpty { return [] }
        let values = limited.map { "\($1.text)::VARCHAR AS t\($0)" }.joined(separator: ", ")
        let answer = try await file.rows(
            """
            SELECT name, max(n) AS top, arg_max(left(value, 201), n) AS value, sum(n)::BIGINT AS n FROM (
            SELECT name, value, count(*) AS n FROM (
            UNPIVOT (SELECT \(values) FROM (\(scan.source(false)))) ON COLUMNS(*) INTO NAME name VALUE value)
            GROUP BY name, value) GROUP BY name;
            """, in: folder)
        let tops = Dictionary(answer.map { ($0["name"]?.text ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        return limited.compactMap { index, cell in
            guard let most = rules.rules(of: cell.field.name)?.maxTopFraction, let row = tops["t\(index)"],
                let top = row["top"]?.int64, let all = row["n"]?.int64, all > 0, Double(top) / Double(all) > most
            else { return nil }
            return DataFinding(
                check: "constant", file: file.name, column: cell.field.name.shown(), count: top,
                value: file.shown(row["value"]?.text, of: cell.field.name),
                message:
                    "the column '\(cell.field.name.shown())' has one value in \(top) of its \(all) records (\(RulesTest.percent(top, of: all))), more than \(RulesTest.number(most)) of them"
            )
        }
    }

    /// At most four decimals, none that say nothing.
    static func number(_ value: Double) -> String {
        var text = String(format: "%.4f", value)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private static func percent(_ part: Int64, of all: Int64) -> String {
        number(Double(part) / Double(all) * 100) + " %"
    }

    /// SQL of the pattern: what UTF-8 looks like when it was read as Latin-1 or Windows-1252, and the mark that
    /// decoders leave where they gave up.
    ///
    /// A lead byte is followed by as many continuation bytes as it asks for. Two bytes alone are common in good text
    /// (`ß…`), so only the leads of Latin letters and signs are taken for damage at once, the others twice in a row.
    private static let mojibake: String = {
        let tail = "[\\x{80}-\\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
        let two = "[ÂÃ]\(tail)|([Ä-ß]\(tail)){2}"
        let more = "[à-ï]\(tail){2}|[ð-ô]\(tail){3}"
        return "'\(two)|\(more)|\\x{FFFD}'"
    }()
}
