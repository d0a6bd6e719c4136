package import Domain

/// What a run that repeats another one came to.
package struct ReproductionView: Encodable, Sendable {
    /// `identical`, `equivalent`, `different`.
    package let verdict: String
    package let divergences: [DivergenceView]

    package init(_ found: ReproductionVerdict) {
        verdict = found.word
        switch found {
        case .identical: divergences = []
        case .equivalent(let found), .different(let found): divergences = found.map(DivergenceView.init)
        }
    }
}

/// One thing that came out differently.
package struct DivergenceView: Encodable, Sendable {
    package let stage: StageName
    /// `output`, `metric`, `outcome`.
    package let kind: String
    package let name: String?
    package let before: String?
    package let now: String?

    package init(_ divergence: Divergence) {
        stage = divergence.stage
        switch divergence.what {
        case .output(let path, let old, let new):
            (kind, name, before, now) = ("output", path, old?.hex, new?.hex)
        case .metric(let metric, let old, let new):
            (kind, name, before, now) = ("metric", metric, old.map { "\($0)" }, new.map { "\($0)" })
        case .outcome(let old, let new): (kind, name, before, now) = ("outcome", nil, old, new)
        }
    }
}
