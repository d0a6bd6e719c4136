private let evaluated = "evaluate: {run: 'e ${model}', predictions: p.csv}\n"

/// Mistakes of what decides.
let decisionPolicies: [BadPolicy] = [
    .more(
        .shape, "gates: {metric: auc}\n",
        "sluice.yaml:6:8: 'gates': expected a list of mappings, found a mapping"),
    .more(
        .shape, evaluated + "gates: [{min: 1}]\n",
        "sluice.yaml:7:9: the key 'metric' is missing in 'gates'; add 'metric: auc'"),
    .more(
        .shape, evaluated + "gates: [{metric: auc}]\n",
        "sluice.yaml:7:9: the gate on 'auc' has no condition; add 'min', 'max', or 'against: champion' with 'max_drop'"),
    .more(
        .shape, evaluated + "gates: [{metric: '', min: 1}]\n",
        "sluice.yaml:7:18: 'gates.metric': expected a text, found an empty text"),
    .more(
        .shape, evaluated + "gates: [{metric: auc, max_drop: 0.1}]\n",
        "sluice.yaml:7:23: 'max_drop' needs something to compare with; add 'against: champion'"),
    .more(
        .shape, evaluated + "gates: [{metric: auc, against: champion}]\n",
        "sluice.yaml:7:23: the gate on 'auc' compares with the champion but says no margin; add 'max_drop' or 'max_rise'"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: auc, against: chmpion, max_drop: 0.1}]\n",
        "sluice.yaml:7:32: 'gates.against': expected 'champion', found 'chmpion'; did you mean 'champion'?"),
    .more(
        .meaning, "gates: [{metric: auc, against: champion, max_drop: 0.1}]\n",
        "sluice.yaml:6:23: the gate on 'auc' compares with the champion but there is no 'evaluate'; add 'evaluate', which scores both on the same data"
    ),
    .more(
        .meaning, evaluated + "gates: [{metric: auc, min: 0.7}, {metric: auc, min: 0.8}]\n",
        "sluice.yaml:7:48: 'auc' has a 'min' already, at line 7; keep one of them"),
    .more(
        .meaning, evaluated + "gates: [{metric: auc, min: 0.7, max: 0.6}]\n",
        "sluice.yaml:7:38: no value of 'auc' is at least 0.7 and at most 0.6"),
    .more(
        .meaning, evaluated + "gates: [{metric: auc, min: .nan}, {metric: f1, max: .inf}]\n",
        "sluice.yaml:7:28: 'gates.min': expected a number or a size such as 50 MB, found .nan, which is not finite",
        "sluice.yaml:7:53: 'gates.max': expected a number or a size such as 50 MB, found .inf, which is not finite"),
    .more(
        .meaning, evaluated + "gates: [{metric: auc, min: 50 MB}]\n",
        "sluice.yaml:7:28: 'gates.min': expected a number, found the size '50 MB'; 'auc' is no number of bytes; metrics that end in '_bytes' take sizes"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: model_bytes, max: 50 mb}]\n",
        "sluice.yaml:7:36: 'gates.max': expected a number or a size such as 50 MB, found '50 mb'; did you mean '50 MB'?"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: auc, against: champion, max_drop: -0.1}]\n",
        "sluice.yaml:7:52: 'gates.max_drop': expected a number of at least 0 or a size such as 50 MB, found a number (-0.1)"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: auc, min: 0.6, confidence: 0.95, slice: carrier, min_rows: 200}]\n",
        "sluice.yaml:7:33: 'gates.confidence' asks for a statistical test, which this version cannot do yet; remove it; the values are compared as they are",
        "sluice.yaml:7:51: 'gates.slice' judges slices of the rows, which this version cannot do yet; remove the gate",
        "sluice.yaml:7:67: 'gates.min_rows' leaves out small slices, which this version cannot do yet; remove it"),
    .more(
        .shape, evaluated + "gates: [{metric: auc, metrc: auc, min: high}]\n",
        "sluice.yaml:7:23: unknown key 'metrc' in 'gates'; did you mean 'metric'?",
        "sluice.yaml:7:40: 'gates.min': expected a number or a size such as 50 MB, found 'high'"),
    .more(
        .shape, "approval: {required: 21}\n",
        "sluice.yaml:6:22: 'approval.required': expected a whole number from 0 to 20, found a number (21)"),
    .more(
        .shape, "approval: {required: 1.5, expires: 7}\n",
        "sluice.yaml:6:22: 'approval.required': expected a whole number from 0 to 20, found a number (1.5)",
        "sluice.yaml:6:36: 'approval.expires': expected a duration such as 90s, 15m, 2h or 7d, found a number (7)"),
    .more(
        .shape, "approval: {by: alice}\n",
        "sluice.yaml:6:16: 'approval.by': expected a list of names, found a text (alice)"),
    .more(
        .meaning, "approval: {by: [alice, '@acme/ml-leads']}\n",
        "sluice.yaml:6:24: 'approval.by' names the team '@acme/ml-leads', which this version cannot look up; name its members"
    ),
    .more(
        .meaning, "approval: {required: 2, by: [alice]}\n",
        "sluice.yaml:6:29: 2 people must approve but 'approval.by' names only 1; name more people, or lower 'approval.required'"
    ),
    .more(
        .shape, "approval: {not_by_author: no, expires: 7 days}\n",
        "sluice.yaml:6:27: 'approval.not_by_author': expected true or false, found 'no'; YAML 1.2 has only true and false",
        "sluice.yaml:6:40: 'approval.expires': expected a duration such as 90s, 15m, 2h or 7d, found '7 days'"),
    .more(
        .shape, "promotion: {alias: 'a/b', rollback: manual}\n",
        "sluice.yaml:6:20: 'promotion.alias': expected a name (letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'), found 'a/b'",
        "sluice.yaml:6:37: 'promotion.rollback': expected 'automatic' or 'never', found 'manual'"),
    .more(
        .shape, "promotion: {rollback: auto}\n",
        "sluice.yaml:6:23: 'promotion.rollback': expected 'automatic' or 'never', found 'auto'"),
    .more(
        .meaning, "promotion: {deploy: 'd ${model} ${data} ${mdoel}'}\n",
        "sluice.yaml:6:21: '${data}' is not known in 'promotion.deploy'; only '${model}' is",
        "sluice.yaml:6:21: '${mdoel}' stands for nothing; did you mean '${model}'?"),
    .more(
        .shape, "limits: {time: 0s, memory: 8, disk: 20 gigs, output: 0 B}\n",
        "sluice.yaml:6:16: 'limits.time': expected a duration such as 90s, 15m, 2h or 7d, found '0s'",
        "sluice.yaml:6:28: 'limits.memory': expected a size such as 512 MB or 2 GiB, found a number (8)",
        "sluice.yaml:6:37: 'limits.disk': expected a size such as 512 MB or 2 GiB, found '20 gigs'",
        "sluice.yaml:6:54: 'limits.output': expected a size such as 512 MB or 2 GiB, found '0 B'"),
    .more(
        .shape, "limits: {cpu: 2}\n",
        "sluice.yaml:6:10: unknown key 'cpu' in 'limits'; known are 'time', 'memory', 'disk', 'output'"),
    .more(
        .shape, "sandbox: {network: 'true', require: maybe}\n",
        "sluice.yaml:6:20: 'sandbox.network': expected true or false, found 'true'",
        "sluice.yaml:6:37: 'sandbox.require': expected 'best_effort' or 'required', found 'maybe'"),
    .more(
        .shape, "reproduce: {tolerance: -1}\n",
        "sluice.yaml:6:24: 'reproduce.tolerance': expected a number of at least 0, found a number (-1)"),
    .more(
        .shape, "limits:\n\ttime: 2h\n",
        "sluice.yaml:7:1: this is not valid YAML: found character that cannot start any token (while scanning for the next token that starts at line 7, column 1); indent with blanks, not with tabs, and put a text that starts with a sign in quotes"
    ),
]
