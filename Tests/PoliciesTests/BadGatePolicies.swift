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
        .shape, "metric: auc, min: 1, confidence: 0.9",
        "31: 'confidence' is about the difference from the champion, with which the gate on 'auc' does not compare; remove it, or add 'against: champion' with 'max_drop'"
    ),
]
