import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Storage
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(15))) struct APITests {
    @Test func `runs are listed by pages, and one is told whole`() async throws {
        try await withSite { site in
            let token = try await site.token(.viewer)
            for number in 1...3 { _ = try await site.judged(subject: "Change \(number)") }
            let first = try await site.get("/api/v1/runs?limit=2", token: token).json()
            let second = try await site.get("/api/v1/runs?limit=2&before=2", token: token).json()
            let one = try await site.get("/api/v1/runs/3", token: token)

            #expect(first["next"] == .integer(2))
            #expect(second["next"] == nil)
            if case .array(let rows) = second["runs"] { #expect(rows.map { $0["run"] } == [.integer(1)]) }
            #expect(try one.json()["commit_subject"]?.text == "Change 3")
            #expect(try one.json()["run"]?["status"]?.text == "waiting")
            let again = try await site.send(
                "GET", "/api/v1/runs/3",
                ["Authorization": "Bearer \(token)", "If-None-Match": try #require(one.headers["etag"])])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
        }
    }

    @Test(arguments: [
        ("/api/v1/runs?limit=0", 400), ("/api/v1/runs?limit=1&limit=2", 400), ("/api/v1/runs?model=a%20b", 400),
        ("/api/v1/runs?x=%FF%zz", 400), ("/api/v1/runs/99", 404), ("/api/v1/runs/x", 404), ("/api/v1/none", 404),
        ("/api/v1/models/none/versions", 404), ("/api/v1/why?subject=none", 404), ("/api/v1/runs/99/stages/a/log", 404),
    ])
    func `a mistake is told as a problem`(_ path: String, _ status: Int) async throws {
        try await withSite { site in
            let answer = try await site.get(path, token: try await site.token(.viewer))
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(try answer.json()["status"] == .integer(Int64(status)))
        }
    }

    @Test func `what happened is told in words beside the record`() async throws {
        try await withSite { site in
            let run = try await site.judged()
            let answer = try await site.get("/api/v1/why?subject=run%20\(run.id)", token: try await site.token(.viewer))
            guard case .array(let entries) = try answer.json()["journal"] else { throw Fault(.bug, "no journal") }

            #expect(entries.contains { $0["said"]?.text == "run 1 works on its stages" })
            #expect(entries.allSatisfy { $0["said"]?.text?.contains("{") == false })
        }
    }

    @Test func `a log is read by pieces and followed to its end`() async throws {
        try await withSite { site in
            let run = try await site.judged()
            let token = try await site.token(.viewer)
            let place = "/api/v1/runs/\(run.id)/stages/train%3Afit/log"
            let piece = try await site.get("\(place)?offset=8&limit=5", token: token)
            let stream = try await site.get("\(place)/stream?offset=8", token: token)

            #expect(piece.text == "löss")
            #expect(piece.headers["sluice-log-next"] == "13")
            #expect(stream.headers["content-type"] == "text/event-stream")
            #expect(stream.text.contains(#"data: {"offset":8,"text":"löss 0.5 <script>\n"}"#))
            #expect(stream.text.hasSuffix("event: end\ndata: {\"state\":\"judged\"}\n\n"))
        }
    }

    @Test func `a character is never cut in two`() {
        #expect(LogRoutes.wholeCharacters(Data("aö".utf8)) == Data("aö".utf8))
        #expect(LogRoutes.wholeCharacters(Data("aö".utf8).dropLast()) == Data("a".utf8))
        #expect(LogRoutes.wholeCharacters(Data("a😀".utf8).dropLast(2)) == Data("a".utf8))
        #expect(LogRoutes.wholeCharacters(Data([0xFF])) == Data([0xFF]))
    }

    @Test func `a decision is bound to the evidence that was looked at`() async throws {
        try await withSite { site in
            let run = try await site.judged()
            let token = try await site.token(.approver)
            let other = try await site.post(
                "/api/v1/runs/\(run.id)/decisions", token: token,
                json: #"{"answer":"approve","evidence":"\#(Digest.of("other").hex)"}"#)
            let evidence = try #require(run.evidence).digest.hex
            let empty = try await site.post(
                "/api/v1/runs/\(run.id)/decisions", token: token,
                json: #"{"answer":"reject","evidence":"\#(evidence)"}"#)
            let viewer = try await site.post(
                "/api/v1/runs/\(run.id)/decisions", token: try await site.token(.viewer),
                json: #"{"answer":"approve","evidence":"\#(evidence)"}"#)

            #expect(other.status == 409)
            #expect(try other.json()["detail"]?.text == "the evidence is not that of run 1")
            #expect(empty.status == 409)
            #expect(viewer.status == 403)
            let decisions = try await site.engine.store.decisions(of: run.id)
            #expect(decisions.isEmpty)
        }
    }

    @Test func `a token is told once, and does what its role allows and no more`() async throws {
        try await withSite { site in
            let admin = try await site.token(.admin)
            let user = try await site.post("/api/v1/users", token: admin, json: #"{"name":"bob","role":"approver"}"#)
            let made = try await site.post(
                "/api/v1/users/bob/tokens", token: admin, json: #"{"note":"ci","role":"viewer","days":7}"#)
            let text = try #require(try made.json()["text"]?.text)
            let listed = try await site.get("/api/v1/users/bob/tokens", token: admin)

            #expect(user.status == 201)
            #expect(made.status == 201)
            #expect(!listed.text.contains(text))
            let reads = try await site.get("/api/v1/runs", token: text)
            let asks = try await site.post("/api/v1/projects/flights/runs", token: text, json: "{}")
            #expect(reads.status == 200)
            #expect(asks.status == 403)
        }
    }

    @Test func `an admin says who a user is on the forge, and nobody says it of themselves`() async throws {
        try await withSite { site in
            let admin = try await site.token(.admin)
            func patch(_ user: String, _ json: String, by token: String) async throws -> Answer {
                try await site.send(
                    "PATCH", "/api/v1/users/\(user)",
                    ["Authorization": "Bearer \(token)", "Content-Type": "application/json"], body: Data(json.utf8))
            }
            let new = try await site.post(
                "/api/v1/users", token: admin, json: #"{"name":"bob","role":"approver","login":"octo-bob"}"#)
            let changed = try await patch("bob", #"{"login":"{00a6-b}"}"#, by: admin)
            let again = try await patch("bob", #"{"login":"{00a6-b}"}"#, by: admin)
            let own = try await patch("admin-1", #"{"login":"octo-root"}"#, by: admin)
            let approver = try await patch("bob", #"{"login":"mallory"}"#, by: try await site.token(.approver))
            let nobody = try await patch("carl", #"{"login":"carl"}"#, by: admin)
            var bad: [Int] = []
            for login in [#""""#, #""a b""#, #""a\nb""#, "7", "null", "\"\(String(repeating: "x", count: 201))\""] {
                bad.append(try await patch("bob", "{\"login\":\(login)}", by: admin).status)
            }

            #expect(new.status == 201 && changed.status == 200)
            #expect(try new.json()["login"]?.text == "octo-bob")
            #expect(try changed.json()["login"]?.text == "{00a6-b}")
            #expect(again.status == 200 && again.body == changed.body)
            let refused: [Int] = [own.status, approver.status, nobody.status]
            #expect(refused == [409, 403, 404])
            #expect(bad == Array(repeating: 400, count: 6))
            let name = try #require(PersonName("bob"))
            let user = try await site.engine.store.user(name)
            #expect(user?.login?.text == "{00a6-b}" && user?.role == .approver && user?.disabledAt == nil)
            let journal = try await site.engine.store.journal(subject: "user bob", limit: 10)
            #expect(journal.count == 2)
            #expect(journal.last?.body.contains(#""what":"login""#) == true, "\(journal)")
        }
    }

    @Test func `the address of a remote is shown without who may read it`() async throws {
        try await withSite { site in
            let answer = try await site.get("/api/v1/projects", token: try await site.token(.viewer))
            #expect(answer.text.contains("https://example.org/flights.git"))
            #expect(!answer.text.contains("pass"))
        }
    }

    @Test func `the document names every route of the API, and every shape that it names is there`() throws {
        let document = OpenAPI.document(of: RouteTable.all.routes, version: "1")
        let text = Canonical.text(of: document)

        for route in RouteTable.all.routes {
            let isThere = document["paths"]?[route.path]?[route.method.rawValue.lowercased()] != nil
            // What browsers are shown is no part of the API.
            let isPage = route.path == "/sign-in" || ["/favicon.ico", "/style.css"].contains(route.path)
            if case .session = route.access {
                #expect(!isThere, "\(route.path)")
            } else {
                #expect(isThere != isPage, "\(route.method) \(route.path)")
            }
        }
        if case .object(let paths) = document["paths"] {
            for (path, operations) in paths {
                guard case .object(let methods) = operations else { continue }
                for method in methods.keys {
                    let isRoute = RouteTable.all.routes.contains {
                        $0.path == path && $0.method.rawValue.lowercased() == method
                    }
                    #expect(isRoute, "\(method) \(path) is answered by nobody")
                }
            }
        }
        for match in text.matches(of: /#\/components\/schemas\/(\w+)/) {
            #expect(Shapes.named[String(match.1)] != nil, "\(match.1)")
        }
        let names = RouteTable.all.routes.compactMap(\.manual?.name)
        #expect(Set(names).count == names.count)
    }

    @Test(
        .enabled(if: (try? Tool.find("schemathesis", advice: "")) != nil, "schemathesis is not installed"),
        .timeLimit(.minutes(20)))
    func `a tester that follows the document finds no fault`() async throws {
        try await withSite { site in
            _ = try await site.judged()
            let token = try await site.token(.admin)
            // Python 3.11 confuses the depths of two threads that both compile ("AST constructor recursion depth
            // mismatch"), so one worker; the seed makes two calls alike.
            let outcome = try await Tool.find("schemathesis", advice: "").run(
                [
                    "run", "http://127.0.0.1:\(site.port)/api/v1/openapi.json", "-H", "Authorization: Bearer \(token)",
                    "--max-examples", "15", "--seed", "1", "--exclude-path-regex", "stream$", "--no-color", "--workers",
                    "1",
                ], in: site.folder, deadline: .seconds(1000))
            #expect(outcome.output.contains(" generated, "), "it tried nothing")
            if outcome.status != 0 { Issue.record("\(outcome.output.suffix(20_000))\(outcome.errors.suffix(2000))") }
        }
    }
}
