import Domain

extension Language {
    /// One entry of `use`.
    static let block = Shape.either(.text, .mapping(use))

    static let use = Mapping(keys: [
        .key(
            "block", .text,
            "The name of a block that comes with Sluice, or the path of a file in the repository, with a `/` or `.yaml`.",
            required: true, example: "fairness"),
        .key(
            "with", .named(what: "parameters", .anything), "Values for the block's parameters.",
            example: "{group: sex, max_gap: 0.1}"),
        .later(
            "repository", .text, "Another repository that the file lies in.",
            does: "takes a block from another repository", instead: "copy the file into this repository"),
        .later(
            "revision", .text, "A tag or a commit of that repository.",
            does: "takes a block from another repository", instead: "copy the file into this repository"),
    ])
}
