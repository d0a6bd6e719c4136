import DataChecks
import Domain
import Foundation
import Testing

/// Files with some bytes changed, from a fixed seed: whatever they hold, the answer is an outcome and never a fault.
@Suite(.timeLimit(.minutes(15)))
struct MutationTests {
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static let records = "SELECT range AS id, range / 3 AS rate, 'w' || range AS x FROM range(60)"

    @Test(arguments: [
        ("d.csv", "FORMAT csv, HEADER"), ("d.csv.gz", "FORMAT csv, HEADER, COMPRESSION gzip"),
        ("d.jsonl", "FORMAT json"), ("d.parquet", "FORMAT parquet"),
    ])
    func `a damaged file is answered with findings`(name: String, options: String) async throws {
        let whole = try await export(MutationTests.records, options: options)
        let rules = try schema(
            """
            fields:
              - { name: id, type: integer, constraints: { required: true, minimum: 0, maximum: 59 } }
              - { name: rate, type: number, constraints: { minimum: 0 } }
              - { name: x, type: string, constraints: { required: true } }
            """)
        #expect(try await run(whole, named: name, rules).findings.map(short) == [])

        var dice = Dice(state: 20_261_124)
        for _ in 0..<25 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
                case 1: bytes[place] = [0, 10, 13, 34, 44, 92, 123, 255].randomElement(using: &dice) ?? 0
                case 2: bytes = bytes.prefix(max(1, place))
                default: bytes.insert(contentsOf: bytes[place...].prefix(5), at: place)
                }
                bytes = Data(bytes)
            }
            let outcome = try await run(bytes, named: name, rules)
            #expect(outcome.rows >= 0, "\(bytes.base64EncodedString())")
            if name.hasSuffix(".gz") { #expect(outcome.rows == 60 || !outcome.findings.isEmpty) }
        }
    }
}
