private let evaluated = "evaluate: {run: 'e ${model}', predictions: p.csv}\n"
private let measured = "evaluate: {run: 'e ${model}', metrics: e.json}\n"

/// A policy with one gate and predictions; the gate's mapping starts at line 7, column 9.
private func gate(_ sight: BadPolicy.Sight, _ keys: String, _ complaints: String...) -> BadPolicy {
    var policy = BadPolicy.more(sight, evaluated + "gates: [{\(keys)}]\n")
    policy.complaints = complaints.map { "sluice.yaml:7:" + $0 }
    return policy
}

/// Mistakes of single gates.
let gatePolicies: [BadPolicy] = [
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
        "sluice.yaml:7:32: 'gates.against': expected 'champion' or 'promotions', found 'chmpion'; did you mean 'champion'?"
    ),
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
        "sluice.yaml:7:28: 'gates.min': expected a number, a size such as 50 MB or a duration such as 2h, found .nan, which is not finite",
        "sluice.yaml:7:53: 'gates.max': expected a number, a size such as 50 MB or a duration such as 2h, found .inf, which is not finite"
    ),
    .more(
        .meaning, evaluated + "gates: [{metric: auc, min: 50 MB}]\n",
        "sluice.yaml:7:28: 'gates.min': expected a number, found the size '50 MB'; 'auc' is no number of bytes; metrics that end in '_bytes' take sizes"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: model_bytes, max: 50 mb}]\n",
        "sluice.yaml:7:36: 'gates.max': expected a number, a size such as 50 MB or a duration such as 2h, found '50 mb'; did you mean '50 MB'?"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: auc, against: champion, max_drop: -0.1}]\n",
        "sluice.yaml:7:52: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found a number (-0.1)"
    ),
    .more(
        .shape, evaluated + "gates: [{metric: auc, metrc: auc, min: high}]\n",
        "sluice.yaml:7:23: unknown key 'metrc' in 'gates'; did you mean 'metric'?",
        "sluice.yaml:7:40: 'gates.min': expected a number, a size such as 50 MB or a duration such as 2h, found 'high'"),
    gate(
        .shape, "metric: auc, metric: f1, min: 1",
        "23: 'metric' is given twice, first at line 7, column 10; keep one of them"),
    gate(
        .shape, "name: x, metric: auc, min: 1",
        "10: 'name' goes with 'command'; other gates are called by their metric; remove it"),
    gate(
        .shape, "name: x",
        "10: the gate has a name and no command; add 'command: python check.py ${model}'"),
    gate(
        .shape, "command: c",
        "10: the gate's command has no name; add 'name: business-check'"),
    gate(
        .shape, "command: '', name: x",
        "19: 'gates.command': expected a command or a list of commands, found an empty text"),
    gate(
        .shape, "command: [], name: x",
        "19: 'gates.command' is an empty list; give a command, or remove the key"),
    gate(
        .shape, "command: c, name: a/b",
        "28: 'gates.name': expected a name (letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'), found 'a/b'"
    ),
    gate(
        .shape, "command: c, name: x, metric: auc, min: 0.5, against: champion",
        "31: 'metric' does not go with 'command', which answers with its exit status; remove it, or write a gate of its own for it",
        "44: 'min' does not go with 'command', which answers with its exit status; remove it, or write a gate of its own for it",
        "54: 'against' does not go with 'command', which answers with its exit status; remove it, or write a gate of its own for it"
    ),
    gate(
        .shape, "command: c, name: x, require: finite",
        "31: 'require' does not go with 'command', which answers with its exit status; remove it, or write a gate of its own for it"
    ),
    gate(
        .shape, "command: c, name: x, slice: carrier",
        "31: 'slice' does not go with 'command', which answers with its exit status; remove it, or write a gate of its own for it"
    ),
    gate(
        .meaning, "command: 'c ${modle}', name: x",
        "19: '${modle}' stands for nothing; did you mean '${model}'?"),
    gate(
        .meaning, "command: 'c ${data} ${metrics}', name: x",
        "19: 'gates.command' says '${data}' but there are no datasets; add 'datasets'",
        "19: 'gates.command' says '${metrics}' but 'evaluate.metrics' is not given; add 'metrics: FILE' below 'evaluate'"
    ),
    gate(
        .shape, "command: c, name: x, action: block, confidence: 0.9",
        "46: 'confidence' does not go with 'command', which answers with its exit status; remove it, or write a gate of its own for it"
    ),
    gate(
        .meaning, "require: converged",
        "10: 'require: converged' does not say of which metric; add 'metric: loss'"),
    gate(
        .meaning, "metric: '*', require: converged",
        "23: 'require: converged' does not say of which metric; add 'metric: loss'"),
    gate(
        .meaning, "metric: model_bytes, require: converged",
        "31: 'model_bytes' is one number and has no history that could converge; name a metric that training writes once an epoch"
    ),
    gate(
        .shape, "metric: loss, require: convergd",
        "33: 'gates.require': expected 'converged' or 'finite', found 'convergd'; did you mean 'converged'?"),
    gate(
        .shape, "metric: loss, require: [finite]",
        "33: 'gates.require': expected 'converged' or 'finite', found a list"),
    gate(
        .shape, "metric: loss, require: finite, max: 3",
        "41: 'max' does not go with 'require'; remove it, or write a gate of its own for it"),
    gate(
        .shape, "metric: loss, require: converged, slice: carrier",
        "44: 'slice' does not go with 'require'; remove it, or write a gate of its own for it"),
    gate(
        .shape, "require: finite, against: champion",
        "27: 'against' does not go with 'require'; remove it, or write a gate of its own for it"),
    gate(
        .meaning, "metric: '*', max: 3",
        "18: '*' stands for all metrics, which only 'require: finite' can be asked of; name one"),
    gate(
        .shape, "metric: '*', require: finite, action: shout",
        "48: 'gates.action': expected 'block' or 'warn', found 'shout'"),
    gate(
        .shape, "metric: auc, slice: carrier",
        "9: the gate on 'auc' has no condition; add 'min', 'max', or 'against: champion' with 'max_drop'"),
    gate(
        .shape, "metric: auc, min: 0.5, min_rows: 20",
        "33: 'min_rows' is about slices, and the gate on 'auc' has no 'slice'; add 'slice: COLUMN', or remove it"),
    gate(
        .shape, "metric: auc, slice: carrier, min: 0.5, min_rows: 0",
        "59: 'gates.min_rows': expected a whole number from 1 to 1000000000, found a number (0)"),
    gate(
        .shape, "metric: auc, slice: carrier, min: 0.5, min_rows: 1.5",
        "59: 'gates.min_rows': expected a whole number from 1 to 1000000000, found a number (1.5)"),
    gate(
        .shape, "metric: auc, slice: '', min: 0.5",
        "30: 'gates.slice': expected a text, found an empty text"),
    gate(
        .shape, "metric: auc, slice: [carrier, origin], min: 0.5",
        "30: 'gates.slice': expected a text, found a list"),
    gate(
        .meaning, "metric: auc, slice: Label, min: 0.5",
        "30: 'Label' is the truth, so it makes no slices; name another column"),
    gate(
        .meaning, "metric: auc, slice: prediction, min: 0.5",
        "30: 'prediction' is what the model says, so it makes no slices; name another column"),
    gate(
        .meaning, "metric: auc, slice: score, max_gap: 0.5",
        "30: 'score' is what the model says, so it makes no slices; name another column"),
    gate(
        .meaning, "metric: auc, slice: id, max_gap: 0.5",
        "30: 'id' names the row, so it makes no slices; name another column"),
    gate(
        .meaning, "metric: model_bytes, slice: carrier, max: 5 MB",
        "31: 'model_bytes' is not computed from predictions, so it has no slices; remove 'slice'"),
    gate(
        .meaning, "metric: training_seconds, slice: carrier, max: 5m",
        "36: 'training_seconds' is not computed from predictions, so it has no slices; remove 'slice'"),
    gate(
        .shape, "metric: auc, max_gap: 0.1",
        "23: 'max_gap' compares slices, and the gate on 'auc' has no 'slice'; add 'slice: COLUMN'"),
    gate(
        .shape, "metric: auc, slice: carrier, max_gap: -0.1",
        "48: 'gates.max_gap': expected a number of at least 0, found a number (-0.1)"),
    gate(
        .shape, "metric: auc, slice: carrier, max_gap: 10%",
        "48: 'gates.max_gap': expected a number of at least 0, found '10%'"),
    gate(
        .shape, "metric: auc, min: 0.7, confidence: 0.9",
        "33: 'confidence' is about the difference from the champion, with which the gate on 'auc' does not compare; remove it, or add 'against: champion' with 'max_drop'"
    ),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 0.1, confidence: 0.5",
        "69: 'gates.confidence': expected a number between 0.5 and 1 or 'none', found a number (0.5)"),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 0.1, confidence: 1",
        "69: 'gates.confidence': expected a number between 0.5 and 1 or 'none', found a number (1)"),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 0.1, confidence: 95",
        "69: 'gates.confidence': expected a number between 0.5 and 1 or 'none', found 95; did you mean 0.95?"),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 0.1, confidence: 95%",
        "69: 'gates.confidence': expected a number between 0.5 and 1 or 'none', found 95%; did you mean 0.95?"),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 0.1, confidence: never",
        "69: 'gates.confidence': expected a number between 0.5 and 1 or 'none', found a text (never)"),
    gate(
        .meaning, "metric: model_bytes, against: champion, max_rise: 5%, confidence: 0.9",
        "64: 'model_bytes' is not computed from predictions, so there is nothing to test; remove 'confidence'"),
    gate(
        .shape, "metric: auc, min: 0.7, when_unsure: pass",
        "33: 'when_unsure' is about tests, and the gate on 'auc' has none: it does not compare with the champion; remove it"
    ),
    gate(
        .meaning, "metric: auc, against: champion, max_drop: 0.1, confidence: none, when_unsure: pass",
        "75: 'when_unsure' is about tests, and the gate on 'auc' has none: it says 'confidence: none'; remove one of them"
    ),
    gate(
        .meaning, "metric: auc, against: champion, max_drop: 0, when_unsure: pass",
        "55: 'when_unsure' is about tests, and the gate on 'auc' has none: with a margin of 0 the values are compared as they are; add 'confidence: 0.95', or remove it"
    ),
    gate(
        .meaning, "metric: auc, against: champion, max_drop: 0%, when_unsure: pass",
        "56: 'when_unsure' is about tests, and the gate on 'auc' has none: with a margin of 0 the values are compared as they are; add 'confidence: 0.95', or remove it"
    ),
    gate(
        .meaning, "metric: auc, against: champion, min_rise: 0, when_unsure: pass",
        "55: 'when_unsure' is about tests, and the gate on 'auc' has none: an improvement must be shown; remove it"),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 0.1, when_unsure: maybe",
        "70: 'gates.when_unsure': expected 'block' or 'pass', found 'maybe'"),
    gate(
        .meaning, "metric: model_bytes, against: champion, max_rise: 5%, when_unsure: pass",
        "64: 'when_unsure' is about tests, and the gate on 'model_bytes' has none: it is not computed from predictions; remove it"
    ),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 101%",
        "52: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found '101%'; a share is from 0% to 100%"
    ),
    gate(
        .shape, "metric: auc, against: champion, max_drop: -1%",
        "52: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found '-1%'; a share is from 0% to 100%"
    ),
    gate(
        .shape, "metric: auc, against: champion, max_drop: 2 %",
        "52: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found '2 %'; did you mean '2%'?"
    ),
    gate(
        .shape, "metric: auc, against: champion, max_drop: two%",
        "52: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found 'two%'; a share is from 0% to 100%"
    ),
    gate(
        .meaning, "metric: auc, against: champion, max_drop: .inf",
        "52: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found .inf, which is not finite"
    ),
    gate(
        .meaning, "metric: auc, against: champion, max_drop: 5 MB",
        "52: 'gates.max_drop': expected a number, found the size '5 MB'; 'auc' is no number of bytes; metrics that end in '_bytes' take sizes"
    ),
    gate(
        .meaning, "metric: auc, against: champion, max_drop: 2h",
        "52: 'gates.max_drop': expected a number, found the duration '2h'; 'auc' is no number of seconds; metrics that end in '_seconds' take durations"
    ),
    gate(
        .meaning, "metric: auc, min: 2h",
        "28: 'gates.min': expected a number, found the duration '2h'; 'auc' is no number of seconds; metrics that end in '_seconds' take durations"
    ),
    gate(
        .shape, "metric: auc, min: 50%",
        "28: 'gates.min': expected a number, a size such as 50 MB or a duration such as 2h, found '50%'"),
    gate(
        .shape, "metric: training_seconds, max: 2 hours",
        "41: 'gates.max': expected a number, a size such as 50 MB or a duration such as 2h, found '2 hours'"),
    gate(
        .meaning, "metric: training_seconds, max: 5 MB",
        "41: 'gates.max': expected a number, found the size '5 MB'; 'training_seconds' is no number of bytes; metrics that end in '_bytes' take sizes"
    ),
    gate(
        .meaning, "metric: model_bytes, max: 2h",
        "36: 'gates.max': expected a number, found the duration '2h'; 'model_bytes' is no number of seconds; metrics that end in '_seconds' take durations"
    ),
    gate(
        .shape, "metric: auc, against: champion, last: 5, max_drop: 0.1",
        "42: 'last' says how many past promotions count, and the gate on 'auc' is not against them; add 'against: promotions', or remove it"
    ),
    gate(
        .shape, "metric: auc, min: 0.5, last: 5",
        "33: 'last' says how many past promotions count, and the gate on 'auc' is not against them; add 'against: promotions', or remove it"
    ),
    gate(
        .shape, "metric: auc, against: promotions, last: 0, max_drop: 0.1",
        "50: 'gates.last': expected a whole number from 1 to 100, found a number (0)"),
    gate(
        .shape, "metric: auc, against: promotions, last: 101, max_drop: 0.1",
        "50: 'gates.last': expected a whole number from 1 to 100, found a number (101)"),
    gate(
        .shape, "metric: auc, against: promotions",
        "23: the gate on 'auc' compares with past promotions but says no margin; add 'max_drop' or 'max_rise'"),
    gate(
        .shape, "metric: auc, against: promotion, last: 3, max_drop: 0.1",
        "32: 'gates.against': expected 'champion' or 'promotions', found 'promotion'; did you mean 'promotions'?"),
    gate(
        .shape, "metric: auc, against: promotions, max_drop: 0.1, slice: carrier",
        "59: 'against: promotions' compares recorded numbers of all rows, which have no slices; remove 'slice', or use 'against: champion'"
    ),
    gate(
        .shape, "metric: auc, against: promotions, max_drop: 0.1, confidence: 0.9",
        "59: numbers recorded with past promotions are of other rows, so there is nothing to test; remove 'confidence'"),
    gate(
        .shape, "metric: auc, against: promotions, max_drop: 0.1, confidence: none",
        "59: numbers recorded with past promotions are of other rows, so there is nothing to test; remove 'confidence'"),
    gate(
        .shape, "metric: auc, against: promotions, max_drop: 0.1, when_unsure: pass",
        "59: 'when_unsure' is about tests, and the gate on 'auc' has none: it compares with recorded numbers; remove it"
    ),
    gate(
        .shape, "metric: auc, against: champion, min: 0.1",
        "23: the gate on 'auc' compares with the champion but says no margin; add 'max_drop' or 'max_rise'"),
    gate(
        .shape, "metric: auc, min_rise: 0",
        "23: 'min_rise' needs something to compare with; add 'against: champion'"),
    gate(
        .meaning, "metric: training_seconds, against: champion, max_rise: 10%",
        "36: 'training_seconds' is measured of the challenger only; use 'max', or 'against: promotions'"),
    gate(
        .meaning, "metric: data_age_seconds, against: champion, max_rise: 10%",
        "18: 'data_age_seconds' is the age of the data that runs read, and they read none; add 'datasets' with a 'mount'",
        "36: 'data_age_seconds' is measured of the challenger only; use 'max'"),
    gate(
        .meaning, "metric: data_age_seconds, max: 7d",
        "18: 'data_age_seconds' is the age of the data that runs read, and they read none; add 'datasets' with a 'mount'"
    ),
    gate(
        .meaning, "metric: auc, against: champion, min_rise: 0, min_drop: 0",
        "55: no value of 'auc' lies both above and below the other; keep one of them"),
    gate(
        .meaning, "metric: auc, against: champion, min_rise: 0, max_drop: 0.1",
        "55: 'min_rise' asks for more than 'max_drop' does; keep one of them"),
    gate(
        .meaning, "metric: mae, against: champion, min_drop: 0, max_rise: 0.1",
        "55: 'min_drop' asks for more than 'max_rise' does; keep one of them"),
    gate(
        .shape, "metric: auc, min: 0.7, action: ignore",
        "41: 'gates.action': expected 'block' or 'warn', found 'ignore'"),
    gate(
        .shape, "metric: auc, overlay: x, min: 0.7",
        "23: unknown key 'overlay' in 'gates'; known are 'metric', 'slice', 'min_rows', 'min', 'max', 'max_gap', 'against', 'last', 'max_drop', 'max_rise', 'min_rise', 'min_drop', 'confidence', 'when_unsure', 'require', 'command', 'name', 'action'"
    ),
]
