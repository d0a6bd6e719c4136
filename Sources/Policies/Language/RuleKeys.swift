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
            "What the values of a column must be together, by the column's name, in which `*` stands for any text. Limits are inclusive.",
            example: "{delay: {maxNullFraction: 0.1}}"),
        .key(
            "leakage", .mapping(leakage), "No other column may determine the label.",
            example: "{label: delayed, maxAbsCorrelation: 0.95}"),
        .key(
            "mojibake", .mapping(mojibake),
            "Columns in which no text may look as if it was decoded with the wrong encoding.",
            example: "{columns: [city]}"),
        .key(
            "freshness", .mapping(freshness), "How old the newest record may be when a file arrives.",
            example: "{column: departed_at, maxAge: 40d}"),
        .key(
            "growth", .mapping(growth),
            "How many records a new file may have, as factors of those before: of the mean file of a dataset that "
                + "appends, else of the whole snapshot. Limits are inclusive.",
            example: "{minFactor: 0.5, maxFactor: 2}"),
        .key(
            "images", .mapping(images),
            "For a folder of images, one folder a class, instead of `schema`: all must be readable. Limits are inclusive.",
            example: "{minPerClass: 100, minWidth: 32}"),
        .key(
            "tests", .named(what: "tests", .mapping(test)), "Questions of your own, by name.",
            example: "{no_future: {sql: SELECT * FROM data WHERE day > DATE '2030-01-01'}}"),
        .key(
            "drift", .mapping(drift),
            "How far new data may have moved, and what follows from it. Limits are inclusive.",
            example: "{columns: [dep_hour, carrier], psi: 0.2}"),
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

    private static let freshness = Mapping(keys: [
        .key("column", .anyText, "A column of dates or times.", required: true, example: "departed_at"),
        .key("maxAge", .duration, "How old its newest value may be.", required: true, example: "40d"),
    ])

    private static let growth = Mapping(keys: [
        .key("minFactor", share, "The least factor.", example: "0.5"),
        .key("maxFactor", share, "The greatest factor.", example: "2"),
    ])

    private static let images = Mapping(keys: [
        .key("classes", .list(.text), "The folders that there must be, and no others.", example: "[cat, dog]"),
        .key("minPerClass", rows, "The fewest images of one class.", example: "100"),
        .key("maxPerClass", rows, "The most images of one class.", example: "10000"),
        .key("minWidth", rows, "In pixels.", example: "32"),
        .key("maxWidth", rows, "In pixels.", example: "4096"),
        .key("minHeight", rows, "In pixels.", example: "32"),
        .key("maxHeight", rows, "In pixels.", example: "4096"),
        .key("maxBytes", .size, "The size of the largest file.", example: "20 MB"),
    ])

    private static let test = Mapping(
        keys: [
            .key(
                "sql", .text,
                "One SELECT over the table `data` (a file, with the schema's types); each row that it gives is a violation.",
                example: "SELECT * FROM data WHERE arrived < departed"),
            .key(
                "run", .commands,
                "A command that must succeed, run in the work tree of a run after the data was laid out; `${data}` stands for "
                    + "where it lies.", example: "python checks/airports.py ${data}"),
        ],
        rules: ["oneOf": .array([.requires("sql"), .requires("run")])])
}
