import Domain

extension Sentences {
    /// One thing that came out differently: `stage train: models/model.pkl was 1f0c…, is 9a77… now`.
    static func divergence(_ divergence: Divergence) -> String {
        let stage = "stage \(visible(divergence.stage.text))"
        switch divergence.what {
        case .output(let path, let before, let now):
            return "\(stage): file \(visible(path)) \(change(before.map(\.short), now.map(\.short)))"
        case .metric(let name, let before, let now):
            let pair: (String?, String?)
            if let before, let now {
                pair = Measure(name, gates: []).distinct(before, now)
            } else {
                pair = (before.map(Numbers.text), now.map(Numbers.text))
            }
            return "\(stage): metric \(visible(name)) \(change(pair.0, pair.1))"
        case .outcome(let before, let now):
            return "\(stage): \(visible(before)) before, \(visible(now)) now"
        }
    }

    /// What a reproduction came to, in one sentence.
    static func reproduction(_ verdict: ReproductionVerdict, of original: RunID, by again: RunID) -> String {
        let start = "run \(again) reproduces run \(original): \(verdict.word)"
        switch verdict {
        case .identical:
            return "\(start). Every output has the same bytes."
        case .equivalent(let found):
            let files = found.count == 1 ? "1 output differs" : "\(found.count) outputs differ"
            return "\(start). \(files) in bytes; every metric lies within the tolerance of the policy."
        case .different(let found):
            let first = found.first.map { " First at \(divergence($0))." } ?? ""
            return "\(start).\(first)"
        }
    }

    private static func change(_ before: String?, _ now: String?) -> String {
        switch (before, now) {
        case (nil, nil): "is not there"
        case (nil, let now?): "is new: \(now)"
        case (let before?, nil): "is missing; it was \(before)"
        case (let before?, let now?): "was \(before), is \(now) now"
        }
    }
}

extension ReproductionVerdict {
    var divergences: [Divergence] {
        switch self {
        case .identical: []
        case .equivalent(let found), .different(let found): found
        }
    }

    /// One sign: `✓`, `✗`, `?`.
    var mark: String {
        switch self {
        case .identical, .equivalent: "✓"
        case .different: "✗"
        }
    }
}
