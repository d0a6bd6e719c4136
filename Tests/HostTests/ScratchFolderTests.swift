import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Folders for one piece of work, and those that killed processes leave.
@Suite(.timeLimit(.minutes(15)))
struct ScratchFolderTests {
    @Test func `what killed processes left is removed, what is used or somebody else's stays`() async throws {
        try await withTemporaryFolder { folder in
            for name in ["check-17", "check-18", "notes", "2024-x"] {
                try Files.makeDirectory(folder.appending(name).appending("deep"))
            }
            try Files.writeDurably(Data(), to: folder.appending("check-19"))
            #expect(symlink("/etc", folder.appending("check-20").string) == 0)

            await ScratchFolder.sweep(below: folder)
            #expect(try Files.list(folder).count == 6, "all of it is young")

            try await ScratchFolder.use(below: folder, named: "used") { used in
                await ScratchFolder.sweep(below: folder, olderThan: .zero)
                #expect(Files.exists(used))
            }
            #expect(try Files.list(folder).sorted() == ["2024-x", "check-19", "check-20", "notes"])
            await ScratchFolder.sweep(below: folder.appending("missing"), olderThan: .zero)
        }
    }
}
