import Host

/// What a column's values are taken for. Pure: it follows from the counts of the kinds.
struct ColumnReading: Sendable, Equatable {
    let lexicon: Lexicon
    /// Values that are of the type.
    let fitting: Int64
    /// All values; the words for a missing one are none.
    let values: Int64
    /// Kinds of the values that are not of the type.
    let others: [CellKind]
    var doubt: Doubt?

    /// Why a person should look at the choice.
    enum Doubt: Sendable, Hashable {
        /// Whole numbers that could be years.
        case years
        /// Digits with leading zeros, or more of them than a number has.
        case codes
        /// No day over 12 tells which of two spellings it is.
        case dayOrMonth(String, String)
    }

    /// This share of the values makes a type; what is left over are mistakes.
    static let enough = 0.99

    /// A reading with the kinds that are values of it.
    private struct Candidate {
        let lexicon: Lexicon
        let kinds: Set<CellKind>
    }

    /// Of text; nil if the column holds texts, or nothing.
    static func typed(_ tally: ColumnTally, delimiter: UInt8?) -> ColumnReading? {
        let values = tally.total - tally.absent - tally.count(words: CellKind.words)
        guard values > 0 else { return nil }
        var best: (candidate: Candidate, count: Int64)?
        for candidate in delimiter == CSVHeader.Byte.comma ? betweenCommas : elsewhere {
            let count = tally.count(candidate.kinds)
            if count > best?.count ?? 0 { best = (candidate, count) }
        }
        guard let best, Double(best.count) >= Double(values) * enough else { return nil }
        let (lexicon, kinds) = (best.candidate.lexicon, best.candidate.kinds)
        // A mistake in a date may as well be another way to write dates.
        if case .time = lexicon.format, best.count < values { return nil }
        if lexicon.type == .integer || lexicon.type == .number, isCode(tally) { return nil }
        if lexicon.type.isTime, dayOrMonth(tally) != nil { return nil }
        let others = tally.counts.keys.filter { kind in
            if case .word = kind { return false }
            return kind != .absent && !kinds.contains(kind)
        }
        return ColumnReading(
            lexicon: lexicon, fitting: best.count, values: values, others: others.sorted { $0.code < $1.code },
            doubt: lexicon.type == .integer && tally.count([.year]) == values ? .years : nil)
    }

    /// Of a column that is not typed: texts, or nothing at all.
    ///
    /// - Parameter missing: the texts that stand for no value.
    /// - Parameter isJSON: true if values carry types; then only `any` takes several of them.
    static func untyped(_ tally: ColumnTally, missing: [String], isJSON: Bool) -> ColumnReading {
        let values = tally.total - tally.absent - tally.count(words: missing)
        let isMixed = isJSON && tally.count(typedKinds) > 0
        let type: FieldType = values == 0 || isMixed ? .any : .string
        var doubt: Doubt?
        if type == .string { doubt = isCode(tally) ? .codes : dayOrMonth(tally) }
        return ColumnReading(
            lexicon: Lexicon(type: type), fitting: values, values: values, others: [], doubt: doubt)
    }

    /// Of a column whose type the file itself says.
    static func declared(_ type: FieldType, _ tally: ColumnTally, missing: [String]) -> ColumnReading {
        let values = tally.total - tally.absent - (type == .string ? tally.count(words: missing) : 0)
        return ColumnReading(lexicon: Lexicon(type: type), fitting: values, values: values, others: [])
    }

    private static let wholes: Set<CellKind> = [.integer, .year]
    private static let typedKinds: Set<CellKind> = [.integer, .year, .number, .boolean, .structure]

    private static let digits = wholes.union([.code])
    private static let groups = Candidate(
        lexicon: CellKindSQL.commaGroups, kinds: digits.union([.number, .dotted, .thousand, .commaGroups]))
    private static let commas = [
        Candidate(lexicon: CellKindSQL.decimalComma, kinds: digits.union([.thousand, .comma])),
        Candidate(lexicon: CellKindSQL.pointGroups, kinds: digits.union([.dotted, .thousand, .comma, .dotGroups])),
    ]
    private static let plain = [
        Candidate(lexicon: Lexicon(type: .boolean), kinds: [.boolean]),
        Candidate(lexicon: Lexicon(type: .integer), kinds: digits),
        Candidate(lexicon: Lexicon(type: .number), kinds: digits.union([.number, .dotted])),
    ]
    private static let times = CellKind.times.enumerated().map { position, lexicon in
        Candidate(lexicon: lexicon, kinds: timeKinds(position))
    }
    /// The narrowest first. Where commas part cells, one within a number parts its groups.
    private static let betweenCommas = plain + [groups] + commas + times
    private static let elsewhere = plain + commas + [groups] + times

    private static func timeKinds(_ position: Int) -> Set<CellKind> {
        Set(
            CellKind.all.filter { kind in
                if case .time(let positions) = kind { return positions.contains(position) }
                return false
            })
    }

    /// Postal codes and the like: whole numbers of which some have leading zeros.
    private static func isCode(_ tally: ColumnTally) -> Bool {
        let codes = tally.counts[.code] ?? 0
        let values = tally.total - tally.absent - tally.count(words: CellKind.words)
        return codes > 0 && Double(codes + tally.count(wholes)) >= Double(values) * enough
    }

    private static func dayOrMonth(_ tally: ColumnTally) -> Doubt? {
        let values = tally.total - tally.absent - tally.count(words: CellKind.words)
        for (index, pair) in CellKind.pairs.enumerated()
        where values > 0 && tally.count([.time(CellKind.positions(ofPair: index))]) == values {
            if case .time(let one) = pair.dayFirst.format, case .time(let two) = pair.monthFirst.format {
                return .dayOrMonth(one.text, two.text)
            }
        }
        return nil
    }
}

extension FieldType {
    fileprivate var isTime: Bool { self == .date || self == .datetime }
}
