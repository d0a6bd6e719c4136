package import Foundation

/// Five fields of cron(5), or one of its words: `0 3 * * mon-fri`, `@daily`.
///
/// Fields are minute, hour, day of the month, month, day of the week; each a `*`, a number, a name, a range, with a step
/// behind `*` or a range, or a list of these. Both 0 and 7 are Sunday. As cron(5) has it: when both kinds of day are
/// given, one of them must fit; when one of the two fields begins with `*`, both must.
///
/// A time that a clock leaves out when it is put forward comes once, right after the gap, together with all others of the
/// gap; one that it shows twice when it is put back comes once, the first time.
package struct Cron: Equatable, Sendable {
    /// As it was written.
    package let text: String
    let minutes: UInt64
    let hours: UInt64
    let days: UInt64
    let months: UInt64
    let weekdays: UInt64
    /// True: one fitting kind of day is enough.
    let eitherDay: Bool

    /// What is wrong with a text that is none.
    package struct Mistake: Error, Equatable, Sendable {
        package let message: String
        package let advice: String?

        init(_ message: String, advice: String? = nil) {
            self.message = message
            self.advice = advice
        }
    }

    /// Throws `Mistake`, which names the field and what it may be, also for times that no calendar has (`0 0 31 2 *`).
    package init(_ text: String) throws(Mistake) {
        self.text = text
        let fields = try CronReader.fields(text)
        minutes = try CronReader.minute.read(fields[0])
        hours = try CronReader.hour.read(fields[1])
        days = try CronReader.day.read(fields[2])
        months = try CronReader.month.read(fields[3])
        var weekdays = try CronReader.weekday.read(fields[4])
        if weekdays & (1 << 7) != 0 { weekdays = (weekdays | 1) & ~(1 << 7) }
        self.weekdays = weekdays
        eitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        if !eitherDay, !hasDay {
            throw Mistake(
                "no month of '\(fields[3])' has a day '\(fields[2])', so it would never come",
                advice: "the days of a month are 1 to 28, 29, 30 or 31")
        }
    }

    private var hasDay: Bool {
        (1...12).contains { month in
            months & (1 << month) != 0
                && (1...CivilDay.mostDays(inMonth: month)).contains { days & (1 << $0) != 0 }
        }
    }

    /// True if it comes on a day, at one time or another.
    func fits(_ day: CivilDay) -> Bool {
        guard months & (1 << day.month) != 0 else { return false }
        let (ofMonth, ofWeek) = (days & (1 << day.day) != 0, weekdays & (1 << day.weekday) != 0)
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek
    }

    /// Seconds after midnight, as a clock shows them.
    var times: [Int64] {
        var times: [Int64] = []
        for hour in 0..<24 where hours & (1 << hour) != 0 {
            for minute in 0..<60 where minutes & (1 << minute) != 0 { times.append(Int64(hour * 3600 + minute * 60)) }
        }
        return times
    }
}

extension Cron {
    /// The first time after an instant; nil if it does not come within fifty years, or the time zone is unknown.
    package func next(after: Date, in timezone: String) -> Date? {
        guard let (clock, second) = Self.clock(timezone, after) else { return nil }
        let times = times
        // A day earlier, because a clock that is put back may show a day twice.
        let first = CivilDay(second: clock.local(second)).number - 1
        for number in first..<(first + Self.reach) {
            let day = CivilDay(number: number)
            guard fits(day) else { continue }
            if let next = clock.instants(of: times, on: day).first(where: { $0 > second }) { return Self.date(next) }
        }
        return nil
    }

    /// The newest time after `since` and not after `until`: of many that were missed only one is made up for. Nil: none
    /// was due, or the time zone is unknown.
    package func missed(since: Date, until: Date, in timezone: String) -> Date? {
        guard since < until, let (clock, second) = Self.clock(timezone, until) else { return nil }
        let (_, begin) = Self.clock(timezone, since) ?? (clock, second)
        let times = times
        let last = CivilDay(second: clock.local(second)).number + 1
        let first = max(CivilDay(second: clock.local(begin)).number - 1, last - Self.reach)
        for number in stride(from: last, through: first, by: -1) {
            let day = CivilDay(number: number)
            guard fits(day) else { continue }
            let due = clock.instants(of: times, on: day).last { $0 <= second }
            if let due { return Self.date(due) > since ? Self.date(due) : nil }
        }
        return nil
    }

    /// True for a name of the time zone database.
    package static func isTimezone(_ name: String) -> Bool { ZoneClock(name) != nil }

    /// Names of the time zone database, for suggestions.
    package static var timezones: [String] { TimeZone.knownTimeZoneIdentifiers + ["UTC"] }

    /// Days that are looked through: fifty years.
    private static let reach = 366 * 50

    private static func clock(_ timezone: String, _ date: Date) -> (ZoneClock, Int64)? {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        // Beyond these no calendar is worth computing, and no sum below can overflow.
        guard abs(seconds) < 1e11, let clock = ZoneClock(timezone) else { return nil }
        return (clock, Int64(seconds))
    }

    private static func date(_ second: Int64) -> Date { Date(timeIntervalSince1970: Double(second)) }
}
