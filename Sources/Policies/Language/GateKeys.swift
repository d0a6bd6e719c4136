import Domain

extension Language {
    private static let margins = ["max_drop", "max_rise", "min_rise", "min_drop"]
    private static let numbers = ["min", "max", "max_gap"] + margins
    private static let comparing = ["against", "last", "confidence", "when_unsure", "slice", "min_rows"]

    static let gate = Mapping(
        keys: [
            .key(
                "metric", .text,
                "A number that the run measures: computed from predictions, from a file of metrics, or measured by Sluice, "
                    + "such as `model_bytes` and `training_seconds`.", example: "auc"),
            .key(
                "slice", .text,
                "A column of the predictions: every value of it is judged on its own, and the worst decides.",
                example: "carrier"),
            .key(
                "min_rows", .whole(1...1_000_000_000),
                "The fewest rows of a slice that is judged; smaller ones are counted and left out.", fallback: "1",
                example: "200", needs: "slice"),
            .key(
                "min", .bound,
                "The least value that passes; metrics that end in `_bytes` take sizes, those in `_seconds` durations.",
                example: "0.7"),
            .key("max", .bound, "The greatest value that passes, written as `min`.", example: "50 MB"),
            .key(
                "max_gap", .number(minimum: 0),
                "How far the values of the slices may lie apart, the best from the worst.",
                example: "0.1", needs: "slice"),
            .key(
                "against", .word(["champion", "promotions"]),
                "What to compare with: the champion, scored in the same run, or the best value that was recorded with "
                    + "models promoted before.", example: "champion"),
            .key(
                "last", .whole(1...100), "With how many of the last promoted models.", fallback: "5", needs: "against",
                toBe: "promotions"),
            .key(
                "max_drop", .margin,
                "How far the value may lie below the other; with a share, such as `2%`, of the other. Where Sluice has the "
                    + "predictions of both, the rows must show that it lies no further below.", example: "0.005",
                needs: "against"),
            .key(
                "max_rise", .margin, "The same above the other, for metrics where lower is better.", example: "1%",
                needs: "against"),
            .key(
                "min_rise", .margin,
                "How far the value must lie above the other; with 0, the rows must show that it is higher at all.",
                example: "0", needs: "against"),
            .key(
                "min_drop", .margin, "The same below the other, for metrics where lower is better.", example: "0",
                needs: "against"),
            .key(
                "confidence", .either(.between(0.5, 1), .word(["none"])),
                "Of the interval in which the difference from the champion lies, by which the gate is decided: without the "
                    + "key 0.95 where the metric is computed from predictions. With `none`, the values are compared as they are.",
                example: "0.9", needs: "against", toBe: "champion"),
            .key(
                "when_unsure", .word(Gate.PairedTest.Doubt.allCases.map(\.rawValue)),
                "What an interval that holds both answers comes to: without the key `block`, with `slice` `pass`.",
                example: "pass", needs: "against", toBe: "champion"),
            .key(
                "require", .word(["converged", "finite"]),
                "That the history of the metric has fallen and come to rest, or that every number of the metric (without "
                    + "`metric`: of all) is finite.", example: "converged"),
            .key(
                "command", .commands,
                "A command instead of a metric, which answers with its exit status: 0 yes, 1 no, anything else could not "
                    + "tell. Placeholders are those of `evaluate.run`.",
                example: "python check.py ${model}", needs: "name"),
            .key("name", .name, "What a gate with `command` is called.", example: "business-check", needs: "command"),
            .key(
                "action", .word(Gate.Action.allCases.map(\.rawValue)),
                "Whether what the gate finds blocks, or is only shown.", fallback: "block", example: "warn"),
        ],
        rules: [
            "anyOf": .array([
                .object(["required": .strings("metric"), "anyOf": .array(numbers.map { .requires($0) })]),
                .requires("require"), .requires("command"),
            ]),
            "dependentSchemas": .object([
                "against": .object(["anyOf": .array(margins.map { .requires($0) })]),
                "command": none(["metric", "require"] + numbers + comparing),
                "require": none(numbers + comparing),
                "slice": .object([
                    "not": .object([
                        "required": .strings("against"),
                        "properties": .object(["against": .object(["const": .string("promotions")])]),
                    ])
                ]),
            ]),
        ])

    static let overlay = Mapping(keys: [
        .key("owner", .person, "Who answers for it.", required: true, example: "alice"),
        .key("reason", .text, "Why it is needed, for the report.", required: true, example: "few rows at Christmas"),
        .key(
            "expires", .date, "The first day, in UTC, on which it does not count any more.", required: true,
            example: "2026-12-31"),
        .key(
            "gates", .list(.mapping(gate)),
            "Gates with the keys of `gates[]`. Each stands in the place of the gate with the same metric, slice, `against` "
                + "and kind of condition, or is added.", required: true, example: "[{metric: auc, min: 0.6}]"),
    ])

    static let report = Mapping(keys: [
        .key(
            "templates", .path,
            "A folder of the repository; `markdown.mustache`, `html.mustache` and `terminal.mustache` in it replace Sluice's.",
            example: "report/"),
        .key(
            "importance", .path,
            "A file of names of features and numbers that training or evaluation writes.", example: "importance.json"),
        .key(
            "sections", .list(.mapping(section)), "Files that training or evaluation writes, shown in the report.",
            example: "[{title: Business numbers, file: business.csv}]"),
    ])

    private static let section = Mapping(keys: [
        .key("title", .text, "What stands above it.", required: true, example: "Business numbers"),
        .key(
            "file", .path, "The file; `.csv` and `.json` become a table, anything else is text.", required: true,
            example: "business.csv"),
    ])

    private static func none(_ names: [String]) -> JSONValue {
        .object(["not": .object(["anyOf": .array(names.map { .requires($0) })])])
    }
}
