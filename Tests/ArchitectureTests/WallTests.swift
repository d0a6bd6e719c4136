import Foundation
import Testing

/// Modules of the platform that tier 0 does without.
private let platform: Set<String> = ["Dispatch", "Glibc", "Synchronization"]
/// Modules of a product whose names are not the product's.
private let modules: [String: Set<String>] = ["Yams": ["CYaml", "Yams"]]

@Test func `every import stands in the table`() throws {
    let table = try RoomTable()
    for file in try Repository.sources.get() {
        let room = try #require(table.rooms.first { $0.name == file.room }, "\(file) is in no room of ARCHITECTURE.md")
        let libraries = room.libraries.reduce(into: Set<String>()) { $0.formUnion(modules[$1] ?? [$1]) }
        let tier = table.tiers[room.name] ?? 0
        let allowed = room.ours.union(libraries).union(["Foundation"]).union(tier > 0 ? platform : [])
        let extra = Set(file.imports).subtracting(allowed).sorted()
        #expect(extra.isEmpty, "\(file) imports \(extra), which the row of \(room.name) does not name")
    }
}

@Test func `the table and the manifest name the same rooms with the same imports`() throws {
    let table = try RoomTable()
    let declared = try Manifest.rooms()

    #expect(table.rooms.map(\.name).sorted() == declared.map(\.name).sorted())
    for room in table.rooms {
        let other = try #require(declared.first { $0.name == room.name })
        #expect(room.ours == other.ours, "\(room.name)")
        #expect(room.libraries == other.libraries, "\(room.name)")
    }
}

@Test func `rooms import down and never sideways`() throws {
    let table = try RoomTable()
    for room in table.rooms {
        let tier = try #require(table.tiers[room.name])
        for other in room.ours {
            let below = try #require(table.tiers[other], "\(room.name) imports \(other), which is no room")
            #expect(below < tier, "\(room.name) of tier \(tier) imports \(other) of tier \(below)")
        }
    }
}

@Test func `a library has one room`() throws {
    // Words that a whole program shares, or two ends of one wire: the client's and the server's.
    let shared: Set<String> = [
        "Crypto", "HTTPTypes", "Logging", "Mustache", "NIOCore", "NIOHTTP1", "NIOSSL", "ServiceLifecycle",
        "SystemPackage",
    ]
    let all = try RoomTable().rooms.filter { $0.name != "TestSupport" }.flatMap { $0.libraries.subtracting(shared) }

    #expect(Set(all).count == all.count)
}

@Test func `every room has a folder, a meaning and tests`() throws {
    let table = try RoomTable()
    let rooms = try folders(in: "Sources")
    let tests = Set(try folders(in: "Tests"))

    #expect(rooms == table.rooms.map(\.name).sorted())
    for room in table.rooms {
        #expect(table.meanings[room.name]?.isEmpty == false, "\(room.name) has no meaning")
        let tier = try #require(table.tiers[room.name])
        if tier < 6, !room.name.hasPrefix("C") || room.name == "Content" {
            #expect(tests.contains("\(room.name)Tests"), "\(room.name) has no tests")
        }
    }
}

private func folders(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
        at: Repository.root.appendingPathComponent(folder), includingPropertiesForKeys: [.isDirectoryKey]
    ).filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent).sorted()
}
