import Domain

extension Language {
    /// What a dataset's files must be beyond their schema: keys of `datasets.NAME`, and of a file that holds only
    /// these.
    static let rules = Mapping(keys: [
        .key(
            "file", .mapping(file), "What every file must be as a whole. Limits are inclusive.",
            example: "{minRows: 1000}"),
        .key(
            "columns", .columns(.mapping(column)),
            "What the values of a column must be together, by the column's name. Limits are inclusive.",
            example: "{delay: {maxNullFraction: 0.1}}"),
        .key(
            "leakage", .mapping(leakage), "No other column may determine the label.",
            example: "{label: delayed, maxAbsCorrelation: 0.95}"),
        .key(
            "mojibake", .mapping(mojibake),
            "Columns in which no text may look as if it was decoded with the wrong encoding.",
            example: "{columns: [city]}"),
        .later(
            "drift",
            .mapping(
                Mapping(keys: [
                    .key("columns", .list(.text), "The columns that are compared."),
                    .key("psi", .number(minimum: 0), "The largest population stability index."),
                ])),
            "How far the data may have moved from the champion's snapshot.", does: "tests data for drift",
            instead: "remove it"),
    ])

    private static let rows = Shape.whole(0...1_000_000_000_000)
    private static let share = Shape.number(minimum: 0)

    private static let file = Mapping(keys: [
        .key(
            "namePattern", .text,
            "A regular expression for the file's whole name; a part named like `date` or `time` must be a real one.",
            example: #"'flights_(?<date>\d{4}-\d{2})\.csv'"#),
        .key("minRows", rows, "The fewest records of one file.", example: "1"),
        .key("maxRows", rows, "The most records of one file.", example: "1000000"),
    ])

    private static let column = Mapping(keys: [
        .key("maxNullFraction", share, "The largest share of records without a value, from 0 to 1.", example: "0.1"),
        .key(
            "maxTopFraction", share, "The largest share that one value may have of all values, from 0 to 1.",
            example: "0.99"),
        .key("aliases", .list(.anyText), "Other names that the column may have in a file.", example: "[Delay]"),
    ])

    private static let leakage = Mapping(keys: [
        .key("label", .anyText, "The column that is predicted.", required: true, example: "delayed"),
        .key(
            "maxAbsCorrelation", share,
            "The largest absolute correlation that another column may have with the label, from 0 to 1.",
            required: true, example: "0.95"),
    ])

    private static let mojibake = Mapping(keys: [
        .key("columns", .list(.anyText), "The columns that are looked at.", required: true, example: "[city]")
    ])
}
