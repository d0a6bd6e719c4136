import Content
import Domain
import Foundation
import Host
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Objects that nobody used for a long time, and those that somebody did.
struct SweepingTests {
    private let now = Date()
    private var dayAgo: Date { now.addingTimeInterval(-86_400) }

    /// As if nobody had used it for a month.
    private func age(_ object: ObjectID, in store: ContentStore) {
        var times = [timespec(), timespec()]
        times[0].tv_sec = time(nil) - 30 * 86_400
        times[1].tv_sec = times[0].tv_sec
        utimensat(AT_FDCWD, store.location(of: object).string, times, 0)
    }

    private func held(_ store: ContentStore) async throws -> Set<ObjectID> {
        var held: Set<ObjectID> = []
        for folder in UInt8.min...UInt8.max {
            held.formUnion(try await store.held(inFolder: folder, unusedSince: dayAgo).map(\.object))
        }
        return held
    }

    @Test func `only what was not used for the time is listed and removed`() async throws {
        try await withStore { store, desk in
            let old = try await store.ingest(try desk.write("old", to: "old"))
            let new = try await store.ingest(try desk.write("new", to: "new"))
            age(old.object, in: store)

            #expect(try await held(store) == [old.object])
            let removed = try await store.remove([old.object, new.object], unusedSince: dayAgo)

            #expect(removed.map(\.object) == [old.object])
            #expect(removed.map(\.bytes) == [3])
            #expect(try await !store.holds(old.object))
            #expect(try await store.holds(new.object))
            #expect(try await store.remove([old.object], unusedSince: dayAgo) == [])
        }
    }

    @Test func `what is taken in again, asked for or put together is used from then on`() async throws {
        try await withStore { store, desk in
            let file = try desk.write("one", to: "folder/one")
            let folder = try await store.ingest(desk.appending("folder"))
            let one = try await store.identify(file)
            let uses: [(String, () async throws -> Void)] = [
                ("taken in", { _ = try await store.ingest(desk.appending("folder")) }),
                ("asked for", { _ = try await store.holds(folder.object) }),
                (
                    "put together",
                    { _ = try await store.assemble([try #require(TreePath("one")): one]) }
                ),
            ]
            for (name, use) in uses {
                age(one.object, in: store)
                age(folder.object, in: store)
                try await use()
                #expect(try await held(store) == [], "\(name)")
            }
            age(folder.object, in: store)
            #expect(try await held(store) == [folder.object])
        }
    }

    @Test func `what a killed process had moved aside is there again`() async throws {
        try await withStore { store, desk in
            let one = try await store.ingest(try desk.write("one", to: "one"))
            age(one.object, in: store)
            let aside = store.root.appending("aside")
            try Files.makeDirectory(aside)
            try Files.move(store.location(of: one.object), to: aside.appending(one.object.description))
            #expect(try await !store.holds(one.object))

            #expect(try await store.remove([], unusedSince: dayAgo) == [])

            #expect(try await store.holds(one.object))
            try await store.verify(one)
            #expect(try Files.list(aside) == [])
        }
    }

    @Test func `what is taken in while it is removed is there in the end`() async throws {
        try await withStore { store, desk in
            let file = try desk.write("the same bytes, again and again", to: "file")
            let day = dayAgo
            let artifact = try await store.ingest(file)
            for _ in 0..<40 {
                age(artifact.object, in: store)
                async let removed = store.remove([artifact.object], unusedSince: day)
                async let taken = store.ingest(file)
                _ = try await (removed, taken)

                try await store.verify(artifact)
            }
        }
    }
}
