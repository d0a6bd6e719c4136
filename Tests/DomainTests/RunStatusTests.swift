import Domain
import Foundation
import Testing

private func run(_ state: RunState, _ trigger: Trigger = .manual) throws -> Run {
    let plan = try samplePlan()
    return Run(
        id: try runID(12), fingerprint: plan.fingerprint, repository: plan.repository, model: plan.policy.model,
        commit: plan.commit, trigger: trigger, state: state, createdAt: noon, finishedAt: noon)
}

private func word(
    _ state: RunState, _ trigger: Trigger = .manual, approval: ApprovalPolicy = ApprovalPolicy(),
    decisions: [Decision] = [], promotion: Promotion.State? = nil
) throws -> String {
    let run = try run(state, trigger)
    let model = ModelRef(
        model: run.model, version: 1, run: run.id, digest: .of("model"),
        object: try #require(ObjectID(String(repeating: "e", count: 32))), bytes: 1)
    let moving = promotion.map {
        Promotion(
            id: 1, repository: run.repository, alias: .champion, challenger: model, previous: nil,
            why: .decided(run.id), state: $0, startedAt: noon)
    }
    return RunStatus(
        run: run, approval: approval, decisions: decisions, promotion: moving, now: noon.addingTimeInterval(60)
    ).word
}

@Test func `where a run stands follows from its state, its decisions and its promotion`() throws {
    let fault = Fault(.environment, "the disk is full")
    let no = Verdict.failed([Finding(.no, source: "gate:auc", message: "too low")])
    let open = Verdict.undecided([Finding(.couldNotTell, source: "gate:auc", message: "no number")])
    let approved = [try decision("alice", .approve)]

    #expect(try word(.queued) == "queued")
    #expect(try word(.judging) == "judging")
    #expect(try word(.errored(fault)) == "errored")
    #expect(try word(.cancelled(by: nil, reason: "why")) == "cancelled")
    #expect(try word(.judged(no)) == "refused")
    #expect(try word(.judged(no), decisions: approved) == "refused")
    #expect(try word(.judged(open)) == "undecided")
    #expect(try word(.judged(.passed)) == "waiting")
    #expect(try word(.judged(.passed), decisions: approved) == "approved")
    #expect(try word(.judged(.passed), approval: ApprovalPolicy(required: 0)) == "approved")
    #expect(try word(.judged(.passed), approval: ApprovalPolicy(expires: 60)) == "expired")
    #expect(try word(.judged(.passed), decisions: [try decision("bob", .reject(reason: "no"))]) == "rejected")
    #expect(try word(.judged(.passed), decisions: approved, promotion: .deployed) == "promoting")
    #expect(try word(.judged(.passed), decisions: approved, promotion: .promoted) == "promoted")
    #expect(try word(.judged(.passed), decisions: approved, promotion: .rolledBack(reason: "r")) == "rolled_back")
    #expect(try word(.judged(.passed), decisions: approved, promotion: .stuck(reason: "r")) == "stuck")
}

@Test func `a reproduction is compared, whatever else there is`() throws {
    #expect(try word(.judged(.passed), .reproduction(of: try runID(3))) == "compared")
    #expect(
        try word(.judged(.passed), .reproduction(of: try runID(3)), decisions: [try decision("alice", .approve)])
            == "compared")
}
