import Domain

/// The whole language of `server.yaml`, key by key, in the order in which people write it.
enum SettingsLanguage {
    static let root = SettingsMapping(keys: [
        .key("version", .version, "The version of this file's format.", required: true, example: "1"),
        .key("listen", .mapping(listen), "Where the server is reached."),
        .key(
            "forges", .named(what: "forges", .mapping(forge)),
            "Instances of forges, by name; the name is the last part of the webhook's path, `/webhooks/NAME`.",
            example: "{github: {token: {env: GITHUB_TOKEN}, webhook_secrets: [{env: GITHUB_WEBHOOK_SECRET}]}}"),
        .key(
            "projects", .named(what: "projects", .mapping(project)),
            "The repositories that the server serves, by name.",
            required: true, example: "{flight-delay: {forge: github, repository: acme/flight-delay}}"),
        .key(
            "notify", .named(what: "notifications", .mapping(notify)),
            "Who is told besides those who look at the forge, by name."),
        .key("limits", .mapping(limits), "What the server takes on at the same time."),
        .key(
            "retention", .mapping(retention),
            "What `sluice gc` removes. What a promoted model, an open decision or an alias needs is never removed."),
    ])

    static let listen = SettingsMapping(keys: [
        .key("address", .form(.address), "The address to listen on.", fallback: "127.0.0.1"),
        .key("port", .whole(0...65_535), "The port; 0 takes any that is free.", fallback: "8484"),
        .key(
            "url", .form(.url), "How people reach the server, for the links in reports and statuses.",
            example: "https://sluice.example.org"),
        .key(
            "tls", .mapping(tls), "Serve HTTPS without a proxy; without the key, plain HTTP.",
            example: "{certificate: /etc/sluice/cert.pem, key: /etc/sluice/key.pem}"),
        .key(
            "proxies", .list(.form(.range), atLeast: 0, atMost: 64),
            "Addresses and networks of proxies that are believed about whose request they pass on (`X-Forwarded-For`).",
            fallback: "[127.0.0.0/8, \"::1\"]", example: "[10.0.0.0/8]"),
    ])

    static let tls = SettingsMapping(keys: [
        .key("certificate", .form(.path), "The certificate and those that lead to it, as PEM.", required: true),
        .key("key", .form(.path), "Its private key, as PEM.", required: true),
    ])

    static let forge = SettingsMapping(
        keys: [
            .key(
                "kind", .word(ForgeKind.allCases.map(\.rawValue)),
                "The protocol it speaks. Without the key, the forge's name says it."),
            .key(
                "api", .form(.url),
                "Base of the API. Without the key, the well-known one of github.com, gitlab.com, bitbucket.org or, for a "
                    + "forge that is called codeberg, codeberg.org.", example: "https://git.example.org/api/v1"),
            .key(
                "clone", .form(.cloneBase),
                "What `/owner/name.git` is put behind to clone. Without the key, `api` without its path.",
                example: "https://git.example.org"),
            .key(
                "token", .secret, "A token of the bot's account; instead of `app`.", example: "{env: GITHUB_TOKEN}"),
            .key("app", .mapping(app), "A GitHub App; instead of `token`."),
            .key(
                "webhook_secrets", .list(.secret, atLeast: 1, atMost: 2),
                "What deliveries are signed with: one, or the old and the new one while they are changed.",
                required: true, example: "[{env: GITHUB_WEBHOOK_SECRET}]"),
            .key(
                "authority", .form(.path), "A file of certificates to trust besides the system's.",
                example: "/etc/sluice/ca.pem"),
            .key(
                "trusted_bots", .list(.form(.person), atLeast: 0, atMost: .max),
                "Logins of machines whose comments count as commands.", fallback: "[]", example: "[release-bot]"),
        ],
        rules: ["oneOf": .array([required("token"), required("app")])])

    static let app = SettingsMapping(keys: [
        .key("id", .digits, "The App's id.", required: true, example: "123456"),
        .key("key", .secret, "Its private key, as PEM.", required: true, example: "{file: /etc/sluice/app.pem}"),
    ])

    static let project = SettingsMapping(
        keys: [
            .key("forge", .form(.name), "The forge that the repository lies on; with `repository`.", example: "github"),
            .key("repository", .form(.repository), "The repository on the forge.", example: "acme/flight-delay"),
            .key(
                "git", .form(.remote), "Any git remote or a bare repository; instead of `forge`.",
                example: "/srv/git/flight-delay.git"),
            .key("branch", .form(.branch), "The default branch. Without the key, the remote's own.", example: "main"),
            .key(
                "rules_from", .list(.form(.pattern), atLeast: 0, atMost: 64),
                "Branches besides the default one whose own policy gives the rules, as patterns (`*` is any text without a "
                    + "slash, `**` any text): who can push to such a branch says what holds for it.",
                fallback: "[]", example: "[release/*]"),
            .key(
                "poll", .duration,
                "How often the remote is asked besides what is told. Without the key, 30s for `git` and 5m for a forge.",
                example: "30s"),
            .key("priority", .whole(-100...100), "Runs of projects with a higher one go first.", fallback: "0"),
            .key("concurrency", .whole(1...64), "Runs of the project that work at the same time.", fallback: "1"),
            .key(
                "cool_down", .duration,
                "For how long after a run of a model data, schedules and drift start no other one of it.",
                example: "10m"),
            .key("budget", .mapping(budget), "What the project may use in a day, which begins at midnight UTC."),
            .key("floor", .mapping(floor), "What holds for every run, whatever the project's policy says."),
            .key(
                "models", .list(.form(.models), atLeast: 0, atMost: .max),
                "The models that its policy may name (`*` is any text). Models belong to the home, so without the key it may "
                    + "name one of another project, read its data and put another version in its place.",
                example: "[flight-delay]"),
            .key(
                "secrets", .list(.form(.variable), atLeast: 0, atMost: .max),
                "The secrets that its policy may ask for; none that this file names for the server itself.",
                fallback: "[]",
                example: "[WAREHOUSE_TOKEN]"),
        ],
        rules: ["oneOf": .array([required("forge", "repository"), required("git")])])

    static let budget = SettingsMapping(keys: [
        .key("runs", .whole(0...1_000_000), "Runs that are started in a day.", example: "20"),
        .key("time", .duration, "Time that runs take in a day, together.", example: "12h"),
    ])

    static let floor = SettingsMapping(keys: [
        .key(
            "gates", .gates, "Gates that are asked besides the policy's own, written as there.",
            example: "[{metric: auc, min: 0.7}]"),
        .key("approval", .mapping(approval), "Who has to approve, at the least."),
    ])

    static let approval = SettingsMapping(keys: [
        .key("required", .whole(0...20), "At least that many people must approve.", fallback: "0"),
        .key(
            "by", .list(.form(.person), atLeast: 0, atMost: .max),
            "Nobody else can approve; empty: as the policy says.", fallback: "[]",
            example: "[alice, \"@acme/ml-leads\"]"),
        .key("not_by_author", .truth, "Authors of a change do not count for it.", fallback: "false"),
    ])

    static let notify = SettingsMapping(keys: [
        .key(
            "kind", .word(NotifySettings.Kind.allCases.map(\.rawValue)),
            "`slack`: incoming webhooks of Slack and what understands them; `webhook`: JSON of our own.",
            required: true,
            example: "slack"),
        .key("url", .secret, "The address, a secret because Slack's are.", required: true, example: "{env: SLACK_URL}"),
        .key("secret", .secret, "For `webhook`: what the message is signed with.", example: "{env: NOTIFY_SECRET}"),
        .key(
            "only", .list(.word(Notice.Kind.allCases.map(\.rawValue)), atLeast: 0, atMost: .max),
            "What is told; empty: everything.", fallback: "[]", example: "[awaits_decision, promoted]"),
        .key(
            "projects", .list(.form(.name), atLeast: 0, atMost: .max), "Of which projects; empty: all.", fallback: "[]",
            example: "[flight-delay]"),
        .key(
            "private", .truth, "Whether the address may lie in a private network.", fallback: "false"),
    ])

    static let limits = SettingsMapping(keys: [
        .key("runs", .whole(1...64), "Runs that work at the same time on this machine.", fallback: "1"),
        .key("runs_per_model", .whole(1...64), "Runs of one model that work at the same time.", fallback: "1"),
        .key("body", .size, "The largest delivery.", fallback: "25 MiB"),
        .key("connections", .whole(16...1_000_000), "Open connections.", fallback: "4096"),
        .key(
            "idle", .duration,
            "How long a connection may be silent, and a request take to arrive; a client that reads nothing of its answer has four times as long.",
            fallback: "15s"),
        .key(
            "drain", .duration,
            "How long the server, when it is told to end, still takes requests while `/readyz` says that it ends.",
            fallback: "1s"),
    ])

    static let retention = SettingsMapping(keys: [
        .key("logs", .duration, "For how long after its end a run's logs and work files are kept.", example: "90d"),
        .key(
            "outputs", .duration, "For how long models and outputs of runs are kept that were never promoted.",
            example: "30d"),
    ])

    private static func required(_ keys: String...) -> JSONValue {
        .object(["required": .array(keys.map(JSONValue.string))])
    }
}
