/// What running a past run again came to.
package enum ReproductionVerdict: Codable, Equatable, Sendable {
    /// Every output has the same bytes.
    case identical
    /// Some bytes differ; every metric lies within the policy's tolerance.
    case equivalent([Divergence])
    /// A metric, or the verdict of a test, differs. The first divergence comes first.
    case different([Divergence])

    /// The word for `--json`.
    package var word: String {
        switch self {
        case .identical: "identical"
        case .equivalent: "equivalent"
        case .different: "different"
        }
    }
}

/// One thing that came out differently.
package struct Divergence: Codable, Equatable, Sendable {
    /// What differs.
    package enum What: Codable, Equatable, Sendable {
        /// An output's bytes; nil: not there.
        case output(path: String, before: Digest?, now: Digest?)
        case metric(name: String, before: Double?, now: Double?)
        case outcome(before: String, now: String)
    }

    package var stage: StageName
    package var what: What

    package init(stage: StageName, what: What) {
        self.stage = stage
        self.what = what
    }
}

extension ReproductionVerdict {
    /// Compares two runs of one plan, stage by stage in the order of the plan. Pure.
    ///
    /// Evaluation of the champion and the commands of gates are left out, see `Stage.Kind.isReproduced`.
    package static func compare(before: [StageRun], now: [StageRun], tolerance: Double) -> ReproductionVerdict {
        let again = Dictionary(now.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var bytes: [Divergence] = []
        var hard: [Divergence] = []
        for old in before where old.kind.isReproduced {
            let outcome = old.state.result == nil ? old.state.word : "succeeded"
            guard let new = again[old.name] else {
                hard.append(Divergence(stage: old.name, what: .outcome(before: outcome, now: "missing")))
                continue
            }
            let outcomeNow = new.state.result == nil ? new.state.word : "succeeded"
            guard outcome == outcomeNow else {
                hard.append(Divergence(stage: old.name, what: .outcome(before: outcome, now: outcomeNow)))
                continue
            }
            guard let oldResult = old.state.result, let newResult = new.state.result else { continue }
            bytes += outputs(old.name, oldResult, newResult)
            hard += metrics(old.name, oldResult.metrics, newResult.metrics, tolerance)
        }
        if !hard.isEmpty { return .different(inOrder(before, bytes + hard)) }
        return bytes.isEmpty ? .identical : .equivalent(bytes)
    }

    private static func outputs(_ stage: StageName, _ before: StageResult, _ now: StageResult) -> [Divergence] {
        Set(before.outs.keys).union(now.outs.keys).sorted().compactMap { path in
            let (old, new) = (before.outs[path]?.digest, now.outs[path]?.digest)
            return old == new ? nil : Divergence(stage: stage, what: .output(path: path, before: old, now: new))
        }
    }

    private static func metrics(
        _ stage: StageName, _ before: [String: Double], _ now: [String: Double], _ tolerance: Double
    ) -> [Divergence] {
        Set(before.keys).union(now.keys).sorted().compactMap { name in
            let (old, new) = (before[name], now[name])
            if let old, let new, abs(old - new) <= tolerance { return nil }
            return Divergence(stage: stage, what: .metric(name: name, before: old, now: new))
        }
    }

    private static func inOrder(_ stages: [StageRun], _ found: [Divergence]) -> [Divergence] {
        stages.flatMap { stage in found.filter { $0.stage == stage.name } }
    }
}
