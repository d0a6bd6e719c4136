import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Thousands of random lines and zones against croniter, and on days on which clocks change against the rule that
/// `Cron` documents, written a second time in Python.
struct CronReferenceTests {
    private static let zones = [
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns",
        "Africa/Casablanca", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Auckland", "Europe/London",
    ]

    private static func field(_ range: ClosedRange<Int>, _ numbers: inout SeededNumbers) -> String {
        func part() -> String {
            let (one, two) = (Int.random(in: range, using: &numbers), Int.random(in: range, using: &numbers))
            let (low, high) = (min(one, two), max(one, two))
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: return "\(one)"
            case 1: return low == high ? "\(low)" : "\(low)-\(high)"
            case 2: return low == high ? "\(low)" : "\(low)-\(high)/\(Int.random(in: 1...5, using: &numbers))"
            default: return "*/\(Int.random(in: 1...7, using: &numbers))"
            }
        }
        if Int.random(in: 0..<2, using: &numbers) == 0 { return "*" }
        return (0..<Int.random(in: 1...3, using: &numbers)).map { _ in part() }.joined(separator: ",")
    }

    /// The clocks that we go by. The reference is given the same, because another release of the time zone database may
    /// know of a change that ours does not: governments decide on them at short notice.
    private struct Clocks: Encodable {
        /// Seconds east of UTC before the first change.
        let first: Int
        /// Seconds since 1970, and seconds east of UTC from then on.
        let changes: [[Int]]

        init(_ zone: String) throws {
            let zone = try #require(TimeZone(identifier: zone))
            let end = Date(timeIntervalSince1970: 2_600_000_000)
            var (at, changes) = (Date(timeIntervalSince1970: 1_200_000_000), [[Int]]())
            first = zone.secondsFromGMT(for: at)
            while let next = zone.nextDaylightSavingTimeTransition(after: at), next < end {
                changes.append([Int(next.timeIntervalSince1970), zone.secondsFromGMT(for: next)])
                at = next
            }
            self.changes = changes
        }
    }

    private struct Cases: Encodable {
        let zones: [String: Clocks]
        let cases: [Case]
    }

    private struct Case: Encodable {
        let cron: String
        let zone: String
        let after: Int
        let next: Int?
    }

    private static func cases(_ count: Int) -> [Case] {
        var numbers = SeededNumbers(seed: 20_261_128)
        var cases: [Case] = []
        while cases.count < count {
            let line = [0...59, 0...23, 1...31, 1...12, 0...6].map { field($0, &numbers) }.joined(separator: " ")
            guard let cron = try? Cron(line), let zone = zones.randomElement(using: &numbers) else { continue }
            // 2010 to 2030, half of them around the weeks in which clocks change.
            var after = Int.random(in: 1_262_304_000...1_893_456_000, using: &numbers)
            if Bool.random(using: &numbers) {
                let year = Int.random(in: 2010...2029, using: &numbers)
                let changes = [(3, 8), (3, 29), (4, 5), (10, 4), (10, 28), (11, 1)]
                let (month, day) = changes.randomElement(using: &numbers) ?? (3, 8)
                let date = Timestamp.parse(String(format: "%04d-%02d-%02dT00:00:00.000Z", year, month, day))
                after = Int(date?.timeIntervalSince1970 ?? 0) + Int.random(in: -200_000...200_000, using: &numbers)
            }
            let next = cron.next(after: Date(timeIntervalSince1970: Double(after)), in: zone)
            cases.append(Case(cron: line, zone: zone, after: after, next: next.map { Int($0.timeIntervalSince1970) }))
        }
        return cases
    }

    @Test(.timeLimit(.minutes(20))) func `next times are those of croniter, and of the rule where clocks change`()
        async throws
    {
        let uv = try Tool.find("uv", advice: "install uv")
        let zones = try Self.zones.reduce(into: [:]) { clocks, zone in clocks[zone] = try Clocks(zone) }
        let cases = Cases(zones: zones, cases: Self.cases(4000))
        let told = try await withTemporaryFolder { folder in
            _ = try await uv.output(["venv", "-q", "--python", "3.11", "venv"], in: folder)
            let python = folder.appending("venv/bin/python")
            _ = try await uv.output(
                ["pip", "install", "-q", "--python", python.string, "croniter==6.0.0"], in: folder)
            try Files.writeDurably(try JSONEncoder().encode(cases), to: folder.appending("cases.json"))
            try Files.writeDurably(Data(Self.reference.utf8), to: folder.appending("reference.py"))
            return try await Tool(path: python, name: "python").output(["reference.py"], in: folder)
        }

        #expect(told.hasSuffix("0 differ\n"), "\(told)")
        #expect(told.contains("4000 cases"), "\(told)")
    }

    private static let reference = """
        import json
        from bisect import bisect_right
        from datetime import datetime, timedelta, timezone, tzinfo
        from croniter import croniter

        EPOCH = datetime(1970, 1, 1)

        class Zone(tzinfo):
            def __init__(self, clocks):
                self.offsets = [clocks["first"]] + [offset for _, offset in clocks["changes"]]
                self.utc = [at for at, _ in clocks["changes"]]
                pairs = list(zip(self.utc, self.offsets, self.offsets[1:]))
                self.walls = [[at + max(a, b) for at, a, b in pairs], [at + min(a, b) for at, a, b in pairs]]

            def utcoffset(self, at):
                wall = (at.replace(tzinfo=None) - EPOCH).total_seconds()
                return timedelta(seconds=self.offsets[bisect_right(self.walls[at.fold], wall)])

            def fromutc(self, at):
                second = (at.replace(tzinfo=None) - EPOCH).total_seconds()
                shown = at + timedelta(seconds=self.offsets[bisect_right(self.utc, second)])
                return shown if shown.utcoffset() == shown - at else shown.replace(fold=1)

        def numbers(field, low, high):
            found = set()
            for part in field.split(","):
                span, _, step = part.partition("/")
                first, last = (low, high) if span == "*" else map(int, span.split("-") if "-" in span else [span, span])
                found |= set(range(first, last + 1, int(step or 1)))
            return found

        def instant(naive, zone):
            local = naive.replace(tzinfo=zone, fold=0)
            utc = local.astimezone(timezone.utc)
            if utc.astimezone(zone).replace(tzinfo=None) == naive:
                return int(utc.timestamp())
            second = int(utc.timestamp()) - 86400
            shows = lambda s: datetime.fromtimestamp(s, timezone.utc).astimezone(zone).replace(tzinfo=None)
            low, high = second, second + 2 * 86400
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if shows(middle) < naive else (low, middle)
            return high

        def by_rule(case, zone, days):
            m, h, d, mo, w = case["cron"].split()
            minutes, hours = sorted(numbers(m, 0, 59)), sorted(numbers(h, 0, 23))
            d_set, mo_set, w_set = numbers(d, 1, 31), numbers(mo, 1, 12), numbers(w, 0, 6)
            both = d.startswith("*") or w.startswith("*")
            start = datetime.fromtimestamp(case["after"], timezone.utc).astimezone(zone).date() - timedelta(days=1)
            for n in range(days):
                day = start + timedelta(days=n)
                fits = [day.day in d_set, (day.weekday() + 1) % 7 in w_set]
                if day.month not in mo_set or not (all(fits) if both else any(fits)):
                    continue
                for hour in hours:
                    for minute in minutes:
                        at = instant(datetime(day.year, day.month, day.day, hour, minute), zone)
                        if at > case["after"]:
                            return at

        told = json.load(open("cases.json"))
        cases = told["cases"]
        zones = {name: Zone(clocks) for name, clocks in told["zones"].items()}
        differ, plain = 0, 0
        for case in cases:
            zone = zones[case["zone"]]
            after = datetime.fromtimestamp(case["after"], timezone.utc).astimezone(zone)
            wanted = by_rule(case, zone, 366 * 13)
            if wanted != case.get("next"):
                differ += 1
                print("rule", case, wanted)
            if wanted is None:
                continue
            offsets = set()
            for edge in (case["after"], wanted):
                for hours in range(-30, 31, 6):
                    offsets.add(datetime.fromtimestamp(edge + hours * 3600, timezone.utc).astimezone(zone).utcoffset())
            if len(offsets) > 1:
                continue
            fields = case["cron"].split()
            whole = [(fields[2], set(range(1, 32)), 1, 31), (fields[4], set(range(7)), 0, 6)]
            if any(not f.startswith("*") and numbers(f, low, high) == all_of for f, all_of, low, high in whole):
                continue  # croniter takes a list of all days for '*'; cron(5) does not
            plain += 1
            naive = after.replace(tzinfo=None)
            theirs = croniter(case["cron"], naive, implement_cron_bug=True, max_years_between_matches=60).get_next(datetime)
            if instant(theirs, zone) != case.get("next"):
                differ += 1
                print("croniter", case, theirs)
        print(len(cases), "cases,", plain, "against croniter,", differ, "differ")

        """
}
