import Crypto
package import Domain
package import Foundation
import HTTPTypes
import Host
import Hummingbird
import NIOCore
import Synchronization
package import SystemPackage
import Wire

/// A strict forge with a memory, on loopback, so that a story is written once for all kinds.
///
/// People do things by the methods of this type (`openPullRequest`, `comment`, `push`), and each leaves a signed delivery
/// that `deliver(to:)` sends. The bot does things by the forge's own HTTP API, which refuses what the real one would. Git
/// data are real bare repositories in a folder: `clone` is a path.
package final class FakeForge: Sendable {
    package let kind: ForgeKind
    /// What the bare repositories lie in: the base that a repository's path and `.git` are put behind.
    package let clone: String
    package let webhookSecret: String
    let dialect: FakeDialect
    let state: Mutex<FakeForgeState>
    private let loopback: Loopback
    private let wire: Wire

    /// Starts it on a free port. `folder`: for its repositories. Call `stop()` at the end, or use `withFakeForge`.
    package static func start(
        _ kind: ForgeKind, in folder: FilePath, app: String? = nil, webhookSecret: String = "It's a Secret to Everybody"
    ) async throws -> FakeForge {
        let forge = try FakeForge(kind, folder, app, webhookSecret)
        try await forge.listen()
        return forge
    }

    private init(_ kind: ForgeKind, _ folder: FilePath, _ app: String?, _ webhookSecret: String) throws {
        self.kind = kind
        self.webhookSecret = webhookSecret
        let clones = folder.appending("forge")
        try Files.makeDirectory(clones)
        clone = clones.string
        dialect = FakeDialect.of(kind)
        let bot = FakeUser(id: 900, login: app == nil ? "sluice-bot" : "sluice[bot]", isMachine: app != nil)
        var state = FakeForgeState(kind: kind, bot: bot, token: FakeForge.newToken(kind), webhookSecret: webhookSecret)
        state.app = app
        self.state = Mutex(state)
        loopback = Loopback("fake-forge")
        wire = try Wire.live(agent: "\(kind.rawValue)-hook")
    }

    /// On Bitbucket with the account's address, as its API tokens are given.
    private static func newToken(_ kind: ForgeKind) -> String {
        (kind == .bitbucket ? "bot@example.org:" : "") + "fake_" + String(UInt64.random(in: 0 ... .max), radix: 36)
            + String(UInt64.random(in: 0 ... .max), radix: 36)
    }

    /// The bot's token of now.
    package var token: String { state.withLock { $0.token } }

    /// Revokes the bot's token and makes another one, which nobody tells the bot. Returns it.
    @discardableResult
    package func renewToken() -> String {
        let next = Self.newToken(kind)
        state.withLock { $0.token = next }
        return next
    }

    /// `http://127.0.0.1:PORT…`, without a slash at its end: what `api:` of `server.yaml` is.
    package var api: String { "http://127.0.0.1:\(loopback.port)\(dialect.prefix)" }

    /// The connection is refused from now on.
    package func stop() async { await loopback.stop() }

    /// Listens again on the port that it had.
    package func listen() async throws {
        try await loopback.listen { try await self.respond(to: $0) }
        let base = api
        state.withLock { $0.base = base }
    }

    private func respond(to request: Request) async throws -> Response {
        let bytes = try await request.body.collect(upTo: 32 << 20)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1)
        let path = String(parts.first ?? "/")
        let body = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView))
        let (ahead, delay) = state.withLock { ($0.troubles.ahead, $0.troubles.delay) }
        let call = FakeCall(
            method: request.method.rawValue,
            path: path.hasPrefix(dialect.prefix) ? String(path.dropFirst(dialect.prefix.count)) : path,
            query: query(parts.count > 1 ? parts[1] : ""), headers: headers, body: body ?? .null,
            now: Date().addingTimeInterval(ahead), base: api
        )
        if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
        let (answer, isLost) = state.withLock { self.answer(call, &$0) }
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        fields[.contentType] = fields[.contentType] ?? "application/json"
        let status = HTTPResponse.Status(code: answer.status)
        let isStalling = state.withLock { $0.troubles.isStalling }
        guard !isLost, !isStalling else {
            // Longer than what is sent: the connection breaks, or stands still, before the answer is whole.
            let body = ResponseBody(contentLength: 1 << 20) { writer in
                try await writer.write(ByteBuffer(string: " "))
                if isStalling { try await Task.sleep(for: .seconds(60)) }
                throw Lost()
            }
            return Response(status: status, headers: fields, body: body)
        }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    private struct Lost: Error {}

    private func query(_ text: Substring) -> [String: String] {
        var query: [String: String] = [:]
        for field in text.split(separator: "&") {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count > 1 ? String(pair[1]) : ""
            query[String(pair.first ?? "")] =
                value.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
        }
        return query
    }

    /// The answer, and whether it is to get lost on its way.
    private func answer(_ call: FakeCall, _ state: inout FakeForgeState) -> (FakeAnswer, isLost: Bool) {
        let answer: FakeAnswer
        let isWrite = call.method != "GET"
        var isLost = false
        if let instead = state.troubles.instead.first(where: { call.path.hasSuffix($0.key) })?.value {
            answer = instead
        } else if state.troubles.isUnavailable {
            answer = .message(503, "No server is currently available to service your request.")
        } else if let until = state.troubles.limitedUntil, until > call.now {
            let isSecond = state.kind == .github && state.troubles.isSecondLimit
            answer = isSecond ? FakeGitHub.secondLimit(until, call.now) : dialect.limited(until, call.now)
        } else if let refusal = dialect.refuse(call, state) {
            answer = refusal
        } else {
            let made = act(call, &state)
            if isWrite, (200..<300).contains(made.status) {
                state.writes.append((call.method, call.path, call.now))
                isLost = state.troubles.lostAnswers > 0
                state.troubles.lostAnswers = max(0, state.troubles.lostAnswers - 1)
            }
            answer = state.troubles.badGateways > 0 ? .message(502, "Server Error") : made
            state.troubles.badGateways = max(0, state.troubles.badGateways - 1)
        }
        state.requests.append((call.method, call.path, answer.status))
        return (answer, isLost)
    }

    private func act(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        state.followBranchesOfBot()
        for route in dialect.routes {
            if let captures = route.match(call.method, call.path) {
                var call = call
                call.captures = captures
                return route.act(call, &state)
            }
        }
        return .message(404, "Not Found: the fake has no \(call.method) \(call.path)")
    }

    /// Sends the deliveries that were not sent yet, in their order, and returns the statuses that were answered.
    @discardableResult
    package func deliver(to url: String) async throws -> [Int] {
        let waiting = state.withLock { state in
            defer { state.deliveries = [] }
            return state.deliveries
        }
        return try await send(waiting, to: url)
    }

    /// Sends deliveries, again with the ids that they have.
    @discardableResult
    package func send(_ deliveries: [FakeDelivery], to url: String) async throws -> [Int] {
        var statuses: [Int] = []
        for delivery in deliveries {
            let request = WireRequest(.post, url, headers: delivery.headers, body: delivery.body)
            statuses.append(try await wire.send(request).status)
        }
        return statuses
    }

    /// Looks at a page of the server, as a person or a machine with a token of the server's would.
    package func look(at url: String, token: String) async throws -> (status: Int, text: String) {
        let answer = try await wire.send(WireRequest(.get, url, headers: ["authorization": "Bearer \(token)"]))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// What was not delivered yet.
    package var deliveries: [FakeDelivery] { state.withLock { $0.deliveries } }
    /// Accepted writes of the bot, with their times.
    package var writes: [(method: String, path: String, at: Date)] { state.withLock { $0.writes } }
    /// Every request that came, refused ones too.
    package var requests: [(method: String, path: String, status: Int)] { state.withLock { $0.requests } }
    /// Tokens that an App has minted and that are good still.
    package var installationTokens: [(permissions: [String: String], repositories: [String])] {
        state.withLock { state in
            state.installationTokens.values.map { (permissions: $0.permissions, repositories: $0.repositories) }
        }
    }
    /// The most writes within any second.
    package var mostWritesInASecond: Int {
        let times = writes.map(\.at).sorted()
        return times.map { start in times.count { $0 >= start && $0.timeIntervalSince(start) < 1 } }.max() ?? 0
    }
    /// The bot's account.
    package var bot: FakeUser { state.withLock { $0.bot } }
    /// Changes what goes wrong from now on.
    package func trouble(_ change: @Sendable (inout FakeTroubles) -> Void) { state.withLock { change(&$0.troubles) } }
}

/// A fake forge for the time of `body`.
package func withFakeForge<Value: Sendable>(
    _ kind: ForgeKind, app: String? = nil, _ body: (FakeForge) async throws -> Value
) async throws -> Value {
    try await withTemporaryFolder { folder in
        let forge = try await FakeForge.start(kind, in: folder, app: app)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(forge)) } catch { outcome = .failure(error) }
        await forge.stop()
        return try outcome.get()
    }
}

/// HMAC-SHA256 in lower-case hexadecimal digits.
package func fakeSignature(_ body: Data, secret: String) -> String {
    HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(secret.utf8)))
        .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
