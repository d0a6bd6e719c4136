/// The first schema: inbox, runs, stages, data, registry, decisions, promotions, journal.
///
/// Times are `Timestamp.text`, digests lower-case hexadecimal, payloads canonical JSON beside the word of their state.
/// Facts that never change (plans, conclusions, snapshots, versions, decisions, the journal) refuse UPDATE and DELETE.
enum MainRoad {
    static let runWords = ["queued", "preparing", "running", "judging", "judged", "errored", "cancelled"]
    static let liveRunWords = ["queued", "preparing", "running", "judging"]
    static let stageWords = [
        "pending", "running", "reused", "succeeded", "failed", "errored", "skipped", "cancelled",
    ]
    static let promotionWords = [
        "intended", "alias_moved", "deployed", "promoted", "rolling_back", "rolled_back", "stuck",
    ]
    static let livePromotionWords = ["intended", "alias_moved", "deployed", "rolling_back"]
    static let verdictWords = ["passed", "failed", "undecided"]

    static var sql: String {
        [inbox, runs, stages, data, registry, decisions, promotions, journal, guards].joined()
    }

    /// `('queued', 'running')`
    static func list(_ words: [String]) -> String {
        "(" + words.map { "'\($0)'" }.joined(separator: ", ") + ")"
    }

    // What an event is about and what it came to stand in columns of their own beside its body, to be found by.
    private static let inbox = """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            body TEXT NOT NULL CHECK (json_valid(body)),
            outcome TEXT CHECK (outcome IS NULL OR json_valid(outcome)),
            settled_at TEXT,
            commit_id TEXT CHECK (commit_id IS NULL OR length(commit_id) IN (40, 64)),
            dataset TEXT,
            reproduces INTEGER REFERENCES run (id),
            run INTEGER REFERENCES run (id),
            CHECK ((outcome IS NULL) = (settled_at IS NULL))
        ) STRICT;
        CREATE INDEX event_by_commit ON event (commit_id) WHERE commit_id IS NOT NULL;
        CREATE INDEX event_by_dataset ON event (dataset) WHERE dataset IS NOT NULL;
        CREATE INDEX event_by_reproduced ON event (reproduces) WHERE reproduces IS NOT NULL;
        CREATE INDEX event_by_run ON event (run) WHERE run IS NOT NULL;

        """

    private static let runs = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
            repository TEXT NOT NULL,
            model TEXT NOT NULL,
            commit_id TEXT NOT NULL CHECK (length(commit_id) IN (40, 64)),
            trigger_body TEXT NOT NULL CHECK (json_valid(trigger_body)),
            state TEXT NOT NULL CHECK (state IN \(list(runWords))),
            state_body TEXT NOT NULL CHECK (json_valid(state_body)),
            created_at TEXT NOT NULL,
            started_at TEXT,
            finished_at TEXT,
            CHECK ((state IN \(list(liveRunWords))) = (finished_at IS NULL))
        ) STRICT;
        CREATE UNIQUE INDEX run_one_live ON run (fingerprint) WHERE state IN \(list(liveRunWords));
        CREATE INDEX run_live ON run (id) WHERE state IN \(list(liveRunWords));
        CREATE INDEX run_by_fingerprint ON run (fingerprint, state);
        CREATE INDEX run_by_model ON run (model);
        CREATE INDEX run_by_commit ON run (commit_id, model, state);

        CREATE TABLE plan (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT;

        CREATE TABLE conclusion (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            verdict TEXT NOT NULL CHECK (verdict IN \(list(verdictWords))),
            body TEXT NOT NULL CHECK (json_valid(body)),
            evidence TEXT NOT NULL CHECK (json_valid(evidence))
        ) STRICT;

        """

    private static let stages = """
        CREATE TABLE stage (
            run INTEGER NOT NULL REFERENCES run (id),
            ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (json_valid(kind)),
            state TEXT NOT NULL CHECK (state IN \(list(stageWords))),
            state_body TEXT NOT NULL CHECK (json_valid(state_body)),
            key TEXT CHECK (key IS NULL OR length(key) = 64),
            inputs TEXT CHECK (inputs IS NULL OR json_valid(inputs)),
            started_at TEXT,
            finished_at TEXT,
            PRIMARY KEY (run, ordinal),
            UNIQUE (run, name),
            CHECK ((state IN ('pending', 'running')) = (finished_at IS NULL))
        ) STRICT;

        CREATE TABLE remembered (
            key TEXT PRIMARY KEY CHECK (length(key) = 64),
            result TEXT NOT NULL CHECK (json_valid(result)),
            run INTEGER NOT NULL REFERENCES run (id)
        ) STRICT;

        """

    private static let data = """
        CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            dataset TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            object TEXT NOT NULL,
            files TEXT NOT NULL CHECK (json_valid(files)),
            created_at TEXT NOT NULL,
            by TEXT,
            UNIQUE (model, dataset, number)
        ) STRICT;
        CREATE INDEX snapshot_by_model ON snapshot (model);

        """

    private static let registry = """
        CREATE TABLE version (
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            run INTEGER NOT NULL UNIQUE REFERENCES run (id),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            object TEXT NOT NULL,
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            created_at TEXT NOT NULL,
            UNIQUE (model, version)
        ) STRICT;

        CREATE TABLE alias (
            model TEXT NOT NULL,
            alias TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (model, alias),
            FOREIGN KEY (model, version) REFERENCES version (model, version)
        ) STRICT, WITHOUT ROWID;

        """

    private static let decisions = """
        CREATE TABLE decision (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run (id),
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT;
        CREATE INDEX decision_by_run ON decision (run);

        """

    private static let promotions = """
        CREATE TABLE promotion (
            id INTEGER PRIMARY KEY,
            repository TEXT NOT NULL,
            model TEXT NOT NULL,
            alias TEXT NOT NULL,
            challenger INTEGER NOT NULL,
            previous INTEGER,
            why TEXT NOT NULL CHECK (json_valid(why)),
            decided_run INTEGER UNIQUE REFERENCES run (id),
            state TEXT NOT NULL CHECK (state IN \(list(promotionWords))),
            state_body TEXT NOT NULL CHECK (json_valid(state_body)),
            started_at TEXT NOT NULL,
            finished_at TEXT,
            FOREIGN KEY (model, challenger) REFERENCES version (model, version),
            FOREIGN KEY (model, previous) REFERENCES version (model, version),
            CHECK ((state IN \(list(livePromotionWords))) = (finished_at IS NULL))
        ) STRICT;
        CREATE UNIQUE INDEX promotion_one_live ON promotion (model, alias)
            WHERE state IN \(list(livePromotionWords));
        CREATE INDEX promotion_by_alias ON promotion (model, alias);
        CREATE INDEX promotion_by_version ON promotion (model, challenger);

        """

    // An INSERT OR REPLACE deletes without firing a DELETE trigger, so an entry must also be the next one.
    private static let journal = """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL CHECK (json_valid(body)),
            hash TEXT NOT NULL CHECK (length(hash) = 64)
        ) STRICT;
        CREATE INDEX journal_by_subject ON journal (subject);
        CREATE TRIGGER journal_next BEFORE INSERT ON journal
            WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal)
            BEGIN SELECT RAISE(ABORT, 'the journal only grows at its end'); END;

        """

    private static var guards: String {
        let facts = ["plan", "conclusion", "snapshot", "version", "decision", "journal"]
        let permanent = facts + ["event", "run", "stage", "promotion"]
        return facts.map { trigger("UPDATE", on: $0) }.joined() + permanent.map { trigger("DELETE", on: $0) }.joined()
    }

    private static func trigger(_ act: String, on table: String) -> String {
        """
        CREATE TRIGGER \(table)_no_\(act.lowercased()) BEFORE \(act) ON \(table)
            BEGIN SELECT RAISE(ABORT, 'a \(table) refuses \(act)'); END;

        """
    }
}
