import Domain
import Foundation
import Testing

@testable import Reports

/// What a parser of GitHub's Markdown makes of reports. One process reads all texts of a test, so that it starts once.
@Suite(
    .enabled(if: MarkdownParser.uv != nil, "no uv in SLUICE_TOOLS"), .timeLimit(.minutes(15)))
struct ParsedTests {
    @Test func `a report is what it looks like: tables, folds that close, no link and no mention`() async throws {
        let shapes = try await MarkdownParser.shapes(of: [
            "rich": ReportRenderer.markdown(try RichReport.make()),
            "first": ReportRenderer.markdown(try sampleReport()),
            "worse": ReportRenderer.markdown(try worseReport()),
        ])

        let rich = try #require(shapes["rich"])
        #expect(rich.tables == 19)
        #expect(rich.fences == Array(repeating: "mermaid", count: 5))
        #expect(rich.code == 2)
        #expect(rich.count("<details>") == 13 && rich.count("</details>") == 13)
        #expect(rich.count("<pre>") == 1 && rich.count("</pre>") == 1)
        for shape in shapes.values { #expect(shape.links.isEmpty && shape.mentions.isEmpty && shape.images == 0) }
    }

    @Test func `hostile text changes nothing of how a report is read`() async throws {
        var texts = ["plain": ReportRenderer.markdown(try poisonedRichReport("plain"))]
        for (index, text) in hostileTexts.enumerated() {
            texts["\(index)"] = ReportRenderer.markdown(try poisonedRichReport(text))
        }
        let shapes = try await MarkdownParser.shapes(of: texts)

        let plain = try #require(shapes["plain"])
        #expect(shapes.count == hostileTexts.count + 1)
        for (index, text) in hostileTexts.enumerated() {
            let shape = try #require(shapes["\(index)"])
            #expect(shape.mentions.isEmpty && shape.links.isEmpty && shape.images == 0, "\(text.debugDescription)")
            #expect(shape.tags == plain.tags, "\(text.debugDescription)")
            #expect(shape.diagrams == plain.diagrams, "\(text.debugDescription)")
            #expect(shape.numbers == plain.numbers, "\(text.debugDescription)")
        }
    }

    @Test func `a report that is cut is whole all the same, and says so last`() async throws {
        var texts: [String: String] = [:]
        for limit in [4_000, 5_000, 7_000, 9_000, 12_000, 20_000, 40_000] {
            for (index, text) in hostileTexts.enumerated() {
                let link = "https://sluice.example/runs/12"
                texts["\(limit) \(index)"] = ReportRenderer.markdown(
                    try poisonedRichReport(text), fitting: limit, link: link)
            }
        }
        let shapes = try await MarkdownParser.shapes(of: texts)

        for (name, text) in texts {
            let limit = try #require(name.split(separator: " ").first.flatMap { Int($0) })
            let shape = try #require(shapes[name])
            #expect(text.utf8.count <= limit)
            #expect(shape.count("<details>") == shape.count("</details>") && shape.mentions.isEmpty, "\(name)")
            let isCut = text.contains("so that this fits")
            #expect(shape.links == (isCut ? ["https://sluice.example/runs/12"] : []), "\(name)")
            #expect(!isCut || text.hasSuffix("[The whole report](https://sluice.example/runs/12)\n"), "\(name)")
        }
    }
}

enum MarkdownParser {
    /// What `scripts/markdown_shape.py` saw.
    struct Shape: Decodable {
        var tables: Int
        var cells: Int
        var headings: Int
        var links: [String]
        var images: Int
        var tags: [String]
        var fences: [String]
        var diagrams: [String]
        var code: Int
        var emphasis: Int
        var mentions: [String]

        var numbers: [Int] { [tables, cells, headings, code, emphasis] }

        func count(_ tag: String) -> Int { tags.count { $0 == tag } }
    }

    static let uv: String? = ProcessInfo.processInfo.environment["SLUICE_TOOLS"].map { "\($0)/uv" }
        .flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }

    static func shapes(of texts: [String: String]) async throws -> [String: Shape] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "markdown-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let asked = folder.appending(path: "asked.json")
        let seen = folder.appending(path: "seen.json")
        try JSONEncoder().encode(texts).write(to: asked)
        try Data().write(to: seen)
        let program = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../scripts/markdown_shape.py")

        let process = Process()
        process.executableURL = URL(filePath: try #require(uv))
        process.arguments = [
            "run", "--quiet", "--no-project", "--with", "markdown-it-py==3.0.0", "--with", "linkify-it-py==2.0.3",
            "python3", program.standardized.path, asked.path,
        ]
        process.standardOutput = try FileHandle(forWritingTo: seen)
        let status = try await withCheckedThrowingContinuation { done in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        try #require(status == 0)
        return try JSONDecoder().decode([String: Shape].self, from: try Data(contentsOf: seen))
    }
}
