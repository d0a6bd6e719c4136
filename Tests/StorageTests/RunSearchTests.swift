import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// Finding runs among very many.
struct RunSearchTests {
    /// `Benchmarks/fill_runs.py` fills a database in the same way, through Python.
    private func fill(_ store: Store, _ count: Int) async throws {
        let plan = Canonical.text(of: try Samples.plan())
        try await store.pool.write { database in
            try database.execute(
                sql: """
                    CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    SELECT i, 'project-' || (i % 7) AS project, 'model-' || (i % 7) AS model,
                        CASE WHEN i % 10 < 7 THEN 'judged' WHEN i % 10 < 8 THEN 'errored' ELSE 'cancelled' END AS state,
                        CASE WHEN i % 3 = 0 THEN 'push' ELSE 'manual' END AS cause,
                        printf('%08x%032x', i * 2654435761 % 4294967296, i) AS commit_id FROM n
                    """, arguments: [count])
            try database.execute(
                sql: """
                    INSERT INTO run (id, fingerprint, repository, model, commit_id, trigger_body, state, state_body,
                        created_at, finished_at, project, cause)
                    SELECT i, printf('%064x', i), 'r', model, commit_id, '{"manual":{}}', state,
                        '{"cancelled":{"reason":"x"}}', '2026-11-24T15:04:05.123Z', '2026-11-24T15:04:05.123Z', project,
                        cause FROM n
                    """)
            try database.execute(sql: "INSERT INTO plan (run, body) SELECT i, ? FROM n", arguments: [plan])
            try database.execute(
                sql: """
                    INSERT INTO run_text (rowid, words, facets)
                    SELECT i, CASE WHEN i % 2 THEN 'Add wind' ELSE 'Fix Chloé''s hours' END || ' ' || i,
                        'p' || hex(project) || ' m' || hex(model) || ' c' || hex(cause)
                            || ' h' || substr(commit_id, 1, 10) FROM n
                    """)
        }
    }

    @Test func `what is asked for is found, newest first, page by page`() async throws {
        try await withStore { store, _ in
            try await fill(store, 500)
            func ids(_ filter: RunFilter, before: Int64? = nil, limit: Int = 500) async throws -> [Int64] {
                try await store.runs(matching: filter, before: before.flatMap { RunID($0) }, limit: limit)
                    .map(\.run.id.number)
            }
            let numbers = (1...500).reversed().map { Int64($0) }
            let project = try Samples.project("project-3")
            let model = try Samples.model("model-3")

            #expect(try await ids(RunFilter(), limit: 3) == [500, 499, 498])
            #expect(try await ids(RunFilter(project: project)) == numbers.filter { $0 % 7 == 3 })
            #expect(
                try await ids(RunFilter(project: project, model: model, states: ["errored"]))
                    == numbers.filter { $0 % 7 == 3 && $0 % 10 == 7 })
            #expect(
                try await ids(RunFilter(states: ["errored", "cancelled"], trigger: "push"), before: 300, limit: 5)
                    == Array(numbers.filter { $0 % 10 >= 7 && $0 % 3 == 0 && $0 < 300 }.prefix(5)))
            #expect(
                try await ids(RunFilter(project: project, text: "WIND"))
                    == numbers.filter { $0 % 2 == 1 && $0 % 7 == 3 })
            #expect(try await ids(RunFilter(text: "chloe hou 42")) == [428, 426, 424, 422, 420, 42])
            #expect(try await ids(RunFilter(states: ["errored"], text: "fix")) == [])
            #expect(try await ids(RunFilter(text: "nothing")) == [])
            let commit = String(3 * 2_654_435_761 % 4_294_967_296, radix: 16)
            #expect(try await ids(RunFilter(commit: commit.uppercased(), text: "wind")) == [3])
            #expect(try await ids(RunFilter(commit: String(commit.prefix(3)), text: "wind 3")) == [3])
            #expect(try await ids(RunFilter(commit: commit, text: "fix")) == [])
            #expect(try await ids(RunFilter(commit: commit + "\"*", text: "wind")) == [])
            #expect(try await ids(RunFilter(model: try Samples.model("none"))) == [])
            #expect(try await ids(RunFilter(trigger: "whim")) == [])
            #expect(try await ids(RunFilter(project: try Samples.project("project-4"), model: model)) == [])
        }
    }

    @Test(arguments: [
        "\"", "*", "a OR b", "NEAR(a b)", "words:a", "-- ; DROP", "(((", "\u{0}", "é\u{301}", "👩‍🚀", "' OR 1=1", "^a",
        "a\"b",
    ])
    func `a text that means something to SQLite is only a text`(text: String) async throws {
        try await withStore { store, _ in
            try await fill(store, 3)

            #expect(try await store.runs(matching: RunFilter(text: text), limit: 9) == [])
        }
    }

    @Test func `a run is found by its own words, its commit and its pull request`() async throws {
        try await withStore { store, _ in
            let run = try await store.ticketed("one", lane: .pullRequest(3), pull: try Samples.pull()).run
            _ = try await store.ticketed("two", lane: .manual)

            for filter in [
                RunFilter(pullRequest: 3), RunFilter(text: "try wind"), RunFilter(text: "work/wind"),
                RunFilter(commit: String(run.commit.hex.prefix(7)).uppercased()),
                RunFilter(
                    project: try Samples.project(), model: run.model, states: ["queued"], trigger: "manual",
                    commit: run.commit.hex, pullRequest: 3, text: "add"),
            ] {
                let found = try await store.runs(matching: filter, limit: 9)
                #expect(found.map(\.run) == [run], "\(filter)")
                #expect(try found.first?.ticket?.pullRequest == Samples.pull())
                #expect(found.first?.subject == "Add a feature")
                #expect(found.first?.author == "Ann <ann@example.org>")
            }
            #expect(try await store.runs(matching: RunFilter(text: "feature"), limit: 9).count == 2)
            #expect(try await store.runs(matching: RunFilter(pullRequest: 4), limit: 9) == [])
        }
    }

    @Test func `runs are counted as they change`() async throws {
        try await withStore { store, _ in
            let first = try await store.ticketed("one", lane: .manual).run
            _ = try await store.ticketed("two", lane: .manual, project: "ships")
            _ = try await store.queued(try Samples.plan("three"), key: "three")
            try await store.change(first.id, .prepare, at: Samples.now)

            let project = try Samples.project()
            #expect(try await store.runCounts() == ["preparing": 1, "queued": 2])
            #expect(try await store.runCounts(project: project) == ["preparing": 1])
            #expect(try await store.runCounts(model: first.model) == ["preparing": 1, "queued": 2])
            try await store.change(first.id, .cancel(by: nil, reason: ""), at: Samples.now)
            #expect(try await store.runCounts(project: project) == ["cancelled": 1])
        }
    }

    @Test func `what a server asks for often is found in an index`() async throws {
        try await withStore { store, _ in
            let pull = RunSearch.query(RunFilter(pullRequest: 3), commit: "", before: 9, limit: 9)
            let commit = RunSearch.query(RunFilter(commit: "ab"), commit: "ab", before: 9, limit: 9)
            let questions = [
                (pull.sql, "ticket_by_pull_request"), (commit.sql, "COVERING INDEX run_by_commit"),
                (RunSearch.ofCombination, "COVERING INDEX run_by_facets"),
                (RunSearch.shown, "SEARCH plan USING INTEGER PRIMARY KEY"),
                (Inbox.pendingEventsOfProject, "event_waiting"),
                (Inbox.pendingProjects, "event_waiting"),
                ("SELECT * FROM event WHERE id IN (SELECT event FROM delivery WHERE delivery = ?)", "delivery_by_id"),
                ("SELECT event FROM delivery WHERE forge = ? AND digest = ?", "sqlite_autoindex_delivery"),
                (Tickets.queue, "run_queued"),
                (Tickets.working, "run_live"),
                (Tickets.ofPullRequest, "ticket_by_pull_request"),
                (Tickets.ofCommit, "ticket_by_commit"),
                (Tickets.judgedOutside, "ticket_outside"), (Tickets.newestOfLane, "ticket_by_lane"),
                ("SELECT id FROM promotion WHERE \(Promotions.isLive)", "promotion_one_live"),
                (Tickets.superseded, "run_queued"), (Tickets.usage, "run_by_end"), (Tickets.usage, "run_live"),
                (Tickets.lastEnd, "INDEX run_by_model_end"),
                (Posts.waitingTargets, "INDEX post_due"), (Posts.dueOfTarget, "INDEX post_due"),
                (Posts.overdueOfTarget, "INDEX post_due"),
                ("SELECT not_before FROM post WHERE \(Posts.waits) ORDER BY not_before LIMIT 1", "post_next"),
                ("SELECT * FROM token WHERE hash = ?", "sqlite_autoindex_token"),
                ("SELECT * FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?", "INTEGER PRIMARY KEY"),
            ]
            for (sql, index) in questions {
                let steps = try await store.pool.read { database in
                    let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                    statement.setUncheckedArguments(StatementArguments())
                    return try Row.fetchAll(statement)
                        .map { String.fromDatabaseValue($0["detail"]) ?? "" }
                }
                let isFound = steps.contains { $0.contains(index) }
                let scans = steps.filter { step in
                    ["run", "plan", "event", "ticket", "delivery", "post", "token", "journal"].contains {
                        step == "SCAN \($0)"
                    }
                }
                #expect(isFound, "\(sql): \(steps)")
                #expect(scans.isEmpty, "\(sql): \(steps)")
            }
        }
    }
}
