import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Environments

@Suite struct PipSettingsTests {
    @Test func `pip's variable comes before its configuration file`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("pip.conf")
            let text = "[install]\nindex-url = http://a.invalid\n[global]\nindex_url = http://b.invalid/simple?x=1\n"
            try Files.writeDurably(Data(text.utf8), to: file)
            var variables = ["PIP_CONFIG_FILE": file.string, "HOME": folder.string]

            #expect(PipSettings(variables: variables).value(of: "index-url") == "http://b.invalid/simple?x=1")
            variables["PIP_INDEX_URL"] = "http://c.invalid"
            #expect(PipSettings(variables: variables).value(of: "index-url") == "http://c.invalid")
        }
    }

    @Test(arguments: [
        (2, "error: Request failed after 3 retries in 9.7s\n  cause: Failed to fetch: http://x/", true),
        (1, "error: No solution found\n\nhint: Packages were unavailable because the network was disabled.", true),
        (1, "error: No solution found when resolving dependencies\n  cause: Because a was not found", false),
        (137, "", true),
    ]) func `uv's words tell the machine's trouble from the lock's`(
        _ status: Int32, _ errors: String, _ machine: Bool
    ) {
        let words = UvWords(status: status, errors: errors)
        #expect(words.kind == (machine ? .environment : .input))
    }
}
