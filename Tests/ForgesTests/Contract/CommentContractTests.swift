import Domain
import Forges
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct CommentContractTests {
    @Test(arguments: contractKinds)
    func `a report is one comment, changed in place`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let first = try await at.forge.write(
                "\(marker)\nIt runs.", marker: marker, known: nil, on: at.number, in: at.repository)

            let second = try await at.forge.write(
                "\(marker)\nIt passed.", marker: marker, known: first, on: at.number, in: at.repository)
            let third = try await at.forge.write(
                "\(marker)\nIt passed again.", marker: marker, known: nil, on: at.number, in: at.repository)

            #expect(first == second)
            #expect(first == third)
            #expect(at.fake.comments(on: at.number, of: at.path).map(\.body) == ["\(marker)\nIt passed again."])
        }
    }

    @Test(arguments: contractKinds)
    func `an equal report is not sent again`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let id = try await at.forge.write(
                "\(marker)\nSame.", marker: marker, known: nil, on: at.number, in: at.repository)
            _ = try await at.forge.write(
                "\(marker)\nSame.", marker: marker, known: id, on: at.number, in: at.repository)

            #expect(at.fake.writes.count == 1)
        }
    }

    @Test(arguments: contractKinds)
    func `a marker that somebody else planted is not taken for the bot's own`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let planted = at.fake.comment(on: at.number, of: at.path, by: "mallory", "\(marker)\nAll is well.")

            let id = try await at.forge.write(
                "\(marker)\nIt failed.", marker: marker, known: nil, on: at.number, in: at.repository)
            let again = try await at.forge.write(
                "\(marker)\nIt failed twice.", marker: marker, known: String(planted), on: at.number, in: at.repository)

            #expect(id != String(planted))
            #expect(again == id)
            #expect(
                at.fake.comments(on: at.number, of: at.path).map(\.body)
                    == ["\(marker)\nAll is well.", "\(marker)\nIt failed twice."])
        }
    }

    @Test(arguments: contractKinds)
    func `what somebody made of the bot's own text is written over`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let id = try await at.forge.write(
                "\(marker)\nIt failed.", marker: marker, known: nil, on: at.number, in: at.repository)
            at.fake.edit(comment: try #require(Int64(id)), of: at.path, by: "mallory", "\(marker)\nIt passed.")

            _ = try await at.forge.write(
                "\(marker)\nIt failed.", marker: marker, known: id, on: at.number, in: at.repository)

            #expect(at.fake.comments(on: at.number, of: at.path).map(\.body) == ["\(marker)\nIt failed."])
        }
    }

    @Test(arguments: contractKinds)
    func `an answer that gets lost does not double the comment`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.trouble { $0.lostAnswers = 1 }
            let body = "\(marker)\nOnce."

            let refusal = try await at.refusal {
                try await at.forge.write(body, marker: marker, known: nil, on: at.number, in: at.repository)
            }
            _ = try await at.forge.write(body, marker: marker, known: nil, on: at.number, in: at.repository)

            guard case .unreachable(_, mayHaveActed: true) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(at.fake.comments(on: at.number, of: at.path).map(\.body) == [body])
        }
    }

    @Test(arguments: contractKinds)
    func `comments are found on every page, and the bot's own on the first`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let id = try await at.forge.write(
                "\(marker)\nOld.", marker: marker, known: nil, on: at.number, in: at.repository)
            for number in 1...130 { at.fake.comment(on: at.number, of: at.path, by: "bob", "word \(number)") }

            let again = try await at.forge.write(
                "\(marker)\nNew.", marker: marker, known: nil, on: at.number, in: at.repository)
            let all = try await at.forge.comments(on: at.number, in: at.repository, since: .distantPast)

            #expect(again == id)
            #expect(all.count == 131)
            #expect(all.last?.body == "word 130")
        }
    }

    @Test(arguments: contractKinds)
    func `an edited comment and a machine's comment are told as such`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.user("helper", isMachine: true)
            let plain = at.fake.comment(on: at.number, of: at.path, by: "alice", "/reproduce")
            let edited = at.fake.comment(on: at.number, of: at.path, by: "bob", "nice")
            at.fake.edit(comment: edited, of: at.path, by: "bob", "/reproduce")
            let machine = at.fake.comment(on: at.number, of: at.path, by: "helper", "/reproduce")

            let all = try await at.forge.comments(on: at.number, in: at.repository, since: .distantPast)

            let seen = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
            #expect(seen[String(plain)]?.isEdited == false)
            let alice = try at.user("alice")
            #expect(seen[String(plain)]?.author == alice)
            #expect(seen[String(edited)]?.isEdited == true)
            #expect(seen[String(machine)]?.isByMachine == true)
            #expect(seen[String(plain)]?.isByMachine == false)
        }
    }

    @Test(arguments: contractKinds)
    func `only comments since a time are told`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let since = Date(timeIntervalSince1970: 1_790_000_000)
            at.fake.comment(on: at.number, of: at.path, by: "bob", "before", at: since.addingTimeInterval(-60))
            at.fake.comment(on: at.number, of: at.path, by: "bob", "at", at: since)
            at.fake.comment(on: at.number, of: at.path, by: "bob", "after", at: since.addingTimeInterval(60))

            let told = try await at.forge.comments(on: at.number, in: at.repository, since: since)

            #expect(told.map(\.body) == ["at", "after"])
        }
    }

    @Test(arguments: contractKinds)
    func `a comment beyond the limit is refused before it is sent`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let limit = at.forge.abilities.commentLimit
            let fits = marker + "\n" + String(repeating: "a", count: limit - marker.utf16.count - 1)

            _ = try await at.forge.write(fits, marker: marker, known: nil, on: at.number, in: at.repository)
            let refusal = try await at.refusal {
                try await at.forge.write(fits + "a", marker: marker, known: nil, on: at.number, in: at.repository)
            }

            guard case .refused = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(at.fake.writes.count == 1)
        }
    }
}
