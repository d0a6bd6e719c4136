package import Domain
package import Engine
package import Foundation
import Reports

/// A refused file (docs/json.md).
package struct RefusalView: Encodable, Sendable {
    package struct Release: Encodable, Sendable {
        package let by: PersonName
        package let reason: String
        package let at: Date
        package let snapshot: Int
    }

    package let refusal: Int64
    package let model: ModelName
    package let dataset: DatasetName
    package let file: String
    package let at: Date
    package let digest: Digest?
    package let bytes: Int64?
    package let place: String
    package let findings: [FindingView]
    package let release: Release?

    package init(_ refused: Refusal) {
        refusal = refused.id
        model = refused.model
        dataset = refused.dataset
        file = refused.name
        at = refused.at
        digest = refused.artifact?.digest
        bytes = refused.artifact?.bytes
        place = refused.place.path
        findings = refused.findings.map(FindingView.init)
        release = refused.release.map { Release(by: $0.by, reason: $0.reason, at: $0.at, snapshot: $0.snapshot) }
    }
}

/// What became of a dropped file (docs/json.md).
package struct ArrivalView: Encodable, Sendable {
    package let model: ModelName
    package let dataset: DatasetName
    package let file: String
    package let at: Date
    /// `accepted`, `unchanged`, `refused` or `held_back`.
    package let outcome: String
    package let snapshot: Int?
    package let replaced: Bool
    package let digest: Digest?
    package let bytes: Int64
    package let refusals: [RefusalView]
    /// The same as sentences, one a line.
    package let said: [String]

    package init(_ story: Engine.FileStory) {
        model = story.model
        dataset = story.dataset
        file = story.arrival.name
        at = story.arrival.at
        digest = story.arrival.digest
        bytes = story.arrival.bytes
        refusals = story.refusals.map(RefusalView.init)
        said = DropSentences.lines(story.arrival, of: story.dataset, story.refusals)
        switch story.arrival.outcome {
        case .accepted(let number, let again): (outcome, snapshot, replaced) = ("accepted", number, again)
        case .unchanged(let number): (outcome, snapshot, replaced) = ("unchanged", number, false)
        case .refused: (outcome, snapshot, replaced) = ("refused", nil, false)
        case .heldBack: (outcome, snapshot, replaced) = ("held_back", nil, false)
        }
    }
}

/// A finding of a test of data; every key is there, so that a reader need not ask.
package struct FindingView: Encodable, Sendable {
    let finding: DataFinding

    private enum Key: String, CodingKey { case check, column, record, line, count, value, message, records }

    package init(_ finding: DataFinding) { self.finding = finding }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(finding.check, forKey: .check)
        try container.encode(finding.column, forKey: .column)
        try container.encode(finding.record, forKey: .record)
        try container.encode(finding.line, forKey: .line)
        try container.encode(finding.count, forKey: .count)
        try container.encode(finding.value, forKey: .value)
        try container.encode(finding.message, forKey: .message)
        try container.encode(finding.records ?? finding.record.map { [$0] } ?? [], forKey: .records)
    }
}
