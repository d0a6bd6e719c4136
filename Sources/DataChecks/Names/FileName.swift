package import Domain
import Host
import SystemPackage

/// The test of a file's name: a pattern whose parts may be dates and times.
package struct FileName: Sendable {
    private let text: String
    private let pattern: NamePattern?

    /// Throws `.input` for a pattern that is none.
    package init(pattern text: String?) throws(Fault) {
        self.text = text ?? ""
        do throws(NamePatternMistake) {
            pattern = if let text { try NamePattern(text) } else { nil }
        } catch {
            throw Fault(
                .input,
                "'\((text ?? "").shown())' is not a regular expression for a file's name: \(error.words.shown())",
                advice: #"write it as in 'flights_(?<date>[0-9]{4}-[0-9]{2})\.csv'"#)
        }
    }

    /// One finding at most, about the last component of the name.
    package func findings(_ name: String) -> [DataFinding] {
        guard let pattern else { return [] }
        let last = name.split(separator: "/").last.map(String.init) ?? name
        func finding(_ message: String) -> [DataFinding] {
            [DataFinding(check: "file-name", file: name, value: last.shown(), message: message)]
        }
        guard let parts = pattern.parts(of: last) else {
            return finding("the file's name '\(last.shown())' is not as '\(text.shown())' has it")
        }
        for part in parts {
            guard let kind = Moment(part.name), !kind.isReal(part.text) else { continue }
            return finding(
                "the part '\(part.text.shown())' of the file's name is no \(kind.isTime ? "time" : "date")")
        }
        return []
    }
}

/// What the name of a pattern's part says that it is: a date, a time, or one after the other.
struct Moment {
    let isDate: Bool
    let isTime: Bool
    private let order: Order

    /// In which order the parts of a date stand.
    private enum Order {
        /// The year first or last, the month never before its day with the year last.
        case any
        case monthFirst
        case dayFirst
        case yearFirst
    }

    /// Nil for a part of another kind. Known are names that start or end with `date`, `time`, `datetime` or
    /// `timestamp`; with `mdy`, `dmy` or `ymd` in it, the parts of a date stand in that order and no other.
    init?(_ name: String) {
        let name = name.lowercased()
        func has(_ word: String) -> Bool { name.hasPrefix(word) || name.hasSuffix(word) }
        let isBoth = has("datetime") || has("timestamp")
        let orders: [(String, Order)] = [("mdy", .monthFirst), ("dmy", .dayFirst), ("ymd", .yearFirst)]
        order = orders.first { name.contains($0.0) }?.1 ?? .any
        isDate = isBoth || has("date")
        isTime = isBoth || has("time")
        if !isDate && !isTime { return nil }
    }

    /// Separators do not matter, only the digits: `20130131`, `31012013`, `201301`, `130131`; `235959`, `2359`, `23`.
    func isReal(_ text: String) -> Bool {
        let digits = text.filter(\.isNumber)
        guard digits.allSatisfy(\.isASCII), !text.contains(where: \.isLetter) || text.contains("T") else {
            return false
        }
        if isDate && isTime {
            return [14, 12, 10].contains(digits.count) && isDate(String(digits.prefix(8)))
                && isTime(String(digits.dropFirst(8)))
        }
        return isDate ? isDate(digits) : isTime(digits)
    }

    private func isDate(_ digits: String) -> Bool {
        func part(_ range: Range<Int>) -> Int { Int(digits.dropFirst(range.lowerBound).prefix(range.count)) ?? -1 }
        switch (digits.count, order) {
        case (8, .monthFirst): return Moment.isDay(part(4..<8), part(0..<2), part(2..<4))
        case (8, .dayFirst): return Moment.isDay(part(4..<8), part(2..<4), part(0..<2))
        case (8, .yearFirst): return Moment.isDay(part(0..<4), part(4..<6), part(6..<8))
        case (8, .any):
            return Moment.isDay(part(0..<4), part(4..<6), part(6..<8))
                || Moment.isDay(part(4..<8), part(2..<4), part(0..<2))
        case (6, .monthFirst): return Moment.isDay(2000 + part(4..<6), part(0..<2), part(2..<4))
        case (6, .dayFirst): return Moment.isDay(2000 + part(4..<6), part(2..<4), part(0..<2))
        case (6, .yearFirst): return Moment.isDay(2000 + part(0..<2), part(2..<4), part(4..<6))
        case (6, .any):
            return Moment.isDay(part(0..<4), part(4..<6), 1)
                || Moment.isDay(2000 + part(0..<2), part(2..<4), part(4..<6))
                || Moment.isDay(2000 + part(4..<6), part(2..<4), part(0..<2))
        case (4, _): return Moment.isDay(part(0..<4), 1, 1)
        default: return false
        }
    }

    private func isTime(_ digits: String) -> Bool {
        let numbers = stride(from: 0, to: digits.count, by: 2).map { Int(digits.dropFirst($0).prefix(2)) ?? -1 }
        guard [2, 4, 6].contains(digits.count), numbers[0] < 24 else { return false }
        return numbers.dropFirst().allSatisfy { $0 < 60 }
    }

    /// In the calendar, of a year in which files of data were written.
    private static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        guard (1900...2199).contains(year), (1...12).contains(month) else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return (1...days).contains(day)
    }
}
