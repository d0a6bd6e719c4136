import Foundation
import Settings
import Testing

/// The pages that are generated from the language of `server.yaml` and kept in `docs/`.
///
/// `SLUICE_WRITE_DOCS=1 swift test --filter GeneratedServerPagesTests` writes them.
struct GeneratedServerPagesTests {
    @Test(arguments: [
        ("server.md", ServerSettings.reference), ("server.schema.json", ServerSettings.jsonSchema),
    ])
    func `the page in docs says what the reader does`(name: String, text: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = root.appending(path: "docs").appending(path: name)
        if ProcessInfo.processInfo.environment["SLUICE_WRITE_DOCS"] == "1" {
            try Data(text.utf8).write(to: page)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text, "docs/\(name) is stale")
    }
}
