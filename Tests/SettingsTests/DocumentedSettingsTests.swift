import Domain
import Foundation
import Settings
import Testing

/// What people copy from the pages has to work.
struct DocumentedSettingsTests {
    @Test func `every configuration of a server that a page shows is accepted`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var shown = 0
        for folder in [root, root.appending(path: "docs")] {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
            where name.hasSuffix(".md") {
                let page = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                for block in page.components(separatedBy: "```yaml server\n").dropFirst() {
                    let text = block.components(separatedBy: "\n```")[0]
                    shown += 1
                    do throws(Complaints) {
                        _ = try SettingsFile.read(Data(text.utf8), file: name, gates: anyGates)
                    } catch {
                        Issue.record("\(name): \(error.description)")
                    }
                }
            }
        }
        #expect(shown > 0, "the blocks were not found")
    }
}
