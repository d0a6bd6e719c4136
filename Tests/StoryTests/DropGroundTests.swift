import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Drops where no drop may be, and names that are made to cost time.
@Suite(.timeLimit(.minutes(15)))
struct DropGroundTests {
    @Test(
        arguments: [
            ("home", "is Sluice's home"), ("home/store", "lies in Sluice's home"), ("", "holds Sluice's home"),
            ("repository", "holds the repository's own"), ("repository/.git", "is the repository's own"),
            ("repository/.git/hooks", "lies in the repository's own"), ("link", "holds the repository's own"),
        ])
    func `nothing is moved where Sluice or the repository lives`(place: String, words: String) async throws {
        try await withDrop(triggers: "{}") { project, drop in
            try Files.makeDirectory(project.home.appending("store"))
            let link = project.folder.appending("link")
            #expect(symlink(project.repository.string, link.string) == 0)
            let policy = String(
                decoding: try Files.readSmall(project.repository.appending("sluice.yaml")), as: UTF8.self)
            let target = place.isEmpty ? project.folder : project.folder.pushing(FilePath(place))
            try project.write(policy.replacing("drop: \(drop.path)", with: "drop: \(target)"), to: "sluice.yaml")
            try await project.commit("Drop files where they must not be")

            let watched = try await project.sluice("watch", "--once")

            #expect(watched.status == 2)
            #expect((watched.output + watched.errors).contains(words), "\(watched.output) \(watched.errors)")
            #expect(!Files.exists(target.appending("quarantine")))
            #expect(Files.exists(project.repository.appending("sluice.yaml")))
            #expect(try await project.sluice("audit", "verify").status == 0)
        }
    }

    @Test func `a link in the drop is held back, and goes in with the rest`() async throws {
        try await withDrop(append: false) { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(10))
            #expect(symlink("part-1.csv", drop.path.appending("part-3.csv").string) == 0)
            try drop.put("part-2.csv", "x,label\nabc,1\n")
            try await project.sluice("watch", "--once")

            try drop.put("part-2.csv", DropFolder.rows(12))
            let whole = try await project.sluice("watch", "--once")

            #expect(whole.output.contains("snapshot 1: new part-1.csv, part-2.csv, part-3.csv"), "\(whole.output)")
        }
    }

    @Test func `watches of two clones of one repository deal with a drop together once`() async throws {
        try await withDrop(triggers: "{}") { project, drop in
            let clone = project.folder.appending("clone")
            try await project.git("clone", "-q", project.repository.string, clone.string)
            let other = Project(folder: project.folder, repository: clone, home: project.home)
            for number in 1...20 {
                try drop.put("part-\(number).csv", DropFolder.rows(number))
                try drop.put("part-\(100 + number).csv", "x,label\nabc\(number),1\n")
            }

            async let first = project.sluice("watch", "--once")
            async let second = other.sluice("watch", "--once")
            let calls = try await [first, second]

            #expect(calls.allSatisfy { $0.status < 2 }, "\(calls.map(\.errors))")
            #expect(calls.map(\.status).sorted() == [0, 1], "one of them does it all")
            #expect(try drop.names().count == 20)
            for number in 101...120 {
                #expect(try drop.reason("part-\(number).csv")["verdict"]?.text == "quarantine")
                #expect(try drop.quarantined("part-\(number).csv").hasPrefix("x,label"))
            }
            let listed = try await project.sluice("data", "ls", "--json").json()
            #expect(listed["snapshots"]?.array?.count == 1)
            #expect(try await project.sluice("data", "why", "--json").json()["refused"]?.array?.count == 20)
        }
    }

    @Test func `a name that is made to cost time is refused at once`() async throws {
        try await withDrop { project, drop in
            let policy = String(
                decoding: try Files.readSmall(project.repository.appending("sluice.yaml")), as: UTF8.self)
            try project.write(policy.replacing(#"part-\d+\.csv"#, with: #"(\w+)+\.csv"#), to: "sluice.yaml")
            try await project.commit("Allow many names")
            try drop.put(String(repeating: "a", count: 60) + "!.csv", DropFolder.rows(3))
            try drop.put("good.csv", DropFolder.rows(30))

            let watched = try await project.sluice("watch", "--once")

            #expect(watched.status == 1 && watched.output.contains("snapshot 1: new good.csv"), "\(watched.output)")
        }
    }
}

extension JSONValue {
    /// The items of a list.
    fileprivate var array: [JSONValue]? {
        guard case .array(let items) = self else { return nil }
        return items
    }
}
