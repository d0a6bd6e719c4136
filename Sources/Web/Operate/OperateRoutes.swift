import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Hummingbird
import Logging
import Service
import Settings
import Storage

/// What a machine asks that looks after the server. Whether it lives and whether it works is nobody's secret; numbers need
/// a token, because they tell what is worked on.
enum OperateRoutes {
    static let all: [Route] = [
        Route(
            .get, "/healthz", .open,
            Manual(
                "isAlive", .server, "Whether the process lives.", body: nil,
                answers: [.other(200, "It does.", ["text/plain"])])
        ) { _, _ in Reply(.ok, "text/plain; charset=utf-8", "ok\n") },
        Route(
            .get, "/readyz", .open,
            Manual(
                "isReady", .server, "Whether the server works.", body: nil,
                answers: [
                    .other(200, "It does.", ["text/plain"]),
                    .other(503, "It does not; the reasons, one a line.", ["text/plain"]),
                ]),
            ready),
        Route(
            .get, "/metrics", .token(.viewer),
            Manual(
                "getMetrics", .server, "Numbers in the text format of Prometheus.", body: nil,
                answers: [.other(200, "Samples.", ["text/plain"])]),
            metrics),
    ]

    private static let leastFree: Int64 = 256 << 20

    /// 503 with the reasons, one a line, if the server ends, the store cannot be written, the disk is nearly full, or a loop
    /// does not go on. A new configuration or certificate that is broken is told, and does not count: the one of before goes
    /// on.
    static func ready(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let engine = site.bot.engine
        var reasons: [String] = []
        if site.bot.health.isEnding { reasons.append("the server is ending") }
        do throws(Fault) {
            // A transaction that may write, and has nothing to.
            try await engine.store.put([], cursor: "readyz", to: 0, at: engine.now())
        } catch {
            reasons.append("the store cannot be written")
        }
        let root = engine.home.root
        let free = await Blocking.run { try? Files.freeBytes(at: root) }
        if let free, free < leastFree { reasons.append("the disk of the home is nearly full") }
        let troubles = site.bot.health.now
        if troubles.contains(where: { loops.contains($0.what) && $0.fault.kind == .bug }) {
            reasons.append("a loop does not go on")
        }
        if reasons.isEmpty {
            var lines = ["ready"]
            if troubles.contains(where: { $0.what == Health.configuration }) {
                lines.append("the new configuration is broken, and the one of before is kept")
            }
            if troubles.contains(where: { $0.what == Health.certificate }) {
                lines.append("the new certificate cannot be used, and the one of before is kept")
            }
            lines += (try? await detail(site)) ?? []
            return Reply(.ok, "text/plain; charset=utf-8", lines.joined(separator: "\n") + "\n")
        }
        return Reply(.serviceUnavailable, "text/plain; charset=utf-8", reasons.joined(separator: "\n") + "\n")
    }

    /// What does not keep the server from working, and delays what it says outside. Names are for those with a token.
    private static func detail(_ site: Site) async throws -> [String] {
        let backlogs = try await site.bot.backlogs()
        var lines: [String] = []
        let broken = backlogs.count(where: \.isBroken)
        if broken > 0 { lines.append("breakers open: \(broken) of \(backlogs.count)") }
        let held = backlogs.reduce(0) { $0 + $1.held }
        if held > 0 { lines.append("messages held: \(held)") }
        if held > 0, let oldest = backlogs.compactMap(\.oldest).min() {
            lines.append("oldest message: \(age(of: oldest, site)) seconds")
        }
        return lines
    }

    private static func age(of date: Date, _ site: Site) -> Int {
        Int(max(0, min(site.bot.engine.now().timeIntervalSince(date), 1e9)).rounded(.down))
    }

    private static let loops: Set<String> = ["acting", "queue", "clock", "polling", "drops", "publishing", "sending"]

    static func metrics(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        var text = MetricsText()
        text.family("sluice_build_info", "gauge", "1; the version is a label.")
        text.sample("sluice_build_info", [("version", site.version)], 1)
        text.family("sluice_start_time_seconds", "gauge", "When the server started.")
        text.sample("sluice_start_time_seconds", [], site.startedAt.timeIntervalSince1970.rounded())
        site.meters.write(to: &text)
        text.family("sluice_body_bytes", "gauge", "Bytes of bodies that are being received.")
        text.sample("sluice_body_bytes", [], Double(site.bodies.total))
        let store = site.bot.engine.store
        let posts = try await store.postCounts()
        text.family("sluice_posts", "gauge", "Messages to the outside that wait, and that were given up.")
        text.sample("sluice_posts", [("state", "waiting")], Double(posts.waiting))
        text.sample("sluice_posts", [("state", "abandoned")], Double(posts.abandoned))
        try await outbox(site, &text)
        let pending = try await store.countPendingEvents(limit: 1000)
        text.family("sluice_events_pending", "gauge", "Events that nobody has acted on yet, at most 1000.")
        text.sample("sluice_events_pending", [], Double(pending))
        text.family("sluice_events_in_trouble", "gauge", "Events that are tried again and again, by project.")
        for (project, count) in try await store.troubleCounts().sorted(by: { $0.key < $1.key }) {
            text.sample("sluice_events_in_trouble", [("project", project.text)], Double(count))
        }
        let counts = try await store.runCounts()
        text.family("sluice_runs", "gauge", "Runs by the state in which they are.")
        for state in RunRoutes.states { text.sample("sluice_runs", [("state", state)], Double(counts[state] ?? 0)) }
        text.family("sluice_troubles", "gauge", "Things that do not go well, by what they are about.")
        for trouble in site.bot.health.now.prefix(200) {
            text.sample("sluice_troubles", [("what", trouble.what)], 1)
        }
        return Reply(.ok, "text/plain; version=0.0.4; charset=utf-8", text.text)
    }

    /// How well each forge and address takes what is said.
    private static func outbox(_ site: Site, _ text: inout MetricsText) async throws {
        let backlogs = try await site.bot.backlogs()
        text.family("sluice_breaker_open", "gauge", "1 while only a try is made now and then.")
        for backlog in backlogs {
            text.sample("sluice_breaker_open", [("target", backlog.target)], backlog.isBroken ? 1 : 0)
        }
        text.family("sluice_posts_held", "gauge", "Waiting messages that may not be sent now.")
        for backlog in backlogs {
            text.sample("sluice_posts_held", [("target", backlog.target)], Double(backlog.held))
        }
        text.family("sluice_oldest_post_age_seconds", "gauge", "Age of the oldest message that was not sent.")
        for backlog in backlogs {
            let age = backlog.oldest.map { Double(Self.age(of: $0, site)) } ?? 0
            text.sample("sluice_oldest_post_age_seconds", [("target", backlog.target)], age)
        }
    }
}

extension Site {
    /// Counts a request and writes its line: never the query, which may hold what somebody typed into the wrong place.
    func note(_ exchange: Exchange, _ route: Route?, _ reply: Reply, took: Duration) {
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let place = route?.path ?? "(none)"
        let method = Self.methods.contains(exchange.method.rawValue) ? exchange.method.rawValue : "OTHER"
        meters.request(route: place, method: method, code: reply.status.code, seconds: seconds)
        guard bot.log.logLevel <= .info else { return }
        bot.log.info(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(place)", "path": "\(String(exchange.path.prefix(200)))",
                "code": "\(reply.status.code)", "client": "\(exchange.client(listen.proxies))",
                "user": "\(exchange.caller?.user.name.text ?? "")", "ms": "\((seconds * 10_000).rounded() / 10)",
            ])
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
