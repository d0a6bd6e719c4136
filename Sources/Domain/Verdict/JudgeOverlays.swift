package import Foundation

extension Judge {
    /// The gates that count at a time, with overlays in place.
    ///
    /// The gates of an overlay stand where the first gate like them stood, and no other gate like them is left; those
    /// that are like none come last. Of two overlays for one gate the later in the file stands. The gates of an operator's
    /// floor stay as they are.
    package static func gates(of policy: Policy, at: Date) -> [Gate] {
        var gates = policy.gates.filter { $0.isFloor != true }
        for overlay in policy.overlays ?? [] where !overlay.hasExpired(at: at) {
            gates = overlay.laid(over: gates)
        }
        return gates + policy.gates.filter { $0.isFloor == true }
    }

    /// All overlays of a policy, and whether they count at a time.
    package static func exceptions(of policy: Policy, at: Date) -> [ReportDetails.Exception] {
        (policy.overlays ?? []).map { ReportDetails.Exception(overlay: $0, hasExpired: $0.hasExpired(at: at)) }
    }
}

extension Overlay {
    /// True from midnight UTC of the day on which it expires; a day that is none has passed.
    package func hasExpired(at: Date) -> Bool {
        guard let end = Timestamp.parse(expires + "T00:00:00.000Z") else { return true }
        return at >= end
    }

    fileprivate func laid(over gates: [Gate]) -> [Gate] {
        let ours = self.gates.map(named)
        var placed: Set<Int> = []
        var laid: [Gate] = []
        for gate in gates {
            let matching = ours.indices.filter { ours[$0].isLike(gate) }
            if matching.isEmpty { laid.append(gate) }
            for index in matching where placed.insert(index).inserted { laid.append(ours[index]) }
        }
        return laid + ours.indices.filter { !placed.contains($0) }.map { ours[$0] }
    }

    private func named(_ gate: Gate) -> Gate {
        var gate = gate
        gate.overlay = name
        return gate
    }
}

extension Gate {
    /// True if the two ask the same with perhaps other bounds: metric, column of slices, reference, kind of condition.
    fileprivate func isLike(_ other: Gate) -> Bool {
        metric == other.metric && slice?.column == other.slice?.column && kind == other.kind
            && isAgainstPromotions == other.isAgainstPromotions
    }

    private var isAgainstPromotions: Bool {
        if case .promotions = against { true } else { false }
    }

    private var kind: Int {
        switch condition {
        case .atLeast: 0
        case .atMost: 1
        case .maxDrop: 2
        case .maxRise: 3
        case .minRise: 4
        case .minDrop: 5
        case .maxGap: 6
        case .answers: 7
        case .converged: 8
        case .finite: 9
        }
    }
}
