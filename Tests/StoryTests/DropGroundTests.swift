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
            #expect(watched.errors.contains(words), "\(watched.errors)")
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
