import Domain
import Foundation
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(15))) struct PageTests {
    @Test func `hostile words are shown and do nothing`() {
        #expect(Page.escaped("<script>\"'&") == "&lt;script&gt;&quot;&#39;&amp;")
        #expect(Page.escaped("<\u{301}b>") == "&lt;\u{301}b&gt;")
        #expect(Page.escaped("a\u{202E}b\u{0}") == "a\\u{202E}b\\u{0}")
    }

    @Test func `every page is there, without a script and with nothing from elsewhere`() async throws {
        try await withSite { site in
            let run = try await site.judged(subject: "</p><script>alert(1)</script>")
            let cookie = try await site.signIn(.admin)
            let pages = [
                "/", "/queue", "/models", "/inbox", "/inbox/1", "/why?subject=1", "/projects", "/outbox",
                "/outbox?state=abandoned", "/runs/\(run.id)", "/runs/\(run.id)/stages/train%3Afit/log", "/runs/99",
                "/?model=%3Cscript%3E",
            ]
            for path in pages {
                let page = try await site.send("GET", path, ["Cookie": cookie])
                #expect(page.status == (path == "/runs/99" ? 404 : 200), "\(path)")
                #expect(page.headers["content-type"] == "text/html; charset=utf-8")
                #expect(!page.text.contains("<script"), "\(path)")
                #expect(page.text.contains("<h1>"), "\(path)")
                #expect(page.text.contains("</html>"), "\(path)")
                let outside = page.text.matches(of: /(?:src|href|action)="(?!\/|\?)/)
                #expect(outside.isEmpty, "\(path)")
                #expect(page.headers["content-security-policy"]?.contains("script") == false)
            }
        }
    }

    @Test func `a run's page asks those who may, and takes a reason`() async throws {
        try await withSite { site in
            let run = try await site.judged()
            let viewer = try await site.signIn(.viewer)
            let approver = try await site.signIn(.approver)
            let seen = try await site.send("GET", "/runs/\(run.id)", ["Cookie": viewer])
            let asked = try await site.send("GET", "/runs/\(run.id)", ["Cookie": approver])

            #expect(!seen.text.contains("value=\"approve\""))
            #expect(asked.text.contains("value=\"approve\""))
            #expect(asked.text.contains(try #require(run.evidence).digest.hex))
            #expect(asked.text.contains("/runs/\(run.id)/stages/train:fit/log"))
            let proof = try #require(
                asked.text.firstMatch(of: /name="proof" value="([0-9a-f]{64})"/).map { String($0.1) })
            let stale = try await site.submit(
                "/runs/\(run.id)/decide", "proof=\(proof)&answer=approve&evidence=\(Digest.of("x").hex)",
                cookie: approver)
            #expect(stale.status == 409)
            #expect(stale.text.contains("the evidence is not that of run 1"))
            let above = try await site.submit("/runs/\(run.id)/decide", "proof=\(proof)", cookie: viewer)
            #expect(above.status == 403)
        }
    }

    @Test func `a log is text as it is, and nothing else`() async throws {
        try await withSite { site in
            let run = try await site.judged()
            let cookie = try await site.signIn(.viewer)
            let whole = try await site.send("GET", "/runs/\(run.id)/stages/train%3Afit/log.txt", ["Cookie": cookie])

            #expect(whole.text == "epoch 1\nlöss 0.5 <script>\n")
            #expect(whole.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(whole.headers["x-content-type-options"] == "nosniff")
        }
    }
}
