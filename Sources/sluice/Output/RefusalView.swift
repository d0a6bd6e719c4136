import Domain
import Engine
import Foundation

/// A refused file (docs/json.md).
struct RefusalView: Encodable {
    struct Release: Encodable {
        let by: PersonName
        let reason: String
        let at: Date
        let snapshot: Int
    }

    let refusal: Int64
    let model: ModelName
    let dataset: DatasetName
    let file: String
    let at: Date
    let digest: Digest?
    let bytes: Int64?
    let place: String
    let findings: [FindingView]
    let release: Release?

    init(_ refused: Refusal) {
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
struct ArrivalView: Encodable {
    let model: ModelName
    let dataset: DatasetName
    let file: String
    let at: Date
    /// `accepted`, `unchanged`, `refused` or `held_back`.
    let outcome: String
    let snapshot: Int?
    let replaced: Bool
    let digest: Digest?
    let bytes: Int64
    let refusals: [RefusalView]

    init(_ story: Engine.FileStory) {
        model = story.model
        dataset = story.dataset
        file = story.arrival.name
        at = story.arrival.at
        digest = story.arrival.digest
        bytes = story.arrival.bytes
        refusals = story.refusals.map(RefusalView.init)
        switch story.arrival.outcome {
        case .accepted(let number, let again): (outcome, snapshot, replaced) = ("accepted", number, again)
        case .unchanged(let number): (outcome, snapshot, replaced) = ("unchanged", number, false)
        case .refused: (outcome, snapshot, replaced) = ("refused", nil, false)
        case .heldBack: (outcome, snapshot, replaced) = ("held_back", nil, false)
        }
    }
}
