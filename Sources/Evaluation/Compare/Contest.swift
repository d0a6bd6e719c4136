import Domain
import Foundation
import Host

/// The comparisons of all rows, or of every slice of a column.
struct Contest: Sendable {
    let pair: PairedRows
    /// Of `PairedRows.slices`; nil: all rows.
    let column: Int?
    /// Nil: every metric.
    let only: Set<String>?

    private typealias Job = @Sendable () -> [Comparison]

    func comparisons() async throws(Fault) -> [Comparison] {
        var jobs: [Job] = []
        if let counts = formulas(ofCounts: true) { jobs += try await cells(counts) }
        var found = try await areas()
        if let sums = formulas(ofCounts: false) {
            let groups = try await pair.blocks(column, sums, slices: slices)
            jobs += blocks(groups, sums, isRows: true)
        }
        if pair.hasQuery {
            let sums = Formulas.ofQueries(only: only)
            if !sums.metrics.isEmpty {
                jobs += blocks(try await pair.queries(column, sums, slices: slices), sums, isRows: false)
            }
        }
        if isRanked, wants("pr_auc") { jobs += try await ranked(try await pair.scores(column, slices: slices)) }
        for comparisons in await Contest.run(jobs) { found += comparisons }
        return found.sorted {
            ($0.slice?.value ?? "", $0.metric) < ($1.slice?.value ?? "", $1.metric)
        }
    }

    /// How many slices there may be at most.
    private var slices: Int { column == nil ? 1 : SliceColumns.mostNamedValues }

    private var isRanked: Bool {
        if case .binary = pair.basis.kind { pair.hasScore } else { false }
    }

    private func wants(_ metric: String) -> Bool { only?.contains(metric) ?? true }

    /// Metrics of predicted classes depend on counts, others on sums of losses; nil: there are none that are wanted.
    private func formulas(ofCounts: Bool) -> Formulas? {
        var basis = pair.basis
        switch basis.kind {
        case .binary where ofCounts: basis.isProbability = false
        case .binary: basis.hasPrediction = false
        case .classes: if !ofCounts { return nil }
        case .regression, .relevance: if ofCounts { return nil }
        }
        let formulas = Formulas(basis, only: only)
        // Those of relevance are told query by query.
        return formulas.metrics.isEmpty || basis.kind == .relevance ? nil : formulas
    }

    private func slice(_ group: PairedRows.Group) -> Slice? {
        column.map { Slice(column: pair.slices[$0], value: group.value) }
    }

    private func isCompared(_ rows: Int64) -> Bool { column == nil || rows >= Comparer.fewestRows }

    private func random(_ purpose: String, _ group: PairedRows.Group) -> RandomSource {
        RandomSource(pair.digest, "\(purpose) \(column.map { pair.slices[$0] } ?? "") \(group.value)")
    }

    private func areas() async throws(Fault) -> [Comparison] {
        guard isRanked, wants("auc") else { return [] }
        let table = "(SELECT \(pair.key(column)) AS g, b.y AS y, a.s AS sa, b.s AS sb FROM \(pair.pairs))"
        return try await pair.ask(DeLong.sql(table)).compactMap { sums in
            guard let rows = sums["rows"]?.int64, isCompared(rows), let area = DeLong(sums) else { return nil }
            let slice = column.map { Slice(column: pair.slices[$0], value: sums["g"]?.text ?? "") }
            return area.comparison(slice: slice, rows: rows)
        }
    }

    private func cells(_ formulas: Formulas) async throws(Fault) -> [Job] {
        try await pair.cells(column).filter { isCompared($0.rows) }.map { group in
            let (slice, source) = (slice(group), random("cells", group))
            return {
                let numbers = group.columns[0].map { Int($0) }
                var counts: [Cells.Cell: Int64] = [:]
                for start in stride(from: 0, to: numbers.count - 3, by: 4) {
                    let cell = Cells.Cell(
                        label: numbers[start], champion: numbers[start + 1], challenger: numbers[start + 2])
                    counts[cell] = Int64(numbers[start + 3])
                }
                let cells = Cells(counts, formulas: formulas)
                var random = source
                let draws = cells.draws(&random)
                return formulas.metrics.enumerated().compactMap { index, metric in
                    draws.comparison(
                        index, named: metric, slice: slice, rows: group.rows,
                        pValue: metric == "accuracy" ? cells.pValue : nil)
                }
            }
        }
    }

    private func blocks(_ groups: [PairedRows.Group], _ formulas: Formulas, isRows: Bool) -> [Job] {
        groups.filter { isCompared($0.rows) }.map { group in
            let (slice, source) = (slice(group), random(isRows ? "rows" : "queries", group))
            return {
                guard let blocks = Blocks(group.columns, formulas: formulas) else { return [] }
                var random = source
                let draws = blocks.draws(&random)
                return formulas.metrics.enumerated().compactMap { index, metric in
                    draws.comparison(index, named: metric, slice: slice, rows: group.rows, pValue: nil)
                }
            }
        }
    }

    private func ranked(_ groups: [PairedRows.Group]) async throws(Fault) -> [Job] {
        let groups = groups.filter { isCompared($0.rows) }
        let isSampled = groups.contains { $0.rows > Int64($0.columns[0].count) }
        let whole = isSampled ? try await pair.precisionAreas(column) : [:]
        return groups.map { group in
            let (slice, source) = (slice(group), random("ranks", group))
            return {
                let sample = RankSample(
                    labels: group.columns[0], champion: group.columns[1], challenger: group.columns[2])
                guard let sample else { return [] }
                var random = source
                let comparison = sample.draws(&random).comparison(
                    0, named: "pr_auc", slice: slice, rows: group.rows, pValue: nil)
                guard let comparison else { return [] }
                return [whole[group.value].map { comparison.moved(to: $0) } ?? comparison]
            }
        }
    }

    /// Runs the jobs on threads that may be busy, as many at a time as there are processors, and keeps their order.
    private static func run(_ jobs: [Job]) async -> [[Comparison]] {
        await withTaskGroup(of: (Int, [Comparison]).self) { tasks in
            var results = [[Comparison]](repeating: [], count: jobs.count)
            var waiting = jobs.enumerated().makeIterator()
            func start(_ job: (offset: Int, element: Job)) {
                tasks.addTask { (job.offset, await Blocking.run(job.element)) }
            }
            for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { waiting.next().map { start($0) } }
            while let (index, comparisons) = await tasks.next() {
                results[index] = comparisons
                waiting.next().map { start($0) }
            }
            return results
        }
    }
}

extension Comparison {
    /// With the values of all rows and, around their difference, the bounds of a sample: wider than need be.
    fileprivate func moved(to values: (champion: Double, challenger: Double)) -> Comparison {
        var moved = self
        (moved.champion, moved.challenger) = values
        let shift = moved.difference - difference
        moved.bounds = bounds.map {
            Bounds(confidence: $0.confidence, lower: $0.lower + shift, upper: $0.upper + shift)
        }
        return moved
    }
}
