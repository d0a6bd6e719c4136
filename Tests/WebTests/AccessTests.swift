import Domain
import Engine
import Foundation
import HTTPTypes
import Settings
import Storage
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(15))) struct AccessTests {
    @Test func `nothing is shown to nobody but health and the door`() async throws {
        try await withSite { site in
            for route in RouteTable.all.routes {
                let path = route.path.replacing(/\{\w+\}/, with: "1")
                let answer = try await site.send(
                    route.method.rawValue, path, [:], body: route.method == .get ? nil : Data())
                switch route.access {
                case .open:
                    #expect(
                        ["/favicon.ico", "/healthz", "/readyz", "/sign-in", "/style.css", "/webhooks/{forge}"].contains(
                            route.path))
                case .token: #expect(answer.status == 401, "\(route.method) \(route.path)")
                case .session:
                    #expect(answer.status == 303, "\(route.method) \(route.path)")
                    #expect(answer.headers["location"]?.hasPrefix("/sign-in") == true)
                }
            }
        }
    }

    @Test func `signing in gives a cookie that no script and no other site gets`() async throws {
        try await withSite { site in
            let token = try await site.token(.viewer)
            let answer = try await site.submit("/sign-in", "token=\(token)&next=%2Fqueue")
            let cookie = try #require(answer.headers["set-cookie"])

            #expect(answer.status == 303)
            #expect(answer.headers["location"] == "/queue")
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"))
            #expect(!cookie.contains(token))
            let page = try await site.send("GET", "/", ["Cookie": String(cookie.prefix { $0 != ";" })])
            #expect(page.status == 200)
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        }
    }

    @Test func `behind HTTPS the cookie goes that way only`() async throws {
        try await withSite(listen: Listen(port: 0, url: "https://sluice.example.org")) { site in
            let token = try await site.token(.viewer)
            let answer = try await site.submit("/sign-in", "token=\(token)", origin: "https://sluice.example.org")

            #expect(answer.headers["set-cookie"]?.hasPrefix("__Host-sluice=sluice_") == true)
            #expect(answer.headers["set-cookie"]?.contains("; Secure") == true)
        }
    }

    @Test(arguments: ["//evil.example", "https://evil.example", "/\\evil.example", ""])
    func `signing in leads to pages of ours only`(_ next: String) {
        #expect(Session.local(next) == "/")
    }

    @Test func `who followed a link to a page comes to it after signing in, with all that it asked for`() async throws {
        try await withSite { site in
            let asked = try await site.send("GET", "/?text=lower%20rate&state=judged")
            let place = try #require(asked.headers["location"])
            #expect(place == "/sign-in?next=/%3Ftext%3Dlower%2520rate%26state%3Djudged")

            let form = try await site.send("GET", place)
            #expect(form.text.contains("name=\"next\" value=\"/?text=lower%20rate&amp;state=judged\""))
            let next = "next=%2F%3Ftext%3Dlower%2520rate%26state%3Djudged"
            let answer = try await site.submit("/sign-in", "token=\(try await site.token(.viewer))&\(next)")
            #expect(answer.headers["location"] == "/?text=lower%20rate&state=judged")
        }
    }

    @Test func `a token may not be made for more than its user may`() async throws {
        try await withSite { site in
            let admin = try await site.token(.admin)
            _ = try await site.post("/api/v1/users", token: admin, json: #"{"name":"vera","role":"viewer"}"#)

            let refused = try await site.post(
                "/api/v1/users/vera/tokens", token: admin, json: #"{"note":"ci","role":"admin"}"#)

            #expect(refused.status == 409)
            #expect(try refused.json()["detail"]?.text == "vera is viewer: a token of theirs may not be more")
        }
    }

    @Test func `a token is no cookie and a session is no token`() async throws {
        try await withSite { site in
            let token = try await site.token(.viewer)
            let cookie = try await site.signIn(.viewer)
            let session = String(cookie.dropFirst("sluice=".count))

            let asCookie = try await site.send("GET", "/", ["Cookie": "sluice=\(token)"])
            let asToken = try await site.get("/api/v1/runs", token: session)
            #expect(asCookie.status == 303)
            #expect(asToken.status == 401)
        }
    }

    @Test func `forms count only from our pages and with the session's own proof`() async throws {
        try await withSite { site in
            let cookie = try await site.signIn(.operator)
            let page = try await site.send("GET", "/projects", ["Cookie": cookie])
            let proof = try #require(
                page.text.firstMatch(of: /name="proof" value="([0-9a-f]{64})"/).map { String($0.1) })

            let foreign = try await site.submit(
                "/projects/flights/runs", "proof=\(proof)", cookie: cookie, origin: "https://evil.example")
            let unproven = try await site.submit("/projects/flights/runs", "proof=x", cookie: cookie)
            let good = try await site.submit("/projects/flights/runs", "proof=\(proof)&branch=main", cookie: cookie)
            #expect(foreign.status == 403)
            #expect(unproven.status == 403)
            #expect(good.status == 303)
            let events = try await site.engine.store.events(limit: 10)
            #expect(events.count == 1)
        }
    }

    @Test func `a session ends with signing out, with its token and with its user`() async throws {
        try await withSite { site in
            let admin = try await site.token(.admin)
            for way in ["sign out", "token", "user"] {
                let name = try #require(PersonName("eve-\(way.count)"))
                let token = try await site.token(.viewer, name: name.text)
                let answer = try await site.submit("/sign-in", "token=\(token)")
                let cookie = String(try #require(answer.headers["set-cookie"]).prefix { $0 != ";" })
                let page = try await site.send("GET", "/", ["Cookie": cookie])
                #expect(page.status == 200)
                switch way {
                case "sign out":
                    let proof = try #require(page.text.firstMatch(of: /value="([0-9a-f]{64})"/).map { String($0.1) })
                    let out = try await site.submit("/sign-out", "proof=\(proof)", cookie: cookie)
                    #expect(out.status == 303)
                case "token":
                    let id = try #require(try await site.engine.store.tokens(of: name).last?.id)
                    let gone = try await site.send(
                        "DELETE", "/api/v1/users/\(name)/tokens/\(id)", ["Authorization": "Bearer \(admin)"])
                    #expect(gone.status == 204)
                default:
                    let gone = try await site.send(
                        "PATCH", "/api/v1/users/\(name)",
                        ["Authorization": "Bearer \(admin)", "Content-Type": "application/json"],
                        body: Data(#"{"disabled":true}"#.utf8))
                    #expect(gone.status == 200)
                }
                let after = try await site.send("GET", "/", ["Cookie": cookie])
                #expect(after.status == 303, "\(way)")
            }
        }
    }

    @Test func `attempts to sign in are limited by address, and memory by their number`() {
        let signIns = SignIns(most: 3)
        let now = Date(timeIntervalSince1970: 1_764_000_000)

        #expect((0..<4).map { _ in signIns.mayFail("10.0.0.1", at: now) } == [true, true, true, false])
        #expect(signIns.mayFail("10.0.0.2", at: now))
        #expect(signIns.mayFail("10.0.0.1", at: now.addingTimeInterval(61)))
        #expect(signIns.mayFail("10.0.0.1", at: now.addingTimeInterval(-3600)), "a clock that is put back")
    }
}
