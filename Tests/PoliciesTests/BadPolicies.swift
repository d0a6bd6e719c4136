/// A policy with mistakes, and everything that is said about them.
struct BadPolicy: Sendable {
    /// Who can see the mistake.
    enum Sight: Sendable {
        /// Reader and JSON Schema alike.
        case shape
        /// Only the reader: it takes more than one key, or more than JSON, to see it.
        case meaning
    }

    var sight: Sight
    var text: String
    var complaints: [String]

    init(_ sight: Sight, _ text: String, _ complaints: String...) {
        self.sight = sight
        self.text = text
        self.complaints = complaints
    }

    /// After a small good policy, which has five lines.
    static func more(_ sight: Sight, _ text: String, _ complaints: String...) -> BadPolicy {
        var policy = BadPolicy(sight, smallPolicy + text)
        policy.complaints = complaints
        return policy
    }
}

/// Mistakes of the file as a whole and of `train`.
let wholePolicies: [BadPolicy] = [
    BadPolicy(
        .shape, "",
        "sluice.yaml: the file is empty; 'sluice init' writes a first one"),
    BadPolicy(
        .shape, "[]",
        "sluice.yaml:1:1: a policy is a mapping of keys, found a list"),
    BadPolicy(
        .shape, "version: 1\nmodel: m\n",
        "sluice.yaml:1:1: the key 'train' is missing; add 'train: {run: python train.py, model: model.pkl}'"),
    BadPolicy(
        .shape, "model: m\ntrain: {run: a, model: b}\n",
        "sluice.yaml:1:1: the key 'version' is missing; add 'version: 1'"),
    BadPolicy(
        .shape, "version: 2\nmodel: m\ntrain: {run: a, model: b}\n",
        "sluice.yaml:1:10: this is a policy of version 2, which this program cannot read; write 1"),
    BadPolicy(
        .shape, "version: '1'\nmodel: ../m\ntrain: {run: a, model: b}\n",
        "sluice.yaml:1:10: 'version': expected 1, found '1'",
        "sluice.yaml:2:8: 'model': expected a name (letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'), found '../m'"
    ),
    BadPolicy(
        .shape, "version: 1\nmodel: 7\ntrain: [a]\n",
        "sluice.yaml:2:8: 'model': expected a name (letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'), found a number (7)",
        "sluice.yaml:3:8: 'train': expected a mapping, found a list"),
    BadPolicy(
        .shape, "version: 1\nmodel: m\ntrain: {run: a}\n",
        "sluice.yaml:3:8: the key 'model' is missing in 'train'; add 'model: models/model.pkl'"),
    BadPolicy(
        .shape, "version: 1\nmodel: m\ntrain: {model: a}\n",
        "sluice.yaml:3:8: 'train' says neither 'pipeline' nor 'run'; give 'pipeline: dvc.yaml' or 'run: python train.py'"
    ),
    BadPolicy(
        .shape, "version: 1\nmodel: m\ntrain: {pipeline: dvc.yaml, run: a, model: a}\n",
        "sluice.yaml:3:29: 'train' says both 'pipeline' and 'run'; keep one of them"),
    BadPolicy(
        .shape, "version: 1\nmodel: m\ntrain: {pipeline: dvc.yaml, deps: [x], outs: [y], model: a}\n",
        "sluice.yaml:3:29: 'train.deps' goes with 'train.run'; with 'pipeline' it stands in the dvc.yaml; remove it",
        "sluice.yaml:3:40: 'train.outs' goes with 'train.run'; with 'pipeline' it stands in the dvc.yaml; remove it"),
    BadPolicy(
        .shape, "version: 1\nmodel: m\ntrain: {run: '', model: /abs/m.pkl}\n",
        "sluice.yaml:3:14: 'train.run': expected a command or a list of commands, found an empty text",
        "sluice.yaml:3:25: 'train.model': '/abs/m.pkl' is not a path inside the repository; write it from the root of the repository, without '..'"
    ),
    BadPolicy(
        .shape, "version: 1\nmodel: m\ntrain: {run: [], model: .git/x}\n",
        "sluice.yaml:3:14: 'train.run' is an empty list; give a command, or remove the key",
        "sluice.yaml:3:25: 'train.model': '.git/x' is not a path inside the repository; write it from the root of the repository, without '..'"
    ),
    BadPolicy(
        .meaning, "version: 1\nmodel: m\ntrain: {run: [a, b], model: m, outs: [out, out/x], deps: [m]}\n",
        "sluice.yaml:3:44: 'train.outs' ('out/x') overlaps 'train.outs' ('out'); name only the outer one",
        "sluice.yaml:3:59: 'train.deps' ('m') overlaps 'train.model' ('m'); training cannot depend on what it writes"),
    BadPolicy(
        .meaning, "version: 1\nmodel: m\ntrain: {run: a, model: models, outs: [models/a.pkl], metrics: [models]}\n",
        "sluice.yaml:3:39: 'train.outs' ('models/a.pkl') lies in 'train.model' ('models'); the model is an out already; remove it",
        "sluice.yaml:3:64: 'train.metrics' ('models') overlaps 'train.model' ('models'); model and metrics are files of their own"
    ),
]

/// Mistakes of what a run works on.
let dataPolicies: [BadPolicy] = [
    .more(
        .shape, "gate: []\n",
        "sluice.yaml:6:1: unknown key 'gate'; did you mean 'gates'?"),
    .more(
        .shape, "pipeline: dvc.yaml\n",
        "sluice.yaml:6:1: unknown key 'pipeline'; it belongs under 'train'"),
    .more(
        .shape, "something: 1\n",
        "sluice.yaml:6:1: unknown key 'something'; known are 'version', 'use', 'model', 'triggers', 'environment', 'datasets', 'tests', 'train', 'evaluate', 'gates', 'overlays', 'approval', 'promotion', 'report', 'limits', 'sandbox', 'reproduce'"
    ),
    .more(
        .shape, "mount: data\n",
        "sluice.yaml:6:1: unknown key 'mount'; it belongs under 'datasets.NAME'"),
    .more(
        .shape, "model: n\n",
        "sluice.yaml:6:1: 'model' is given twice, first at line 2, column 1; keep one of them"),
    .more(
        .meaning,
        "triggers:\n  data: [flights]\n  schedule: [{cron: '0 3 * * 8'}, {cron: '0 0 31 2 *', timezone: Europe/Berln}]\n  drift: {dataset: served, check_every: 1h}\n",
        "sluice.yaml:7:10: 'triggers.data' names 'flights', which is no dataset; add it below 'datasets'",
        "sluice.yaml:8:21: 'triggers.schedule[].cron': day of the week: '8' is not one of 0 to 7 or sun to sat; a field is '*', a value, a range 'a-b', a step '*/n' or 'a-b/n', or a list of these",
        "sluice.yaml:8:42: 'triggers.schedule[].cron': no month of '2' has a day '31', so it would never come; the days of a month are 1 to 28, 29, 30 or 31",
        "sluice.yaml:8:66: 'triggers.schedule[].timezone': there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?",
        "sluice.yaml:9:20: 'triggers.drift.dataset' names 'served', which is no dataset; add it below 'datasets'"
    ),
    .more(
        .shape, "triggers: {pull_request: {forks: always}, push: yes}\n",
        "sluice.yaml:6:34: 'triggers.pull_request.forks': expected 'never' or 'ask' or 'run', found 'always'",
        "sluice.yaml:6:49: 'triggers.push': expected true or false or a mapping, found a text (yes)"),
    .more(
        .meaning,
        "triggers: {push: {branches: [refs/heads/main, '-x'], paths: [/src, '../a']}}\n",
        "sluice.yaml:6:30: 'triggers.push.branches': 'refs/heads/main' is a reference, and a branch's name is wanted; write 'main'",
        "sluice.yaml:6:47: 'triggers.push.branches': '-x' can be no branch's name; a name, or a pattern with '*' (no slash) and '**'",
        "sluice.yaml:6:62: 'triggers.push.paths': '/src' can be no path inside the repository; write it from the root of the repository, without '..' and '/' at its beginning",
        "sluice.yaml:6:68: 'triggers.push.paths': '../a' can be no path inside the repository; write it from the root of the repository, without '..' and '/' at its beginning"
    ),
    .more(
        .meaning, "triggers: {schedule: [{cron: '@daily'}, {cron: '@daily', timezone: UTC}]}\n",
        "sluice.yaml:6:41: 'triggers.schedule' has '@daily' twice; keep one of them"),
    .more(
        .shape, "environment: {python: 3.10, lock: r.lock}\n",
        "sluice.yaml:6:23: 'environment.python': expected a Python version in quotes such as \"3.11\", found a number (3.10); write \"3.10\"; without quotes YAML drops the last zero of 3.10"
    ),
    .more(
        .shape, "environment: {python: '2.7', lock: r.lock}\n",
        "sluice.yaml:6:23: 'environment.python': expected a Python version in quotes such as \"3.11\", found '2.7'"),
    .more(
        .shape, "environment: {python: '3.11'}\n",
        "sluice.yaml:6:14: the key 'lock' is missing in 'environment'; add 'lock: requirements.lock'"),
    .more(
        .meaning, "environment: {python: '3.11', lock: poetry.lock}\n",
        "sluice.yaml:6:37: 'environment.lock': 'poetry.lock' is not a lock that can be installed with hashes; make one with 'uv pip compile --generate-hashes', or use uv.lock"
    ),
    .more(
        .shape, "environment: {python: '3.11', lock: r.lock, secrets: [A-B, 3]}\n",
        "sluice.yaml:6:55: 'environment.secrets': expected the name of an environment variable (letters, digits and '_'), found 'A-B'",
        "sluice.yaml:6:60: 'environment.secrets': expected the name of an environment variable (letters, digits and '_'), found a number (3)"
    ),
    .more(
        .meaning, "environment: {python: '3.11', lock: r.lock, secrets: [PATH, SLUICE_X]}\n",
        "sluice.yaml:6:55: 'environment.secrets': 'PATH' is set by Sluice itself; use another name",
        "sluice.yaml:6:61: 'environment.secrets': 'SLUICE_X' is set by Sluice itself; use another name"),
    .more(
        .shape, "environment: {python: '3.11', lock: r.lock, secrets: [A, A]}\n",
        "sluice.yaml:6:58: 'environment.secrets' names 'A' twice; keep one of them"),
    .more(
        .shape, "datasets: [flights]\n",
        "sluice.yaml:6:11: 'datasets': expected a mapping from the names of datasets, found a list"),
    .more(
        .shape, "datasets: {flights: data/flights}\n",
        "sluice.yaml:6:21: 'datasets.flights': expected a mapping, found a text (data/flights)"),
    .more(
        .shape, "datasets: {'a b': {mount: a}}\n",
        "sluice.yaml:6:12: 'a b' is not a name; use letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'"
    ),
    .more(
        .shape, "datasets: {a: {mount: ../a, apend: true}}\n",
        "sluice.yaml:6:23: 'datasets.a.mount': '../a' is not a path inside the repository; write it from the root of the repository, without '..'",
        "sluice.yaml:6:29: unknown key 'apend' in 'datasets.a'; did you mean 'append'?"),
    .more(
        .shape,
        "datasets:\n  a:\n    drop: s3://b/p\n    files: 'a.*'\n    settle: soon\n    mount: data\n",
        "sluice.yaml:8:11: 'datasets.a.drop': expected an absolute path or an S3 prefix such as s3://bucket/flights, found 's3://b/p'",
        "sluice.yaml:10:13: 'datasets.a.settle': expected a duration such as 90s, 15m, 2h or 7d, found 'soon'"
    ),
    .more(
        .meaning,
        "datasets:\n  a: {drop: /d/in, files: 'a', mount: a}\n  b: {drop: /d/in/, files: 'b', mount: b}\n  c: {drop: /d, files: 'c', mount: c}\n",
        "sluice.yaml:8:13: 'datasets.b.drop' is the drop of 'a'; give each dataset a directory of its own",
        "sluice.yaml:9:13: 'datasets.c.drop' holds the drop of 'a'; give each dataset a directory of its own"
    ),
    .more(
        .meaning,
        "datasets:\n  a: {drop: s3://bucket/in, files: 'a', mount: a}\n  b: {drop: s3://bucket/in/deep, files: 'b', mount: b}\n  c: {drop: s3://bucket/in-2, files: 'c', mount: c}\n",
        "sluice.yaml:8:13: 'datasets.b.drop' lies in the drop of 'a'; give each dataset a directory of its own"
    ),
    .more(
        .shape,
        "datasets:\n  a:\n    settle: 5s\n    drift: {columns: [x]}\n    mount: data\n",
        "sluice.yaml:8:5: 'datasets.a.settle' is about dropped files, and there is no 'drop'; add 'drop: /srv/drops/a', or remove it",
        "sluice.yaml:9:22: 'datasets.a.drift.columns' sets no limit; add 'psi: 0.2' beside it"
    ),
    .more(
        .shape,
        "datasets:\n  a: {mount: data, drift: {columns: [x], psi: 1, against: {window: 1, season: 2}}}\n",
        "sluice.yaml:7:59: 'datasets.a.drift.against' is either 'champion', a window or a season; write '{window: 3}' or '{season: 12}'"
    ),
    .more(
        .meaning,
        "datasets:\n  a: {mount: data, drift: {psi: 0.1, ks: 2, against: {season: 2}}}\ntriggers: {drift: {dataset: served}}\n",
        "sluice.yaml:7:20: 'datasets.a.drift': give 'columns', to which the limits apply",
        "sluice.yaml:7:42: 'datasets.a.drift.ks': a limit lies from 0 to 1",
        "sluice.yaml:8:29: 'triggers.drift.dataset' names 'served', which is no dataset; add it below 'datasets'"
    ),
    .more(
        .meaning, "datasets: {a: {mount: data, schema: data/a.json}}\n",
        "sluice.yaml:6:37: the schema of dataset 'a' ('data/a.json') overlaps the mount of dataset 'a' ('data'); the mount would hide it; keep it somewhere else"
    ),
    .more(
        .meaning,
        "datasets:\n  a:\n    images: {minWidth: 9, maxWidth: 8}\n    schema: a.json\n    file: {minRows: 1}\n",
        "sluice.yaml:8:37: 'datasets.a.images.maxWidth' is less than 'minWidth'",
        "sluice.yaml:9:5: 'datasets.a.schema' is about tables, and 'datasets.a.images' says that the files are images; remove one of them",
        "sluice.yaml:10:5: 'datasets.a.file' is about tables, and 'datasets.a.images' says that the files are images; remove one of them"
    ),
    .more(
        .meaning, "datasets: {a: {mount: model.pkl}, b: {mount: .sluice/b}}\n",
        "sluice.yaml:6:23: the mount of dataset 'a' ('model.pkl') overlaps 'train.model' ('model.pkl'); data is laid out read-only; write somewhere else",
        "sluice.yaml:6:46: the mount of dataset 'b' ('.sluice/b') lies in '.sluice', which is Sluice's own; use another folder"
    ),
    .more(
        .shape, "datasets: {a: {mount: a, append: yes}}\n",
        "sluice.yaml:6:34: 'datasets.a.append': expected true or false, found 'yes'; YAML 1.2 has only true and false"),
    .more(
        .shape, "tests: pytest\n",
        "sluice.yaml:6:8: 'tests': expected a mapping from the names of tests, found a text (pytest)"),
    .more(
        .shape, "tests: {unit: 3, style: [ruff, {a: b}]}\n",
        "sluice.yaml:6:15: 'tests.unit': expected a command or a list of commands, found a number (3)",
        "sluice.yaml:6:32: 'tests.style': expected a text, found a mapping"),
    .more(
        .shape, "tests:\n",
        "sluice.yaml:6:7: 'tests': expected a mapping from the names of tests, found nothing"),
    .more(
        .shape, "evaluate: {run: 'e ${model}'}\n",
        "sluice.yaml:6:11: 'evaluate' says neither 'predictions' nor 'metrics', so nothing would be measured; name the file that 'evaluate.run' writes"
    ),
    .more(
        .shape, "evaluate: {predictions: p.csv}\n",
        "sluice.yaml:6:11: the key 'run' is missing in 'evaluate'; add 'run: python evaluate.py --model ${model} --data ${data} --out ${predictions}'"
    ),
    .more(
        .meaning, "evaluate: {run: python evaluate.py, predictions: p.csv}\n",
        "sluice.yaml:6:17: 'evaluate.run' does not say '${model}', so it would score the same file for challenger and champion; pass '${model}' to the command"
    ),
    .more(
        .meaning, "evaluate: {run: 'e ${model} ${data}', predictions: p.csv}\n",
        "sluice.yaml:6:17: 'evaluate.run' says '${data}' but there are no datasets; add 'datasets'"),
    .more(
        .meaning, "evaluate: {run: 'e ${modle} ${model} ${metrics}', predictions: p.csv}\n",
        "sluice.yaml:6:17: '${modle}' stands for nothing; did you mean '${model}'?",
        "sluice.yaml:6:17: 'evaluate.run' says '${metrics}' but 'evaluate.metrics' is not given; add 'metrics: FILE' below 'evaluate'"
    ),
    .more(
        .meaning,
        "datasets: {a: {mount: a}, b: {mount: b}}\nevaluate: {run: 'e ${model} ${data} ${data.c}', predictions: p.csv}\n",
        "sluice.yaml:7:17: '${data}' could be any of 2 datasets; write '${data.a}' for one of them",
        "sluice.yaml:7:17: '${data.c}' names no dataset; did you mean '${data.a}'?"),
    .more(
        .meaning, "evaluate: {run: 'e ${model}', predictions: model.pkl, metrics: model.pkl}\n",
        "sluice.yaml:6:44: 'evaluate.predictions' ('model.pkl') overlaps 'train.model' ('model.pkl'); training writes that; give the evaluation a file of its own",
        "sluice.yaml:6:64: 'evaluate.metrics' ('model.pkl') overlaps 'evaluate.predictions' ('model.pkl'); give each a file of its own",
        "sluice.yaml:6:64: 'evaluate.metrics' ('model.pkl') overlaps 'train.model' ('model.pkl'); training writes that; give the evaluation a file of its own"
    ),
]

let badPolicies = wholePolicies + dataPolicies + decisionPolicies + gatePolicies + judgedPolicies
