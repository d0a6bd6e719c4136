/// Metrics that are functions of sums over rows, so that they can be told for any choice of rows: a resample, a slice,
/// all of them.
///
/// How to use it:
///
/// 1. Make one for a side: `Formulas(basis)` for metrics of rows, `Formulas.ofQueries` for those of queries.
/// 2. Sum `terms(of:)` in SQL, each by itself, over whatever rows you like. They are expressions over the columns that
///    `ReadyRows` describes: `SELECT block, fsum(a.y * a.h), … GROUP BY block`. The first is always the number of rows.
/// 3. Lay the sums of one choice of rows side by side in a flat buffer, in the order of the terms. Sums may be added,
///    subtracted and multiplied by how often a row is drawn.
/// 4. Ask `value(i, sums)` for `metrics[i]`. It is NaN where the rows cannot tell (recall without a positive label).
///
/// Both sides have formulas of their own, because two models may predict different classes. AUC and PR AUC depend on
/// the order of all scores and are no functions of sums: see `Ranks`.
struct Formulas: Sendable {
    /// By the names of the table at `Scorer`.
    let metrics: [String]
    let parts: [Part]
    private let rules: [Rule]

    /// More classes than this have only `accuracy` here: each takes three sums.
    static let mostClasses = 100

    /// - Parameter only: metrics that are wanted, so that no more is summed than is needed; nil: all.
    init(_ basis: Basis, only: Set<String>? = nil) {
        self.init(Formulas.recipes(basis), only: only)
    }

    /// Of a table with one row a query (`Ranking.queries`): means over queries.
    static func ofQueries(only: Set<String>? = nil) -> Formulas {
        Formulas(
            ["ndcg", "ndcg_at_10", "mrr"].map { name in Recipe(name, [.column(name)]) { .mean($0[0]) } }, only: only)
    }

    private init(_ all: [Recipe], only: Set<String>?) {
        let recipes = all.filter { only?.contains($0.metric) ?? true }
        var parts: [Part] = []
        var offsets: [Int] = []
        var width = 0
        for part in [.rows] + recipes.flatMap(\.parts) where !parts.contains(part) {
            parts.append(part)
            offsets.append(width)
            width += part.width
        }
        let placed = parts
        func offset(_ part: Part) -> Int { placed.firstIndex(of: part).map { offsets[$0] } ?? 0 }
        self.parts = parts
        metrics = recipes.map(\.metric)
        rules = recipes.map { $0.rule($0.parts.map(offset)) }
    }

    /// How many sums there are.
    var width: Int { parts.reduce(0) { $0 + $1.width } }

    /// What one row adds to each sum, as SQL over the columns of a table with this alias; empty: without one.
    func terms(of alias: String = "") -> [String] {
        let prefix = alias.isEmpty ? "" : alias + "."
        return parts.flatMap { $0.terms(prefix) }
    }

    /// Sums of a group of rows as SQL, in the order of the terms.
    /// - Parameter isWhole: true for all rows, whose labels the basis' centre is near; a group has a centre of its own.
    func sums(isWhole: Bool) -> [String] {
        parts.flatMap { part in
            if case .labels = part, !isWhole { return ["0", "(var_pop(y) * count(*))"] }
            return part == .rows ? ["count(*)"] : part.terms("").map { "fsum(\($0))" }
        }
    }

    /// The metric at an index of `metrics` from sums in the order of `terms`; NaN: these rows cannot tell.
    func value(_ metric: Int, _ sums: Span<Double>) -> Double { rules[metric].value(sums) }

    /// All metrics that these sums can tell.
    func values(_ sums: [Double]) -> [String: Double] {
        var values: [String: Double] = [:]
        for index in metrics.indices {
            let value = value(index, sums.span)
            if !value.isNaN { values[metrics[index]] = value }
        }
        return values
    }
}

extension Formulas {
    /// What decides which metrics there are.
    struct Basis: Sendable, Equatable {
        var kind: LabelKind
        var hasPrediction = false
        /// True if there are scores, and all lie within 0...1.
        var isProbability = false
        var hasReference = false
        /// Labels and predictions that there are, for `.classes`.
        var classes = 0
        var quantile = 0.5
        /// A number near the mean of the labels: from it their squares are counted, so that `r2` keeps its digits.
        var centre = 0.0
    }

    private struct Recipe: Sendable {
        let metric: String
        let parts: [Part]
        /// From the offsets of the parts.
        let rule: @Sendable ([Int]) -> Rule

        init(_ metric: String, _ parts: [Part], _ rule: @escaping @Sendable ([Int]) -> Rule) {
            self.metric = metric
            self.parts = parts
            self.rule = rule
        }
    }

    private static func recipes(_ basis: Basis) -> [Recipe] {
        switch basis.kind {
        case .binary: (basis.hasPrediction ? confusion : []) + (basis.isProbability ? probability : [])
        case .regression: basis.hasPrediction ? regression(basis) : []
        case .classes: classes(basis.classes)
        case .relevance: []
        }
    }

    private static let confusion: [Recipe] = [
        Recipe("accuracy", [.confusion]) { .accuracy($0[0]) },
        Recipe("balanced_accuracy", [.confusion]) { .balancedAccuracy($0[0]) },
        Recipe("precision", [.confusion]) { .precision($0[0]) },
        Recipe("recall", [.confusion]) { .recall($0[0]) },
        Recipe("f1", [.confusion]) { .f1($0[0]) },
        Recipe("selection_rate", [.confusion]) { .selectionRate($0[0]) },
        Recipe("false_positive_rate", [.confusion]) { .falsePositiveRate($0[0]) },
    ]

    private static let probability: [Recipe] = [
        Recipe("log_loss", [.logLoss]) { .mean($0[0]) },
        Recipe("brier", [.brier]) { .mean($0[0]) },
        Recipe("calibration_error", [.bins]) { .calibrationError($0[0]) },
    ]

    private static func regression(_ basis: Basis) -> [Recipe] {
        let centre = basis.centre
        var recipes = [
            Recipe("mae", [.absolute("h")]) { .mean($0[0]) },
            Recipe("rmse", [.squared]) { .rootMean($0[0]) },
            Recipe("mape", [.relative]) { .mean($0[0]) },
            Recipe("r2", [.squared, .labels(centre)]) { .r2(residual: $0[0], labels: $0[1]) },
            Recipe("quantile_loss", [.pinball(basis.quantile)]) { .mean($0[0]) },
        ]
        if basis.hasReference {
            recipes += [
                Recipe("reference_mae", [.absolute("r")]) { .mean($0[0]) },
                Recipe("skill", [.absolute("h"), .absolute("r")]) { .skill($0[0], reference: $0[1]) },
            ]
        }
        return recipes
    }

    private static func classes(_ count: Int) -> [Recipe] {
        let accuracy = Recipe("accuracy", [.hits]) { .mean($0[0]) }
        guard count <= mostClasses else { return [accuracy] }
        let parts = [Part.classes(count)]
        var recipes = [accuracy, Recipe("balanced_accuracy", parts) { .balancedRecall($0[0], classes: count) }]
        let scores: [(String, ClassScore)] = [("precision", .precision), ("recall", .recall), ("f1", .f1)]
        for (name, score) in scores {
            recipes.append(Recipe("\(name)_macro", parts) { .macro(score, $0[0], classes: count) })
            recipes.append(Recipe("\(name)_weighted", parts) { .weighted(score, $0[0], classes: count) })
        }
        return recipes
    }
}
