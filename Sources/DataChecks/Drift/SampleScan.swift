import Domain
import Host

/// The first pass: kinds and fine edges from a sample.
///
/// The sample is every record the digest of whose number leaves no rest when divided by one that follows from the files'
/// sizes: the same records whatever the number of threads, and as good a choice where many records are alike.
struct SampleScan: Sendable {
    let scan: Scanning

    /// Columns without counts: kinds, fine edges and the most frequent categories.
    func layout() async throws(Fault) -> [ColumnProfile] {
        let names = scan.intake.names
        guard names.count <= 10_000 else {
            throw Fault(.input, "a profile may have 10,000 columns, not \(names.count)")
        }
        let divisor = Int(max(1, scan.intake.size.rounded()))
        var rows = try await scan.rows(sql(names, divisor: divisor))
        // So few rows that the sample may have missed them all.
        if divisor > 1, rows.first?["n"]?.int64 ?? 0 < 1000 { rows = try await scan.rows(sql(names, divisor: 1)) }
        guard let found = rows.first, found["n"]?.int64 ?? 0 > 0 else {
            throw Fault(
                .input, "there are no records in \(scan.files.map { "'\($0.shown())'" }.joined(separator: ", "))")
        }
        return names.enumerated().map { SampleScan.column($1, found, $0) }
    }

    private func sql(_ names: [String], divisor: Int) throws(Fault) -> String {
        let inner = try scan.union(names: names) { group throws(Fault) in
            let table = try group.table(numbered: divisor > 1)
            return divisor > 1 ? "\(table) WHERE hash(rn) % \(divisor) = 0" : table
        } _: { group, column, index in
            guard let column else {
                return ["NULL::DOUBLE AS d\(index)", "NULL::DOUBLE AS t\(index)", "NULL::VARCHAR AS s\(index)"]
            }
            return [
                "\(group.number(column)) AS d\(index)", "\(group.time(column)) AS t\(index)",
                "\(group.isMeasured(column) ? group.presence(column) : group.text(column)) AS s\(index)",
            ]
        }
        let numbers = names.indices.flatMap { index in
            let value = "coalesce(d\(index), t\(index))"
            return [
                "count(s\(index)) AS n\(index)", "count(\(Scanning.countable("d\(index)"))) AS d\(index)",
                "count(t\(index)) AS t\(index)",
                "list_sort(list(\(Scanning.countable(value))), 'ASC', 'NULLS LAST') AS v\(index)",
                "histogram(CASE WHEN \(value) IS NULL THEN s\(index) END) AS h\(index)",
            ]
        }
        let levels = max(199, min(999, 40_000 / max(1, names.count)))
        let answers = names.indices.flatMap { index in
            let count = "(d\(index) + t\(index))"
            let step = "greatest(1, (\(count) + \(levels)) // \(levels + 1))"
            let ordered = "list_sort(list_transform(map_entries(h\(index)), lambda e: {'n': -e.value, 'k': e.key}))"
            return [
                "n\(index)", "d\(index)", "t\(index)", "v\(index)[1] AS a\(index)", "v\(index)[\(count)] AS z\(index)",
                "CASE WHEN \(count) > 0 THEN v\(index)[\(step):\(count):\(step)] END AS q\(index)",
                "list_transform(\(ordered)[:\(CategoryProfile.limit)], lambda e: e.k) AS h\(index)",
            ]
        }
        return """
            SELECT n, \(answers.joined(separator: ",\n"))
            FROM (SELECT count(*) AS n, \(numbers.joined(separator: ",\n")) FROM (\(inner)));
            """
    }

    private static func column(_ name: String, _ found: [String: JSONValue], _ index: Int) -> ColumnProfile {
        func count(_ letter: String) -> Double { found["\(letter)\(index)"]?.double ?? 0 }
        let enough = max(1, count("n") * 0.99)
        guard max(count("d"), count("t")) >= enough else {
            let categories = texts(found["h\(index)"]).filter(isPlain)
            let known = Dictionary(categories.map { ($0, Int64(0)) }, uniquingKeysWith: { first, _ in first })
            return ColumnProfile(
                name: name, nulls: 0, values: .categories(CategoryProfile(counts: known, rest: 0)))
        }
        var edges: [Double] = []
        if let low = found["a\(index)"]?.double, let high = found["z\(index)"]?.double ?? found["a\(index)"]?.double {
            edges = Edges.fine(numbers(found["q\(index)"]), minimum: low, maximum: high)
        }
        let empty = NumberProfile(
            edges: edges, counts: Array(repeating: 0, count: edges.count + 1), minimum: nil, maximum: nil, mean: 0,
            deviation: 0)
        return ColumnProfile(name: name, nulls: 0, values: count("d") >= enough ? .numbers(empty) : .times(empty))
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        guard case .array(let items) = value else { return [] }
        return items.compactMap(\.text)
    }

    private static func numbers(_ value: JSONValue?) -> [Double] {
        guard case .array(let items) = value else { return [] }
        return items.compactMap(\.double)
    }
}
