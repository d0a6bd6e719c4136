import Domain

/// What gates are decided from, out of the body of a conclusion. The rest of it (portraits, changes, what no gate of the
/// policy asks) is not decoded: it is ten times as long. A new part of `Measurements` needs its line here.
struct MeasurementsRecord {
    let needs: RecordedRun.Needs
    private(set) var verdict: Verdict?
    private var challenger: [String: Double] = [:]
    private var champion: [String: Double]?
    /// Nil in what was judged before it was kept.
    private var measured: Measurements?

    init(_ body: String, needs: RecordedRun.Needs) throws {
        self.needs = needs
        var cursor = JSONCursor(body)
        try cursor.object { key, cursor in
            switch key {
            case "verdict": verdict = try Canonical.decode(Verdict.self, from: cursor.text())
            case "challenger": challenger = try Self.metrics(&cursor)
            case "champion": champion = try cursor.isNull() ? nil : Self.metrics(&cursor)
            case "measurements": measured = try cursor.isNull() ? nil : measurements(&cursor)
            default: return false
            }
            return true
        }
    }

    /// True if the run kept all that it measured.
    var isComplete: Bool { measured != nil }

    var measurements: Measurements { measured ?? Measurements(challenger: challenger, champion: champion) }

    private func measurements(_ cursor: inout JSONCursor) throws -> Measurements {
        var found = Measurements(challenger: [:])
        try cursor.object { key, cursor in
            if try cursor.isNull() { return true }
            switch key {
            case "challenger": found.challenger = try Self.metrics(&cursor)
            case "champion": found.champion = try Self.metrics(&cursor)
            case "championFault": found.championFault = try cursor.string()
            case "comparisonFault": found.comparisonFault = try cursor.string()
            case "comparisons": found.comparisons = try comparisons(&cursor)
            case "challengerSlices": found.challengerSlices = try slices(&cursor)
            case "championSlices": found.championSlices = try slices(&cursor)
            case "histories" where needs.histories:
                found.histories = try Self.list(&cursor, Self.history)
            case "answers" where needs.answers:
                found.answers = try Canonical.decode([String: Measurements.Answer].self, from: cursor.text())
            case "promotions" where needs.promotions > 0: found.promotions = try promotions(&cursor)
            default: return false
            }
            return true
        }
        return found
    }

    private static func metrics(
        _ cursor: inout JSONCursor, among names: Set<String>? = nil
    ) throws -> [String: Double] {
        var metrics: [String: Double] = [:]
        try cursor.object { name, cursor in
            if let names, !names.contains(name) { return false }
            metrics[name] = try cursor.number()
            return true
        }
        return metrics
    }

    private static func slice(_ cursor: inout JSONCursor) throws -> Slice {
        var slice = Slice(column: "", value: "")
        try cursor.object { key, cursor in
            switch key {
            case "column": slice.column = try cursor.string()
            case "value": slice.value = try cursor.string()
            default: return false
            }
            return true
        }
        return slice
    }

    // Slices of columns that no gate names are kept without their numbers: a complaint lists what columns there are.
    private func slices(_ cursor: inout JSONCursor) throws -> [SliceScores] {
        var all: [SliceScores] = []
        try cursor.array { cursor in
            var scores = SliceScores(slice: Slice(column: "", value: ""), rows: 0, metrics: [:])
            var place: Int?
            try cursor.object { key, cursor in
                switch key {
                case "slice": scores.slice = try Self.slice(&cursor)
                case "rows": scores.rows = try cursor.count()
                case "metrics":
                    place = cursor.position
                    return false
                default: return false
                }
                return true
            }
            if let place, needs.columns.contains(scores.slice.column) {
                scores.metrics = try cursor.revisit(place) { try Self.metrics(&$0) }
            }
            all.append(scores)
        }
        return all
    }

    private func comparisons(_ cursor: inout JSONCursor) throws -> [Comparison] {
        var all: [Comparison] = []
        // Hundreds of comparisons have the same few methods.
        var methods: [String: Comparison.Method] = [:]
        try cursor.array { cursor in
            var found = Comparison(
                metric: "", rows: 0, champion: 0, challenger: 0, method: .delong, pValue: 1, bounds: [])
            var places: (bounds: Int, method: Int) = (0, 0)
            try cursor.object { key, cursor in
                switch key {
                case "metric": found.metric = try cursor.string()
                case "slice": found.slice = try cursor.isNull() ? nil : Self.slice(&cursor)
                case "rows": found.rows = try cursor.count()
                case "champion": found.champion = try cursor.number()
                case "challenger": found.challenger = try cursor.number()
                case "pValue": found.pValue = try cursor.number()
                case "bounds":
                    places.bounds = cursor.position
                    return false
                case "method":
                    places.method = cursor.position
                    return false
                default: return false
                }
                return true
            }
            guard needs.metrics.contains(found.metric) else { return }
            found.bounds = try cursor.revisit(places.bounds) { try Self.list(&$0, Self.bounds) }
            let method = try cursor.revisit(places.method) { try $0.text() }
            found.method = try methods[method] ?? Canonical.decode(Comparison.Method.self, from: method)
            methods[method] = found.method
            all.append(found)
        }
        return all
    }

    private static func bounds(_ cursor: inout JSONCursor) throws -> Comparison.Bounds {
        var bounds = Comparison.Bounds(confidence: 0, lower: 0, upper: 0)
        try cursor.object { key, cursor in
            switch key {
            case "confidence": bounds.confidence = try cursor.number()
            case "lower": bounds.lower = try cursor.number()
            case "upper": bounds.upper = try cursor.number()
            default: return false
            }
            return true
        }
        return bounds
    }

    private static func history(_ cursor: inout JSONCursor) throws -> History {
        var history = History(metric: "", values: [], count: 0)
        try cursor.object { key, cursor in
            switch key {
            case "metric": history.metric = try cursor.string()
            case "count": history.count = Int(clamping: try cursor.count())
            case "values": history.values = try list(&cursor) { try $0.number() }
            default: return false
            }
            return true
        }
        return history
    }

    private static func list<Value>(
        _ cursor: inout JSONCursor, _ read: (inout JSONCursor) throws -> Value
    ) throws -> [Value] {
        var all: [Value] = []
        try cursor.array { all.append(try read(&$0)) }
        return all
    }

    private func promotions(_ cursor: inout JSONCursor) throws -> [Measurements.PastPromotion] {
        var all: [Measurements.PastPromotion] = []
        try cursor.array { cursor in
            // Newest first: the rest is not asked for.
            if all.count >= needs.promotions { return try cursor.skip() }
            var version: Int64 = 0
            var run: RunID?
            var metrics: [String: Double] = [:]
            try cursor.object { key, cursor in
                switch key {
                case "version": version = try cursor.count()
                case "run": run = RunID(try cursor.count())
                case "metrics": metrics = try Self.metrics(&cursor, among: needs.pastMetrics)
                default: return false
                }
                return true
            }
            guard let run, let number = Int(exactly: version) else { throw JSONCursor.Malformed() }
            all.append(.init(version: number, run: run, metrics: metrics))
        }
        return all
    }
}
