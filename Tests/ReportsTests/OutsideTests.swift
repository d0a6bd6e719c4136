import Domain
import Foundation
import Reports
import Testing

/// What is said on commits and in pull requests.
struct OutsideTests {
    @Test func `a commit's note holds one report of each model, and nothing that is out of date`() throws {
        let (one, other) = (try #require(ModelName("one")), try #require(ModelName("other")))
        func report(_ model: ModelName, _ text: String) -> String { "\(Outside.reportMarker(model))\n\(text)\n" }

        let refused = Outside.note("no run was made\n", into: nil)
        let first = Outside.note(report(one, "passed"), into: refused)
        let both = Outside.note(report(other, "failed\n\nbecause"), into: first)
        let renewed = Outside.note(report(one, "promoted"), into: both)
        let huge = Outside.note(report(one, "again"), into: report(other, String(repeating: "x", count: 3_000_000)))

        #expect(refused == "no run was made\n")
        #expect(first == report(one, "passed"))
        #expect(both == report(one, "passed") + "\n" + report(other, "failed\n\nbecause"))
        #expect(renewed == report(other, "failed\n\nbecause") + "\n" + report(one, "promoted"))
        #expect(huge == report(one, "again"))
    }

    private func shown(_ status: RunStatus, state: RunState = .judged(.passed)) throws -> OutsideRun {
        let commit = try #require(CommitID(hex: String(repeating: "ab", count: 20)))
        let run = Run(
            id: try #require(RunID(12)), fingerprint: Digest.of("f"), repository: RepositoryID(path: "/srv/r"),
            model: try #require(ModelName("flight-delay")), commit: commit, trigger: .manual, state: state,
            createdAt: Date(timeIntervalSince1970: 0))
        return OutsideRun(run: run, status: status, approval: ApprovalPolicy())
    }

    @Test func `every state of a run has its status, and a fault is never a success`() throws {
        let bob = try #require(PersonName("bob"))
        let no = Verdict.failed([Finding(.no, source: "gate:auc", message: "auc 0.671 is below 0.70")])
        let table: [(OutsideRun, CommitStatus.State, String)] = [
            (try shown(.working(.queued), state: .queued), .pending, "queued"),
            (try shown(.working(.preparing), state: .preparing), .pending, "preparing"),
            (try shown(.working(.running), state: .running), .pending, "running"),
            (try shown(.working(.judging), state: .judging), .pending, "deciding the gates"),
            (try shown(.waiting(missing: 2)), .pending, "passed; waits for 2 approvals"),
            (try shown(.refused, state: .judged(no)), .failure, "the answer is no: auc 0.671 is below 0.70"),
            (
                try shown(.errored(Fault(.environment, "the disk is full"))), .error,
                "could not be run: the disk is full"
            ),
            (try shown(.rejected(by: bob, reason: "no")), .failure, "rejected by bob: no"),
            (
                try shown(.cancelled(by: nil, reason: "superseded by run 13")), .cancelled,
                "cancelled: superseded by run 13"
            ),
            (
                try shown(.rolledBack(reason: "verify said no")), .failure,
                "promoted and rolled back: verify said no"
            ),
            (try shown(.stuck(reason: "x")), .error, "the promotion is stuck and needs a person: x"),
        ]
        for (run, state, text) in table {
            let status = Outside.status(run)
            #expect(status.state == state)
            #expect(status.text == text)
        }
    }

    @Test func `a queued run says what it waits for`() throws {
        var run = try shown(.working(.queued), state: .queued)
        run.waiting = .server(limit: 2)
        let text = Outside.status(run).text
        #expect(text == "queued: waits for a free place; the server works on 2 runs at a time")
    }

    @Test func `a comment begins with its marker and says how to decide, in the forge's words`() throws {
        let run = try shown(.waiting(missing: 1))
        let place = Outside.Place(kind: .gitlab, limit: 60_000, link: "https://sluice.example.org/runs/12")
        let text = Outside.comment(run, report: nil, templates: nil, in: place)
        #expect(text.hasPrefix("<!-- sluice:report:flight-delay -->\n"))
        #expect(text.contains("`/sluice approve \(String(repeating: "ab", count: 20))`"))
        #expect(text.contains("Run [12](https://sluice.example.org/runs/12)"))
    }

    @Test func `a git note names the commands that decide, because nobody can answer it`() throws {
        let run = try shown(.waiting(missing: 1))
        let text = Outside.comment(
            run, report: nil, templates: nil, in: Outside.Place(kind: nil, limit: 60_000, link: nil))
        #expect(text.contains("`sluice approve 12` or `sluice reject 12 --reason …` decides."))
        #expect(!text.contains("comment"))
    }

    @Test func `what somebody wrote is shown and not obeyed`() throws {
        let hostile = "@all <script>x</script> [a](http://evil) `\n# big"
        let said = Outside.reply(.unclear(.unknownArgument(hostile, .approve), newest: nil), on: .github)
        for mark in ["@all", "<script>", "](http", "\n# "] { #expect(!said.contains(mark)) }
        let marker = Outside.replyMarker("1 --> <b>")
        #expect(marker == "<!-- sluice:reply:1-----b- -->" || !marker.dropLast(3).contains("-->"))
    }

    @Test func `a refusal in a comment names what can be written there, and no command line`() throws {
        let (bob, eve) = (try #require(PersonName("bob")), try #require(PersonName("eve")))
        let all: [DecisionRefusal] = [
            .notJudged(state: "errored"), .verdictIsNo(.failed([])), .notListed(eve, allowed: [bob]),
            .alreadyRejected(by: bob, reason: "no"), .alreadyPromoted, .expired(at: Date(timeIntervalSince1970: 0)),
            .evidenceChanged([]), .championChanged(then: 1, now: 2),
        ]
        for why in all {
            let github = Outside.reply(.refused(why), on: .github)
            let gitlab = Outside.reply(.refused(why), on: .gitlab)
            #expect(!github.contains("sluice ") && !github.contains("--"), "\(github)")
            if github.contains("/retrain") { #expect(gitlab.contains("/sluice retrain")) }
        }
        #expect(Outside.reply(.refused(.alreadyPromoted), on: .gitlab).contains("/sluice rollback"))
    }

    @Test func `whom a policy names is said as one says it`() throws {
        var run = try shown(.waiting(missing: 1))
        let place = Outside.Place(kind: .github, limit: 60_000, link: nil)
        func head(_ by: [String]) -> String {
            run.approval.by = by.compactMap(PersonName.init)
            return Outside.comment(run, report: nil, templates: nil, in: place)
        }
        #expect(head([]).contains("Whoever may push here can decide: write a comment `/approve "))
        #expect(head(["carl"]).contains("Only carl can decide: "))
        #expect(head(["carl", "dora"]).contains("Any of carl, dora can decide: "))
    }
}
