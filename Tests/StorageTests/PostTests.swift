import Domain
import Foundation
import Testing

@testable import Storage

/// What is to be said outside: said until it is heard, never twice, never what is out of date.
struct PostTests {
    private func digest(_ post: PostRecord) -> Digest { Digest.of(canonical: post.post.message) }

    @Test func `a post is due until it was sent, and again when it says something else`() async throws {
        try await withStore { store, _ in
            try await store.put([try Samples.post("a", "one")], at: Samples.now)
            let due = try await store.duePosts(now: Samples.now, limit: 9)
            let first = try #require(due.first)
            #expect(due.count == 1)
            try await store.sent(post: first.id, message: digest(first), remote: "77", at: Samples.later(1))
            #expect(try await store.duePosts(now: Samples.later(2), limit: 9) == [])
            #expect(try await store.nextPostDue() == nil)

            try await store.put([try Samples.post("a", "one")], at: Samples.later(3))
            #expect(try await store.duePosts(now: Samples.later(3), limit: 9) == [])
            try await store.put([try Samples.post("a", "two")], at: Samples.later(4))

            let again = try #require(try await store.duePosts(now: Samples.later(4), limit: 9).first)
            #expect(again.remote == "77")
            #expect(again.sent == digest(first))
            #expect(again.id == first.id)
            #expect(try await store.nextPostDue() == Samples.later(4))
        }
    }

    @Test func `what was put while an older message was on its way is still due`() async throws {
        try await withStore { store, _ in
            try await store.put([try Samples.post("a", "one")], at: Samples.now)
            let first = try #require(try await store.duePosts(now: Samples.now, limit: 9).first)
            try await store.put([try Samples.post("a", "two")], at: Samples.later(1))

            try await store.sent(post: first.id, message: digest(first), remote: "77", at: Samples.later(2))

            let due = try await store.duePosts(now: Samples.later(2), limit: 9)
            #expect(due.map(\.post) == [try Samples.post("a", "two")])
        }
    }

    @Test func `a failure is waited out, and says nothing of a message that came in the meantime`() async throws {
        try await withStore { store, _ in
            try await store.put([try Samples.post("a", "one")], at: Samples.now)
            let first = try #require(try await store.duePosts(now: Samples.now, limit: 9).first)
            try await store.failed(
                post: first.id, message: digest(first), trouble: "502", notBefore: Samples.later(60), abandon: false,
                at: Samples.later(1))

            #expect(try await store.duePosts(now: Samples.later(59), limit: 9) == [])
            #expect(try await store.nextPostDue() == Samples.later(60))
            let waits = try #require(try await store.duePosts(now: Samples.later(60), limit: 9).first)
            #expect(waits.attempts == 1)
            #expect(waits.trouble == "502")

            try await store.put([try Samples.post("a", "two")], at: Samples.later(61))
            try await store.failed(
                post: first.id, message: digest(first), trouble: "422", notBefore: Samples.later(99), abandon: true,
                at: Samples.later(62))
            let due = try #require(try await store.duePosts(now: Samples.later(62), limit: 9).first)
            #expect(due.attempts == 0)
            #expect(due.trouble == nil)
            #expect(!due.isAbandoned)
        }
    }

    @Test func `what can never succeed is given up until it says something else`() async throws {
        try await withStore { store, _ in
            try await store.put([try Samples.post("a", "one")], at: Samples.now)
            try await store.failed(
                post: 1, trouble: "404", notBefore: Samples.now, abandon: true, at: Samples.later(1))

            #expect(try await store.duePosts(now: Samples.later(9), limit: 9) == [])
            #expect(try await store.abandonedPosts(limit: 9).map(\.trouble) == ["404"])
            let counts = try await store.postCounts()
            #expect(counts.waiting == 0)
            #expect(counts.abandoned == 1)
            try await store.put([try Samples.post("a", "one")], at: Samples.later(2))
            #expect(try await store.duePosts(now: Samples.later(9), limit: 9) == [])
            try await store.put([try Samples.post("a", "two")], at: Samples.later(3))
            #expect(try await store.duePosts(now: Samples.later(9), limit: 9).count == 1)
        }
    }

    @Test func `a forge with a thousand posts starves no other one`() async throws {
        try await withStore { store, _ in
            try await store.put(
                try (0..<1000).map { try Samples.post("many \($0)", "x", forge: "slow") }, at: Samples.now)
            try await store.put(
                [try Samples.post("a", "x", forge: "quick"), try Samples.post("b", "x", forge: "quick")],
                at: Samples.later(1))

            let due = try await store.duePosts(now: Samples.later(2), limit: 10)
            #expect(due.map(\.post.key) == (0..<8).map { "many \($0)" } + ["a", "b"])
            #expect(try await store.duePosts(now: Samples.later(2), limit: 0) == [])
        }
    }

    @Test func `a cursor moves with its posts and never back`() async throws {
        try await withStore { store, _ in
            #expect(try await store.cursor("publish") == 0)
            try await store.put([try Samples.post("a", "new")], cursor: "publish", to: 7, at: Samples.now)
            try await store.put([try Samples.post("a", "old")], cursor: "publish", to: 5, at: Samples.now)

            #expect(try await store.cursor("publish") == 7)
            #expect(try await store.post(key: "a")?.post == Samples.post("a", "new"))
            let entries = try await store.journal(after: 0, limit: 9)
            #expect(entries.isEmpty)
        }
    }

    /// One post, one forge, and a sender that may be killed at any place: whatever happens, in the end the forge shows
    /// what was put last.
    @Test(arguments: 0..<60)
    func `in the end what was said last is what stands outside`(seed: Int) async throws {
        try await withStore { store, _ in
            var dice = Dice(state: UInt64(seed) &* 2_654_435_761 &+ 1)
            var outside: Post.Message?
            var wanted: Post?
            var underWay: PostRecord?
            var clock = 0.0
            for _ in 0..<40 {
                clock += 1
                let now = Samples.later(clock)
                switch dice.roll(6) {
                case 0, 1:
                    let post = try Samples.post("a", "text \(dice.roll(3))")
                    try await store.put([post], at: now)
                    wanted = post
                case 2:
                    underWay = try await store.duePosts(now: now, limit: 1).first
                case 3:
                    // It arrives, and the sender says so, or is killed before it does.
                    guard let sending = underWay else { continue }
                    outside = sending.post.message
                    if dice.roll(3) > 0 {
                        try await store.sent(post: sending.id, message: digest(sending), remote: "1", at: now)
                    }
                    underWay = nil
                case 4:
                    // It fails, and may have arrived all the same.
                    guard let sending = underWay else { continue }
                    if dice.roll(2) == 0 { outside = sending.post.message }
                    try await store.failed(
                        post: sending.id, message: digest(sending), trouble: "504", notBefore: now, abandon: false,
                        at: now)
                    underWay = nil
                default:
                    underWay = nil
                }
            }
            if let sending = underWay {
                outside = sending.post.message
                try await store.sent(post: sending.id, message: digest(sending), remote: "1", at: Samples.later(50))
            }
            while let post = try await store.duePosts(now: Samples.later(100), limit: 1).first {
                outside = post.post.message
                try await store.sent(post: post.id, message: digest(post), remote: "1", at: Samples.later(100))
            }
            #expect(outside == wanted?.message)
        }
    }
}

/// Numbers that are the same at every run of a test.
struct Dice {
    var state: UInt64

    mutating func roll(_ sides: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % sides
    }
}
