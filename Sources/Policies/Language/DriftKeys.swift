import Domain

extension Language {
    /// `datasets.NAME.drift`, and a file that holds only this.
    static let drift = Mapping(
        keys: [
            .key(
                "columns", .either(.list(.anyText), .columns(.mapping(Mapping(keys: measures)))),
                "The columns that are compared: a list, with the limits beside it, or a mapping with limits for each.",
                example: "{dep_hour: {psi: 0.2, ks: 0.1}, carrier: {linf: 0.05}}")
        ] + measures + [
            .key(
                "nullFractionDelta", .number(minimum: 0),
                "The largest difference of the shares of missing values, from 0 to 1, of every column.", example: "0.02"
            ),
            .key(
                "against", .either(.word(["champion"]), .mapping(reference)),
                "What new data is compared with: the snapshot that the champion was trained on, a window or a season.",
                fallback: "champion", example: "{season: 12}"),
            .key(
                "dataset", .name, "The dataset that the reference is taken from; without it, this one.",
                example: "flights"),
            .key(
                "action", .word(DriftRules.Action.allCases.map(\.rawValue)),
                "What follows from a limit that is passed: `retrain` takes the data in and lets `triggers.drift` start a run, "
                    + "`quarantine` refuses it until a person has looked, `warn` only says so.",
                fallback: "retrain"),
        ])

    private static let measures: [Key] = [
        .key("psi", .number(minimum: 0), "The largest population stability index.", example: "0.2"),
        .key("ks", .number(minimum: 0), "The largest Kolmogorov-Smirnov statistic, from 0 to 1.", example: "0.1"),
        .key("js", .number(minimum: 0), "The largest Jensen-Shannon divergence in bits, from 0 to 1.", example: "0.05"),
        .key(
            "wasserstein", .number(minimum: 0),
            "The largest Wasserstein distance in standard deviations of the reference.", example: "0.3"),
        .key(
            "linf", .number(minimum: 0), "The largest difference of a category's shares, from 0 to 1.", example: "0.05"),
        .key(
            "chi2_p", .number(minimum: 0),
            "The smallest p-value of the chi-square test, from 0 to 1, corrected for the number of columns.",
            example: "0.01"),
    ]

    private static let reference = Mapping(
        keys: [
            .key(
                "window", .whole(1...1000),
                "The parts before it, so many: files in the order of their names for a dataset that appends, else snapshots.",
                example: "3"),
            .key(
                "season", .whole(1...1000),
                "The one part that lies so many before it: 12 for the same month of the year before.", example: "12"),
        ],
        rules: ["oneOf": .array([.requires("window"), .requires("season")])])
}
