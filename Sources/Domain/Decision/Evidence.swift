/// What a decision is bound to: one digest over seven. If one byte of any of them changes after the decision,
/// promotion is refused, naming which.
package struct Evidence: Codable, Equatable, Sendable {
    /// The seven.
    package enum Part: String, Codable, Sendable, CaseIterable {
        case code
        case data
        case environment
        case parameters
        case metrics
        case policy
        case report
    }

    package var code: Digest
    package var data: Digest
    package var environment: Digest
    package var parameters: Digest
    package var metrics: Digest
    package var policy: Digest
    package var report: Digest

    package init(
        code: Digest, data: Digest, environment: Digest, parameters: Digest, metrics: Digest, policy: Digest,
        report: Digest
    ) {
        self.code = code
        self.data = data
        self.environment = environment
        self.parameters = parameters
        self.metrics = metrics
        self.policy = policy
        self.report = report
    }

    /// The evidence digest.
    package var digest: Digest { Digest.of(canonical: self) }

    /// The digest of one part.
    package subscript(part: Part) -> Digest {
        switch part {
        case .code: code
        case .data: data
        case .environment: environment
        case .parameters: parameters
        case .metrics: metrics
        case .policy: policy
        case .report: report
        }
    }

    /// The parts in which two evidences differ, in the order of `Part`.
    package func differences(from other: Evidence) -> [Part] {
        Part.allCases.filter { self[$0] != other[$0] }
    }
}
