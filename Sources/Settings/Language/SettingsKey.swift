import Documents
import Domain

/// One key of `server.yaml`: the single source of reader, JSON Schema and reference.
struct SettingsKey: Sendable {
    var name: String
    var shape: SettingsShape
    /// One sentence.
    var meaning: String
    /// The value without the key, as YAML; nil if there is none.
    var fallback: String?
    var isRequired = false
    /// As YAML.
    var example: String?

    static func key(
        _ name: String, _ shape: SettingsShape, _ meaning: String, fallback: String? = nil, required: Bool = false,
        example: String? = nil
    ) -> SettingsKey {
        SettingsKey(
            name: name, shape: shape, meaning: meaning, fallback: fallback, isRequired: required, example: example)
    }
}

/// What a key of `server.yaml` may hold.
indirect enum SettingsShape: Sendable {
    /// The number 1.
    case version
    case form(SettingsForm)
    case word([String])
    case whole(ClosedRange<Int>)
    case truth
    /// `90s`, `15m`, `2h`, `7d`.
    case duration
    /// `25 MB`.
    case size
    /// The id of a GitHub App: digits, as a number or a text.
    case digits
    /// `{env: NAME}` or `{file: PATH}`.
    case secret
    /// Gates as `sluice.yaml` has them; another room reads them.
    case gates
    case list(SettingsShape, atLeast: Int, atMost: Int)
    case mapping(SettingsMapping)
    /// A mapping whose keys are names that the operator chooses.
    case named(what: String, SettingsShape)
}

/// A mapping with known keys.
struct SettingsMapping: Sendable {
    /// In the order in which people write them.
    var keys: [SettingsKey]
    /// Rules between keys, for the JSON Schema; the reader has them in code.
    var rules: [String: JSONValue] = [:]

    subscript(name: String) -> SettingsKey? { keys.first { $0.name == name } }
}

/// A text that must look in a certain way.
struct SettingsForm: Sendable {
    /// For complaints: `expected …`.
    var wanted: String
    /// Of several.
    var plural: String
    var pattern: String

    static let name = SettingsForm(
        wanted: "a name (\(nameRule))", plural: "names", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$")
    static let person = SettingsForm(
        wanted: "a name", plural: "names", pattern: #"^[^\x00-\x1F\x7F]{1,200}$"#)
    static let variable = SettingsForm(
        wanted: "the name of an environment variable (letters, digits and '_')",
        plural: "names of environment variables", pattern: "^[A-Za-z_][A-Za-z0-9_]*$")
    static let path = SettingsForm(
        wanted: "a path of this machine", plural: "paths of this machine", pattern: #"^[^\x00-\x1F\x7F]{1,4096}$"#)
    static let address = SettingsForm(
        wanted: "an address to listen on such as 127.0.0.1 or ::", plural: "addresses",
        pattern: "^[A-Za-z0-9.:_-]{1,255}$")
    /// What fits the pattern and is none is complained about by who builds the settings.
    static let range = SettingsForm(
        wanted: "an address or a network such as 10.0.0.0/8", plural: "addresses or networks such as 10.0.0.0/8",
        pattern: #"^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$"#)
    static let url = SettingsForm(
        wanted: "an address such as https://sluice.example.org, without a user, a query or a fragment",
        plural: "addresses", pattern: #"^https?://[A-Za-z0-9.:_\[\]-]+(/[^\s?#@\\]*)?$"#)
    static let cloneBase = SettingsForm(
        wanted: "an address such as https://git.example.org, without a password, or a path of this machine",
        plural: "addresses",
        pattern: #"^(https?://[A-Za-z0-9.:_\[\]-]+(/[^\s?#@\\]*)?|ssh://([A-Za-z0-9._-]+@)?[A-Za-z0-9.:_\[\]-]+"#
            + #"(/[^\s?#@\\]*)?|(file://)?/[^\x00-\x1F\x7F]*)$"#)
    static let remote = SettingsForm(
        wanted: "a git remote: https://…, ssh://…, git@host:path or an absolute path, without a password in it",
        plural: "git remotes",
        pattern: #"^((https?|git)://[A-Za-z0-9.:_\[\]-]+/[^\s?#@\\]+|ssh://([A-Za-z0-9._-]+@)?[A-Za-z0-9.:_\[\]-]+"#
            + #"/[^\s?#@\\]+|[A-Za-z0-9._][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s\\]+|(file://)?/[^\x00-\x1F\x7F]+)$"#
    )
    static let branch = SettingsForm(
        wanted: "a branch's name without refs/heads/", plural: "names of branches",
        pattern: #"^(?!-)(?!.*(\.\.|@\{|//|/\.|\.lock(/|$)))[^\x00-\x20~^:?*\[\\\x7F]{1,255}$"#)
    static let pattern = SettingsForm(
        wanted: "a pattern of branches such as release/*", plural: "patterns of branches",
        pattern: #"^(?!-)[^\x00-\x20~^:?\[\\\x7F]{1,255}$"#)
    static let models = SettingsForm(
        wanted: "a model's name or a pattern such as flight-*", plural: "names of models or patterns such as flight-*",
        pattern: "^[A-Za-z0-9_*][A-Za-z0-9_.*-]{0,99}$")
    static let repository = SettingsForm(
        wanted: "a repository of the forge such as acme/flight-delay", plural: "repositories",
        pattern: #"^(?!.*(^|/)\.\.?(/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+$"#)
}

extension SettingsShape {
    /// For complaints: `expected …`.
    var wanted: String {
        switch self {
        case .version: "1"
        case .form(let form): form.wanted
        case .word(let words): words.map { "'\($0)'" }.joined(separator: " or ")
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .truth: "true or false"
        case .duration: "a duration such as 90s, 15m, 2h or 7d"
        case .size: "a size such as 25 MB or 1 GiB"
        case .digits: "the App's id, a whole number"
        case .secret: "where the secret is, {env: NAME} or {file: PATH}"
        case .gates: "a list of gates, written as in sluice.yaml"
        case .list(let item, let least, let most):
            least > 0 && most < .max ? "a list of \(least) to \(most) \(item.plural)" : "a list of \(item.plural)"
        case .mapping: "a mapping"
        case .named(let what, _): "a mapping from the names of \(what)"
        }
    }

    private var plural: String {
        switch self {
        case .form(let form): form.plural
        case .secret: "secrets, each {env: NAME} or {file: PATH}"
        default: wanted
        }
    }
}
