import Domain
import Foundation
import Testing

@testable import Storage

/// What forges deliver: once, in order, and found again.
struct DeliveryTests {
    @Test func `a delivery is known by its id, its bytes or its meaning, also in one batch`() async throws {
        try await withStore { store, _ in
            let batch = [
                try Samples.delivery("1", body: "a", key: "push a"),
                try Samples.delivery("1", body: "a", key: "push a"),
                try Samples.delivery("2", body: "a", key: "another meaning of the same bytes"),
                try Samples.delivery("3", body: "c", key: "push a"),
                try Samples.delivery("4", body: "d", key: "push d"),
                try Samples.delivery("4", body: "e", key: "another meaning of the same id"),
            ]

            let first = try await store.record(batch, at: Samples.now)
            let journal = try await store.verifyJournal()
            let again = try await store.record(batch, at: Samples.later(9))

            #expect(first.map(\.isNew) == [true, false, false, false, true, false])
            #expect(first.map(\.event.id) == [1, 1, 1, 1, 2, 2])
            #expect(again.map(\.isNew) == [Bool](repeating: false, count: 6))
            #expect(again.map(\.event) == first.map(\.event))
            #expect(try await store.verifyJournal() == journal)
            #expect(journal == .intact(entries: 2))
            let found = try await store.events(delivery: "3").map(\.event.key)
            #expect(found == ["push a"])
        }
    }

    @Test func `two forges may use the same id and the same bytes`() async throws {
        try await withStore { store, _ in
            let recorded = try await store.record(
                [
                    try Samples.delivery("1", body: "a", key: "one"),
                    try Samples.delivery("1", body: "a", key: "two", forge: "gitea"),
                    try Samples.delivery(nil, body: "b", key: "three"),
                    try Samples.delivery(nil, body: "c", key: "four"),
                ], at: Samples.now)

            #expect(recorded.map(\.isNew) == [true, true, true, true])
            #expect(try await store.events(delivery: "1").count == 2)
        }
    }

    @Test func `an event that was polled first is no news when it is delivered`() async throws {
        try await withStore { store, _ in
            let polled = try await store.record(try Samples.pushed("push a"))
            try await store.settle(event: polled.id, as: .handled("seen"), at: Samples.now)

            let recorded = try await store.record(
                [try Samples.delivery("1", body: "a", key: "push a")], at: Samples.now)

            #expect(recorded.map(\.isNew) == [false])
            #expect(recorded.first?.event.outcome == .handled("seen"))
            #expect(try await store.events(delivery: "1").map(\.id) == [polled.id])
        }
    }

    @Test func `events of projects wait, oldest first, until they are settled`() async throws {
        try await withStore { store, _ in
            let deliveries = try (1...4).map { number in
                try Samples.delivery(
                    "\(number)", body: "\(number)", key: "\(number)", project: number == 2 ? nil : "flights")
            }
            let recorded = try await store.record(deliveries, at: Samples.now)
            _ = try await store.record(try Samples.event("a command"))
            try await store.settle(event: recorded[2].event.id, as: .ignored(reason: ""), posts: [], at: Samples.now)

            #expect(try await store.pendingEvents(limit: 9).map(\.id) == [1, 4])
            #expect(try await store.pendingEvents(limit: 1).map(\.id) == [1])
            let project = try Samples.project()
            #expect(try await store.pendingEvents(of: project, limit: 9).map(\.id) == [1, 4])
            #expect(try await store.pendingEvents(of: project, after: 1, limit: 9).map(\.id) == [4])
            #expect(try await store.pendingEvents(of: project, limit: 1).map(\.id) == [1])
            #expect(try await store.projectsWithPendingEvents() == [project])
            #expect(try await store.countPendingEvents(limit: 9) == 2)
            #expect(try await store.countPendingEvents(limit: 1) == 1)
            #expect(try await store.isPending(event: 1))
            #expect(try await !store.isPending(event: 3))
            #expect(try await store.event(1) == recorded[0].event)
            #expect(try await store.event(key: "2")?.event.project == nil)
            #expect(try await store.event(99) == nil)
        }
    }

    @Test func `an event is settled with its posts once`() async throws {
        try await withStore { store, _ in
            let event = try await store.record(try Samples.pushed("push a")).id

            try await store.settle(
                event: event, as: .handled("one"), posts: [try Samples.post("a", "one")], at: Samples.now)
            try await store.settle(
                event: event, as: .handled("two"),
                posts: [try Samples.post("a", "two"), try Samples.post("b", "two")], at: Samples.now)

            #expect(try await store.event(event)?.outcome == .handled("one"))
            #expect(try await store.post(key: "a")?.post == Samples.post("a", "one"))
            #expect(try await store.post(key: "b") == nil)
        }
    }

    @Test func `the newest time of a schedule is remembered for its project, line and time zone`() async throws {
        try await withStore { store, _ in
            let project = try Samples.project()
            for (number, seconds) in [60.0, 180, 120].enumerated() {
                _ = try await store.record(
                    Event(
                        key: "tick \(number)",
                        kind: .tick(cron: "* * * * *", timezone: "UTC", due: Samples.later(seconds)),
                        repository: Samples.repository, at: Samples.now, by: nil, project: project))
            }

            let cron = "* * * * *"
            let other = try Samples.project("other")
            #expect(try await store.lastTick(cron: cron, timezone: "UTC", of: project) == Samples.later(180))
            #expect(try await store.lastTick(cron: cron, timezone: "Asia/Tokyo", of: project) == nil)
            #expect(try await store.lastTick(cron: "0 * * * *", timezone: "UTC", of: project) == nil)
            #expect(try await store.lastTick(cron: cron, timezone: "UTC", of: other) == nil)
        }
    }
}
