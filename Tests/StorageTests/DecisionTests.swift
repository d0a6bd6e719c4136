import Domain
import Foundation
import Testing

@testable import Storage

struct DecisionTests {
    private let author = "Bob <bob@example.org>"

    private func decision(
        _ run: Run, _ answer: Decision.Answer = .approve, by: String = "ann", after seconds: Double = 10
    ) throws -> Decision {
        Decision(
            run: run.id, answer: answer, by: try Samples.person(by), at: Samples.later(seconds),
            model: run.challenger?.digest ?? Samples.digest("no model"),
            evidence: run.evidence?.digest ?? Samples.digest("no evidence"))
    }

    @Test func `approvals are counted until they are enough`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")
            let policy = ApprovalPolicy(required: 2)
            let (ann, cid) = (try decision(run), try decision(run, by: "cid"))

            #expect(try await store.record(ann, under: policy, author: author) == .success(.waiting(missing: 1)))
            #expect(try await store.record(ann, under: policy, author: author) == .failure(.alreadyDecided(ann.by)))
            #expect(
                try await store.record(cid, under: policy, author: author) == .success(.approved(by: [ann.by, cid.by])))
            #expect(try await store.decisions(of: run.id) == [ann, cid])
        }
    }

    @Test func `a decision that the policy does not allow leaves nothing behind`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")
            let ann = try Samples.person("ann")
            let policy = ApprovalPolicy(by: [ann, try Samples.person("bob")], notByAuthor: true, expires: 60)

            let stranger = try decision(run, by: "eve")
            #expect(
                try await store.record(stranger, under: policy, author: author)
                    == .failure(.notListed(stranger.by, allowed: policy.by)))
            let own = try decision(run, by: "bob")
            #expect(
                try await store.record(own, under: policy, author: author)
                    == .failure(.ownChange(own.by, author: author)))
            #expect(
                try await store.record(try decision(run, after: 63), under: policy, author: author)
                    == .failure(.expired(at: Samples.later(63))))
            #expect(try await store.decisions(of: run.id).isEmpty)
            #expect(try await store.journal(subject: "decision \(run.id)", limit: 10).isEmpty)
        }
    }

    @Test func `only a judged run can be decided on, and only one that passed can be approved`() async throws {
        try await withStore { store, _ in
            let policy = ApprovalPolicy()
            let live = try await store.bring(to: .judging, "live")
            #expect(
                try await store.record(try decision(live), under: policy, author: author)
                    == .failure(.notJudged(state: "judging")))

            let verdict = Verdict.failed([Finding(.no, source: "gate:auc", message: "0.6 is under 0.7")])
            let failed = try await store.judged("failed", verdict)
            #expect(
                try await store.record(try decision(failed), under: policy, author: author)
                    == .failure(.verdictIsNo(verdict)))
            let no = try decision(failed, .reject(reason: "worse"))
            #expect(
                try await store.record(no, under: policy, author: author)
                    == .success(.rejected(by: no.by, reason: "worse")))
            #expect(
                try await store.record(
                    try decision(failed, .reject(reason: "again"), by: "cid"), under: policy, author: author)
                    == .failure(.alreadyRejected(by: no.by, reason: "worse")))
        }
    }

    @Test func `a decision on a promoted run comes too late`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")
            _ = try await store.record(try decision(run), under: ApprovalPolicy(), author: author)
            _ = try await store.begin(run)

            #expect(
                try await store.record(
                    try decision(run, .reject(reason: "wait"), by: "cid"), under: ApprovalPolicy(), author: author)
                    == .failure(.alreadyPromoted))
        }
    }

    @Test func `a decision bound to other evidence or another model is not recorded`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")
            var forged = try decision(run)
            forged.evidence = Samples.digest("other")
            var other = try decision(run)
            other.model = Samples.digest("other")

            for decision in [forged, other] {
                let refused = try await fault {
                    try await store.record(decision, under: ApprovalPolicy(), author: author)
                }
                #expect(refused.kind == .bug)
            }
            #expect(try await store.decisions(of: run.id).isEmpty)
        }
    }

    @Test func `a rejected run cannot be promoted, whoever looked before`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")
            let policy = ApprovalPolicy()
            _ = try await store.record(try decision(run), under: policy, author: author)
            _ = try await store.record(
                try decision(run, .reject(reason: "leak"), by: "cid"), under: policy, author: author)

            let refused = try await fault { try await store.begin(run) }

            #expect(refused.kind == .environment)
            #expect(refused.message.contains("rejected by cid: leak"))
            #expect(try await store.promotion(ofRun: run.id) == nil)
        }
    }
}

extension Store {
    /// Begins the promotion of a run's model to champion.
    func begin(_ run: Run, at: Date = Samples.later(20)) async throws -> Beginning {
        guard let challenger = run.challenger else { throw Fault(.bug, "the run has no model") }
        return try await beginPromotion(
            of: challenger, alias: .champion, repository: run.repository, why: .decided(run.id), at: at)
    }
}
