package import Domain
package import SystemPackage

/// `server.yaml`: what a server listens on, which forges and projects it serves, and within which limits.
///
/// Secrets stand in it as places (`env:`, `file:`), never as values; `Secrets` reads them when the server starts and
/// when it is told to read its configuration anew.
package struct ServerSettings: Equatable, Sendable {
    package var listen: Listen
    /// By name; the name is the last part of the webhook's path.
    package var forges: [ForgeName: ForgeSettings]
    package var projects: [ProjectName: ProjectSettings]
    package var notify: [String: NotifySettings]
    package var limits: ServerLimits
    package var retention: Retention

    package init(
        listen: Listen = .init(), forges: [ForgeName: ForgeSettings] = [:],
        projects: [ProjectName: ProjectSettings] = [:], notify: [String: NotifySettings] = [:],
        limits: ServerLimits = .init(), retention: Retention = .init()
    ) {
        self.listen = listen
        self.forges = forges
        self.projects = projects
        self.notify = notify
        self.limits = limits
        self.retention = retention
    }
}

extension ServerSettings {
    /// Every place of a secret of the server's own.
    private var ownSecrets: [SecretPlace] {
        var places: [SecretPlace] = []
        for forge in forges.values {
            switch forge.credentials {
            case .token(let place): places.append(place)
            case .app(_, let key): places.append(key)
            }
            places += forge.webhookSecrets
        }
        for notice in notify.values { places += [notice.url] + (notice.secret.map { [$0] } ?? []) }
        return places
    }

    /// The variables that hold secrets of the server's own: no policy is given one of them.
    package var ownVariables: Set<String> {
        Set(
            ownSecrets.compactMap { place in
                if case .variable(let name) = place { name } else { nil }
            })
    }

    /// The files that hold secrets of the server's own: no stage has any business with them.
    package var ownFiles: [FilePath] {
        let files = ownSecrets.compactMap { place in
            if case .file(let path) = place { path } else { nil }
        }
        return files + (listen.tls.map { [$0.key] } ?? [])
    }
}

extension ProjectSettings {
    /// The secrets that a policy may ask for, but none of the server's own.
    package func allowedSecrets(besides own: Set<String>) -> [String] { secrets.filter { !own.contains($0) } }
}

/// Where a secret's value is to be found.
package enum SecretPlace: Equatable, Hashable, Sendable {
    case variable(String)
    /// The file's content without the newline at its end.
    case file(FilePath)
}

/// `listen:`
package struct Listen: Equatable, Sendable {
    package struct TLS: Equatable, Sendable {
        package var certificate: FilePath
        package var key: FilePath
        package init(certificate: FilePath, key: FilePath) {
            self.certificate = certificate
            self.key = key
        }
    }

    package var address: String
    /// 0: any that is free.
    package var port: Int
    /// How people reach it, for links in reports: `https://sluice.example.org`, without a slash at its end.
    package var url: String?
    /// Nil: plain HTTP, behind a proxy or on loopback.
    package var tls: TLS?
    /// Proxies that are believed about whose request they pass on.
    package var proxies: [AddressRange]

    /// Proxies on the same machine.
    package static let nearProxies = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    package init(
        address: String = "127.0.0.1", port: Int = 8484, url: String? = nil, tls: TLS? = nil,
        proxies: [AddressRange] = Listen.nearProxies
    ) {
        self.address = address
        self.port = port
        self.url = url
        self.tls = tls
        self.proxies = proxies
    }
}

/// An entry of `forges:`.
package struct ForgeSettings: Equatable, Sendable {
    package enum Credentials: Equatable, Sendable {
        case token(SecretPlace)
        /// A GitHub App: its id and its private key (PEM); the installation is found by the repository.
        case app(id: String, key: SecretPlace)
    }

    package var kind: ForgeKind
    /// Without a slash at its end: `https://api.github.com`.
    package var api: String
    /// What a repository's path and `.git` are put behind: `https://github.com`; a path on this machine is allowed.
    package var clone: String
    package var credentials: Credentials
    /// One or two.
    package var webhookSecrets: [SecretPlace]
    /// A file of certificates to trust besides the system's.
    package var authority: FilePath?
    /// Logins of bots whose comments count although they are machines.
    package var trustedBots: [String]

    package init(
        kind: ForgeKind, api: String, clone: String, credentials: Credentials, webhookSecrets: [SecretPlace],
        authority: FilePath? = nil, trustedBots: [String] = []
    ) {
        self.kind = kind
        self.api = api
        self.clone = clone
        self.credentials = credentials
        self.webhookSecrets = webhookSecrets
        self.authority = authority
        self.trustedBots = trustedBots
    }
}

/// An entry of `projects:`.
package struct ProjectSettings: Equatable, Sendable {
    package enum Source: Equatable, Sendable {
        case forge(ForgeName, ForgeRepository)
        /// Any git remote: a URL, or a path on this machine.
        case git(String)
    }

    package var source: Source
    /// Nil: the remote's HEAD.
    package var defaultBranch: BranchName?
    /// Patterns of the branches besides the default one whose own policies count for what is to be merged into them.
    package var rulesFrom: [String]
    /// Seconds between two looks at the remote; nil: 30 for a git remote, 300 for a forge.
    package var poll: Double?
    package var priority: Int
    /// Runs of this project that work at the same time.
    package var concurrency: Int
    /// Seconds after the end of a run in which data, schedule and drift start no other one of the model.
    package var coolDown: Double
    package var budget: Budget
    package var floor: Floor
    /// Patterns of the models that a policy of this project may name; nil: any.
    package var models: [String]?
    /// Names of secrets that a policy of this project may ask for.
    package var secrets: [String]

    package init(
        source: Source, defaultBranch: BranchName? = nil, rulesFrom: [String] = [], poll: Double? = nil,
        priority: Int = 0, concurrency: Int = 1, coolDown: Double = 0, budget: Budget = .init(),
        floor: Floor = .init(), models: [String]? = nil, secrets: [String] = []
    ) {
        self.source = source
        self.defaultBranch = defaultBranch
        self.rulesFrom = rulesFrom
        self.poll = poll
        self.priority = priority
        self.concurrency = concurrency
        self.coolDown = coolDown
        self.budget = budget
        self.floor = floor
        self.models = models
        self.secrets = secrets
    }
}

/// `budget:` What a project may use in a day (from midnight UTC).
package struct Budget: Equatable, Sendable {
    /// Runs that were started; nil: any number.
    package var runs: Int?
    /// Seconds of wall time of runs; nil: any.
    package var time: Double?
    package init(runs: Int? = nil, time: Double? = nil) {
        self.runs = runs
        self.time = time
    }
}

/// An entry of `notify:`.
package struct NotifySettings: Equatable, Sendable {
    package enum Kind: String, Equatable, Sendable, CaseIterable {
        /// Slack's incoming webhooks, and what understands them.
        case slack
        /// Our JSON, signed as Standard Webhooks does it.
        case webhook
    }

    package var kind: Kind
    /// A secret, because Slack's addresses are.
    package var url: SecretPlace
    /// For `webhook`; nil: not signed.
    package var secret: SecretPlace?
    /// Empty: all.
    package var only: [Notice.Kind]
    /// Empty: all.
    package var projects: [ProjectName]
    /// True: addresses in private networks are allowed.
    package var allowPrivate: Bool

    package init(
        kind: Kind, url: SecretPlace, secret: SecretPlace? = nil, only: [Notice.Kind] = [],
        projects: [ProjectName] = [], allowPrivate: Bool = false
    ) {
        self.kind = kind
        self.url = url
        self.secret = secret
        self.only = only
        self.projects = projects
        self.allowPrivate = allowPrivate
    }
}

/// `limits:`
package struct ServerLimits: Equatable, Sendable {
    /// Runs that work at the same time on this machine.
    package var runs: Int
    /// Runs of one model that work at the same time.
    package var runsPerModel: Int
    /// Bytes of a webhook's body.
    package var body: Int
    /// Open connections.
    package var connections: Int
    /// Seconds that a connection may be silent, or a request take to arrive.
    package var idle: Double
    /// Seconds between being told to end and closing the door, in which `/readyz` says so.
    package var drain: Double

    package init(
        runs: Int = 1, runsPerModel: Int = 1, body: Int = 25 << 20, connections: Int = 4096, idle: Double = 15,
        drain: Double = 1
    ) {
        self.runs = runs
        self.runsPerModel = runsPerModel
        self.body = body
        self.connections = connections
        self.idle = idle
        self.drain = drain
    }
}

/// `retention:` What `sluice gc` removes, seconds after the end of a run. What a promoted model, an open decision or a
/// version that holds an alias needs is never removed.
package struct Retention: Equatable, Sendable {
    /// Logs and work files.
    package var logs: Double?
    /// Models and outputs of runs that were never promoted.
    package var outputs: Double?
    package init(logs: Double? = nil, outputs: Double? = nil) {
        self.logs = logs
        self.outputs = outputs
    }
}
