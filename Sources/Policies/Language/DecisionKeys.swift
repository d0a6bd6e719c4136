import Domain

extension Language {
    static let push = Mapping(keys: [
        .key(
            "branches", .list(.text),
            "Branches whose pushes count: names, or patterns in which `*` is any text without a slash and `**` any text; "
                + "without names, the default branch.", fallback: "[]", example: "[main, release/*]"),
        .key(
            "paths", .list(.text),
            "Only pushes count that change a file whose path fits one of these; a folder's name stands for all in it. "
                + "Without paths, all do.", fallback: "[]", example: "[src/**, params.yaml]"),
    ])

    static let pullRequest = Mapping(keys: [
        .key(
            "forks", .word(TriggersPolicy.PullRequestTrigger.Forks.allCases.map(\.rawValue)),
            "What is done with code from forks: nothing, a run once somebody with write access said `/ok-to-run` for that "
                + "commit, or a run at once. Code from forks gets no secrets and no network.", fallback: "ask"),
        .key(
            "branches", .list(.text), "Branches into which a pull request counts, as for `push`; without names, all.",
            fallback: "[]", example: "[main]"),
        .key("drafts", .truth, "With `true`, drafts count too.", fallback: "false"),
    ])

    static let schedule = Mapping(keys: [
        .key(
            "cron", .text,
            "Five fields as cron(5) has them (minute, hour, day of the month, month, day of the week), or a word such as "
                + "`@daily`.", required: true, example: "0 3 * * mon"),
        .key(
            "timezone", .text, "The time zone of its clock, by its name in the time zone database.", fallback: "UTC",
            example: "America/New_York"),
    ])

    static let triggers = Mapping(keys: [
        .key(
            "push", .either(.truth, .mapping(push)),
            "Runs for new commits on branches; `true` for the default branch. Only a server sees pushes.",
            example: "{branches: [main]}"),
        .key(
            "pull_request", .either(.truth, .mapping(pullRequest)),
            "Runs for pull requests, judged by the rules of the branch that they want into; `true` for all but drafts. "
                + "Only a server sees them.", example: "{forks: ask}"),
        .key(
            "data", .list(.name), "Datasets of which a new snapshot starts a run.", fallback: "[]",
            example: "[flights]"),
        .key(
            "schedule", .list(.mapping(schedule)),
            "Runs of the default branch at set times. Only a server keeps time; of times that it missed it makes up for the "
                + "last one.",
            example: "[{cron: '0 3 * * mon', timezone: America/New_York}]"),
        .key(
            "drift",
            .mapping(
                Mapping(keys: [
                    .key(
                        "dataset", .name, "The dataset that is compared as its `drift` says.", required: true,
                        example: "served"),
                    .key(
                        "check_every", .duration, "How often it is looked at; each new snapshot is looked at anyway.",
                        fallback: "1h"),
                ])),
            "A run for data that has drifted.", example: "{dataset: flights}"),
    ])

    static let approval = Mapping(keys: [
        .key(
            "required", .whole(0...20),
            "How many different people must approve; with 0, a run that passes is promoted at once.", fallback: "1"),
        .key(
            "by", .list(.person),
            "Who may approve: logins, in which letter case does not count, and teams as `@organisation/team`, which only a "
                + "forge can confirm; without names, anyone.", fallback: "[]", example: "[alice, '@acme/ml-leads']"
        ),
        .key(
            "not_by_author", .truth,
            "With `true`, the authors of a change (of the commit, and of the pull request) cannot approve it.",
            fallback: "false"),
        .key(
            "expires", .duration, "How long after the verdict a decision can be made; without it, for ever.",
            example: "7d"),
    ])

    static let promotion = Mapping(keys: [
        .key("alias", .name, "The alias that moves to the new model.", fallback: "champion"),
        .key(
            "deploy", .commands, "Puts the model into service; `${model}` is its path.",
            example: "./deploy.sh ${model}"),
        .key(
            "verify", .commands, "Succeeds if the deployed model serves; `${model}` is its path.",
            example: "./smoke.sh"),
        .key(
            "rollback", .word(["automatic", "never"]),
            "What a failed deploy or verification leads to: the model before is put back, or all is left for a person to mend.",
            fallback: "automatic"),
    ])

    static let limits = Mapping(keys: [
        .key("time", .duration, "Wall time of the stage.", fallback: "1d", example: "2h"),
        .key(
            "memory", .size, "Resident memory of all processes of the stage together; without it, no limit.",
            example: "8 GB"),
        .key(
            "disk", .size, "What the stage may add to its work tree and `/tmp`; without it, no limit.",
            example: "20 GB"),
        .key(
            "output", .size, "Output that is kept in the log; the rest is counted and left out.", fallback: "64 MiB",
            example: "64 MB"),
    ])

    static let sandbox = Mapping(keys: [
        .key("network", .truth, "With `true`, stages can use the network.", fallback: "false"),
        .key(
            "require", .word(SandboxPolicy.Requirement.allCases.map(\.rawValue)),
            "What to do where bubblewrap cannot be used: fall back to process groups with a warning, or refuse to run.",
            fallback: "best_effort"),
    ])
}
