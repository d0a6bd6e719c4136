/// Which way a metric is better.
package enum Direction: String, Codable, Sendable, CaseIterable {
    case higher
    case lower
    case unknown

    /// What a comparison in the policy says; else the metric's name; else a bound, which for a known name may also be
    /// one against what is too good to be true.
    package static func of(_ metric: String, gates: [Gate] = []) -> Direction {
        let own = gates.filter { $0.metric == metric }
        if let compared = own.lazy.compactMap(compared).first { return compared }
        let known = named(metric)
        return known == .unknown ? own.lazy.compactMap(bounded).first ?? .unknown : known
    }

    private static func compared(_ gate: Gate) -> Direction? {
        switch gate.condition {
        case .maxDrop, .minRise: .higher
        case .maxRise, .minDrop, .converged: .lower
        case .atLeast, .atMost, .maxGap, .answers, .finite: nil
        }
    }

    private static func bounded(_ gate: Gate) -> Direction? {
        switch gate.condition {
        case .atLeast: .higher
        case .atMost: .lower
        case .maxDrop, .minRise, .maxRise, .minDrop, .converged, .maxGap, .answers, .finite: nil
        }
    }

    private static func named(_ metric: String) -> Direction {
        let words = Set(metric.prefix(200).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
        if !words.isDisjoint(with: lowerWords) { return .lower }
        return words.isDisjoint(with: higherWords) ? .unknown : .higher
    }

    private static let lowerWords: Set<String> = [
        "loss", "logloss", "error", "err", "mae", "mse", "rmse", "rmsle", "mape", "smape", "brier", "ece", "bytes",
        "latency", "rise", "perplexity", "wer", "cer", "seconds", "age",
    ]
    private static let higherWords: Set<String> = [
        "accuracy", "acc", "auc", "roc", "ap", "map", "precision", "recall", "f1", "r2", "score", "ndcg", "mrr", "iou",
        "dice", "bleu", "rouge", "sensitivity", "specificity", "mcc", "kappa", "hits", "skill",
    ]
}
