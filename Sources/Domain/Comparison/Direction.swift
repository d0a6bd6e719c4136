/// Which way a metric is better.
package enum Direction: String, Codable, Sendable, CaseIterable {
    case higher
    case lower
    case unknown

    /// What a metric's name says, and before it the policy: a gate knows better than a name.
    package static func of(_ metric: String, gates: [Gate] = []) -> Direction {
        gates.lazy.filter { $0.metric == metric }.compactMap(of).first ?? named(metric)
    }

    /// Nil for a condition that says nothing about it.
    private static func of(_ gate: Gate) -> Direction? {
        switch gate.condition {
        case .atLeast, .maxDrop, .minRise: .higher
        case .atMost, .maxRise, .minDrop: .lower
        case .converged: .lower
        case .maxGap, .answers, .finite: nil
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
