import Documents
import Domain
import Foundation
import Settings
import SystemPackage
import Testing

/// Reads a text as `/etc/sluice/server.yaml`, gates as what they are written.
func settings(_ text: String) throws(Complaints) -> ServerSettings {
    try SettingsFile.read(Data(text.utf8), file: "/etc/sluice/server.yaml", gates: anyGates).settings
}

/// One gate for each item; complains about one that is no mapping.
func anyGates(_ list: Document.Node, _ file: String, _ path: String) throws(Complaints) -> [Gate] {
    var reading = Reading(file: file)
    let metrics = (list.items ?? []).compactMap { reading.text($0["metric"] ?? $0, "\(path).metric") }
    try reading.throwComplaints()
    return metrics.map { Gate(metric: $0, condition: .atLeast(0.5)) }
}

/// What is wrong with a text, a line each, without the file's name.
func complaints(_ text: String) -> [String] {
    do throws(Complaints) {
        _ = try settings(text)
        return []
    } catch {
        return error.all.map { $0.description.replacing("/etc/sluice/server.yaml:", with: "") }
    }
}

struct ReadSettingsTests {
    @Test func `three lines for a forge and one for a project are a whole configuration`() throws {
        let settings = try settings(
            """
            version: 1
            forges:
              github:
                token: {env: GITHUB_TOKEN}
                webhook_secrets: [{env: HOOK}]
            projects:
              flights: {forge: github, repository: acme/flights}
            """)

        let forge = try #require(ForgeName("github"))
        let project = try #require(ProjectName("flights"))
        let repository = try #require(ForgeRepository("acme/flights"))
        #expect(settings.listen == Listen())
        #expect(
            settings.forges[forge]
                == ForgeSettings(
                    kind: .github, api: "https://api.github.com", clone: "https://github.com",
                    credentials: .token(.variable("GITHUB_TOKEN")), webhookSecrets: [.variable("HOOK")]))
        #expect(settings.projects[project] == ProjectSettings(source: .forge(forge, repository)))
    }

    @Test func `every key is read`() throws {
        let settings = try settings(
            """
            version: 1
            listen: {address: "::1", port: 443, url: https://sluice.example.org/, tls: {certificate: cert.pem, key: /k/key.pem}}
            forges:
              ours:
                kind: gitea
                api: https://git.example.org/code/api/v1
                token: {file: secrets/token}
                webhook_secrets: [{env: NEW}, {env: OLD}]
                authority: ca.pem
                trusted_bots: [release-bot]
              app:
                kind: github
                app: {id: 123, key: {file: app.pem}}
                webhook_secrets: [{env: APP_HOOK}]
            projects:
              flights:
                forge: ours
                repository: acme/flights.git
                branch: trunk
                poll: 1m
                priority: 5
                concurrency: 2
                cool_down: 10m
                budget: {runs: 20, time: 12h}
                floor:
                  gates: [{metric: auc}]
                  approval: {required: 2, by: [alice, "@acme/leads"], not_by_author: true}
                secrets: [WAREHOUSE]
              wafers: {git: /srv/git/wafers.git}
            notify:
              team: {kind: slack, url: {env: SLACK}, only: [promoted], projects: [wafers]}
              hook: {kind: webhook, url: {env: HOOK_URL}, secret: {env: HOOK_KEY}, private: true}
            limits: {runs: 3, runs_per_model: 2, body: 1 MiB, connections: 100, idle: 5s}
            retention: {logs: 90d, outputs: 30d}
            """)

        let ours = try #require(ForgeName("ours"))
        let flights = try #require(ProjectName("flights"))
        let wafers = try #require(ProjectName("wafers"))
        #expect(
            settings.listen
                == Listen(
                    address: "::1", port: 443, url: "https://sluice.example.org",
                    tls: .init(certificate: "/etc/sluice/cert.pem", key: "/k/key.pem")))
        #expect(
            settings.forges[ours]
                == ForgeSettings(
                    kind: .gitea, api: "https://git.example.org/code/api/v1", clone: "https://git.example.org/code",
                    credentials: .token(.file("/etc/sluice/secrets/token")),
                    webhookSecrets: [.variable("NEW"), .variable("OLD")], authority: "/etc/sluice/ca.pem",
                    trustedBots: ["release-bot"]))
        let app = try #require(ForgeName("app"))
        #expect(settings.forges[app]?.credentials == .app(id: "123", key: .file("/etc/sluice/app.pem")))
        #expect(
            settings.projects[flights]
                == ProjectSettings(
                    source: .forge(ours, try #require(ForgeRepository("acme/flights"))),
                    defaultBranch: BranchName("trunk"), poll: 60, priority: 5, concurrency: 2, coolDown: 600,
                    budget: Budget(runs: 20, time: 43_200),
                    floor: Floor(
                        gates: [Gate(metric: "auc", condition: .atLeast(0.5))], required: 2, notByAuthor: true,
                        by: ["alice", "@acme/leads"].compactMap { PersonName($0) }), secrets: ["WAREHOUSE"]))
        #expect(settings.projects[wafers] == ProjectSettings(source: .git("/srv/git/wafers.git")))
        #expect(
            settings.notify["team"]
                == NotifySettings(kind: .slack, url: .variable("SLACK"), only: [.promoted], projects: [wafers]))
        #expect(
            settings.notify["hook"]
                == NotifySettings(
                    kind: .webhook, url: .variable("HOOK_URL"), secret: .variable("HOOK_KEY"), allowPrivate: true))
        #expect(settings.limits == ServerLimits(runs: 3, runsPerModel: 2, body: 1 << 20, connections: 100, idle: 5))
        #expect(settings.retention == Retention(logs: 7_776_000, outputs: 2_592_000))
    }

    @Test(arguments: [
        ("https://ghe.example.org/api/v3", "github", "https://ghe.example.org"),
        ("https://git.example.org/api/v4", "gitlab", "https://git.example.org"),
        ("https://example.org/git/api/v4/", "gitlab", "https://example.org/git"),
        ("https://api.example.org:8443/odd", "gitea", "https://api.example.org:8443"),
    ])
    func `where to clone from follows from the API of an instance of one's own`(
        api: String, kind: String, clone: String
    ) throws {
        let settings = try settings(
            """
            version: 1
            forges: {ours: {kind: \(kind), api: "\(api)", token: {env: T}, webhook_secrets: [{env: S}]}}
            projects: {p: {forge: ours, repository: a/b}}
            """)

        #expect(settings.forges.values.first?.clone == clone)
    }

    @Test func `the JSON Schema and the reference name every key`() {
        for key in ["webhook_secrets", "cool_down", "not_by_author", "runs_per_model", "authority", "outputs"] {
            #expect(ServerSettings.jsonSchema.contains("\"\(key)\""))
            #expect(ServerSettings.reference.contains("`\(key)`"))
        }
    }
}
