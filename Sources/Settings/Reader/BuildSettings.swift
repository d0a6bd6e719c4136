import Documents
import Domain
import SystemPackage

/// Turns a `server.yaml` into settings, and complains about what only more than one key can tell.
///
/// What is of a wrong shape was complained about before, and is left out here.
struct SettingsBuilder {
    let root: Document.Node
    var reading: Reading
    /// What paths are relative to.
    let folder: FilePath
    private(set) var places: [SecretPlace: SecretMention] = [:]
    /// Those of the reader of gates.
    var others: [Complaint] = []

    init(root: Document.Node, reading: Reading, folder: FilePath) {
        self.root = root
        self.reading = reading
        self.folder = folder
    }

    mutating func build(gates: GateReader) -> ServerSettings {
        var settings = ServerSettings()
        settings.listen = listen()
        settings.forges = forges()
        settings.projects = projects(gates)
        settings.notify = notify(known: Set(settings.projects.keys))
        checkSecrets()
        settings.limits = limits()
        settings.retention = Retention(
            logs: root["retention"]?["logs"]?.seconds, outputs: root["retention"]?["outputs"]?.seconds)
        return settings
    }

    /// What the server itself signs in with is nothing for the code of a project.
    private mutating func checkSecrets() {
        for entry in root["projects"]?.entries ?? [] {
            for node in entry.value["secrets"]?.items ?? [] {
                guard let text = node.text(.variable), let own = places[.variable(text)] else { continue }
                reading.complain(
                    node.place, "'projects.\(entry.key).secrets': \(text) is the server's own ('\(own.name)')",
                    advice: "remove it; give the project a secret of its own")
            }
        }
    }

    func throwComplaints() throws(Complaints) {
        let all = reading.complaints + others
        if !all.isEmpty { throw Complaints(all.sortedByPlace()) }
    }

    private mutating func listen() -> Listen {
        var listen = Listen()
        guard let node = root["listen"] else { return listen }
        if let address = node["address"]?.text(.address) { listen.address = address }
        if let port = node["port"]?.whole { listen.port = port }
        listen.url = node["url"]?.text(.url)?.withoutSlash
        if let tls = node["tls"], let certificate = path(tls["certificate"]), let key = path(tls["key"]) {
            listen.tls = .init(certificate: certificate, key: key)
        }
        if let proxies = node["proxies"]?.items {
            listen.proxies = proxies.compactMap { node in
                guard let text = node.text(.range) else { return nil }
                if let range = AddressRange(text) { return range }
                reading.complain(
                    node.place, "'listen.proxies': '\(text)' is no address and no network",
                    advice: "write 10.0.0.7, 10.0.0.0/8 or fd00::/8")
                return nil
            }
        }
        return listen
    }

    private func limits() -> ServerLimits {
        var limits = ServerLimits()
        guard let node = root["limits"] else { return limits }
        if let runs = node["runs"]?.whole { limits.runs = runs }
        if let runs = node["runs_per_model"]?.whole { limits.runsPerModel = runs }
        if let body = node["body"]?.bytes { limits.body = body }
        if let connections = node["connections"]?.whole { limits.connections = connections }
        if let idle = node["idle"]?.seconds { limits.idle = idle }
        if let drain = node["drain"]?.seconds { limits.drain = drain }
        return limits
    }

    private mutating func notify(known: Set<ProjectName>) -> [String: NotifySettings] {
        var all: [String: NotifySettings] = [:]
        for entry in root["notify"]?.entries ?? [] {
            let (node, name) = (entry.value, "notify.\(entry.key)")
            for project in node["projects"]?.items ?? [] {
                guard let text = project.text(.name) else { continue }
                checkIsKnown(text, known.map(\.text), project, "'\(name).projects'", "project")
            }
            if node["kind"]?.json.text == NotifySettings.Kind.slack.rawValue, let secret = node["secret"] {
                reading.complain(
                    secret.place, "'\(name).secret' goes with 'kind: webhook'; Slack's messages are not signed",
                    advice: "remove it")
            }
            guard let kind = node["kind"]?.json.text.flatMap(NotifySettings.Kind.init),
                let url = secret(node["url"], "\(name).url")
            else { continue }
            all[entry.key] = NotifySettings(
                kind: kind, url: url, secret: secret(node["secret"], "\(name).secret"),
                only: (node["only"]?.items ?? []).compactMap { $0.json.text.flatMap(Notice.Kind.init) },
                projects: (node["projects"]?.items ?? []).compactMap { $0.text(.name).flatMap { ProjectName($0) } },
                allowPrivate: node["private"]?.json == .bool(true))
        }
        return all
    }

    /// Complains about a name that nothing has, with the nearest that something has.
    mutating func checkIsKnown(
        _ name: String, _ known: [String], _ node: Document.Node, _ key: String, _ what: String
    ) {
        if known.contains(name) { return }
        let near = Spelling.nearest(to: name, in: known.sorted()).map { "did you mean '\($0)'?" }
        reading.complain(
            node.place, "\(key): there is no \(what) '\(name)'",
            advice: near
                ?? (known.isEmpty ? "add it under '\(what)s'" : "known are \(known.sorted().joined(separator: ", "))"))
    }

    mutating func secret(_ node: Document.Node?, _ name: String) -> SecretPlace? {
        guard let node else { return nil }
        let place: SecretPlace
        if let variable = node["env"]?.text(.variable) {
            place = .variable(variable)
        } else if let file = path(node["file"]) {
            place = .file(file)
        } else {
            return nil
        }
        if places[place] == nil { places[place] = SecretMention(place: node.place, name: name) }
        return place
    }

    func path(_ node: Document.Node?) -> FilePath? {
        node?.text(.path).map { folder.pushing(FilePath($0)).lexicallyNormalized() }
    }
}

extension Document.Node {
    /// The text, if it has the form.
    func text(_ form: SettingsForm) -> String? {
        json.text.flatMap { form.holds($0) ? $0 : nil }
    }

    var whole: Int? {
        if case .integer(let value) = json { Int(exactly: value) } else { nil }
    }

    var seconds: Double? { json.text.flatMap(Units.seconds) }

    var bytes: Int? { json.text.flatMap(Units.bytes).flatMap { Int(exactly: $0) } }
}

extension String {
    /// Without the slashes at its end.
    var withoutSlash: String {
        var text = self[...]
        while text.count > 1, text.last == "/" { text.removeLast() }
        return String(text)
    }
}
