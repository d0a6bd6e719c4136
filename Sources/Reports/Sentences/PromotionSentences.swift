package import Domain

extension ReportRenderer {
    /// What came of a promotion, or how far it is, in one sentence.
    package static func sentence(_ promotion: Promotion) -> String {
        let what = "\(visible(promotion.challenger.model.text)) version \(promotion.challenger.version)"
        switch promotion.state {
        case .promoted: return "\(what) is \(promotion.alias) now"
        case .rolledBack(let reason):
            let before = promotion.previous.map { "version \($0.version) is \(promotion.alias) again" } ?? "nobody is"
            return "\(what) was rolled back (\(before)): \(visible(reason, limit: 2000))"
        case .stuck(let reason): return "\(what) is stuck and needs a person: \(visible(reason, limit: 2000))"
        case .intended, .aliasMoved, .deployed, .rollingBack:
            return "\(what) is to be \(promotion.alias): \(Sentences.step(promotion.state))"
        }
    }

    /// How far a promotion is: `it is being deployed`.
    package static func step(_ state: Promotion.State) -> String { Sentences.step(state) }
}

extension Sentences {
    static func step(_ state: Promotion.State) -> String {
        switch state {
        case .intended: "it comes next"
        case .aliasMoved: "it is being deployed"
        case .deployed: "it is deployed and being verified"
        case .rollingBack(let reason): "it is being rolled back: \(visible(reason, limit: 2000))"
        case .promoted: "it is in place"
        case .rolledBack(let reason): "it was rolled back: \(visible(reason, limit: 2000))"
        case .stuck(let reason): "it is stuck and needs a person: \(visible(reason, limit: 2000))"
        }
    }
}
