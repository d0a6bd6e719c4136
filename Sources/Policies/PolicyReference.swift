/// The reference of the policy file, for people.
struct PolicyReference {
    private var lines: [String] = []

    static var text: String {
        var reference = PolicyReference()
        reference.lines = [
            "# The policy file",
            "",
            "`\(PolicyFile.name)` at the root of the repository says what to test, train and compare, what must hold, and "
                + "who may promote.",
            "It is YAML 1.2. `sluice policy check` names file, line and column of each mistake, `sluice policy show` prints",
            "the policy with its blocks and defaults and the origin of each line, and `sluice policy schema` prints its JSON Schema.",
            "This page is generated from the table that the reader uses. What the gates mean and when to use which is in",
            "[gates.md](gates.md).",
            "",
        ]
        reference.section("Top level", Language.root, intro: nil)
        for key in Language.root.keys { reference.group(key) }
        reference.forms()
        reference.notYet()
        return reference.lines.joined(separator: "\n")
    }

    private mutating func group(_ key: Key) {
        switch key.shape {
        case .mapping(let mapping) where mapping.keys.contains { !$0.isLater }:
            section("`\(key.name)`", mapping, intro: key.meaning)
            for inner in mapping.keys where !inner.isLater {
                switch inner.shape {
                case .mapping(let keys), .either(.truth, .mapping(let keys)):
                    section("`\(key.name).\(inner.name)`", keys, intro: inner.meaning)
                case .list(.mapping(let keys)): section("`\(key.name).\(inner.name)[]`", keys, intro: inner.meaning)
                default: continue
                }
            }
        case .list(.mapping(let mapping)), .either(_, .either(_, .mapping(let mapping))):
            section("`\(key.name)[]`", mapping, intro: key.meaning)
        case .named(_, .mapping(let mapping)):
            section("`\(key.name).NAME`", mapping, intro: key.meaning)
            for inner in mapping.keys where !inner.isLater {
                switch inner.shape {
                case .mapping(let keys): section("`\(key.name).NAME.\(inner.name)`", keys, intro: inner.meaning)
                case .columns(.mapping(let keys)):
                    section("`\(key.name).NAME.\(inner.name).COLUMN`", keys, intro: inner.meaning)
                case .named(_, .mapping(let keys)):
                    section("`\(key.name).NAME.\(inner.name).NAME`", keys, intro: inner.meaning)
                default: continue
                }
            }
        default: return
        }
    }

    private mutating func section(_ title: String, _ mapping: Mapping, intro: String?) {
        lines += ["## \(title)", ""]
        if let intro { lines += [intro, ""] }
        lines += ["| key | holds | default | meaning |", "|---|---|---|---|"]
        for key in mapping.keys where !key.isLater {
            let fallback = key.required ? "required" : key.fallback.map { "`\($0)`" } ?? ""
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
            "- **Durations** are a number and `s`, `m`, `h` or `d`: `90s`, `15m`, `2h`, `7d`.",
            "- **Sizes** are a number and `B`, `kB`, `MB`, `GB`, `TB` (thousands) or `KiB`, `MiB`, `GiB`, `TiB` (1024): `50 MB`.",
            "- **Shares** are a number and `%`, from `0%` to `100%`: of the value that is compared with.",
            "- **Dates** are `2026-12-31`.",
            "- **Names** are made of letters, digits, `-`, `_` and `.`, at most 100, not starting with `.` or `-`.",
            "- **Paths** are written from the root of the repository and stay inside it.",
            "- **Commands** are run by a shell at the root of the work tree. Of a list, the first that fails ends the stage; a "
                + "text of several lines is one script that ends at its first failing command.",
            "- **Placeholders**: in `evaluate.run` and the commands of gates, `${model}`, `${data}` (with one dataset), `${data.NAME}`, `${predictions}` "
                + "and `${metrics}` stand for paths; in `promotion.deploy` and `promotion.verify`, `${model}` does. Every other "
                + "`${…}` is the shell's.",
            "- Anchors, aliases and merge keys (`<<`) work as in YAML.",
            "",
        ]
    }

    private mutating func notYet() {
        lines += ["## Not in this version", "", "These keys are known, and refused.", ""]
        for key in Language.root.keys {
            note(key, "")
            switch key.shape {
            case .mapping(let mapping): for inner in mapping.keys { note(inner, key.name + ".") }
            case .list(.mapping(let mapping)), .either(_, .either(_, .mapping(let mapping))):
                for inner in mapping.keys { note(inner, key.name + "[].") }
            case .named(_, .mapping(let mapping)): for inner in mapping.keys { note(inner, key.name + ".NAME.") }
            default: continue
            }
        }
        lines.append("")
    }

    private mutating func note(_ key: Key, _ prefix: String) {
        guard case .later(let does, let instead) = key.status else { return }
        lines.append("- `\(prefix)\(key.name)` \(does): \(instead).")
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
