import Foundation
import Policies
import Testing

/// The pages that are generated from the language and kept in `docs/`.
///
/// `SLUICE_WRITE_DOCS=1 swift test --filter GeneratedPagesTests` writes them.
struct GeneratedPagesTests {
    @Test(arguments: [
        ("policy.md", PolicyFile.reference), ("policy.schema.json", PolicyFile.jsonSchema),
    ])
    func `the page in docs says what the reader does`(name: String, text: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appending(path: "docs").appending(path: name)
        if ProcessInfo.processInfo.environment["SLUICE_WRITE_DOCS"] == "1" {
            try FileManager.default.createDirectory(at: root.appending(path: "docs"), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: page)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text, "docs/\(name) is stale")
    }
}
