import Documents
import Domain

extension SettingsBuilder {
    /// Where a forge is, if nothing says so.
    private struct WellKnown {
        let kind: ForgeKind
        let api: String
        let clone: String
    }

    private static let wellKnown: [String: WellKnown] = [
        "github": .init(kind: .github, api: "https://api.github.com", clone: "https://github.com"),
        "gitlab": .init(kind: .gitlab, api: "https://gitlab.com/api/v4", clone: "https://gitlab.com"),
        "bitbucket": .init(kind: .bitbucket, api: "https://api.bitbucket.org/2.0", clone: "https://bitbucket.org"),
        "codeberg": .init(kind: .forgejo, api: "https://codeberg.org/api/v1", clone: "https://codeberg.org"),
    ]

    mutating func forges() -> [ForgeName: ForgeSettings] {
        var all: [ForgeName: ForgeSettings] = [:]
        for entry in root["forges"]?.entries ?? [] {
            guard let name = ForgeName(entry.key), entry.value.entries != nil else { continue }
            all[name] = forge(entry)
        }
        return all
    }

    private mutating func forge(_ entry: Document.Entry) -> ForgeSettings? {
        let (node, name) = (entry.value, "forges.\(entry.key)")
        guard let kind = kind(of: entry) else { return nil }
        let (api, clone) = addresses(of: entry, kind: kind)
        let credentials = credentials(node, name, kind)
        var secrets: [SecretPlace] = []
        for item in node["webhook_secrets"]?.items ?? [] {
            guard let place = secret(item, "\(name).webhook_secrets") else { continue }
            if secrets.contains(place) {
                reading.complain(
                    item.place, "'\(name).webhook_secrets' has the same secret twice", advice: "remove one")
            } else {
                secrets.append(place)
            }
        }
        guard let api, let clone, let credentials, !secrets.isEmpty else { return nil }
        return ForgeSettings(
            kind: kind, api: api, clone: clone, credentials: credentials, webhookSecrets: secrets,
            authority: path(node["authority"]),
            trustedBots: (node["trusted_bots"]?.items ?? []).compactMap { $0.text(.person) })
    }

    private mutating func kind(of entry: Document.Entry) -> ForgeKind? {
        if let given = entry.value["kind"] { return given.json.text.flatMap(ForgeKind.init) }
        if let known = Self.wellKnown[entry.key]?.kind ?? ForgeKind(rawValue: entry.key) { return known }
        let words = ForgeKind.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
        reading.complain(
            entry.keyPlace, "'forges.\(entry.key)' does not say which kind of forge it is",
            advice: "add 'kind': \(words)")
        return nil
    }

    /// What is given, else what is well known of that kind; nil after a complaint.
    private mutating func addresses(of entry: Document.Entry, kind: ForgeKind) -> (api: String?, clone: String?) {
        let node = entry.value
        let known = [entry.key, kind.rawValue].compactMap { Self.wellKnown[$0] }.first { $0.kind == kind }
        if node["api"] == nil, known == nil {
            reading.complain(
                entry.keyPlace, "'forges.\(entry.key)' does not say where the forge is",
                advice: "add 'api: https://git.example.org/api/v1'")
        }
        let given = node["api"]?.text(.url)?.withoutSlash
        let api = given ?? (node["api"] == nil ? known?.api : nil)
        if node["clone"] != nil { return (api, node["clone"]?.text(.cloneBase)?.withoutSlash) }
        guard let given else { return (api, known?.clone) }
        return (api, given == known?.api ? known?.clone : Self.origin(of: given))
    }

    /// `https://git.example.org` for `https://git.example.org/api/v1`, and with what is before `/api/`.
    private static func origin(of api: String) -> String {
        for suffix in ["/api/v1", "/api/v3", "/api/v4"] where api.hasSuffix(suffix) {
            return String(api.dropLast(suffix.count))
        }
        let parts = api.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    private mutating func credentials(
        _ node: Document.Node, _ name: String, _ kind: ForgeKind
    ) -> ForgeSettings.Credentials? {
        switch (node["token"], node["app"]) {
        case (nil, nil):
            let app = kind == .github ? ", or 'app' for a GitHub App" : ""
            reading.complain(
                node.place, "'\(name)' has neither 'token' nor 'app'", advice: "add 'token: {env: NAME}'\(app)")
            return nil
        case (.some(let token), .some(let app)):
            reading.complain(
                max(token.place, app.place), "'\(name)' has both 'token' and 'app'", advice: "keep one of them")
            return nil
        case (.some(let token), nil): return secret(token, "\(name).token").map { .token($0) }
        case (nil, .some(let app)):
            if kind != .github {
                reading.complain(app.place, "'\(name).app': only GitHub has Apps", advice: "use 'token'")
            }
            guard let id = app["id"]?.digits, let key = secret(app["key"], "\(name).app.key") else { return nil }
            return .app(id: id, key: key)
        }
    }
}
