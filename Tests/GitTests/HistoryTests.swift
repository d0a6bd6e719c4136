import Domain
import Foundation
import Git
import Testing

/// What lies between two commits.
struct HistoryTests {
    @Test func `commits that an older one has not come children first and are counted beyond the limit`() async throws {
        try await withRepository { project, _ in
            let old = try await project.commit("One")
            for subject in ["Two", "Three", "Four"] { try await project.commit(subject) }
            let new = try await project.id("HEAD")
            let repository = try await project.open()

            let distance = try await repository.distance(from: old, to: new, limit: 2)

            #expect(distance.added.map(\.subject) == ["Four", "Three"])
            #expect(distance.addedCount == 3)
            #expect(distance.missing == 0)
            #expect(!distance.isCut)
            let back = try await repository.distance(from: new, to: old, limit: 2)
            #expect(back.added.isEmpty && back.missing == 3)
        }
    }

    @Test func `a commit that is not there is named`() async throws {
        try await withRepository { project, _ in
            let here = try await project.commit("One")
            let gone = try #require(CommitID(hex: String(repeating: "ab", count: 20)))
            let repository = try await project.open()

            let none = try await fault { _ = try await repository.distance(from: gone, to: here, limit: 2) }

            #expect(none.kind == .input)
            #expect(none.message.contains(gone.hex))
        }
    }
}
