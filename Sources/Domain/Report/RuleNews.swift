/// What a reader must know of the rules that a run was judged by.
package struct RuleNews: Codable, Equatable, Sendable {
    /// The base whose rules counted; nil: the commit's own did.
    package var base: Plan.RulesSource?
    /// Rules that the change would have otherwise: in force after the merge.
    package var later: [RulePart]
    /// Where the change measures otherwise than the base: in force already, because it is what is judged.
    package var measures: [MeasuredPart]
    /// Why the base has no rules; nil: it has.
    package var whyMissing: String?
    package var isForeign: Bool
    /// What the operator demands; nil: nothing.
    package var floor: Floor?
    /// Parameters that were changed for this run alone: `file:key` to YAML.
    package var overrides: [String: String]

    package init(
        base: Plan.RulesSource? = nil, later: [RulePart] = [], measures: [MeasuredPart] = [],
        whyMissing: String? = nil, isForeign: Bool = false, floor: Floor? = nil, overrides: [String: String] = [:]
    ) {
        self.base = base
        self.later = later
        self.measures = measures
        self.whyMissing = whyMissing
        self.isForeign = isForeign
        self.floor = floor
        self.overrides = overrides
    }
}
