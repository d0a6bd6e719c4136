import Foundation
import Testing

@testable import Reports

/// What a real browser makes of the page. One browser looks at all pages of a test, so that it starts once.
@Suite(
    .enabled(if: Browser.path != nil, "no chromium on the PATH: scripts/install-tools.sh --tests"),
    .timeLimit(.minutes(15)))
struct BrowserTests {
    @Test func `a page of any verdict is whole, reads well for all, and fits from a phone to a desk`() async throws {
        let pages = [
            "rich": try RichReport.make(), "first": try sampleReport(), "worse": try worseReport(),
            "broken": try brokenSchemaReport(), "errored": try erroredChampionReport(),
            "boundless": try boundlessPage(),
        ]
        let looks = try await Browser.look(at: pages.mapValues { ReportRenderer.html($0) }, widths: [360, 800, 1400])

        #expect(looks.count == pages.count * 3)
        for look in looks { expectSound(look) }
        let rich = try #require(looks.first { $0.page == "rich.html" })
        #expect(rich.pictures > 30)
        for text in ["Promotable", "carrier = VX", "Train with early stopping", "sluice approve 12"] {
            #expect(rich.text.contains(text), "\(text)")
        }
        #expect((rich.tags["details"] ?? 0) >= 2 && rich.stops >= 5)
    }

    @Test func `hostile text is shown by a browser and not obeyed`() async throws {
        var pages = ["plain": ReportRenderer.html(try poisonedPage("plain"))]
        for (index, text) in hostileMarkup.enumerated() {
            pages["hostile-\(index)"] = ReportRenderer.html(try poisonedPage(text))
        }
        let looks = try await Browser.look(at: pages, widths: [360])

        // A text of several lines has more of `<br>`.
        func tags(_ look: Browser.Look) -> [String: Int] { look.tags.filter { $0.key != "br" } }
        let plain = tags(try #require(looks.first { $0.page == "plain.html" }))
        #expect(looks.count == pages.count)
        for look in looks {
            expectSound(look)
            let found = tags(look)
            #expect(found == plain, "\(look.page)")
        }
        let script = try #require(looks.first { $0.page == "hostile-0.html" })
        #expect(script.text.contains("</details><script>alert(1)</script>"))
    }

    private func expectSound(_ look: Browser.Look) {
        let place = "\(look.page) at \(look.width) pixels"
        let foreign = look.requests.filter { !$0.hasPrefix("file:") }
        #expect(look.requests.count == 1 && foreign.isEmpty, "\(place) asks for \(look.requests)")
        #expect(look.complaints.isEmpty && look.outside.isEmpty, "\(place): \(look.complaints) \(look.outside)")
        #expect(look.handlers.isEmpty && look.styled == 0, "\(place): \(look.handlers)")
        for tag in ["script", "img", "link", "iframe", "object", "embed", "form", "base"] {
            #expect(look.tags[tag] == nil, "\(place): \(tag)")
        }
        #expect(look.tags["style"] == 1 && look.tags["title"] == look.pictures + 1, "\(place)")
        #expect(look.scrollWidth <= look.width && look.wide.isEmpty, "\(place): \(look.wide) do not fit")
        #expect(look.narrow.isEmpty, "\(place): \(look.narrow) have no room")
        let leaps = zip(look.headings, look.headings.dropFirst()).filter { $1 > $0 + 1 }
        #expect(look.headings.first == 1 && !look.headings.dropFirst().contains(1) && leaps.isEmpty, "\(place)")
        #expect(look.headersWithoutScope == 0 && look.picturesWithoutName == 0 && look.broken == 0, "\(place)")
        #expect(look.doubled.isEmpty && look.deadLinks.isEmpty, "\(place): \(look.doubled) \(look.deadLinks)")
    }
}

enum Browser {
    /// What `scripts/browser.py` saw.
    struct Look: Decodable {
        var page: String
        var text: String
        var tags: [String: Int]
        var outside: [String]
        var handlers: [String]
        var styled: Int
        var headings: [Int]
        var headersWithoutScope: Int
        var picturesWithoutName: Int
        var pictures: Int
        var broken: Int
        var doubled: [String]
        var deadLinks: [String]
        var scrollWidth: Int
        var width: Int
        var wide: [String]
        var narrow: [String]
        var stops: Int
        var requests: [String]
        var complaints: [String]
    }

    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/chromium" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Opens pages, by name, at each width.
    static func look(at pages: [String: String], widths: [Int]) async throws -> [Look] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (name, page) in pages.sorted(by: { $0.key < $1.key }) {
            let file = folder.appending(path: "\(name).html")
            try Data(page.utf8).write(to: file)
            files.append(file.path)
        }
        let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../scripts/browser.py")
        let seen = folder.appending(path: "seen")
        try Data().write(to: seen)

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", program.standardized.path, "probe", widths.map(String.init).joined(separator: ",")] + files
        process.standardOutput = try FileHandle(forWritingTo: seen)
        let status = try await withCheckedThrowingContinuation { done in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { done.resume(throwing: error) }
        }

        try #require(status == 0)
        return try String(decoding: Data(contentsOf: seen), as: UTF8.self).split(separator: "\n")
            .map { try JSONDecoder().decode(Look.self, from: Data($0.utf8)) }
    }
}
