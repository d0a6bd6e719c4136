import Domain

extension Language {
    private static let startRuns = "remove it and start runs with 'sluice run'"

    static let triggers = Mapping(keys: [
        .later(
            "push",
            .either(.truth, .mapping(Mapping(keys: [.key("branches", .list(.text), "Branches whose pushes count.")]))),
            "Runs for pushes.", does: "starts runs on pushes", instead: startRuns),
        .later(
            "pull_request",
            .either(
                .truth,
                .mapping(
                    Mapping(keys: [.key("forks", .word(["never", "ask", "run"]), "What is done with forks' code.")]))),
            "Runs for pull requests.", does: "starts runs on pull requests", instead: startRuns),
        .key(
            "data", .list(.name), "Datasets of which a new snapshot starts a run.", fallback: "[]",
            example: "[flights]"),
        .later(
            "schedule",
            .list(
                .mapping(
                    Mapping(keys: [
                        .key("cron", .text, "When.", required: true),
                        .key("timezone", .text, "Where the clock hangs."),
                    ]))),
            "Runs at set times.", does: "starts runs at set times",
            instead: "remove it and let cron or a timer call 'sluice run'"),
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
            "by", .list(.person), "Who may approve; without names, anyone.", fallback: "[]", example: "[alice, bob]"
        ),
        .key("not_by_author", .truth, "With `true`, the author of the commit cannot approve it.", fallback: "false"),
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
