/// The reference of `server.yaml`, for people.
struct SettingsReference {
    private var lines: [String] = []

    static var text: String {
        var reference = SettingsReference()
        reference.lines = [
            "# The server's configuration",
            "",
            "`sluice serve --config server.yaml` reads what it serves from one YAML file; `sluice serve --config server.yaml --check`",
            "names file, line and column of each mistake and starts nothing. The file is read anew when it changes and on SIGHUP; a",
            "broken one changes nothing, and the log says why. `listen` and `limits.connections`, `limits.body` and `limits.idle`",
            "take effect with the next start. Editors complete it with [server.schema.json](server.schema.json).",
            "This page is generated from the table that the reader uses. How to connect each forge is in [connect.md](connect.md),",
            "how to run a server in [operations.md](operations.md).",
            "",
            "```yaml server",
            "version: 1",
            "listen: {url: https://sluice.example.org}",
            "forges:",
            "  github:",
            "    token: {env: GITHUB_TOKEN}",
            "    webhook_secrets: [{env: GITHUB_WEBHOOK_SECRET}]",
            "projects:",
            "  flight-delay: {forge: github, repository: acme/flight-delay}",
            "```",
            "",
        ]
        reference.section("Top level", SettingsLanguage.root, intro: nil)
        for key in SettingsLanguage.root.keys { reference.group(key.name, key) }
        reference.forms()
        return reference.lines.joined(separator: "\n")
    }

    private mutating func group(_ path: String, _ key: SettingsKey) {
        let (title, mapping): (String, SettingsMapping)
        switch key.shape {
        case .mapping(let inner): (title, mapping) = (path, inner)
        case .named(_, .mapping(let inner)): (title, mapping) = ("\(path).NAME", inner)
        default: return
        }
        section("`\(title)`", mapping, intro: key.meaning)
        for inner in mapping.keys { group("\(title).\(inner.name)", inner) }
    }

    private mutating func section(_ title: String, _ mapping: SettingsMapping, intro: String?) {
        lines += ["## \(title)", ""]
        if let intro { lines += [intro, ""] }
        lines += ["| key | holds | default | meaning |", "|---|---|---|---|"]
        for key in mapping.keys {
            let fallback = key.isRequired ? "required" : key.fallback.map { "`\($0)`" } ?? ""
            let example = key.example.map { " Example: `\($0)`." } ?? ""
            lines.append(
                "| `\(key.name)` | \(Self.cell(key.shape.wanted)) | \(fallback) | \(Self.cell(key.meaning + example)) |"
            )
        }
        lines.append("")
    }

    private mutating func forms() {
        lines += [
            "## Forms",
            "",
            "- **Secrets** never stand in the file. `{env: NAME}` is a variable of the server's environment, `{file: PATH}` a file's",
            "  content without the newline at its end. A variable that is not set, an empty secret, and a file that every user of the",
            "  machine can read are mistakes; the server does not start with one.",
            "- **Paths** are taken from the folder of `server.yaml`, unless they begin with `/`.",
            "- **Durations** are a number and `s`, `m`, `h` or `d`: `90s`, `15m`, `2h`, `7d`.",
            "- **Sizes** are a number and `B`, `kB`, `MB`, `GB`, `TB` (thousands) or `KiB`, `MiB`, `GiB`, `TiB` (1024): `25 MB`.",
            "- **Names** are made of letters, digits, `-`, `_` and `.`, at most 100, not starting with `.` or `-`.",
            "- **Gates** are written as in [policy.md](policy.md), and asked in every run of the project besides its own.",
            "",
        ]
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
