import Domain
import Host
import SystemPackage

/// The second pass: all rows, counted on given edges and categories.
struct CountScan: Sendable {
    let scan: Scanning
    let layout: [ColumnProfile]

    func counted() async throws(Fault) -> Profiler.Counted {
        guard let found = try await scan.rows(sql()).first, let rows = found["n"]?.int64 else {
            throw Fault(.bug, "the profile's scan printed nothing")
        }
        var columns: [ColumnProfile] = []
        for (index, column) in layout.enumerated() { columns.append(try read(column, found, index, rows: rows)) }
        let known = Set(layout.map(\.name))
        let profile = Profile(
            rows: rows, columns: try await withNewCategories(columns, Strays(scan: scan, layout: layout), found),
            others: scan.intake.names.filter { !known.contains($0) })
        guard isByFile else { return Profiler.Counted(profile: profile, rows: [rows]) }
        return Profiler.Counted(
            profile: profile, rows: scan.intake.links.map { found["f"]?[$0.string]?.int64 ?? 0 })
    }

    // Of one file the rows are those of the profile. A scan must ask for something, though.
    private var isByFile: Bool { scan.files.count > 1 || layout.isEmpty }

    private func source(_ wanted: Set<Int>? = nil) throws(Fault) -> String {
        let file = isByFile && wanted == nil ? ["filename AS f"] : []
        return try scan.union(
            names: layout.map(\.name), and: file,
            from: { group throws(Fault) in
                // Only new categories are asked for by index.
                let isNumber = Dictionary(
                    layout.map { ($0.name, wanted == nil && $0.values.kind == "number") }, uniquingKeysWith: { $1 })
                let numbers = group.names.indices.filter { isNumber[group.names[$0]] ?? false }
                return try group.watched(numbers)
            }
        ) { group, column, index in
            if let wanted, !wanted.contains(index) { return [] }
            switch (layout[index].values, column) {
            case (.numbers, let column?): return ["\(group.number(column, isWatched: true)) AS v\(index)"]
            case (.times, let column?): return ["\(group.time(column)) AS v\(index)"]
            case (.categories, let column?): return ["\(group.text(column)) AS v\(index)"]
            case (.numbers, nil), (.times, nil): return ["NULL::DOUBLE AS v\(index)"]
            case (.categories, nil): return ["NULL::VARCHAR AS v\(index)"]
            }
        }
    }

    private func sql() throws(Fault) -> String {
        var answers = ["count(*) AS n"] + (isByFile ? ["histogram(f) AS f"] : [])
        for (index, column) in layout.enumerated() {
            if let numbers = column.values.numbers {
                let value = scan.isCountable(column.name) ? "v\(index)" : Scanning.countable("v\(index)")
                answers += [
                    "count(\(value)) AS n\(index)", "min(\(value)) AS a\(index)", "max(\(value)) AS z\(index)",
                    "avg(\(value)) AS m\(index)", "stddev_pop(\(value)) AS s\(index)",
                ]
                if !numbers.edges.isEmpty {
                    let edges = numbers.edges.map(CountScan.literal).joined(separator: ",")
                    answers.append("map_values(histogram(\(value), [\(edges)]::DOUBLE[])) AS h\(index)")
                }
            } else {
                answers.append("count(v\(index)) AS n\(index)")
                let known = try CountScan.literals(column.values.categories)
                if !known.isEmpty { answers.append("histogram_exact(v\(index), [\(known)]) AS h\(index)") }
            }
        }
        let strays = Strays(scan: scan, layout: layout)
        let table = try strays.table.map { ", \($0)" } ?? ""
        return "SELECT \((answers + strays.answers).joined(separator: ",\n"))\nFROM (\(try source()))\(table);"
    }

    /// With an exponent: DuckDB reads a number without one as a decimal, which does not keep the last digits.
    private static func literal(_ number: Double) -> String {
        let text = "\(number)"
        return text.contains("e") ? text : text + "e0"
    }

    static func literals(_ categories: CategoryProfile?) throws(Fault) -> String {
        var literals: [String] = []
        for name in (categories?.counts.keys.sorted() ?? []) where isPlain(name) {
            literals.append(try DuckDB.literal(name))
        }
        return literals.joined(separator: ", ")
    }

    private func read(
        _ column: ColumnProfile, _ found: [String: JSONValue], _ index: Int, rows: Int64
    ) throws(Fault) -> ColumnProfile {
        let count = found["n\(index)"]?.int64 ?? 0
        let values: ColumnProfile.Values
        switch column.values {
        case .numbers(let numbers): values = .numbers(try read(numbers, found, index, count: count))
        case .times(let numbers): values = .times(try read(numbers, found, index, count: count))
        case .categories(let categories):
            let counted = found["h\(index)"]
            let known = categories.counts.keys.reduce(into: [String: Int64]()) { counts, name in
                if isPlain(name) { counts[name] = counted?[name]?.int64 ?? 0 }
            }
            values = .categories(CategoryProfile(counts: known, rest: count - known.values.reduce(0, +)))
        }
        return ColumnProfile(name: column.name, nulls: rows - count, values: values)
    }

    private func read(
        _ numbers: NumberProfile, _ found: [String: JSONValue], _ index: Int, count: Int64
    ) throws(Fault) -> NumberProfile {
        var counts: [Int64] = []
        if case .array(let items) = found["h\(index)"] { counts = items.compactMap(\.int64) }
        // The last bin is printed only if something is in it; without values nothing is.
        if count == 0 || numbers.edges.isEmpty { counts = Array(repeating: 0, count: numbers.edges.count) }
        if counts.count == numbers.edges.count { counts.append(count - counts.reduce(0, +)) }
        guard counts.count == numbers.edges.count + 1, counts.reduce(0, +) == count else {
            throw Fault(.bug, "the bins of column \(index + 1) do not hold all of its values")
        }
        return NumberProfile(
            edges: numbers.edges, counts: counts, minimum: found["a\(index)"]?.double,
            maximum: found["z\(index)"]?.double, mean: found["m\(index)"]?.double ?? 0,
            deviation: found["s\(index)"]?.double ?? 0)
    }

    /// Names the categories that were not known, where all known ones are: by the first scan if it has caught them all,
    /// by another one else.
    private func withNewCategories(
        _ columns: [ColumnProfile], _ strays: Strays, _ found: [String: JSONValue]
    ) async throws(Fault) -> [ColumnProfile] {
        func room(_ index: Int) -> Int {
            columns[index].values.categories?.rest ?? 0 > 0 ? layout[index].roomForNew : 0
        }
        var new: [Int: [String: Int64]] = [:]
        var wanted: [Int] = []
        for index in columns.indices where room(index) > 0 {
            let rest = columns[index].values.categories?.rest ?? 0
            new[index] = strays.caught(found, index, all: rest, atMost: room(index))
            if new[index] == nil { wanted.append(index) }
        }
        if !wanted.isEmpty { new.merge(try await newCategories(columns, wanted, room)) { _, asked in asked } }
        return columns.enumerated().map { index, column in
            guard let more = new[index], let known = column.values.categories else { return column }
            let merged = CategoryProfile(
                counts: known.counts.merging(more) { old, _ in old }, rest: known.rest - more.values.reduce(0, +))
            return ColumnProfile(name: column.name, nulls: column.nulls, values: .categories(merged.settled))
        }
    }

    /// Asks by name for the most frequent categories that were not known, of the columns of those indices.
    private func newCategories(
        _ columns: [ColumnProfile], _ wanted: [Int], _ room: (Int) -> Int
    ) async throws(Fault) -> [Int: [String: Int64]] {
        let source = try source(Set(wanted))
        var statements: [String] = []
        for index in wanted {
            let known = try CountScan.literals(columns[index].values.categories)
            let unknown = known.isEmpty ? "" : " AND v\(index) NOT IN (\(known))"
            statements.append(
                """
                SELECT \(index) AS c, v\(index) AS k, count(*) AS n FROM (\(source)) WHERE v\(index) IS NOT NULL\(unknown)
                GROUP BY ALL ORDER BY n DESC, k LIMIT \(room(index));
                """)
        }
        var new: [Int: [String: Int64]] = [:]
        for row in try await scan.rows(statements.joined(separator: "\n")) {
            guard let index = row["c"]?.int64, let name = row["k"]?.text, let count = row["n"]?.int64 else { continue }
            new[Int(index), default: [:]][name] = count
        }
        return new
    }
}
