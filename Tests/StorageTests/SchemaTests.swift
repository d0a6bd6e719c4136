import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// The file itself: what SQLite holds us to when our own code does not.
struct SchemaTests {
    @Test func `a commit is on the disk before it is reported`() async throws {
        try await withStore { store, _ in
            let settings = try await store.pool.writeWithoutTransaction { database in
                try ["synchronous", "journal_mode", "foreign_keys", "busy_timeout"].map {
                    try String.fetchOne(database, sql: "PRAGMA \($0)")
                }
            }
            #expect(settings == ["2", "wal", "1", "30000"])
        }
    }

    @Test func `the words of the schema are the words of Domain`() throws {
        let fault = Fault(.bug, "x")
        let runs: [RunState] = [
            .queued, .preparing, .running, .judging, .judged(.passed), .errored(fault), .cancelled(by: nil, reason: ""),
        ]
        let name = try Samples.stage("a")
        let first = try #require(RunID(1))
        let result = StageResult(outs: [:])
        let stages: [StageState] = [
            .pending, .running(attempt: 1), .reused(result, from: first), .succeeded(result), .failed(.exit(1), nil),
            .errored(fault, nil), .skipped(because: name), .cancelled,
        ]
        let promotions: [Promotion.State] = [
            .intended, .aliasMoved, .deployed, .promoted, .rollingBack(reason: ""), .rolledBack(reason: ""),
            .stuck(reason: ""),
        ]
        let liveRuns = runs.filter { !$0.isFinal }.map(\.word)
        let livePromotions = promotions.filter { !$0.isFinal }.map(\.word)
        let verdicts: [Verdict] = [.passed, .failed([]), .undecided([])]

        #expect(runs.map(\.word) == MainRoad.runWords)
        #expect(liveRuns == MainRoad.liveRunWords)
        #expect(stages.map(\.word) == MainRoad.stageWords)
        #expect(promotions.map(\.word) == MainRoad.promotionWords)
        #expect(livePromotions == MainRoad.livePromotionWords)
        #expect(verdicts.map(\.word) == MainRoad.verdictWords)
    }

    @Test func `the words of the second schema are the words of Domain`() {
        let outcomes: [Arrival.Outcome] = [
            .accepted(snapshot: 1, replaced: false), .unchanged(snapshot: 1), .refused(1), .heldBack,
        ]
        let places: [Refusal.Place] = [.awaitsMove("", stamp: ""), .quarantine(""), .left("", because: nil)]
        let outcomeWords = "(outcome IN \(MainRoad.list(outcomes.map(\.word))))"
        let placeWords = "(place IN \(MainRoad.list(places.map(\.word))))"

        #expect(Drops.sql.contains(outcomeWords))
        #expect(Drops.sql.contains(placeWords))
    }

    @Test func `the words of the third schema are the words of Domain`() throws {
        let lanes: [Ticket.Lane] = [
            .branch(try Samples.branch("main")), .pullRequest(1), .data, .schedule, .drift, .manual,
        ]
        let name = try Samples.flights
        let causes: [Trigger] = [
            .manual, .push(try Samples.branch("main")), .pullRequest(1, base: try Samples.branch("main")),
            .schedule(cron: "", due: Samples.now), .data(name, snapshot: 1), .drift(name, snapshot: 1),
            .reproduction(of: Samples.firstRun),
        ]

        #expect(lanes.map(\.word) == Server.laneWords)
        #expect(causes.map(\.word) == Server.causeWords)
        #expect(PullRequest.State.allCases.map(\.rawValue) == Server.pullRequestWords)
        #expect(Role.allCases.map(\.rawValue) == Server.roleWords)
        #expect(Token.Use.allCases.map(\.rawValue) == Server.useWords)
    }

    @Test(arguments: [
        "UPDATE run SET state = 'done'",
        "UPDATE run SET state = 'judged'",
        "UPDATE run SET state_body = 'not json'",
        "UPDATE run SET created_at = NULL",
        "UPDATE run SET commit_id = 'short'",
        "UPDATE run SET created_at = x'00'",
        "UPDATE stage SET state = 'done'",
        "UPDATE stage SET key = 'short'",
        "UPDATE stage SET run = 99",
        "UPDATE promotion SET state = 'done'",
        "UPDATE promotion SET previous = 99",
        "UPDATE alias SET version = 99",
        "UPDATE event SET outcome = '{'",
        "UPDATE plan SET body = '{}'",
        "UPDATE conclusion SET verdict = 'failed'",
        "UPDATE version SET digest = digest",
        "UPDATE decision SET run = run",
        "UPDATE snapshot SET files = '[]'",
        "UPDATE journal SET at = at",
        "UPDATE arrival SET outcome = 'lost'",
        "UPDATE arrival SET body = '{'",
        "UPDATE arrival SET event = 99",
        "UPDATE refusal SET place = 'lost'",
        "UPDATE refusal SET findings = '[]'",
        "UPDATE refusal SET artifact = NULL",
        "UPDATE refusal SET release = NULL",
        "UPDATE tested SET rows = 1",
        "DELETE FROM refusal",
        "DELETE FROM tested",
        "INSERT INTO tested (question, digest, rows) SELECT question, printf('%064d', 1), -1 FROM tested",
        "UPDATE run SET cause = 'whim'",
        "UPDATE event SET project = 'other'",
        "UPDATE delivery SET name = name",
        "DELETE FROM delivery",
        "INSERT INTO delivery (forge, digest, name, event, received_at) "
            + "SELECT forge, digest, name, event, received_at FROM delivery",
        "UPDATE ticket SET priority = 99",
        "DELETE FROM ticket",
        "UPDATE permit SET at = at",
        "DELETE FROM permit",
        "UPDATE post SET key = 'other'",
        "UPDATE post SET abandoned = 2",
        "UPDATE post SET message = '{'",
        "DELETE FROM post",
        "UPDATE cursor SET position = position - 1",
        "UPDATE pull_request SET state = 'lost'",
        "UPDATE user SET role = 'king'",
        "DELETE FROM user",
        "UPDATE token SET role = 'admin'",
        "UPDATE token SET expires_at = NULL",
        "UPDATE token SET revoked_at = NULL",
        "DELETE FROM token",
        "DELETE FROM journal",
        "DELETE FROM run",
        "DELETE FROM event",
        "DELETE FROM promotion",
        "DELETE FROM decision",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal LIMIT 1",
        "INSERT INTO event (key, body) SELECT key, body FROM event",
        "INSERT INTO version (model, version, run, digest, object, bytes, created_at) "
            + "SELECT model, version + 1, run, digest, object, bytes, created_at FROM version",
        "INSERT INTO snapshot (model, dataset, number, digest, object, files, created_at) "
            + "SELECT model, dataset, number, digest, object, files, created_at FROM snapshot",
        "INSERT INTO run (fingerprint, repository, model, commit_id, trigger_body, state, state_body, created_at) "
            + "SELECT fingerprint, repository, model, commit_id, trigger_body, 'queued', '{}', created_at "
            + "FROM run WHERE state = 'queued'",
        "INSERT INTO promotion (repository, model, alias, challenger, why, state, state_body, started_at) "
            + "SELECT repository, model, alias, challenger, why, 'intended', '{}', started_at FROM promotion",
        "INSERT INTO promotion (repository, model, alias, challenger, why, decided_run, state, state_body, started_at) "
            + "SELECT repository, model, 'other', challenger, why, decided_run, 'intended', '{}', started_at "
            + "FROM promotion",
    ])
    func `SQLite refuses what must not be`(sql: String) async throws {
        try await withStore { store, _ in
            try await store.fill()

            do {
                try await store.pool.write { try $0.execute(sql: sql) }
                Issue.record("it was done")
            } catch let error as DatabaseError {
                #expect(error.resultCode == .SQLITE_CONSTRAINT, "\(error)")
            }
        }
    }

    @Test func `a list of runs reads an index and the rows it shows, and nothing else`() async throws {
        try await withStore { store, _ in
            try await store.pool.write { database in
                try database.execute(
                    sql: """
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                        INSERT INTO run (fingerprint, repository, model, commit_id, trigger_body, state, state_body,
                        created_at, finished_at)
                        SELECT printf('%064x', i), 'r', 'model-' || (i % 3), printf('%08x%032x', i * 2654435761 % 4294967296, i),
                        '{"manual":{}}', 'cancelled', '{"cancelled":{"reason":"x"}}', '2026-11-24T15:04:05.123Z',
                        '2026-11-24T15:04:05.123Z' FROM n
                        """)
            }
            let model = try Samples.model("model-1")
            let before = try #require(RunID(50_000))
            let pages = [
                (
                    RunPage(model: nil, commit: nil, unfinishedOnly: false, before: before, limit: 20),
                    "INTEGER PRIMARY KEY"
                ),
                (
                    RunPage(model: model, commit: nil, unfinishedOnly: false, before: before, limit: 20),
                    "COVERING INDEX run_by_model"
                ),
                (
                    RunPage(model: nil, commit: "abc", unfinishedOnly: false, before: nil, limit: 20),
                    "COVERING INDEX run_by_commit"
                ),
                (
                    RunPage(model: model, commit: "ab", unfinishedOnly: false, before: nil, limit: 20),
                    "COVERING INDEX run_by_commit"
                ),
                (RunPage(model: model, commit: "ab", unfinishedOnly: true, before: before, limit: 20), "run_live"),
                (RunPage(model: nil, commit: nil, unfinishedOnly: true, before: nil, limit: 20), "run_live"),
            ]
            for (page, index) in pages {
                let steps = try await store.pool.read { database in
                    try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + page.sql, arguments: page.arguments)
                        .map { String.fromDatabaseValue($0["detail"]) ?? "" }
                }
                let finding = steps.prefix { !$0.hasSuffix("page") || $0.hasPrefix("CO-ROUTINE") }
                let table = finding.first { $0.contains(" run USING") } ?? "a scan of the table"
                let showing = steps.dropFirst(finding.count + 1)
                let isKeyed = showing.allSatisfy { $0.hasPrefix("SEARCH") || $0.contains("ORDER BY") }
                #expect(table.contains(index), "\(steps)")
                #expect(isKeyed, "\(steps)")
            }
            let ids = try await store.runs(model: model, before: before, limit: 3).map(\.id.number)
            #expect(ids == [49_999, 49_996, 49_993])
        }
    }
}

extension Store {
    /// At least one row in every table.
    func fill() async throws {
        try await fillMainRoad()
        let sorting = try Samples.sorting(good: ["a.csv"], bad: ["x.csv"], after: 1)
        let refused = try await sort(sorting, event: try await drop("filled")).refusals[0].id
        _ = try await release(refused, after: 2, event: try await asksForRelease(of: refused))
        try await remember(tested: [Samples.digest("a.csv"): 7], question: Samples.digest("question"))
        try await fillServer()
    }

    /// At least one row in every table of the first schema.
    func fillMainRoad() async throws {
        let run = try await judged("filled")
        _ = try await queued(try Samples.plan("queued"), key: "queued")
        let decision = Decision(
            run: run.id, answer: .approve, by: try Samples.person("ann"), at: Samples.later(4),
            model: Samples.digest("filled"), evidence: Samples.evidence().digest)
        _ = try await record(decision, under: ApprovalPolicy(), author: "Bob <bob@example.org>")
        guard let challenger = run.challenger,
            case .begun(let promotion) = try await beginPromotion(
                of: challenger, alias: .champion, repository: run.repository, why: .decided(run.id),
                at: Samples.later(5))
        else { throw Fault(.bug, "no promotion began") }
        try await change(promotion.id, .moveAlias, at: Samples.later(6))
        _ = try await addSnapshot(
            of: DatasetName(checked: "flights"), model: run.model, digest: Samples.digest("data"),
            object: try Samples.object("data"), files: [], after: nil, by: nil, at: Samples.now)
    }
}
