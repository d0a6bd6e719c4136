import Domain
import Engine
import Foundation
import Storage
import Testing

@testable import Web

/// Buttons that put a version back and make a run again, for those who may.
@Suite(.timeLimit(.minutes(15)))
struct ReturningPageTests {
    private func proof(_ page: Answer) throws -> String {
        try #require(page.text.firstMatch(of: /name="proof" value="([0-9a-f]{64})"/).map { String($0.1) })
    }

    @Test
    func `the way back is shown to approvers, counts for the version on the page, and says what stands against it`()
        async throws
    {
        try await withSite { site in
            try await site.twoVersions()
            let (viewer, approver) = (try await site.signIn(.viewer), try await site.signIn(.approver))
            let seen = try await site.send("GET", "/models", ["Cookie": viewer])
            let asked = try await site.send("GET", "/models", ["Cookie": approver])
            let place = "/models/flight-delay/rollback"
            let fields = "alias=champion&version=2&reason=worse"

            #expect(seen.text.contains("flight-delay version 2 is champion now."))
            #expect(!seen.text.contains("Roll back") && asked.text.contains("Roll back to version 1"))
            let mine = try proof(asked)
            let above = try await site.submit(place, "proof=\(mine)&\(fields)", cookie: viewer)
            let unproven = try await site.submit(place, "proof=x&\(fields)", cookie: approver)
            let foreign = try await site.submit(
                place, "proof=\(mine)&\(fields)", cookie: approver, origin: "https://evil.example")
            for refused in [above, unproven, foreign] { #expect(refused.status == 403) }
            let stale = try await site.submit(
                place, "proof=\(mine)&alias=champion&version=1&reason=worse", cookie: approver)
            #expect(stale.status == 409)
            #expect(
                stale.text.contains("version 2 holds &#39;champion&#39; of &#39;flight-delay&#39;, and not version 1"))
            let silent = try await site.submit(
                place, "proof=\(mine)&alias=champion&version=2&reason=%20", cookie: approver)
            #expect(silent.status == 409 && silent.text.contains("a reason is missing"))
            // The repository that its policy is read from is not there.
            let gone = try await site.submit(place, "proof=\(mine)&\(fields)", cookie: approver)
            #expect(gone.status == 409 && gone.text.contains("<p class=\"notice bad\">"), "\(gone.text)")
            let promotions = try await site.engine.store.promotions(of: nil, limit: 10)
            #expect(promotions.count == 2)
        }
    }

    @Test func `the API refuses a way back from a version that does not serve, and tells of promotions`() async throws {
        try await withSite { site in
            try await site.twoVersions()
            let approver = try await site.token(.approver)
            let place = "/api/v1/models/flight-delay/rollback"
            let stale = try await site.post(place, token: approver, json: #"{"reason":"worse","version":1}"#)
            let low = try await site.post(place, token: try await site.token(.operator), json: #"{"reason":"worse"}"#)
            let known = try await site.get("/api/v1/promotions/2", token: approver)
            let none = try await site.get("/api/v1/promotions/3", token: approver)

            #expect(stale.status == 409)
            #expect(try stale.json()["advice"]?.text == "look again which version serves")
            #expect(low.status == 403)
            #expect(try known.json()["said"]?.text == "flight-delay version 2 is champion now")
            #expect(none.status == 404)
        }
    }

    @Test func `a judged run of the server can be made again by operators, and no other run`() async throws {
        try await withSite { site in
            let own = try await site.judged(subject: "One", project: "flights")
            let other = try await site.judged(subject: "Two")
            let works = try await site.working(subject: "Three", project: "flights")
            let (viewer, person) = (try await site.signIn(.viewer), try await site.signIn(.operator))
            var shown: [Bool] = []
            for (run, cookie) in [(own, viewer), (own, person), (other, person), (works, person)] {
                let page = try await site.send("GET", "/runs/\(run.id)", ["Cookie": cookie])
                shown.append(page.text.contains("<button class=\"quiet\">Reproduce</button>"))
            }
            let page = try await site.send("GET", "/runs/\(own.id)", ["Cookie": person])
            let mine = try proof(page)
            let place = "/runs/\(own.id)/reproduce"

            #expect(shown == [false, true, false, false])
            let above = try await site.submit(place, "proof=\(mine)", cookie: viewer)
            let unproven = try await site.submit(place, "proof=x", cookie: person)
            let early = try await site.submit("/runs/\(works.id)/reproduce", "proof=\(mine)", cookie: person)
            for refused in [above, unproven] { #expect(refused.status == 403) }
            #expect(early.status == 409)
            #expect(early.text.contains("only a judged run can be reproduced"))
            let runs = try await site.engine.store.runs(limit: 10)
            #expect(runs.count == 3)
        }
    }
}
