import Domain

/// The shapes that have a name in the OpenAPI document. What is told about runs is in docs/json.md in full; here stands
/// what a client can rely on.
enum Shapes {
    static let named: [String: Shape] = [
        "Alias": .object([
            .required("model", .word(.name)), .required("alias", .word(.name)),
            .required("version", .ref("ModelVersion")),
        ]),
        "CloudEvent": .object([
            .required("specversion", .oneOf(["1.0"])), .required("id", .word(.printable)),
            .required("source", .word(.printable)), .required("type", .word(.printable)), .optional("data", .any),
        ]),
        "Decided": .object([
            .required("run", .ref("Run")), .required("outcome", .text(1...40)),
            .optional("missing", .integer(0...1000)),
            .optional("refusal", .text(0...10_000)), .optional("promotion", .ref("Promotion")),
        ]),
        "Event": .object([
            .required("id", .id), .required("key", .text(1...10_000)), .required("event", .text(0...10_000)),
            .required("at", .time), .required("outcome", .text(0...10_000)), .required("is_settled", .bool),
            .optional("by", .text(1...200)), .optional("project", .word(.name)), .optional("run", .id),
        ]),
        "Explanation": .object([
            .required("events", .list(.ref("Event"))), .required("journal", .list(.ref("JournalEntry"))),
            .required("files", .list(.ref("Arrival"))), .required("waits", .list(.ref("Wait"))),
        ]),
        "Wait": .object([
            .required("subject", .text(1...100)), .required("waits_for", .text(1...1000)),
        ]),
        "Arrival": .object([
            .required("model", .word(.name)), .required("dataset", .word(.name)), .required("file", .text(1...10_000)),
            .required("at", .time), .required("outcome", .oneOf(["accepted", "unchanged", "refused", "held_back"])),
            .required("replaced", .bool), .required("bytes", .integer(0...Int64.max)),
            .required("refusals", .list(.any)), .required("said", .list(.text(0...100_000))),
            .optional("snapshot", .id), .optional("digest", .word(.digest)),
        ]),
        "JournalEntry": .object([
            .required("at", .time), .required("subject", .text(0...1000)), .required("what", .text(0...10_000_000)),
            .required("said", .text(0...10_000_000)),
        ]),
        "Model": .object([
            .required("model", .word(.name)), .required("version", .id), .required("run", .id),
            .required("digest", .word(.digest)), .required("bytes", .integer(0...Int64.max)),
        ]),
        "ModelVersion": .object([
            .required("version", .ref("Model")), .required("aliases", .list(.word(.name))),
            .required("created_at", .time),
        ]),
        "Post": .object([
            .required("id", .id), .required("key", .text(1...10_000)), .required("target", .text(1...1000)),
            .required("message", .text(1...100)), .required("attempts", .integer(0...Int64.max)),
            .required("not_before", .time), .required("is_abandoned", .bool), .optional("trouble", .text(0...100_000)),
        ]),
        "Problem": .object([
            .required("type", .text(1...100)), .required("title", .text(0...100)),
            .required("status", .integer(400...599)),
            .required("detail", .text(1...100_000)), .optional("advice", .text(1...100_000)),
        ]),
        "Project": .object([
            .required("project", .word(.name)), .required("source", .text(1...2000)), .optional("forge", .word(.name)),
            .required("troubles", .list(.ref("Trouble"))),
        ]),
        "Promotion": .object([
            .required("promotion", .id), .required("alias", .word(.name)), .required("state", .text(1...40)),
            .required("said", .text(1...100_000)), .required("challenger", .ref("Model")),
            .required("started_at", .time), .optional("reason", .text(0...100_000)),
            .optional("previous", .ref("Model")),
            .optional("finished_at", .time),
        ]),
        "Queued": .object([
            .required("run", .ref("Run")), .required("project", .word(.name)),
            .required("priority", .integer(-1_000_000...1_000_000)),
            .required("is_working", .bool), .optional("waits_for", .text(1...1000)),
        ]),
        "Run": .object([
            .required("run", .id), .required("model", .word(.name)), .required("commit", .word(.commit)),
            .required("trigger", .text(1...40)), .required("state", .text(1...40)), .required("status", .text(1...40)),
            .required("findings", .list(.any)), .required("created_at", .time),
            .required("fingerprint", .word(.digest)),
            .optional("verdict", .oneOf(["passed", "failed", "undecided"])), .optional("evidence", .word(.digest)),
            .optional("started_at", .time), .optional("finished_at", .time), .optional("challenger", .ref("Model")),
            .optional("reproduces", .id),
        ]),
        "RunDetail": .object([
            .required("run", .ref("Run")), .required("commit_author", .text(0...10_000)),
            .required("commit_subject", .text(0...100_000)), .required("stages", .list(.ref("Stage"))),
            .required("gates", .list(.any)), .required("decisions", .list(.any)), .required("said", .text(1...100_000)),
            .optional("promotion", .ref("Promotion")), .optional("reproduction", .ref("Reproduction")),
        ]),
        "Reproduction": .object([
            .required("verdict", .oneOf(["identical", "equivalent", "different"])),
            .required(
                "divergences",
                .list(
                    .object([
                        .required("stage", .text(1...200)), .required("kind", .oneOf(["output", "metric", "outcome"])),
                        .optional("name", .text(0...10_000)), .optional("before", .text(0...1000)),
                        .optional("now", .text(0...1000)),
                    ]))),
        ]),
        "Server": .object([
            .required("version", .text(0...100)), .required("started_at", .time),
            .required("projects", .list(.word(.name))), .required("forges", .list(.word(.name))),
            .required("troubles", .list(.ref("Trouble"))),
        ]),
        "Stage": .object([
            .required("name", .text(1...200)), .required("state", .text(1...40)), .required("metrics", .map(.any)),
            .required("notes", .list(.text(0...100_000))),
        ]),
        "Taken": .object([.required("event", .id), .required("duplicate", .bool)]),
        "Told": .object([.required("events", .list(.object([.required("event", .id)])))]),
        "Token": .object([
            .required("id", .id), .required("user", .text(1...200)), .required("use", .oneOf(["api", "session"])),
            .required("note", .text(0...10_000)), .required("role", role), .required("created_at", .time),
            .optional("expires_at", .time), .optional("revoked_at", .time), .optional("begun_with", .id),
        ]),
        "NewToken": .object([.required("token", .ref("Token")), .required("text", .text(1...100))]),
        "Trouble": .object([
            .required("what", .text(1...1000)), .required("message", .text(0...100_000)), .required("since", .time),
        ]),
        "User": .object([
            .required("name", .text(1...200)), .required("role", role), .required("created_at", .time),
            .optional("login", .text(1...200)), .optional("disabled_at", .time),
        ]),
    ]

    static let role = Shape.oneOf(Role.allCases.map(\.rawValue))

    /// What asks for a run.
    static let wishFields: [Shape.Field] = [
        .init(name: "branch", shape: .text(1...255), isRequired: false, meaning: "Else the default branch."),
        .init(name: "commit", shape: .word(.commit), isRequired: false, meaning: "Else the newest of the branch."),
        .init(name: "again", shape: .bool, isRequired: false, meaning: "Also if an equal plan was answered before."),
        .init(
            name: "parameters", shape: .map(.text(0...1000)), isRequired: false,
            meaning: "`file:key` or `key` to a value in YAML."),
    ]
    static let wish = Shape.object(wishFields)
    static let runWish = Shape.object([.required("project", .word(.name))] + wishFields)
    static let push = Shape.object([
        .required("project", .word(.name)), .required("ref", .text(1...300)), .required("before", .word(.commit)),
        .required("after", .word(.commit)),
    ])
}
