import Host

/// What the text of one cell looks like. Every text has one kind, so that counts of kinds can be added up to counts
/// of types.
enum CellKind: Hashable, Sendable {
    /// No value at all: a null of Parquet or JSON, a key that a record lacks.
    case absent
    case integer
    /// A whole number from 1900 to 2099.
    case year
    /// Digits that are a name rather than a quantity: with leading zeros, or more of them than 64 bits hold.
    case code
    /// With a point or an exponent.
    case number
    /// `1.234`: a number, or one with points between its groups.
    case dotted
    /// `1,234`: a decimal comma, or commas between groups.
    case thousand
    /// `1,5`
    case comma
    /// `1,234.5`
    case commaGroups
    /// `1.234,5`
    case dotGroups
    case boolean
    case text
    /// A JSON object or list.
    case structure
    /// One of `words`.
    case word(String)
    /// A date or time: the positions in `times` of all spellings that it may be of.
    case time([Int])

    /// Texts that often stand for no value.
    static let words = ["", "NA", "N/A", "NULL", "null", "NaN", "nan", "None", "-"]

    /// The spellings of dates and times that are looked for, the ones that are met most often first.
    static let times: [Lexicon] =
        [Lexicon(type: .date), Lexicon(type: .datetime), lexicon(.datetime, "%Y-%m-%d %H:%M:%S")].compactMap { $0 }
        + [Lexicon(type: .time), Lexicon(type: .yearmonth)]
        + ["%d.%m.%Y", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y"].compactMap { lexicon(.date, $0) }
        + [
            "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M:%S",
            "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
        ].compactMap { lexicon(.datetime, $0) }
        + pairs.flatMap { [$0.dayFirst, $0.monthFirst] }

    /// Spellings that a text may be of at once, where only a day over 12 tells.
    static let pairs: [(dayFirst: Lexicon, monthFirst: Lexicon)] =
        ["%d/%m/%Y", "%d-%m-%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"].compactMap { text in
            let type = text.contains("H") ? FieldType.datetime : .date
            let other = text.replacing("%d", with: "%_").replacing("%m", with: "%d").replacing("%_", with: "%m")
            guard let one = lexicon(type, text), let two = lexicon(type, other) else { return nil }
            return (one, two)
        }

    private static func lexicon(_ type: FieldType, _ format: String) -> Lexicon? {
        TimeFormat(format).map { Lexicon(type: type, format: .time($0)) }
    }

    /// By their codes in SQL.
    static let all: [CellKind] =
        [
            .absent, .integer, .year, .code, .number, .dotted, .thousand, .comma, .commaGroups, .dotGroups, .boolean,
            .text, .structure,
        ] + words.map { .word($0) } + times.indices.map { .time([$0]) }
        + pairs.indices.map { .time(positions(ofPair: $0)) }

    static func positions(ofPair index: Int) -> [Int] {
        let start = times.count - 2 * pairs.count + 2 * index
        return [start, start + 1]
    }

    /// Its code in SQL.
    var code: Int { CellKind.all.firstIndex(of: self) ?? -1 }
}
