import Domain
import Foundation
import Storage

/// The shapes of `--json`. Keys are written in snake case; docs/json.md is their contract.
struct ErrorView: Encodable {
    struct Body: Encodable {
        let kind: Fault.Kind
        let message: String
        let advice: String?
    }
    let error: Body

    init(_ fault: Fault) {
        error = Body(kind: fault.kind, message: fault.message, advice: fault.advice)
    }
}

struct ModelView: Encodable {
    let model: ModelName
    let version: Int
    let run: RunID
    let digest: Digest
    let object: ObjectID
    let bytes: Int64

    init(_ ref: ModelRef) {
        model = ref.model
        version = ref.version
        run = ref.run
        digest = ref.digest
        object = ref.object
        bytes = ref.bytes
    }
}

struct RunView: Encodable {
    let run: RunID
    let model: ModelName
    let commit: CommitID
    let trigger: String
    let reproduces: RunID?
    /// `queued` … `judged`, `errored`, `cancelled`.
    let state: String
    /// The word for people: `waiting`, `promoted`, `refused`, …
    let status: String
    /// `passed`, `failed`, `undecided`; null until judged.
    let verdict: String?
    let findings: [Finding]
    let fault: ErrorView.Body?
    let createdAt: Date
    let startedAt: Date?
    let finishedAt: Date?
    let challenger: ModelView?
    let fingerprint: Digest
    let evidence: Digest?

    init(_ run: Run, _ status: RunStatus) {
        self.run = run.id
        model = run.model
        commit = run.commit
        trigger = run.trigger.word
        reproduces = run.trigger.reproduced
        state = run.state.word
        self.status = status.word
        switch run.state {
        case .judged(let verdict):
            self.verdict = verdict.word
            findings = verdict.findings
            fault = nil
        case .errored(let error):
            verdict = nil
            findings = []
            fault = ErrorView(error).error
        case .queued, .preparing, .running, .judging, .cancelled:
            verdict = nil
            findings = []
            fault = nil
        }
        createdAt = run.createdAt
        startedAt = run.startedAt
        finishedAt = run.finishedAt
        challenger = run.challenger.map(ModelView.init)
        fingerprint = run.fingerprint
        evidence = run.evidence?.digest
    }
}

struct StageView: Encodable {
    let name: StageName
    let state: String
    let reusedFrom: RunID?
    let usage: Usage?
    let rows: Int64?
    let metrics: [String: Double]
    let outs: [String: Artifact]
    /// What stood in the way: a sentence.
    let reason: String?
    /// What a reader should know although it stops nothing.
    let notes: [String]
    let key: Digest?
    let startedAt: Date?
    let finishedAt: Date?

    init(_ stage: StageRun, reason: String?) {
        name = stage.name
        state = stage.state.word
        if case .reused(_, let run) = stage.state { reusedFrom = run } else { reusedFrom = nil }
        usage = stage.state.usage
        rows = stage.state.result?.rows
        metrics = stage.state.result?.metrics ?? [:]
        outs = stage.state.result?.outs ?? [:]
        self.reason = reason
        notes = stage.state.result?.notes ?? []
        key = stage.key
        startedAt = stage.startedAt
        finishedAt = stage.finishedAt
    }
}

struct DecisionView: Encodable {
    let answer: String
    let reason: String?
    let by: PersonName
    let at: Date

    init(_ decision: Decision) {
        switch decision.answer {
        case .approve: (answer, reason) = ("approve", nil)
        case .reject(let why): (answer, reason) = ("reject", why)
        }
        by = decision.by
        at = decision.at
    }
}

struct PromotionView: Encodable {
    let promotion: Int64
    let alias: AliasName
    let state: String
    let reason: String?
    let challenger: ModelView
    let previous: ModelView?
    let startedAt: Date
    let finishedAt: Date?

    init(_ promotion: Promotion) {
        self.promotion = promotion.id
        alias = promotion.alias
        state = promotion.state.word
        switch promotion.state {
        case .rollingBack(let why), .rolledBack(let why), .stuck(let why): reason = why
        case .intended, .aliasMoved, .deployed, .promoted: reason = nil
        }
        challenger = ModelView(promotion.challenger)
        previous = promotion.previous.map(ModelView.init)
        startedAt = promotion.startedAt
        finishedAt = promotion.finishedAt
    }
}
