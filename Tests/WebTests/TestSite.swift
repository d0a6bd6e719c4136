import Domain
import Engine
import Forges
import Foundation
import Host
import Logging
import Service
import ServiceLifecycle
import Settings
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Web

/// A server on a home and a port of its own.
struct TestSite: Sendable {
    let engine: Engine
    let server: Server
    let port: Int
    let group: ServiceGroup
    let folder: FilePath

    static let secret = "It's a Secret to Everybody"

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: Data? = nil
    ) async throws -> Answer {
        let port = port
        return try await Blocking.run { () throws(Fault) in
            try Socket(port: port).exchange(method, path, headers, body)
        }
    }

    func get(_ path: String, token: String) async throws -> Answer {
        try await send("GET", path, ["Authorization": "Bearer \(token)"])
    }

    func post(_ path: String, token: String, json: String) async throws -> Answer {
        try await send(
            "POST", path, ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            body: Data(json.utf8))
    }

    /// A delivery of GitHub's with a signature; `zen` makes it another one.
    func deliver(_ zen: String, to forge: String = "github", secret: String = secret) async throws -> Answer {
        let body = Data(#"{"zen":"\#(zen)","hook_id":1}"#.utf8)
        return try await send("POST", "/webhooks/\(forge)", delivery(body, id: zen, secret: secret), body: body)
    }

    func delivery(_ body: Data, id: String, secret: String = secret) -> [String: String] {
        [
            "Content-Type": "application/json", "X-GitHub-Event": "ping", "X-GitHub-Delivery": id,
            "X-Hub-Signature-256": "sha256=\(hmac(body, secret))",
        ]
    }

    /// A token of a user of that role.
    func token(_ role: Role, name: String? = nil) async throws -> String {
        let person = try #require(PersonName(name ?? "\(role.rawValue)-1"))
        if try await engine.store.user(person) == nil {
            try await engine.store.add(user: person, role: role, at: engine.now())
        }
        let text = TokenText.random()
        _ = try await engine.store.add(
            token: text.hash, user: person, use: .api, note: "test", role: role, expiresAt: nil, at: engine.now())
        return text.secret
    }

    /// The cookie of somebody who signed in with a token of that role.
    func signIn(_ role: Role) async throws -> String {
        let answer = try await submit("/sign-in", "token=\(try await token(role))")
        let cookie = try #require(answer.headers["set-cookie"])
        return String(cookie.prefix { $0 != ";" })
    }

    /// A form, as a browser sends it from a page of ours.
    func submit(_ path: String, _ form: String, cookie: String = "", origin: String? = nil) async throws -> Answer {
        try await send(
            "POST", path,
            [
                "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie,
                "Origin": origin ?? "http://127.0.0.1:\(port)",
            ], body: Data(form.utf8))
    }
}

func withSite(
    limits: ServerLimits = ServerLimits(), listen: Listen = Listen(port: 0), notify: [String: NotifySettings] = [:],
    mostWaiting: Int = 4096, home: FilePath? = nil, _ body: (TestSite) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let engine = try await Engine.open(Home(root: home ?? folder.appending("home")), variables: [:])
        let github = try #require(ForgeName("github"))
        let flights = try #require(ProjectName("flights"))
        let webhook = try #require(Webhook(kind: .github, secrets: [TestSite.secret]))
        let bitbucket = try #require(ForgeName("bitbucket"))
        let other = try #require(Webhook(kind: .bitbucket, secrets: [TestSite.secret]))
        let settings = ServerSettings(
            listen: listen,
            projects: [flights: ProjectSettings(source: .git("https://me:pass@example.org/flights.git"))],
            notify: notify, limits: limits)
        let configuration = Configuration(
            Configuration.Live(
                settings: settings, forges: [:], webhooks: [github: webhook, bitbucket: other], secrets: []))
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, told) = AsyncStream<Int>.makeStream()
        let server = Server(
            bot: Bot(engine: engine, configuration: configuration, log: log, mostWaiting: mostWaiting), listen: listen,
            limits: limits, version: "1.2.3", onListening: { told.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: log))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { told.finish() }
                try await group.run()
            }
            var listening: Int?
            for await port in ports {
                listening = port
                break
            }
            if let port = listening {
                try await body(TestSite(engine: engine, server: server, port: port, group: group, folder: folder))
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
            try #require(listening != nil, "the server did not listen")
        }
    }
}

/// HMAC-SHA-256 (RFC 2104) in hexadecimal, written out so that the tests do not use what they test.
func hmac(_ message: Data, _ secret: String) -> String {
    var key = Array(secret.utf8)
    if key.count > 64 { key = bytes(Digest.of(Data(key)).hex) }
    key += [UInt8](repeating: 0, count: 64 - key.count)
    let inner = Digest.of(Data(key.map { $0 ^ 0x36 }) + message)
    return Digest.of(Data(key.map { $0 ^ 0x5C }) + Data(bytes(inner.hex))).hex
}

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { $0 >= 0x61 ? $0 - 0x57 : $0 - 0x30 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
