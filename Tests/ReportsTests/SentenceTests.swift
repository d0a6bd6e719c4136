import Domain
import Foundation
import Mustache
import Testing

@testable import Reports

@Test(arguments: [
    (StageFailure.exit(2), "ended with status 2"),
    (.exit(127), "ended with status 127 (a command was not found)"),
    (.signal(9), "was ended by signal 9 (SIGKILL)"),
    (.signal(63), "was ended by signal 63"),
    (.timeLimit(seconds: 7200), "was stopped: over its limit of 2 h"),
    (.memoryLimit(bytes: 4_000_000_000), "was stopped: over its limit of 4 GB of memory"),
    (.diskLimit(bytes: 500_000), "was stopped: over its limit of 500 kB of disk"),
    (
        .noEvidence(["models/model.pkl was not written", "auc is nan"]),
        "ended with status 0 but without evidence: models/model.pkl was not written; auc is nan"
    ),
    (.findings([]), "found that the data breaks its schema"),
])
func `a failure is one sentence`(_ failure: StageFailure, _ sentence: String) {
    #expect(ReportRenderer.sentence(failure) == sentence)
}

@Test func `every refusal says why and what to do`() throws {
    let alice = try #require(PersonName("alice"))
    let bob = try #require(PersonName("bob"))
    let leads = try #require(PersonName("@acme/ml-leads"))
    let no = Verdict.failed([Finding(.no, source: "gate:auc", message: "auc 0.671 is below 0.70")])
    let open = Verdict.undecided([Finding(.couldNotTell, source: "gate:auc", message: "no champion's auc")])
    let table: [(DecisionRefusal, why: String, advice: String)] = [
        (.notJudged(state: "running"), "the run is running", "Wait for its verdict"),
        (.notJudged(state: "errored"), "the run is errored", "`sluice run`"),
        (.verdictIsNo(no), "The answer is no: auc 0.671 is below 0.70.", "`sluice run`"),
        (.verdictIsNo(open), "It could not be told: no champion's auc.", "`sluice run`"),
        (.notListed(bob, allowed: [alice]), "bob may not decide here: the policy names alice", "--as NAME"),
        (.notListed(bob, allowed: [leads]), "the policy names @acme/ml-leads", "`sluice user login`"),
        (.ownChange(alice, author: "Alice <a@b.c>"), "alice is the author of the commit (Alice <a@b.c>)", "Ask"),
        (.alreadyDecided(alice), "alice has said so already", "another person"),
        (.alreadyRejected(by: bob, reason: "leaks"), "bob has rejected it: leaks", "`sluice run`"),
        (.alreadyPromoted, "It is promoted already", "`sluice rollback MODEL`"),
        (.expired(at: Date(timeIntervalSince1970: 0)), "ended at 1970-01-01 00:00:00 UTC", "`sluice run`"),
        (.evidenceChanged([.data, .metrics]), "changed since: data, metrics. Nothing was promoted", "`sluice run`"),
    ]

    for (refusal, why, advice) in table {
        let sentence = ReportRenderer.sentence(refusal)
        #expect(sentence.contains(why), "\(sentence)")
        #expect(sentence.contains(advice), "\(sentence)")
    }
}

@Test(arguments: [
    (Gate.Condition.atLeast(0.7), "auc ≥ 0.70"), (.atMost(0.7), "auc ≤ 0.70"),
    (.maxDrop(0.005), "auc at most 0.005 below the champion"), (.maxDrop(0), "auc not below the champion"),
    (.maxRise(0.005), "auc at most 0.005 above the champion"), (.maxRise(0), "auc not above the champion"),
])
func `a gate is a claim`(_ condition: Gate.Condition, _ sentence: String) {
    #expect(Sentences.condition(Gate(metric: "auc", condition: condition)) == sentence)
}

@Test func `a value that misses its bound by little does not look like the bound`() {
    let gate = Gate(metric: "auc", condition: .atLeast(0.7))
    let result = Judge.decide(gate, challenger: ["auc": 0.699999], champion: nil)

    #expect(ReportRenderer.sentence(result) == "auc 0.699999 is below 0.70")
}

@Test func `a size gate speaks of megabytes`() {
    let gate = Gate(metric: "model_bytes", condition: .atMost(50_000_000))
    let result = Judge.decide(gate, challenger: ["model_bytes": 61_260_000], champion: nil)

    #expect(Sentences.condition(gate) == "model_bytes ≤ 50 MB")
    #expect(ReportRenderer.sentence(result) == "model_bytes 61.3 MB is above 50 MB")
}

@Test func `a reproduction names the first stage and file that diverge`() throws {
    let original = try sampleReport().run
    let again = try #require(RunID(14))
    let train = try #require(StageName("train"))
    let file = Divergence(
        stage: train, what: .output(path: "models/model.pkl", before: Digest.of("a"), now: Digest.of("b")))
    let metric = Divergence(stage: train, what: .metric(name: "auc", before: 0.7, now: 0.70001))
    func text(_ verdict: ReproductionVerdict) -> String {
        ReportRenderer.terminal(verdict, of: original.id, by: again, colour: false)
    }

    #expect(text(.identical) == "✓ run 14 reproduces run 12: identical. Every output has the same bytes.\n")
    #expect(
        text(.equivalent([file])) == """
            ✓ run 14 reproduces run 12: equivalent. 1 output differs in bytes; \
            every metric lies within the tolerance of the policy.
              • stage train: file models/model.pkl was ca978112ca1b, is 3e23e8160039 now

            """)
    #expect(
        text(.different([file, metric])) == """
            ✗ run 14 reproduces run 12: different. \
            First at stage train: file models/model.pkl was ca978112ca1b, is 3e23e8160039 now.
              • stage train: file models/model.pkl was ca978112ca1b, is 3e23e8160039 now
              • stage train: metric auc was 0.70, is 0.70001 now

            """)
}

@Test func `a reason names its stage once`() {
    func reason(_ weight: Finding.Weight, _ source: String, _ message: String) -> String {
        Verdict.fold([Finding(weight, source: source, message: message)]).reason
    }

    #expect(reason(.no, "test:unit", "ended with status 1") == "test:unit ended with status 1")
    #expect(reason(.no, "test:unit", "test:unit ended with status 1") == "test:unit ended with status 1")
    #expect(reason(.couldNotTell, "train", "training was lost") == "train: training was lost")
    #expect(reason(.couldNotTell, "train", "the disk is full") == "train: the disk is full")
    #expect(reason(.no, "gate:auc", "auc 0.671 is below 0.70") == "auc 0.671 is below 0.70")
}

@Test func `a template of one's own gets every value escaped`() throws {
    var page = Page(try sampleReport())
    page.model = "<b>@all</b>"
    let template = try Templates.read("{{! HTML }}{{model}} {{{model}}} {{answerMark}}")
    let view = View(format: .markdown, budget: View.Budget(rows: 10))

    #expect(template.render(view.of(page)) == "&lt;b&gt;@&#8203;all&lt;/b&gt; &lt;b&gt;@&#8203;all&lt;/b&gt; ✓")
}
