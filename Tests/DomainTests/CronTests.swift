import Domain
import Foundation
import Testing

struct CronTests {
    private func time(_ text: String) throws -> Date { try #require(Timestamp.parse(text + ":00.000Z")) }

    @Test(
        arguments: [
            ("0 3 * *", "'0 3 * *' has 4 fields, and cron has five"),
            ("", "'' has 0 fields, and cron has five"),
            ("60 3 * * *", "minute: '60' is not one of 0 to 59"),
            ("0 24 * * *", "hour: '24' is not one of 0 to 23"),
            ("0 0 0 * *", "day of the month: '0' is not one of 1 to 31"),
            ("0 0 * 13 *", "month: '13' is not one of 1 to 12 or jan to dec"),
            ("0 0 * * 8", "day of the week: '8' is not one of 0 to 7 or sun to sat"),
            ("0 0 * * mon-", "day of the week: 'mon-' is not one of 0 to 7 or sun to sat"),
            ("5/15 * * * *", "minute: the step of '5/15' stands behind a single value"),
            ("*/0 * * * *", "minute: '*/0' has a step that is none"),
            ("0 22-4 * * *", "hour: the range '22-4' ends before it begins"),
            ("1,,2 * * * *", "minute: an empty value is not one of 0 to 59"),
            ("0 0 31 2 *", "no month of '2' has a day '31', so it would never come"),
            ("0 0 31 2,4,6,9,11 *", "no month of '2,4,6,9,11' has a day '31', so it would never come"),
            ("@reboot", "'@reboot' is no word of cron's"),
            ("0 0 L * *", "day of the month: 'l' is not one of 1 to 31"),
        ])
    func `what is no cron line is refused with the field and what it may be`(_ text: String, _ message: String) {
        let mistake = #expect(throws: Cron.Mistake.self) { try Cron(text) }

        #expect(mistake?.message == message)
        #expect(mistake?.advice != nil)
    }

    @Test(
        arguments: [
            ("@dayly", "did you mean '@daily'?"),
            (
                "0 0 * * mno",
                "did you mean 'mon'? a field is '*', a value, a range 'a-b', a step '*/n' or 'a-b/n', or a list of these"
            ),
            ("0 22-4 * * *", "write it as two: '22-23,0-4'"),
            ("5/15 * * * *", "a step goes with '*' or a range: '5-59/15'"),
        ])
    func `what was meant is suggested`(_ text: String, _ advice: String) {
        let mistake = #expect(throws: Cron.Mistake.self) { try Cron(text) }

        #expect(mistake?.advice == advice)
    }

    @Test(
        arguments: [
            ("0 3 * * 1", "UTC", "2026-11-28T12:00", "2026-11-30T03:00"),
            ("0 3 * * mon", "UTC", "2026-11-30T03:00", "2026-12-07T03:00"),
            ("*/20 9-17/4 * * *", "UTC", "2026-11-28T09:41", "2026-11-28T13:00"),
            ("30 2 1,15 * fri", "UTC", "2026-11-28T00:00", "2026-12-01T02:30"),
            ("30 2 1,15 * fri", "UTC", "2026-12-01T02:30", "2026-12-04T02:30"),
            ("0 0 */2 * sun", "UTC", "2026-11-28T00:00", "2026-11-29T00:00"),
            ("0 0 * * 5-7", "UTC", "2026-11-28T00:00", "2026-11-29T00:00"),
            ("0 0 29 2 *", "UTC", "2026-11-28T00:00", "2028-02-29T00:00"),
            ("@monthly", "America/New_York", "2026-11-28T00:00", "2026-12-01T05:00"),
            // New York, 2026-03-08: 02:00 to 03:00 does not exist.
            ("30 2 * * *", "America/New_York", "2026-03-08T05:00", "2026-03-08T07:00"),
            ("*/10 2 * * *", "America/New_York", "2026-03-08T05:00", "2026-03-08T07:00"),
            ("*/10 2 * * *", "America/New_York", "2026-03-08T07:00", "2026-03-09T06:00"),
            // 2026-11-01: 01:00 to 02:00 comes twice.
            ("30 1 * * *", "America/New_York", "2026-11-01T04:00", "2026-11-01T05:30"),
            ("30 1 * * *", "America/New_York", "2026-11-01T05:30", "2026-11-02T06:30"),
            // Samoa had no 30 December 2011.
            ("0 12 30 12 *", "Pacific/Apia", "2011-12-29T23:00", "2011-12-30T10:00"),
        ])
    func `the next time is the one that the clock of the zone shows`(
        _ text: String, _ zone: String, _ after: String, _ next: String
    ) throws {
        let found = try Cron(text).next(after: try time(after), in: zone)

        #expect(found.map { Timestamp.text($0) } == next + ":00.000Z")
    }

    @Test func `of many times that were missed only the newest is made up for`() throws {
        let hourly = try Cron("@hourly")

        #expect(
            hourly.missed(since: try time("2026-11-20T10:00"), until: try time("2026-11-28T09:59"), in: "UTC")
                == (try time("2026-11-28T09:00")))
        #expect(
            hourly.missed(since: try time("2026-11-28T09:00"), until: try time("2026-11-28T09:59"), in: "UTC") == nil)
        #expect(
            hourly.missed(since: try time("2026-11-28T08:59"), until: try time("2026-11-28T09:00"), in: "UTC")
                == (try time("2026-11-28T09:00")))
        #expect(
            hourly.missed(since: try time("2026-11-28T10:00"), until: try time("2026-11-28T09:00"), in: "UTC") == nil)
    }

    @Test func `a time zone is a name of the database, in its own spelling`() throws {
        for name in ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"] {
            #expect(Cron.isTimezone(name), "\(name)")
        }
        for name in ["", "GMT+25", "europe/berlin", "Europe/Berln", "../etc/passwd", "Berlin"] {
            #expect(!Cron.isTimezone(name), "\(name)")
            #expect(try Cron("@daily").next(after: Date(), in: name) == nil)
        }
    }

    @Test func `no date and no line brings it down`() throws {
        for seconds in [-1e300, -1e11, 0, 1e11, 1e300, .infinity, -.infinity] {
            let date = Date(timeIntervalSince1970: seconds)
            _ = try Cron("*/7 3 29 2 *").next(after: date, in: "Africa/Casablanca")
            _ = try Cron("* * * * *").missed(since: .distantPast, until: date, in: "UTC")
        }
        for text in ["99999999999999999999 * * * *", "-1 * * * *", "*/99999 * * * *", "1-2-3 * * * *", "/ * * * *"] {
            #expect(throws: Cron.Mistake.self) { try Cron(text) }
        }
        #expect(throws: Cron.Mistake.self) { try Cron(String(repeating: "1,", count: 100_000) + "1 * * * *") }
    }
}
