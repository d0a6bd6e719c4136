package import Domain
import Engine
import Foundation
import Host
import Storage
import SystemPackage
import Testing

@testable import Web

/// The pages in a real browser, as a person with a keyboard or a phone has them.
@Suite(
    .enabled(if: (try? Tool.find("chromium", advice: "")) != nil, "no chromium: scripts/install-tools.sh --tests"),
    .timeLimit(.minutes(15)))
struct PagesInBrowserTests {
    private static let phone = 320

    @Test func `a person signs in, finds a run and rejects it with a reason, with the keyboard alone`() async throws {
        try await withSite { site in
            let run = try await site.judged(subject: "Add a feature")
            let token = try await site.token(.approver)
            let steps: [JSONValue] = [
                ["open": .string("http://127.0.0.1:\(site.port)/runs/\(run.id)"), "width": 1200],
                ["type": .string(token)], ["press": "Enter", "loads": true],
                ["reach": "reason"], ["type": "Too <b>few</b> rows"], ["reach": "Reject"],
                ["press": "Enter", "loads": true], ["probe": true],
            ]
            let seen = try await site.browse(steps)

            #expect(seen[0]["opened"]?.text?.hasSuffix("/sign-in?next=/runs/\(run.id)") == true)
            #expect(seen[2]["at"]?.text?.hasSuffix("/runs/\(run.id)") == true, "the way leads to where one wanted to")
            #expect(seen[5]["tag"]?.text == "button")
            #expect(seen[6]["at"]?.text?.hasSuffix("/runs/\(run.id)") == true)
            #expect(seen[7]["text"]?.text?.contains("approver-1 rejected it: Too <b>few</b> rows") == true)
            #expect(seen[7]["complaints"] == .array([]))
            let decisions = try await site.engine.store.decisions(of: run.id)
            #expect(decisions.map(\.by.text) == ["approver-1"])
        }
    }

    @Test func `every page fits a phone, needs no script and is reached by the Tab key`() async throws {
        try await withSite { site in
            let run = try await site.judged(
                subject: String(repeating: "Averyveryverylongword", count: 20),
                author: "Bo \(String(repeating: "b", count: 300)) <bo@example.org>",
                trigger: .push(try #require(BranchName("feature/" + String(repeating: "x", count: 200)))))
            try await site.twoVersions()
            _ = try await site.engine.store.record(
                Event(
                    key: "long", kind: .asked(Event.Ask(branch: nil, source: String(repeating: "f", count: 200))),
                    repository: RepositoryID(path: "/srv/git/flights.git"), at: site.engine.now(), by: nil))
            let token = try await site.token(.admin)
            let places = [
                "/", "/queue", "/models", "/inbox", "/inbox/1", "/why?subject=1", "/projects", "/outbox",
                "/outbox?state=abandoned", "/runs/\(run.id)", "/runs/\(run.id)/stages/train%3Afit/log", "/runs/99",
            ]
            var steps: [JSONValue] = [
                ["open": .string("http://127.0.0.1:\(site.port)/"), "width": .integer(Int64(Self.phone))],
                ["probe": true],
                ["type": .string(token)], ["press": "Enter", "loads": true],
            ]
            for place in places {
                steps.append(
                    [
                        "open": .string("http://127.0.0.1:\(site.port)\(place)"), "width": .integer(Int64(Self.phone)),
                    ])
                steps += [["probe": true], ["tour": true]]
            }
            let seen = try await site.browse(steps)

            expectSound(seen[1], "/sign-in", site.port)
            for (index, place) in places.enumerated() {
                let (look, tour) = (seen[4 + index * 3 + 1], seen[4 + index * 3 + 2])
                expectSound(look, place, site.port)
                guard case .array(let stops) = tour["places"] else { Issue.record("\(place): no tour"); continue }
                // What scrolls is a stop of its own, and the report in its frame is one more than once.
                let own = stops.filter { !["div", "pre"].contains($0["tag"]?.text ?? "") }
                let reached = Set(own.compactMap { $0["number"]?.int64 }).count
                #expect(tour["stops"]?.int64 == Int64(reached), "\(place): \(reached) are reached")
                for stop in stops {
                    let name = stop["text"]?.text ?? ""
                    #expect(stop["seen"] == .bool(true), "\(place): nothing shows that '\(name)' has the focus")
                    #expect(stop["inside"] == .bool(true), "\(place): '\(name)' has the focus and is out of sight")
                }
            }
        }
    }

    @Test func `hostile words of a branch, an author and a subject are shown and not obeyed`() async throws {
        let markup = "<img src=x onerror=alert(1)></p></main><script>alert(2)</script><style>*{display:none}</style>"
        try await withSite { site in
            let plain = try await site.judged(subject: "plain", trigger: .push(try #require(BranchName("plain"))))
            let hostile = try await site.judged(
                subject: markup + " \u{202E}{{proof}}{{> head}}", author: "\"><script>alert(3)</script> <a@b>",
                trigger: .push(try #require(BranchName("x<script>alert(4)</script>\"onmouseover=alert(5)"))))
            let token = try await site.token(.admin)
            var steps: [JSONValue] = [
                ["open": .string("http://127.0.0.1:\(site.port)/"), "width": 800], ["type": .string(token)],
                ["press": "Enter", "loads": true], ["probe": true],
            ]
            for run in [plain, hostile] {
                let place = "http://127.0.0.1:\(site.port)/runs/\(run.id)"
                steps += [["open": .string(place), "width": 800], ["probe": true]]
            }
            let seen = try await site.browse(steps)

            for look in [seen[3], seen[5], seen[7]] {
                expectSound(look, look["title"]?.text ?? "", site.port)
                #expect(look["tags"]?["script"] == nil && look["tags"]?["img"] == nil && look["tags"]?["style"] == nil)
            }
            #expect(seen[5]["tags"] == seen[7]["tags"], "words changed what the page is made of")
            #expect(seen[7]["text"]?.text?.contains("<img src=x onerror=alert(1)></p>") == true)
            #expect(seen[3]["text"]?.text?.contains("<img src=x onerror=alert(1)></p>") == true)
        }
    }

    private func expectSound(_ look: JSONValue, _ place: String, _ port: Int) {
        let nothing = JSONValue.array([])
        let width = look["width"]?.int64 ?? 0
        #expect((look["scrollWidth"]?.int64 ?? .max) <= width && look["wide"] == nothing, "\(place): \(look["wide"])")
        #expect(look["handlers"] == nothing && look["tags"]?["script"] == nil, "\(place)")
        #expect(look["headersWithoutScope"]?.int64 == 0 && look["doubled"] == nothing, "\(place)")
        // The page of a run that there is not is an answer with 404, which the browser notes.
        if !place.hasSuffix("/99") { #expect(look["complaints"] == nothing, "\(place): \(look["complaints"])") }
        if case .array(let requests) = look["requests"] {
            for request in requests {
                #expect(request.text?.hasPrefix("http://127.0.0.1:\(port)/") == true, "\(place) asks for \(request)")
            }
        }
        if case .array(let headings) = look["headings"] { #expect(headings.first == .integer(1), "\(place)") }
    }
}

extension TestSite {
    /// What a browser answered to each step of `scripts/browser.py play`.
    func browse(_ steps: [JSONValue]) async throws -> [JSONValue] {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let file = folder.appending("steps.jsonl")
        let encoder = JSONEncoder()
        let lines = try steps.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
        try Files.writeDurably(Data(lines.joined().utf8), to: file)
        let told = try await Tool.find("sh", advice: "").run(
            [
                "-c", "exec python3 \"$0\" play < \"$1\"", root.appending("scripts").appending("browser.py").string,
                file.string,
            ],
            in: folder, deadline: .seconds(600))
        try #require(told.status == 0, "\(told.errors) \(told.output.suffix(2000))")
        let seen = try told.output.split(separator: "\n").map {
            try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
        }
        try #require(seen.count == steps.count)
        return seen
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
    }
}
