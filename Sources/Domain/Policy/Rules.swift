/// Parts of a policy that a pull request cannot change for itself: they come from the branch that it wants into.
///
/// Besides those that say what must hold and who decides there are those that would change it unseen: under another
/// model's name there is no champion to lose against, an overlay stands in the place of a gate, and a template of the
/// report can leave out what speaks against the model.
package enum RulePart: String, Codable, Sendable, CaseIterable {
    case model
    case gates
    case overlays
    case approval
    case promotion
    case secrets
    case triggers
    case templates
}

/// Parts of a policy that stay the pull request's own although the numbers that gates see come from them.
package enum MeasuredPart: String, Codable, Sendable, CaseIterable {
    case datasets
    case schemas
    case tests
    case evaluate
}

extension Policy {
    /// What a pull request runs under: its own policy with the rules of its base. Nil `base`: the base has none, so this
    /// is the repository's first; then nothing of it is promoted, and it is given no secrets.
    ///
    /// What nobody has merged is promoted by a person's word only, whatever `approval.required` says.
    ///
    /// - Parameter isMerged: the commit is on the base already.
    package func under(_ base: Policy?, isMerged: Bool = false) -> Policy {
        var policy = self
        let required = (base ?? self).approval.required
        policy.approval.required = isMerged && base != nil ? required : max(1, required)
        policy.environment?.secrets = base?.environment?.secrets ?? []
        guard let base else { return policy }
        policy.model = base.model
        policy.gates = base.gates
        policy.overlays = base.overlays
        policy.approval.by = base.approval.by
        policy.approval.notByAuthor = base.approval.notByAuthor
        policy.approval.expires = base.approval.expires
        policy.promotion = base.promotion
        policy.triggers = base.triggers
        if policy.report?.templates != base.report?.templates {
            policy.report = policy.report ?? ReportPolicy()
            policy.report?.templates = base.report?.templates
        }
        return policy
    }

    /// The policy with what an operator demands: more gates, which no overlay touches, and more approvals.
    package func raised(to floor: Floor) -> Policy {
        var policy = self
        let commands = Set(gates.filter(\.isCommand).map(\.metric))
        policy.gates += floor.gates.map { gate in
            var gate = gate
            gate.overlay = nil
            gate.isFloor = true
            // A command is asked under its gate's name.
            if gate.isCommand, commands.contains(gate.metric) { gate.metric = "floor-\(gate.metric)" }
            return gate
        }
        policy.approval.required = max(approval.required, floor.required)
        policy.approval.notByAuthor = approval.notByAuthor || floor.notByAuthor
        if approval.by.isEmpty { policy.approval.by = floor.by }
        return policy
    }

    /// How code runs that nobody of the project has taken in: no secrets, no network, shut in or not at all. Tests of data
    /// in SQL run outside of the sandbox, so they are the base's.
    package func forForeignCode(under base: Policy?) -> Policy {
        var policy = self
        for index in policy.datasets.indices {
            let tests = base?.dataset(policy.datasets[index].name)?.rules?.tests
            if policy.datasets[index].rules?.tests == tests { continue }
            policy.datasets[index].rules = policy.datasets[index].rules ?? DataRules()
            policy.datasets[index].rules?.tests = tests
        }
        if base == nil { policy.report?.templates = nil }
        policy.environment?.secrets = []
        policy.sandbox.network = false
        policy.sandbox.requirement = .required
        policy.approval.required = max(1, approval.required)
        return policy
    }

    /// The rules in which two policies differ.
    package func rules(differingFrom base: Policy) -> [RulePart] {
        RulePart.allCases.filter { part in
            switch part {
            case .model: model != base.model
            case .gates: gates != base.gates
            case .overlays: (overlays ?? []) != (base.overlays ?? [])
            case .approval: approval != base.approval
            case .promotion: promotion != base.promotion
            case .secrets: Set(environment?.secrets ?? []) != Set(base.environment?.secrets ?? [])
            case .triggers: triggers != base.triggers
            case .templates: report?.templates != base.report?.templates
            }
        }
    }

    /// What two policies measure by in different ways; contents of files are not in a policy and not compared.
    package func measures(differingFrom base: Policy) -> [MeasuredPart] {
        MeasuredPart.allCases.filter { part in
            switch part {
            case .datasets: datasets != base.datasets
            case .schemas: false
            case .tests: tests != base.tests
            case .evaluate: evaluate != base.evaluate
            }
        }
    }
}

extension Gate {
    fileprivate var isCommand: Bool {
        if case .answers = condition { true } else { false }
    }
}

extension Floor {
    /// True if it demands nothing.
    package var isEmpty: Bool { self == Floor() }
}
