import Domain
import Foundation
import Policies
import Testing

/// What people copy from the pages and templates has to work.
struct DocumentedPoliciesTests {
    @Test func `every policy that a page shows is accepted`() throws {
        var pages: Set<String> = []
        for page in try files(
            in: ["", "docs", "docs/blocks", "templates/flight-delay", "templates/wafer-batches"], ending: ".md")
        {
            for block in blocks(in: try text(of: page)) {
                pages.insert(page)
                do throws(Complaints) {
                    _ = try PolicyFile.read(Data(whole(block).utf8), file: page)
                } catch {
                    Issue.record("\(page): \(error.all.map(\.description).joined(separator: "\n"))")
                }
            }
        }
        #expect(
            pages.isSuperset(of: ["README.md", "docs/quickstart.md", "docs/gates.md"]), "the blocks were not found")
    }

    @Test(arguments: [("flight-delay", "flight-delay"), ("wafer-batches", "wafer-faults")])
    func `the policy of a template is accepted`(template: String, model: String) throws {
        let policy = try PolicyFile.read(Data(try text(of: "templates/\(template)/sluice.yaml").utf8))
        #expect(policy.model.text == model)
    }

    /// A page may show a part only: the rest is added here.
    private func whole(_ block: String) -> String {
        let needed = [
            ("version:", "version: 1"), ("model:", "model: example"), ("train:", "train: { run: make, model: m }"),
            ("evaluate:", "evaluate: { run: 'make ${model}', predictions: p.csv, metrics: e.json }"),
        ]
        let lines = block.components(separatedBy: "\n")
        let missing = needed.filter { key, _ in !lines.contains { $0.hasPrefix(key) } }.map(\.1)
        return ([block] + missing).joined(separator: "\n")
    }

    private var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private func files(in folders: [String], ending: String) throws -> [String] {
        try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                atPath: root.appending(path: folder).path(percentEncoded: false)
            )
            .filter { $0.hasSuffix(ending) }.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
        }
    }

    /// The texts between ```` ```yaml ```` and ```` ``` ````.
    private func blocks(in page: String) -> [String] {
        page.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
    }
}
