import Domain
import Foundation
import Host

/// How old the newest value of a time column is.
///
/// A day, a month or a year is as old as its end, so that a file of yesterday is not two days old by noon.
struct Freshness: Sendable {
    let file: FileTest

    private static let day = 86_400.0

    /// Throws `.input` if the rule's column holds no times.
    static func check(_ rules: DataRules, _ schema: TableSchema) throws(Fault) {
        guard let rule = rules.freshness, let field = schema.fields.first(where: { $0.name == rule.column }),
            step(field.type) == nil
        else { return }
        throw Fault(
            .input, "'freshness' is about the column '\(rule.column.shown())', which is of type \(field.type.rawValue)",
            advice: "name a column of type date, datetime, yearmonth or year")
    }

    /// How long a value of the type lasts, as SQL; nil: it is no time.
    private static func step(_ type: FieldType) -> String? {
        switch type {
        case .datetime: "INTERVAL 0 DAY"
        case .date: "INTERVAL 1 DAY"
        case .yearmonth: "INTERVAL 1 MONTH"
        case .year: "INTERVAL 1 YEAR"
        case .string, .integer, .number, .boolean, .time, .any: nil
        }
    }

    private func column(_ cells: [Cell]) -> Cell? {
        guard file.surroundings.now != nil, let name = file.rules.freshness?.column else { return nil }
        return cells.first { $0.field.name == name }
    }

    /// To be taken along on the scan's first pass.
    func counts(_ cells: [Cell]) -> [(name: String, sql: String)] {
        guard let cell = column(cells), let step = Freshness.step(cell.field.type) else { return [] }
        let newest = "max(\(cell.value))"
        let start =
            switch cell.field.type {
            case .yearmonth: "TRY_CAST(\(newest) || '-01' AS DATE)"
            case .year: "TRY_CAST(lpad(\(newest)::VARCHAR, 4, '0') || '-01-01' AS DATE)"
            default: newest
            }
        return [
            ("newest", "\(newest)::VARCHAR"), ("newest_start", "epoch(\(start))"),
            ("newest_end", "epoch(\(start) + \(step))"),
        ]
    }

    func findings(_ cells: [Cell], _ counts: [String: JSONValue]) -> [DataFinding] {
        guard let rule = file.rules.freshness, let now = file.surroundings.now, let cell = column(cells) else {
            return []
        }
        let name = cell.field.name
        func finding(_ words: String) -> [DataFinding] {
            [
                DataFinding(
                    check: "freshness", file: file.name, column: name.shown(),
                    value: file.shown(counts["newest"]?.text, of: name),
                    message: "the column '\(name.shown())' \(words)")
            ]
        }
        guard let start = counts["newest_start"]?.double, let end = counts["newest_end"]?.double else {
            return finding("has no value that could be fresh")
        }
        if start > now + Freshness.day { return finding("has a value that is \(Freshness.words(start - now)) ahead") }
        if now - end > rule.maxAge {
            let (age, most) = (Freshness.words(now - end), Freshness.words(rule.maxAge))
            return finding("has its newest value \(age) ago, \(age == most ? "just over" : "more than") \(most)")
        }
        return []
    }

    /// `3 days`, `5 hours`, `40 s`: rounded to what people say.
    private static func words(_ seconds: Double) -> String {
        if seconds >= 2 * day { return "\(RulesTest.number((seconds / day * 10).rounded() / 10)) days" }
        if seconds >= 7200 { return "\(RulesTest.number((seconds / 3600 * 10).rounded() / 10)) hours" }
        if seconds >= 120 { return "\(RulesTest.number((seconds / 60 * 10).rounded() / 10)) minutes" }
        return "\(RulesTest.number(seconds.rounded())) s"
    }
}
