private let evaluated = "evaluate: {run: 'e ${model}', predictions: p.csv}\n"
private let measured = "evaluate: {run: 'e ${model}', metrics: e.json}\n"

/// Mistakes of several gates, of overlays, of the evaluation that feeds gates, and of the report.
let judgedPolicies: [BadPolicy] = [
    .more(
        .meaning, measured + "gates: [{metric: auc, against: champion, max_drop: 0.1, confidence: 0.9}]\n",
        "sluice.yaml:7:57: a test compares row by row, and 'evaluate.predictions' is not given; add 'predictions: FILE' below 'evaluate', or remove 'confidence'"
    ),
    .more(
        .meaning, measured + "gates: [{metric: auc, against: champion, max_drop: 0.1, when_unsure: pass}]\n",
        "sluice.yaml:7:57: 'when_unsure' is about tests, and the gate on 'auc' has none: 'evaluate.predictions' is not given; add it, or remove 'when_unsure'"
    ),
    .more(
        .meaning, measured + "gates: [{metric: auc, slice: carrier, min: 0.5}]\n",
        "sluice.yaml:7:23: slices are made of predictions, and 'evaluate.predictions' is not given; add 'predictions: FILE' below 'evaluate'"
    ),
    .more(
        .meaning,
        "evaluate: {run: 'e ${model}', predictions: p.csv, slices: [carrier]}\ngates: [{metric: auc, slice: carier, min: 0.5}, {metric: auc, slice: origin, min: 0.5}]\n",
        "sluice.yaml:7:30: 'carier' is not among 'evaluate.slices'; did you mean 'carrier'?",
        "sluice.yaml:7:70: 'origin' is not among 'evaluate.slices'; add it there"),
    .more(
        .meaning,
        evaluated
            + "gates:\n  - {metric: auc, slice: carrier, min: 0.5}\n  - {metric: auc, slice: origin, min: 0.5}\n  - {metric: auc, slice: carrier, min: 0.6, min_rows: 9}\n",
        "sluice.yaml:10:35: 'auc' by 'carrier' has a 'min' already, at line 8; keep one of them"),
    .more(
        .meaning,
        evaluated
            + "gates:\n  - {metric: auc, against: champion, max_drop: 0.1}\n  - {metric: auc, against: champion, max_drop: 2%, confidence: none}\n",
        "sluice.yaml:9:38: 'auc' has a 'max_drop' already, at line 8; keep one of them"),
    .more(
        .meaning,
        evaluated
            + "gates:\n  - {metric: auc, against: promotions, max_drop: 0.1}\n  - {metric: auc, against: promotions, last: 5, max_drop: 0.2}\n",
        "sluice.yaml:9:49: 'auc' has a 'max_drop' already, at line 8; keep one of them"),
    .more(
        .meaning,
        evaluated
            + "gates: [{metric: loss, require: finite}, {metric: loss, require: finite, action: warn}, {require: finite}, {metric: '*', require: finite}]\n",
        "sluice.yaml:7:57: 'loss' has a 'require: finite' already, at line 7; keep one of them",
        "sluice.yaml:7:122: '*' has a 'require: finite' already, at line 7; keep one of them"),
    .more(
        .meaning, evaluated + "gates: [{name: x, command: a}, {name: y, command: a}, {name: x, command: b}]\n",
        "sluice.yaml:7:56: 'x' is the name of a command already, at line 7; give each its own"),
    .more(
        .meaning,
        "datasets: {flights: {mount: data}, served: {drop: /srv}}\ngates: [{metric: data_age_seconds.flight, max: 7d}, {metric: data_age_seconds.served, max: 7d}]\n",
        "sluice.yaml:7:18: 'data_age_seconds.flight' names 'flight', which is no dataset that runs read; did you mean 'data_age_seconds.flights'?",
        "sluice.yaml:7:62: 'data_age_seconds.served' names 'served', which is no dataset that runs read; name one of 'datasets'"
    ),
    .more(
        .meaning, "gates: [{name: x, command: 'c ${predictions}'}]\n",
        "sluice.yaml:6:28: 'gates.command' says '${predictions}' but 'evaluate.predictions' is not given; add 'predictions: FILE' below 'evaluate'"
    ),
    .more(
        .meaning, "gates: [{metric: auc, slice: carrier, min: 0.5}]\n",
        "sluice.yaml:6:23: slices are made of predictions, and 'evaluate.predictions' is not given; add 'predictions: FILE' below 'evaluate'"
    ),
    .more(
        .shape, "overlays: []\n",
        "sluice.yaml:6:11: 'overlays': expected a mapping from the names of overlays, found a list"),
    .more(
        .shape, "overlays: {a b: {owner: alice, reason: r, expires: 2026-12-31, gates: [{metric: auc, min: 1}]}}\n",
        "sluice.yaml:6:12: 'a b' is not a name; use letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'"
    ),
    .more(
        .shape, "overlays: {x: {}}\n",
        "sluice.yaml:6:15: the key 'owner' is missing in 'overlays.x'; add 'owner: alice'",
        "sluice.yaml:6:15: the key 'reason' is missing in 'overlays.x'; add 'reason: few rows at Christmas'",
        "sluice.yaml:6:15: the key 'expires' is missing in 'overlays.x'; add 'expires: 2026-12-31'",
        "sluice.yaml:6:15: the key 'gates' is missing in 'overlays.x'; add 'gates: [{metric: auc, min: 0.6}]'"),
    .more(
        .shape, "overlays:\n  x: {owner: '@acme/ml', reason: '', expires: 2026-02-29, gates: []}\n",
        "sluice.yaml:7:14: 'overlays.x.owner' is the team '@acme/ml'; name a person",
        "sluice.yaml:7:34: 'overlays.x.reason': expected a text, found an empty text",
        "sluice.yaml:7:47: 'overlays.x.expires': '2026-02-29' is no day of the calendar",
        "sluice.yaml:7:66: the overlay 'x' has no gates, so it changes nothing; add a gate, or remove the overlay"),
    .more(
        .shape, "overlays:\n  x: {owner: alice, reason: r, expires: 31.12.2026, gates: {metric: auc}}\n",
        "sluice.yaml:7:41: 'overlays.x.expires': expected a date such as 2026-12-31, found '31.12.2026'",
        "sluice.yaml:7:60: 'overlays.x.gates': expected a list of mappings, found a mapping"),
    .more(
        .shape, "overlays:\n  x: {owner: alice, reason: r, expires: 2026-13-01, gates: [{metric: auc}]}\n",
        "sluice.yaml:7:41: 'overlays.x.expires': expected a date such as 2026-12-31, found '2026-13-01'",
        "sluice.yaml:7:61: the gate on 'auc' has no condition; add 'min', 'max', or 'against: champion' with 'max_drop'"
    ),
    .more(
        .shape,
        "overlays:\n  x: {owner: alice, reason: r, expires: 2026-12-31T00:00:00, gates: [{metrc: auc, min: 1}]}\n",
        "sluice.yaml:7:41: 'overlays.x.expires': expected a date such as 2026-12-31, found '2026-12-31T00:00:00'",
        "sluice.yaml:7:70: the key 'metric' is missing in 'overlays.x.gates'; add 'metric: auc'",
        "sluice.yaml:7:71: unknown key 'metrc' in 'overlays.x.gates'; did you mean 'metric'?"),
    .more(
        .meaning,
        "overlays:\n  x:\n    owner: alice\n    reason: r\n    expires: 2026-12-31\n    gates: [{metric: auc, min: 1}, {metric: auc, min: 2}]\n",
        "sluice.yaml:11:50: 'auc' has a 'min' already, at line 11; keep one of them"),
    .more(
        .meaning,
        "overlays:\n  x:\n    owner: alice\n    reason: r\n    expires: 2026-12-31\n    gates: [{name: x, command: 'c ${metrics}'}]\n",
        "sluice.yaml:11:32: 'overlays.x.gates.command' says '${metrics}' but 'evaluate.metrics' is not given; add 'metrics: FILE' below 'evaluate'"
    ),
    .more(
        .shape, "report: []\n",
        "sluice.yaml:6:9: 'report': expected a mapping, found a list"),
    .more(
        .shape, "report: {template: r, importance: /etc/passwd}\n",
        "sluice.yaml:6:10: unknown key 'template' in 'report'; did you mean 'templates'?",
        "sluice.yaml:6:35: 'report.importance': '/etc/passwd' is not a path inside the repository; write it from the root of the repository, without '..'"
    ),
    .more(
        .meaning, "report: {importance: i.json}\n",
        "sluice.yaml:6:22: 'report.importance' names 'i.json', which neither training nor evaluation is said to write; add it to 'train.outs' or 'evaluate.outs'"
    ),
    .more(
        .meaning,
        evaluated
            + "report: {importance: q.csv, sections: [{title: A, file: p.csv}, {title: A, file: model.pkl}, {title: B, file: b.csv}]}\n",
        "sluice.yaml:7:22: 'report.importance' names 'q.csv', which neither training nor evaluation is said to write; did you mean 'p.csv'?",
        "sluice.yaml:7:73: a section 'A' is there already, at line 7; give each its own title",
        "sluice.yaml:7:111: 'report.sections.file' names 'b.csv', which neither training nor evaluation is said to write; did you mean 'p.csv'?"
    ),
    .more(
        .shape, "report: {sections: [{title: A}, {file: b.csv}, {title: '', file: ../b.csv}]}\n",
        "sluice.yaml:6:21: the key 'file' is missing in 'report.sections'; add 'file: business.csv'",
        "sluice.yaml:6:33: the key 'title' is missing in 'report.sections'; add 'title: Business numbers'",
        "sluice.yaml:6:40: 'report.sections.file' names 'b.csv', which neither training nor evaluation is said to write; add it to 'train.outs' or 'evaluate.outs'",
        "sluice.yaml:6:56: 'report.sections.title': expected a text, found an empty text",
        "sluice.yaml:6:66: 'report.sections.file': '../b.csv' is not a path inside the repository; write it from the root of the repository, without '..'"
    ),
    .more(
        .shape, "evaluate: {run: 'e ${model}', metrics: e.json, slices: [carrier], quantile: 0.9}\n",
        "sluice.yaml:6:48: 'evaluate.slices' is about predictions, and 'evaluate.predictions' is not given; add 'predictions: FILE', or remove it",
        "sluice.yaml:6:67: 'evaluate.quantile' is about predictions, and 'evaluate.predictions' is not given; add 'predictions: FILE', or remove it"
    ),
    .more(
        .shape, "evaluate: {run: 'e ${model}', predictions: p.csv, slices: [carrier, score, carrier], quantile: 1}\n",
        "sluice.yaml:6:69: 'evaluate.slices': 'score' is what the model says, so it makes no slices; remove it",
        "sluice.yaml:6:76: 'evaluate.slices' names 'carrier' twice; keep one of them",
        "sluice.yaml:6:96: 'evaluate.quantile': expected a number between 0 and 1, found a number (1)"),
    .more(
        .shape, "evaluate: {run: 'e ${model}', predictions: p.csv, slices: carrier, quantile: 0}\n",
        "sluice.yaml:6:59: 'evaluate.slices': expected a list of texts, found a text (carrier)",
        "sluice.yaml:6:78: 'evaluate.quantile': expected a number between 0 and 1, found a number (0)"),
    .more(
        .shape, "evaluate: {run: 'e ${model}', predictions: p.csv, outs: [p.csv, model.pkl, /tmp/x]}\n",
        "sluice.yaml:6:58: 'evaluate.outs' ('p.csv') overlaps 'evaluate.predictions' ('p.csv'); give each a file of its own",
        "sluice.yaml:6:65: 'evaluate.outs' ('model.pkl') overlaps 'train.model' ('model.pkl'); training writes that; give the evaluation a file of its own",
        "sluice.yaml:6:76: 'evaluate.outs': '/tmp/x' is not a path inside the repository; write it from the root of the repository, without '..'"
    ),
    .more(
        .shape, "evaluate: {run: 'e ${model}', outs: [i.json]}\n",
        "sluice.yaml:6:11: 'evaluate' says neither 'predictions' nor 'metrics', so nothing would be measured; name the file that 'evaluate.run' writes"
    ),
]
