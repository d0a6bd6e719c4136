import Domain

/// The whole language of `sluice.yaml`, key by key, in the order in which people write it.
enum Language {
    static let root = Mapping(keys: [
        .key("version", .version, "The version of this file's format.", required: true, example: "1"),
        .key(
            "use", .either(.list(block), block),
            "Reusable blocks of policy that lie below this file's own keys: one, or a list; a later one wins over those "
                + "before it. docs/blocks.md has them all.", example: "[tabular-classification]"),
        .key(
            "model", .name, "The name under which model versions are kept.", required: true, example: "flight-delay"),
        .key("triggers", .mapping(triggers), "What starts a run besides `sluice run`; `sluice watch` does so."),
        .key(
            "environment", .mapping(environment),
            "The locked Python environment of all commands; without it they run with the machine's own tools."),
        .key(
            "datasets", .named(what: "datasets", .mapping(dataset)), "The data that runs read, by name.",
            example: "{flights: {mount: data/flights}}"),
        .key(
            "tests", .named(what: "tests", .commands), "Commands that must succeed before training, by name.",
            example: "{unit: pytest -q}"),
        .key(
            "train", .mapping(train), "How the model is made.", required: true,
            example: "{run: python train.py, model: model.pkl}"),
        .key(
            "evaluate", .mapping(evaluate),
            "One evaluation, run for challenger and champion alike, on the same data."),
        .key(
            "gates", .list(.mapping(gate)), "What must hold for the challenger; a gate that cannot be decided blocks.",
            example: "[{metric: auc, min: 0.7}]"),
        .key(
            "overlays", .named(what: "overlays", .mapping(overlay)),
            "Exceptions from the gates for a time, by name, each with an owner, a reason and a last day.",
            example:
                "{holidays: {owner: alice, reason: few rows, expires: 2026-12-31, gates: [{metric: auc, min: 0.6}]}}"),
        .key("approval", .mapping(approval), "Who opens the gate once all gates have passed."),
        .key("promotion", .mapping(promotion), "What happens when the gate opens."),
        .key("report", .mapping(report), "What the project adds to the report, and replaces in it."),
        .key("limits", .mapping(limits), "What one stage may use before it is stopped and counts as failed."),
        .key("sandbox", .mapping(sandbox), "How stages are shut in."),
        .key("reproduce", .mapping(reproduce), "What `sluice reproduce` counts as equivalent."),
    ])

    static let environment = Mapping(keys: [
        .key("python", .python, "The Python version, in quotes.", required: true, example: "\"3.11\""),
        .key(
            "lock", .path, "The lock file: requirements in pip's format with hashes, or `uv.lock`.", required: true,
            example: "requirements.lock"),
        .key(
            "secrets", .list(.variable),
            "Names of environment variables that commands get; the values stay with the machine and are masked in logs.",
            fallback: "[]", example: "[WAREHOUSE_TOKEN]"),
    ])

    static let dataset = Mapping(
        keys: [
            .key(
                "mount", .path,
                "Where the snapshot lies, read-only, in the work tree of a run; without it runs do not read the dataset.",
                example: "data/flights"),
            .key(
                "schema", .path, "A Frictionless Table Schema that every file of a snapshot must satisfy.",
                example: "schemas/flights.json"),
            .key(
                "append", .truth, "Whether added files join the newest snapshot (`true`) or replace it (`false`).",
                fallback: "false"),
            .key(
                "drop", .place, "A directory or an S3 prefix that `sluice watch` takes new files in from.",
                example: "/srv/drops/flights"),
            .key(
                "files", .text, "A regular expression for the whole name of a dropped file; others are refused.",
                example: #"'flights_\d{4}-\d{2}\.csv'"#, needs: "drop"),
            .key(
                "settle", .duration, "For how long a dropped file must stay unchanged to be complete.", fallback: "5s",
                needs: "drop"),
            .key(
                "marker", .word(DropPolicy.Marker.allCases.map(\.rawValue)),
                "What files wait for: a file `_SUCCESS` in their directory, or one with `.done` behind their name. Without "
                    + "the key such a marker only saves the waiting for `settle`.", example: "_SUCCESS", needs: "drop"),
            .key(
                "refused", .word(DropPolicy.Refused.allCases.map(\.rawValue)),
                "Whether refused files are moved to `quarantine/<date>/` of the drop or left where they are.",
                fallback: "quarantine", needs: "drop"),
            .key(
                "rescan", .duration, "How often the whole drop is looked at besides the system's own notices.",
                fallback: "5m", needs: "drop"),
        ] + rules.keys)

    static let train = Mapping(
        keys: [
            .key("pipeline", .path, "A `dvc.yaml` in the repository; instead of `run`.", example: "dvc.yaml"),
            .key("run", .commands, "The training command; instead of `pipeline`.", example: "python train.py"),
            .key(
                "deps", .list(.path),
                "Files and directories that `run` reads; training is done again when one of them has changed. Mounts of "
                    + "datasets are added. Without the key it is done in every run.", example: "[train.py]"),
            .key(
                "params", .list(.text), "Parameters that `run` reads: keys of `params.yaml`, or `file:key`.",
                example: "[learning_rate]"),
            .key(
                "outs", .list(.path), "Files and directories that `run` writes; model and metrics are added.",
                example: "[models/model.pkl]"),
            .key(
                "model", .path, "The file or directory that is the model.", required: true, example: "models/model.pkl"),
            .key(
                "metrics", .list(.path),
                "Files of numbers that training writes: JSON, YAML, TOML, or CSV with one row an epoch. Gates can hold them to "
                    + "`min`, `max` and `require`, and against past promotions, not against the champion.",
                fallback: "[]",
                example: "[metrics.json]"),
        ],
        rules: [
            "oneOf": .array([.requires("pipeline"), .requires("run")]),
            "dependentRequired": .object(["deps": .strings("run"), "params": .strings("run"), "outs": .strings("run")]),
        ])

    static let evaluate = Mapping(
        keys: [
            .key(
                "run", .commands,
                "The command; `${model}`, `${data}` (or `${data.NAME}`), `${predictions}` and `${metrics}` stand for paths.",
                required: true, example: "python evaluate.py --model ${model} --data ${data} --out ${predictions}"),
            .key(
                "predictions", .path,
                "The CSV or Parquet file that it writes, with columns `label` and `prediction` and/or `score`; Sluice "
                    + "computes the metrics from it. Of two classes: `accuracy`, `balanced_accuracy`, `precision`, `recall`, "
                    + "`f1`, `selection_rate` and `false_positive_rate` (from `prediction`), `auc`, `pr_auc`, `log_loss`, "
                    + "`brier` and `calibration_error` (from `score`). Of more classes: `accuracy`, `balanced_accuracy`, and "
                    + "`precision`, `recall` and `f1` as `_macro` and `_weighted`. Of numbers: `mae`, `rmse`, `mape`, `r2`, "
                    + "`quantile_loss`, and with a column `reference` `skill`. With a column `query`: `ndcg`, `ndcg_at_10`, "
                    + "`mrr`.", example: "predictions.csv"),
            .key(
                "metrics", .path,
                "The file of numbers that it writes, each of them a metric: JSON, YAML, TOML, or CSV with one row an epoch.",
                example: "evaluation.json"),
            .key(
                "slices", .list(.text),
                "Columns of the predictions of which every value is a slice, measured on its own; without the key, every "
                    + "further column with at most 50 values.", example: "[carrier, origin]", needs: "predictions"),
            .key(
                "quantile", .between(0, 1),
                "The quantile that predictions of numbers are of, for `quantile_loss`; without the key, 0.5.",
                example: "0.9", needs: "predictions"),
            .key(
                "outs", .list(.path), "Further files that it writes, for the report.", example: "[importance.json]"),
        ],
        rules: ["anyOf": .array([.requires("predictions"), .requires("metrics")])])

    static let reproduce = Mapping(keys: [
        .key(
            "tolerance", .number(minimum: 0), "The largest absolute difference of a metric.", fallback: "1e-9",
            example: "0.001")
    ])
}

extension JSONValue {
    static func strings(_ texts: String...) -> JSONValue { .array(texts.map(JSONValue.string)) }
    static func requires(_ names: String...) -> JSONValue { .object(["required": .array(names.map(JSONValue.string))]) }
}
