/// The second schema: what came of files in drops, what was refused, what was tested before.
///
/// What can be asked for stands in columns of its own beside the payload: the word of an outcome or a place, the last
/// part of a name.
enum Drops {
    static let sql = """
        CREATE TABLE arrival (
            model TEXT NOT NULL,
            dataset TEXT NOT NULL,
            name TEXT NOT NULL,
            leaf TEXT NOT NULL,
            stamp TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'unchanged', 'refused', 'held_back')),
            body TEXT NOT NULL CHECK (json_valid(body)),
            event INTEGER REFERENCES event (id),
            PRIMARY KEY (model, dataset, name)
        ) STRICT;
        CREATE INDEX arrival_by_leaf ON arrival (leaf);
        CREATE INDEX arrival_held_back ON arrival (model, dataset) WHERE outcome = 'held_back';

        CREATE TABLE refusal (
            id INTEGER PRIMARY KEY CHECK (id > 0),
            model TEXT NOT NULL,
            dataset TEXT NOT NULL,
            name TEXT NOT NULL,
            digest TEXT CHECK (digest IS NULL OR length(digest) = 64),
            findings TEXT NOT NULL CHECK (json_valid(findings)),
            artifact TEXT CHECK (artifact IS NULL OR json_valid(artifact)),
            place TEXT NOT NULL CHECK (place IN ('awaits_move', 'quarantine', 'left')),
            place_body TEXT NOT NULL CHECK (json_valid(place_body)),
            release TEXT CHECK (release IS NULL OR json_valid(release)),
            event INTEGER NOT NULL REFERENCES event (id),
            at TEXT NOT NULL,
            CHECK (release IS NULL OR artifact IS NOT NULL)
        ) STRICT;
        CREATE INDEX refusal_by_name ON refusal (model, dataset, name);
        CREATE INDEX refusal_by_event ON refusal (event);
        CREATE INDEX refusal_awaiting_move ON refusal (model, dataset) WHERE place = 'awaits_move';
        CREATE INDEX refusal_held ON refusal (model, dataset) WHERE release IS NULL;
        CREATE INDEX refusal_released ON refusal (model, dataset) WHERE release IS NOT NULL;

        CREATE TABLE tested (
            question TEXT NOT NULL CHECK (length(question) = 64),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            rows INTEGER NOT NULL CHECK (rows >= 0),
            PRIMARY KEY (question, digest)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX event_pending ON event (json_extract(body, '$.repository'))
            WHERE outcome IS NULL AND dataset IS NOT NULL;

        CREATE TRIGGER refusal_no_delete BEFORE DELETE ON refusal
            BEGIN SELECT RAISE(ABORT, 'a refusal refuses DELETE'); END;
        CREATE TRIGGER refusal_keeps_facts
            BEFORE UPDATE OF id, model, dataset, name, digest, findings, artifact, event, at ON refusal
            BEGIN SELECT RAISE(ABORT, 'what was refused, and why, never changes'); END;
        CREATE TRIGGER refusal_one_release BEFORE UPDATE OF release ON refusal WHEN OLD.release IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a refusal is released once'); END;
        CREATE TRIGGER tested_no_update BEFORE UPDATE ON tested
            BEGIN SELECT RAISE(ABORT, 'a tested refuses UPDATE'); END;
        CREATE TRIGGER tested_no_delete BEFORE DELETE ON tested
            BEGIN SELECT RAISE(ABORT, 'a tested refuses DELETE'); END;

        """
}
