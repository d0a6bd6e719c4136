import Domain
import Engine
import Forges
import Foundation
import Host
import Settings
import Storage
import SystemPackage
import TestSupport
import Testing
import Wire

@testable import Service

/// Notices to people elsewhere, and what is kept from them.
@Suite(.timeLimit(.minutes(15)))
struct NoticeTests {
    /// Sends one notice and gives what went over the wire.
    private func sent(
        _ settings: NotifySettings, answer: WireResponse = WireResponse(status: 200), title: String = "run 1 passed"
    ) async throws -> (requests: [WireRequest], record: PostRecord) {
        let requests = Mutexed<[WireRequest]>([])
        let wire = Wire { request throws(WireError) in
            requests.change { $0.append(request) }
            return answer
        }
        var record: PostRecord?
        try await withBoard(notify: ["chat": settings]) { bench in
            let notice = Notice(
                kind: .awaitsDecision, project: BoardBench.project, model: BoardBench.model, run: RunID(1),
                title: title, text: "commit abc", link: "https://sluice.example.org/runs/1", at: bench.bot.engine.now())
            try await bench.store.put(
                [Post(key: "notice:1", target: .notify("chat"), message: .notice(notice))], at: bench.bot.engine.now())
            try await Sending(bot: bench.bot, wire: wire).pass()
            record = try await bench.store.post(key: "notice:1")
        }
        return (requests.value, try #require(record))
    }

    @Test func `a plain webhook is signed so that another program can check it`() async throws {
        try await withTemporaryFolder { folder in
            let secret = "whsec_" + Data("0123456789abcdef01234567".utf8).base64EncodedString()
            let file = folder.appending("secret")
            try Files.writeDurably(Data((secret + "\n").utf8), to: file, mode: 0o600)

            let (requests, record) = try await sent(
                NotifySettings(kind: .webhook, url: .variable("HOOK"), secret: .file(file)))

            let request = try #require(requests.first)
            #expect(record.sent != nil && requests.count == 1)
            #expect(request.onlyPublic && request.url == "http://hooks.example.org/x")
            let body = folder.appending("body")
            try Files.writeDurably(try #require(request.body), to: body)
            let check = """
                import base64, hashlib, hmac, json, sys
                secret, message, time, given, path = sys.argv[1:]
                body = open(path, "rb").read()
                key = base64.b64decode(secret.removeprefix("whsec_"))
                code = hmac.new(key, f"{message}.{time}.".encode() + body, hashlib.sha256).digest()
                assert given == "v1," + base64.b64encode(code).decode()
                told = json.loads(body)
                print(told["type"], told["data"]["run"])
                """
            let said = try await Tool.find("python3", advice: "").output([
                "-c", check, secret, try #require(request.headers["webhook-id"]),
                try #require(request.headers["webhook-timestamp"]), try #require(request.headers["webhook-signature"]),
                body.string,
            ])
            #expect(said == "sluice.awaits_decision 1\n")
        }
    }

    @Test func `a chat gets one text in which nothing is a mention`() async throws {
        let (requests, _) = try await sent(
            NotifySettings(kind: .slack, url: .variable("HOOK")), title: "<!channel> & <@U1>")

        let body = try #require(requests.first?.body)
        let value = try JSONDecoder().decode(JSONValue.self, from: body)
        #expect(
            value["text"]?.text
                == "&lt;!channel&gt; &amp; &lt;@U1&gt;\ncommit abc\n<https://sluice.example.org/runs/1>")
        #expect(requests.first?.headers["webhook-signature"] == nil)
    }

    @Test func `a receiver that is busy is asked again when it says, and one that wants no more is not`() async throws {
        let settings = NotifySettings(kind: .slack, url: .variable("HOOK"))
        let busy = try await sent(settings, answer: WireResponse(status: 429, headers: ["retry-after": "30"]))
        let gone = try await sent(settings, answer: WireResponse(status: 410))
        let missing = try await sent(NotifySettings(kind: .slack, url: .variable("NOT_SET")))

        #expect(!busy.record.isAbandoned && busy.record.sent == nil)
        #expect(gone.record.isAbandoned)
        #expect(missing.requests.isEmpty && missing.record.trouble?.contains("NOT_SET is not set") == true)
    }

    @Test func `secrets are found whole, in base64 at any place, in addresses, and before anything is cut`() {
        let secret = "s3cr3t/+value=="
        let redactor = Redactor([secret, "abc"])
        for shift in 0..<3 {
            let text = Data((String(repeating: "x", count: shift) + secret).utf8).base64EncodedString()
            let clean = redactor.text("token \(text) end")
            #expect(clean.contains("[secret]"), "\(shift)")
        }
        #expect(redactor.text("a \(secret) b abc") == "a [secret] b abc")
        #expect(redactor.text("https://u:p@h/x and ssh://git@h") == "https://[secret]@h/x and ssh://[secret]@h")
        #expect(redactor.text("mail me@example.org, see https://h/a@b") == "mail me@example.org, see https://h/a@b")
        #expect(Redactor(["t4st", ""]).text("a t4st b") == "a [secret] b")
        #expect(Redactor(["abc", ""], shortest: 1).text("b abc") == "b [secret]")
        #expect(redactor.value(["k": [secret]]) == ["k": ["[secret]"]])
    }
}
