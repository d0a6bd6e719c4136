import Domain
import Host

/// How the values of a field are written: its type with everything that a schema says about the spelling.
struct Lexicon: Sendable, Equatable {
    var type = FieldType.any
    var format = Format.plain
    var trueWords = FieldType.trueWords
    var falseWords = FieldType.falseWords
    /// Of numbers.
    var decimal = "."
    /// Between groups of digits; empty: not there.
    var group = ""

    enum Format: Sendable, Equatable {
        /// `default`.
        case plain
        /// Texts that match a pattern of ours; the word is the format's name.
        case text(String, pattern: String)
        case time(TimeFormat)
    }

    /// The formats of strings.
    static let textFormats: [String: String] = [
        "email":
            "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+",
        "uri": "[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2}|[^\\x00-\\x7F])+",
        "uuid": "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        "binary": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    ]

    /// For messages: `date in the format %d/%m/%Y`.
    var name: String {
        switch format {
        case .plain: type.rawValue
        case .text(let name, _): "\(type.rawValue) in the format \(name)"
        case .time(let format): "\(type.rawValue) in the format \(format.text)"
        }
    }

    /// What all texts look like; nil: anything.
    var pattern: String? {
        switch (format, type) {
        case (.text(_, let pattern), _): pattern
        case (.time(let format), _): format.pattern
        case (.plain, .number) where decimal != "." || !group.isEmpty:
            // A group is three digits, as people write them; the first may be shorter.
            "NaN|-?INF|[+-]?(\(whole)(\(Lexicon.escaped(decimal))[0-9]*)?|\(Lexicon.escaped(decimal))[0-9]+)([eE][+-]?[0-9]+)?"
        case (.plain, .integer) where !group.isEmpty: "[+-]?\(whole)"
        case (.plain, .boolean): nil
        case (.plain, _): type.pattern
        }
    }

    private var whole: String {
        group.isEmpty ? "[0-9]+" : "([0-9]+|[0-9]{1,3}(\(Lexicon.escaped(group))[0-9]{3})+)"
    }

    /// SQL that is true if the text has not the form of this type; false or NULL otherwise. Nil: every text has.
    ///
    /// Never left to a cast alone: DuckDB takes `1.5`, `1_000` and `0x10` for integers.
    func isWrong(_ text: String) -> String? {
        if type == .boolean { return "\(text) NOT IN (\(list(trueWords + falseWords)))" }
        guard let pattern else { return nil }
        return "NOT regexp_full_match(\(text), \(literal(pattern)))"
    }

    /// True if the form of a text does not say whether it is of this type: that day must be in the calendar, so only
    /// its value tells.
    var isCalendar: Bool { type == .date || type == .datetime || type == .time }

    /// SQL for the value of a text that has the form of this type.
    func value(ofText text: String) -> String {
        switch type {
        case .string, .any, .yearmonth: return text
        case .boolean: return "\(text) IN (\(list(trueWords)))"
        case .number: return "TRY_CAST(\(plain(text)) AS DOUBLE)"
        case .time: return "TRY_CAST(\(text) AS TIME)"
        case .date:
            guard case .time(let format) = format else { return "TRY_CAST(\(text) AS DATE)" }
            return "CAST(try_strptime(\(text), \(literal(format.text))) AS DATE)"
        case .datetime:
            guard case .time(let format) = format else { return Lexicon.timestamp(text) }
            return "CAST(try_strptime(\(text), \(literal(format.text))) AS TIMESTAMP)"
        // More than 38 digits: further out than any bound, so the end of the range will do.
        case .integer, .year:
            let digits = plain(text)
            return "coalesce(TRY_CAST(\(digits) AS HUGEINT), CASE WHEN \(digits) LIKE '-%' THEN -\(Lexicon.widest) "
                + "WHEN \(digits) IS NOT NULL THEN \(Lexicon.widest) END)"
        }
    }

    /// In UTC. DuckDB passes over the zone of a text that it casts to a TIMESTAMP, and takes five times as long for a
    /// TIMESTAMPTZ; a text with a zone other than `Z` ends with its sign, two digits, a colon, and two digits.
    private static func timestamp(_ text: String) -> String {
        "CASE WHEN strlen(\(text)) <= 20 OR \(text)[-6] NOT IN ('+', '-') THEN TRY_CAST(\(text) AS TIMESTAMP) "
            + "ELSE CAST(TRY_CAST(\(text) AS TIMESTAMPTZ) AS TIMESTAMP) END"
    }

    private static let widest = "170141183460469231731687303715884105727"

    /// SQL for a number's text with a point and without groups.
    private func plain(_ text: String) -> String {
        var sql = text
        if !group.isEmpty { sql = "replace(\(sql), \(literal(group)), '')" }
        if decimal != "." { sql = "replace(\(sql), \(literal(decimal)), '.')" }
        return sql
    }

    private func list(_ words: [String]) -> String { words.map(literal).joined(separator: ",") }

    // The reader takes no text that is none.
    private func literal(_ text: String) -> String { (try? DuckDB.literal(text)) ?? "''" }

    /// A text as a pattern that matches it alone.
    static func escaped(_ text: String) -> String {
        text.map { $0.isLetter || $0.isNumber || $0 == " " || !$0.isASCII ? String($0) : "\\\($0)" }.joined()
    }
}
