package import Domain
package import Foundation
import Reports
import Storage

/// The shapes of `--json`. Keys are written in snake case; docs/json.md is their contract.
package struct ErrorView: Encodable, Sendable {
    package struct Body: Encodable, Sendable {
        package let kind: Fault.Kind
        package let message: String
        package let advice: String?
    }
    package let error: Body

    package init(_ fault: Fault) {
        error = Body(kind: fault.kind, message: fault.message, advice: fault.advice)
    }
}

package struct ModelView: Encodable, Sendable {
    package let model: ModelName
    package let version: Int
    package let run: RunID
    package let digest: Digest
    package let object: ObjectID
    package let bytes: Int64

    package init(_ ref: ModelRef) {
        model = ref.model
        version = ref.version
        run = ref.run
        digest = ref.digest
        object = ref.object
        bytes = ref.bytes
    }
}

package struct RunView: Encodable, Sendable {
    package let run: RunID
    package let model: ModelName
    package let commit: CommitID
    package let trigger: String
    package let reproduces: RunID?
    /// `queued` … `judged`, `errored`, `cancelled`.
    package let state: String
    /// The word for people: `waiting`, `promoted`, `refused`, …
    package let status: String
    /// `passed`, `failed`, `undecided`; null until judged.
    package let verdict: String?
    package let findings: [Finding]
    package let fault: ErrorView.Body?
    package let createdAt: Date
    package let startedAt: Date?
    package let finishedAt: Date?
    package let challenger: ModelView?
    package let fingerprint: Digest
    package let evidence: Digest?

    package init(_ run: Run, _ status: RunStatus) {
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

package struct StageView: Encodable, Sendable {
    package let name: StageName
    package let state: String
    package let reusedFrom: RunID?
    package let usage: Usage?
    package let rows: Int64?
    package let metrics: [String: Double]
    package let outs: [String: Artifact]
    /// What stood in the way: a sentence.
    package let reason: String?
    /// What a reader should know although it stops nothing.
    package let notes: [String]
    package let key: Digest?
    package let startedAt: Date?
    package let finishedAt: Date?

    package init(_ stage: StageRun, reason: String?) {
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

package struct DecisionView: Encodable, Sendable {
    package let answer: String
    package let reason: String?
    package let by: PersonName
    package let at: Date

    package init(_ decision: Decision) {
        switch decision.answer {
        case .approve: (answer, reason) = ("approve", nil)
        case .reject(let why): (answer, reason) = ("reject", why)
        }
        by = decision.by
        at = decision.at
    }
}

package struct PromotionView: Encodable, Sendable {
    package let promotion: Int64
    package let alias: AliasName
    package let state: String
    package let reason: String?
    /// One sentence on what came of it, or how far it is.
    package let said: String
    package let challenger: ModelView
    package let previous: ModelView?
    package let startedAt: Date
    package let finishedAt: Date?

    package init(_ promotion: Promotion) {
        self.promotion = promotion.id
        alias = promotion.alias
        state = promotion.state.word
        said = ReportRenderer.sentence(promotion)
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
