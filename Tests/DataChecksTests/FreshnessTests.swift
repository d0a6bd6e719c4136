import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Rules that measure a file by the clock and by what was there before.
@Suite(.timeLimit(.minutes(15)))
struct FreshnessTests {
    // 2026-11-24 18:00:00 UTC.
    private static let now = Date(timeIntervalSince1970: 1_795_543_200)

    private func findings(
        _ text: String, named name: String = "d.csv", type: String = "date", _ rules: DataRules,
        now: Date? = FreshnessTests.now, usualRows: Double? = nil
    ) async throws -> [DataFinding] {
        try await withTemporaryFolder { folder in
            let path = folder.appending("in")
            try Data(text.utf8).write(to: URL(filePath: path.string))
            return try await tests().run(
                try schema("fields: [{ name: t, type: \(type) }]"), rules: rules, on: [(name, path)], now: now,
                usualRows: usualRows, temporary: folder
            ).findings
        }
    }

    private static let twoDays = DataRules(freshness: FreshnessRules(column: "t", maxAge: 2 * 86_400))

    @Test(arguments: [
        ("date", "2026-11-22", "accept"), ("date", "2026-11-21", "2.8 days ago, more than 2 days"),
        ("date", "2026-11-25", "accept"), ("date", "2026-11-26", "30 hours ahead"),
        ("datetime", "2026-11-22T18:00:00", "accept"),
        ("datetime", "2026-11-22T17:59:59", "2 days ago, just over 2 days"),
        ("datetime", "2026-11-22T19:59:59+02:00", "just over"), ("yearmonth", "2026-11", "accept"),
        ("yearmonth", "2026-10", "23.8 days ago"), ("year", "2026", "accept"), ("year", "2025", "327.8 days ago"),
        ("date", "x", "has no value that could be fresh"),
    ])
    func `the newest value may be as old as the limit, and a day ahead`(
        type: String, value: String, words: String
    ) async throws {
        let found = try await findings("t\n\(value)\n", type: type, FreshnessTests.twoDays).filter {
            $0.check != "type"
        }
        if words == "accept" {
            #expect(found.isEmpty, "\(found)")
        } else {
            #expect(found.map(\.check) == ["freshness"])
            #expect(found.first?.message.contains(words) == true, "\(found)")
        }
        let json = try await findings(
            #"{"t":"\#(value)"}"#, named: "d.jsonl", type: type, FreshnessTests.twoDays
        ).filter { $0.check != "type" && type != "year" }
        #expect(json.isEmpty == (words == "accept" || type == "year"))
    }

    @Test func `without a clock it is not asked, and a column of no times is a mistake of the policy`() async throws {
        #expect(try await findings("t\n1999-01-01\n", FreshnessTests.twoDays, now: nil).isEmpty)
        let error = await #expect(throws: Fault.self) {
            _ = try await findings("t\nx\n", type: "string", FreshnessTests.twoDays)
        }
        #expect(error?.kind == .input)
        let other = DataRules(freshness: FreshnessRules(column: "u", maxAge: 1))
        #expect(try await findings("t\n2026-11-24\n", other).map(short) == ["missing-column u ×1"])
    }

    @Test(arguments: [(4, "0.4 times the usual 10: less than 0.5 times"), (5, ""), (20, ""), (21, "more than 2 times")])
    func `growth is measured in factors of what was there`(rows: Int, words: String) async throws {
        let rules = DataRules(growth: GrowthRules(minFactor: 0.5, maxFactor: 2))
        let text = "t\n" + String(repeating: "2026-11-24\n", count: rows)
        let found = try await findings(text, rules, usualRows: 10)
        #expect(found.map(\.check) == (words.isEmpty ? [] : ["row-count"]))
        #expect(found.allSatisfy { $0.message.contains(words) })
        #expect(try await findings(text, rules).isEmpty)
    }
}
