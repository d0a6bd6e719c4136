import Foundation

/// A day of the Gregorian calendar.
struct CivilDay: Equatable {
    /// Days since 1970-01-01.
    let number: Int
    let month: Int
    let day: Int
    /// 0 is Sunday.
    let weekday: Int

    /// The day that many days after 1970-01-01. Hinnant's civil_from_days.
    init(number: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.number = number
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        weekday = ((number % 7) + 11) % 7
    }

    /// The day of a second since 1970 as a clock shows it.
    init(second: Int64) { self.init(number: Int((Double(second) / 86_400).rounded(.down))) }

    /// With leap days.
    static func mostDays(inMonth month: Int) -> Int {
        switch month {
        case 2: 29
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// What clocks show in a time zone.
struct ZoneClock {
    private let zone: TimeZone

    /// Nil unless it is a name of the time zone database. `GMT+2` and the like are none.
    init?(_ name: String) {
        guard name.utf8.count <= 64, let zone = TimeZone(identifier: name) else { return nil }
        // Names that were replaced by others (`Asia/Kolkata` for `Asia/Calcutta`) are not among the known ones.
        let isLinked = name.contains("/") && zone.identifier == name
        guard name == "UTC" || isLinked || Self.known.contains(name) else { return nil }
        self.zone = zone
    }

    private static let known = Set(TimeZone.knownTimeZoneIdentifiers)

    /// Seconds since 1970 as a clock shows them at an instant.
    func local(_ instant: Int64) -> Int64 { instant + offset(instant) }

    /// The instants of times of a day, in order. A time that does not exist is the end of the gap; of one that comes
    /// twice it is the first.
    func instants(of times: [Int64], on day: CivilDay) -> [Int64] {
        let midnight = Int64(day.number) * 86_400
        // No clock is more than 15 hours from UTC. Two changes that cancel out within two days have not been seen.
        let offsets = [-15, 12, 39].map { offset(midnight + $0 * 3600) }
        if offsets[0] == offsets[1], offsets[1] == offsets[2] { return times.map { midnight + $0 - offsets[0] } }
        let choices = Set((0...36).map { offset(midnight - 54_000 + $0 * 5400) })
        return times.map { instant(of: midnight + $0, choices) }
    }

    private func instant(of local: Int64, _ choices: Set<Int64>) -> Int64 {
        let fitting = choices.filter { offset(local - $0) == $0 }.map { local - $0 }
        if let first = fitting.min() { return first }
        // The clock is put forward over it: before the change it shows less, after the change more.
        guard var before = choices.map({ local - $0 }).min(), var after = choices.map({ local - $0 }).max() else {
            return local
        }
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if self.local(middle) < local { before = middle } else { after = middle }
        }
        return after
    }

    private func offset(_ instant: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant))))
    }
}
