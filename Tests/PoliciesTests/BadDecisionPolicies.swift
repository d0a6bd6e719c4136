/// Mistakes of who decides, and of what follows.
let decisionPolicies: [BadPolicy] = [
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
        .meaning, "approval: {by: [alice, '@ml-leads']}\n",
        "sluice.yaml:6:24: 'approval.by': '@ml-leads' is not a team; a team is '@organisation/team'"
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
