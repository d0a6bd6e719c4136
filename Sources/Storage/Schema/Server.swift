/// The third schema: what a server keeps. Deliveries, its queue, what it says outside, what it knows of forges, users.
///
/// `run` and `event` get columns to be found by; their bodies stay the truth. How many runs are in which state is
/// counted by triggers, so that nobody has to count them.
enum Server {
    static let causeWords = ["manual", "push", "pull_request", "schedule", "data", "drift", "reproduction"]
    static let laneWords = ["branch", "pull_request", "data", "schedule", "drift", "manual"]
    static let pullRequestWords = ["open", "merged", "closed"]
    static let roleWords = ["viewer", "operator", "approver", "admin"]
    static let useWords = ["api", "session"]

    static var sql: String {
        [events, runs, counts, text, queue, outbox, forges, users, guards].joined()
    }

    private static func list(_ words: [String]) -> String { MainRoad.list(words) }

    // The newest time of each schedule is a row of its own: a server that was away asks for it at every start.
    private static let events = """
        ALTER TABLE event ADD COLUMN project TEXT;
        CREATE INDEX event_waiting ON event (project, id) WHERE outcome IS NULL AND project IS NOT NULL;
        CREATE INDEX event_by_project ON event (project) WHERE project IS NOT NULL;

        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY,
            forge TEXT NOT NULL,
            delivery TEXT,
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            name TEXT NOT NULL,
            event INTEGER NOT NULL REFERENCES event (id),
            received_at TEXT NOT NULL,
            part INTEGER NOT NULL CHECK (part >= 0),
            UNIQUE (forge, digest, part)
        ) STRICT;
        CREATE UNIQUE INDEX delivery_by_id ON delivery (delivery, forge, part) WHERE delivery IS NOT NULL;

        CREATE TABLE trouble (
            event INTEGER PRIMARY KEY REFERENCES event (id),
            fault TEXT NOT NULL CHECK (json_valid(fault)),
            attempts INTEGER NOT NULL CHECK (attempts > 0),
            since TEXT NOT NULL,
            next TEXT NOT NULL
        ) STRICT;

        CREATE TABLE tick (
            project TEXT NOT NULL,
            cron TEXT NOT NULL,
            timezone TEXT NOT NULL,
            due TEXT NOT NULL,
            PRIMARY KEY (project, cron, timezone)
        ) STRICT, WITHOUT ROWID;

        """

    private static let runs = """
        ALTER TABLE run ADD COLUMN project TEXT;
        ALTER TABLE run ADD COLUMN cause TEXT CHECK (cause IN \(list(causeWords)));
        UPDATE run SET cause = (
            SELECT CASE key WHEN 'pullRequest' THEN 'pull_request' ELSE key END FROM json_each(run.trigger_body) LIMIT 1
        );
        CREATE INDEX run_by_facets ON run (project, model, state, cause);
        CREATE INDEX run_queued ON run (id) WHERE state = 'queued';
        CREATE INDEX run_by_end ON run (finished_at) WHERE finished_at IS NOT NULL AND started_at IS NOT NULL;
        CREATE INDEX run_by_model_end ON run (model, finished_at)
            WHERE finished_at IS NOT NULL AND started_at IS NOT NULL;
        DROP INDEX run_by_commit;
        CREATE INDEX run_by_commit ON run (commit_id, model, state, project, cause);

        """

    private static let counts = """
        CREATE TABLE tally (
            project TEXT NOT NULL,
            model TEXT NOT NULL,
            state TEXT NOT NULL,
            cause TEXT NOT NULL,
            runs INTEGER NOT NULL CHECK (runs >= 0),
            PRIMARY KEY (project, model, state, cause)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO tally (project, model, state, cause, runs)
            SELECT coalesce(project, ''), model, state, coalesce(cause, ''), count(*) FROM run GROUP BY 1, 2, 3, 4;
        CREATE TRIGGER run_counted AFTER INSERT ON run BEGIN
            INSERT INTO tally (project, model, state, cause, runs)
            VALUES (coalesce(NEW.project, ''), NEW.model, NEW.state, coalesce(NEW.cause, ''), 1)
            ON CONFLICT (project, model, state, cause) DO UPDATE SET runs = runs + 1;
        END;
        CREATE TRIGGER run_recounted AFTER UPDATE OF project, model, state, cause ON run BEGIN
            UPDATE tally SET runs = runs - 1
            WHERE project = coalesce(OLD.project, '') AND model = OLD.model AND state = OLD.state
                AND cause = coalesce(OLD.cause, '');
            INSERT INTO tally (project, model, state, cause, runs)
            VALUES (coalesce(NEW.project, ''), NEW.model, NEW.state, coalesce(NEW.cause, ''), 1)
            ON CONFLICT (project, model, state, cause) DO UPDATE SET runs = runs + 1;
        END;

        """

    // Without content: what is found are numbers of runs. Facts of a plan never change, so nothing is ever taken out.
    private static let text = """
        CREATE VIRTUAL TABLE run_text USING fts5 (
            words, facets, content = '', columnsize = 0, prefix = '2 3', tokenize = 'unicode61'
        );
        INSERT INTO run_text (rowid, words, facets)
            SELECT plan.run,
                json_extract(plan.body, '$.commitSubject') || ' ' || json_extract(plan.body, '$.commitAuthor')
                    || ' ' || coalesce(json_extract(plan.body, '$.trigger.push._0'), ''),
                'm' || hex(run.model) || ' c' || hex(run.cause) || ' h' || substr(run.commit_id, 1, 10)
            FROM plan JOIN run ON run.id = plan.run ORDER BY plan.run;

        """

    private static let queue = """
        CREATE TABLE ticket (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run (id),
            shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
            project TEXT NOT NULL,
            model TEXT NOT NULL,
            lane TEXT NOT NULL CHECK (lane IN \(list(laneWords))),
            lane_body TEXT NOT NULL CHECK (json_valid(lane_body)),
            priority INTEGER NOT NULL,
            pull_request INTEGER,
            commit_id TEXT NOT NULL CHECK (length(commit_id) IN (40, 64)),
            event INTEGER NOT NULL REFERENCES event (id),
            body TEXT NOT NULL CHECK (json_valid(body))
        ) STRICT;
        CREATE INDEX ticket_by_pull_request ON ticket (pull_request, project) WHERE pull_request IS NOT NULL;
        CREATE INDEX ticket_by_commit ON ticket (commit_id, project);
        CREATE UNIQUE INDEX ticket_of_run ON ticket (run) WHERE shared = 0;
        CREATE INDEX ticket_by_run ON ticket (run, priority);
        CREATE INDEX ticket_by_lane ON ticket (project, model, lane_body);
        CREATE INDEX ticket_outside ON ticket (project, model) WHERE pull_request IS NULL;

        """

    private static let outbox = """
        CREATE TABLE post (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            target TEXT NOT NULL CHECK (json_valid(target)),
            message TEXT NOT NULL CHECK (json_valid(message)),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            sent TEXT CHECK (sent IS NULL OR length(sent) = 64),
            remote TEXT,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            not_before TEXT NOT NULL,
            trouble TEXT,
            abandoned INTEGER NOT NULL DEFAULT 0 CHECK (abandoned IN (0, 1)),
            written_at TEXT NOT NULL,
            sent_at TEXT
        ) STRICT;
        CREATE INDEX post_due ON post (target, not_before) WHERE digest IS NOT sent AND abandoned = 0;
        CREATE INDEX post_next ON post (not_before) WHERE digest IS NOT sent AND abandoned = 0;
        CREATE INDEX post_abandoned ON post (id) WHERE abandoned = 1;

        CREATE TABLE reminder (
            run INTEGER PRIMARY KEY REFERENCES run (id),
            due TEXT NOT NULL
        ) STRICT;
        CREATE INDEX reminder_by_time ON reminder (due);

        CREATE TABLE answer (
            promotion INTEGER NOT NULL REFERENCES promotion (id),
            project TEXT NOT NULL,
            pull_request INTEGER NOT NULL,
            subject TEXT NOT NULL,
            PRIMARY KEY (promotion, project, pull_request, subject)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cursor (
            name TEXT PRIMARY KEY,
            position INTEGER NOT NULL CHECK (position >= 0)
        ) STRICT, WITHOUT ROWID;

        """

    private static let forges = """
        CREATE TABLE pull_request (
            project TEXT NOT NULL,
            number INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN \(list(pullRequestWords))),
            body TEXT NOT NULL CHECK (json_valid(body)),
            known_at TEXT NOT NULL,
            PRIMARY KEY (project, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pull_request_open ON pull_request (project) WHERE state = 'open';

        CREATE TABLE pull_head (
            id INTEGER PRIMARY KEY,
            project TEXT NOT NULL,
            number INTEGER NOT NULL,
            commit_id TEXT NOT NULL CHECK (length(commit_id) IN (40, 64)),
            at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX pull_head_by_time ON pull_head (project, number, at);

        CREATE TABLE permit (
            project TEXT NOT NULL,
            commit_id TEXT NOT NULL CHECK (length(commit_id) IN (40, 64)),
            voice TEXT NOT NULL CHECK (json_valid(voice)),
            at TEXT NOT NULL,
            PRIMARY KEY (project, commit_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE head (
            project TEXT NOT NULL,
            branch TEXT NOT NULL,
            commit_id TEXT NOT NULL CHECK (length(commit_id) IN (40, 64)),
            at TEXT NOT NULL,
            PRIMARY KEY (project, branch)
        ) STRICT, WITHOUT ROWID;

        """

    private static let users = """
        CREATE TABLE user (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN \(list(roleWords))),
            created_at TEXT NOT NULL,
            login TEXT,
            disabled_at TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE token (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
            user TEXT NOT NULL REFERENCES user (name),
            use TEXT NOT NULL CHECK (use IN \(list(useWords))),
            note TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN \(list(roleWords))),
            created_at TEXT NOT NULL,
            expires_at TEXT,
            revoked_at TEXT,
            begun_with INTEGER REFERENCES token (id) CHECK (begun_with IS NULL OR use = 'session')
        ) STRICT;
        CREATE INDEX token_by_user ON token (user);
        CREATE INDEX token_by_beginning ON token (begun_with) WHERE begun_with IS NOT NULL AND revoked_at IS NULL;

        """

    private static let guards = """
        CREATE TRIGGER delivery_no_update BEFORE UPDATE ON delivery
            BEGIN SELECT RAISE(ABORT, 'a delivery refuses UPDATE'); END;
        CREATE TRIGGER delivery_no_delete BEFORE DELETE ON delivery
            BEGIN SELECT RAISE(ABORT, 'a delivery refuses DELETE'); END;
        CREATE TRIGGER ticket_no_update BEFORE UPDATE ON ticket
            BEGIN SELECT RAISE(ABORT, 'a ticket refuses UPDATE'); END;
        CREATE TRIGGER ticket_no_delete BEFORE DELETE ON ticket
            BEGIN SELECT RAISE(ABORT, 'a ticket refuses DELETE'); END;
        CREATE TRIGGER permit_no_update BEFORE UPDATE ON permit
            BEGIN SELECT RAISE(ABORT, 'a permit refuses UPDATE'); END;
        CREATE TRIGGER permit_no_delete BEFORE DELETE ON permit
            BEGIN SELECT RAISE(ABORT, 'a permit refuses DELETE'); END;
        CREATE TRIGGER post_no_delete BEFORE DELETE ON post
            BEGIN SELECT RAISE(ABORT, 'a post refuses DELETE'); END;
        CREATE TRIGGER post_keeps_key BEFORE UPDATE OF id, key ON post
            BEGIN SELECT RAISE(ABORT, 'a post keeps its key'); END;
        CREATE TRIGGER user_no_delete BEFORE DELETE ON user
            BEGIN SELECT RAISE(ABORT, 'a user refuses DELETE'); END;
        CREATE TRIGGER token_no_delete BEFORE DELETE ON token
            BEGIN SELECT RAISE(ABORT, 'a token refuses DELETE'); END;
        CREATE TRIGGER token_keeps_facts
            BEFORE UPDATE OF id, hash, user, use, note, role, created_at, expires_at, begun_with ON token
            BEGIN SELECT RAISE(ABORT, 'what a token may do never changes'); END;
        CREATE TRIGGER token_one_end BEFORE UPDATE OF revoked_at ON token WHEN OLD.revoked_at IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a token is revoked once'); END;
        CREATE TRIGGER cursor_only_forward BEFORE UPDATE ON cursor WHEN NEW.position < OLD.position
            BEGIN SELECT RAISE(ABORT, 'a cursor never goes back'); END;
        CREATE TRIGGER event_keeps_project BEFORE UPDATE OF project ON event
            BEGIN SELECT RAISE(ABORT, 'an event keeps its project'); END;

        """
}
