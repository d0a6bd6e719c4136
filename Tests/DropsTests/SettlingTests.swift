import Domain
import Testing

@testable import Drops

/// What is complete, decided from sightings and times alone.
struct SettlingTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func file(_ name: String, _ stamp: String = "1", written: Int64 = 100) throws -> Sighting {
        let path = try #require(TreePath(name))
        let file = DropFile(name: path, location: .key(name), size: 1, stamp: stamp)
        return Sighting(name: RawName(name), thing: .file(file), written: written)
    }

    private func marker(_ name: String, written: Int64 = 100) throws -> MarkerSighting {
        try #require(MarkerSighting(name: RawName(name), written: written))
    }

    private func names(_ sightings: [Sighting]?) -> [String]? {
        sightings.map { $0.map { $0.name.shown }.sorted() }
    }

    @Test func `a file is complete once it was the same for as long as settle says`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        settling.see(try file("a"), at: at(0))
        #expect(settling.ripe(at: at(4.9)) == nil)
        #expect(settling.nextLook == at(5))
        settling.see(try file("a"), at: at(4))
        #expect(names(settling.ripe(at: at(5))) == ["a"])
    }

    @Test func `a file that changes begins anew, however often`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        for second in 0..<100 {
            settling.see(try file("a", "\(second)"), at: at(Double(second)))
            #expect(settling.ripe(at: at(Double(second) + 0.9)) == nil)
        }
        #expect(names(settling.ripe(at: at(104))) == ["a"])
    }

    @Test func `many files are given together when the last has settled`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        for second in 0..<4 {
            settling.see(try file("f\(second)"), at: at(Double(second)))
            #expect(settling.ripe(at: at(Double(second))) == nil)
        }
        #expect(settling.ripe(at: at(7.9)) == nil)
        #expect(settling.nextLook == at(8))
        #expect(names(settling.ripe(at: at(8))) == ["f0", "f1", "f2", "f3"])
    }

    @Test func `a file that never settles holds the others up for a minute at most`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        settling.see(try file("whole"), at: at(0))
        var given: Double?
        for second in stride(from: 0.0, through: 120, by: 1) {
            settling.see(try file("growing", "\(second)"), at: at(second))
            if let ripe = settling.ripe(at: at(second)) {
                #expect(names(ripe) == ["whole"])
                settling.take(ripe)
                given = given ?? second
            }
        }
        // 5 s to settle, 60 s of patience.
        #expect(given == 65)
    }

    @Test func `patience is ten times settle where that is more`() {
        #expect(Settling(rules: DropRules(settle: 5)).patience == .seconds(60))
        #expect(Settling(rules: DropRules(settle: 30)).patience == .seconds(300))
    }

    @Test func `a marker completes what was written before it, at once`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        settling.see(try file("day/a", written: 100), at: at(0))
        settling.see(try file("day/deeper/b", written: 100), at: at(0))
        settling.see(try marker("day/_SUCCESS", written: 100))
        #expect(names(settling.ripe(at: at(0))) == ["day/a", "day/deeper/b"])
    }

    @Test func `an old marker says nothing about a new file`() throws {
        var settling = Settling(rules: DropRules(settle: 5, marker: .success))
        settling.see(try marker("_SUCCESS", written: 100))
        settling.see(try file("new", written: 101), at: at(0))
        #expect(settling.ripe(at: at(1000)) == nil)
        #expect(!settling.isSettling(at: at(1000)))
        settling.see(try marker("_SUCCESS", written: 102))
        #expect(names(settling.ripe(at: at(1001))) == ["new"])
    }

    @Test func `where a marker is required others hold nothing up and only that kind counts`() throws {
        var settling = Settling(rules: DropRules(settle: 5, marker: .done))
        settling.see(try file("a.csv"), at: at(0))
        settling.see(try file("b.csv"), at: at(0))
        settling.see(try marker("_SUCCESS"))
        #expect(settling.ripe(at: at(1000)) == nil)
        settling.see(try marker("a.csv.done"))
        #expect(names(settling.ripe(at: at(1000))) == ["a.csv"])
    }

    @Test func `a marker of another directory does not count`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        settling.see(try file("day1/a"), at: at(0))
        settling.see(try marker("day/_SUCCESS"))
        settling.see(try marker("a.done"))
        #expect(settling.ripe(at: at(1)) == nil)
    }

    @Test func `what is gone is never given`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        for name in ["a", "folder/b", "folder/deep/c", "folder2/d"] { settling.see(try file(name), at: at(0)) }
        settling.lose(RawName("a"))
        settling.lose(below: RawName("folder"))
        #expect(names(settling.ripe(at: at(5))) == ["folder2/d"])
    }

    @Test func `what is gone no longer holds up the others`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        settling.see(try file("a"), at: at(0))
        settling.see(try file("b"), at: at(4))
        #expect(settling.ripe(at: at(6)) == nil)
        settling.lose(RawName("b"))
        #expect(names(settling.ripe(at: at(6))) == ["a"])
    }

    @Test func `a look at all keeps what is settling and forgets what was not seen`() throws {
        var settling = Settling(rules: DropRules(settle: 5))
        settling.see(try file("a"), at: at(0))
        settling.see(try file("gone"), at: at(0))
        settling.see(all: [try file("a"), try file("b", "2")], [], at: at(3))
        #expect(settling.ripe(at: at(5)) == nil)
        #expect(names(settling.ripe(at: at(8))) == ["a", "b"])
    }

    @Test func `refused things settle too, and wait for no marker`() throws {
        var settling = Settling(rules: DropRules(settle: 5, marker: .success))
        let refusal = DropRefusal(name: "pipe", location: .key("pipe"), stamp: "1", reason: "is a named pipe")
        settling.see(Sighting(name: RawName("pipe"), thing: .refusal(refusal), written: 1), at: at(0))
        #expect(settling.ripe(at: at(4)) == nil)
        #expect(names(settling.ripe(at: at(5))) == ["pipe"])
    }

    @Test(arguments: [-1, .nan, -.infinity, .infinity, 1e300])
    func `a settle that is no time harms nothing`(_ settle: Double) throws {
        var settling = Settling(rules: DropRules(settle: settle, rescan: settle))
        settling.see(try file("a"), at: at(0))
        #expect((settling.ripe(at: at(0)) != nil) == !(settle > 0))
    }

    @Test func `names that differ only in their Unicode form are two files`() throws {
        var settling = Settling(rules: DropRules(settle: 0))
        settling.see(try file("caf\u{E9}"), at: at(0))
        settling.see(try file("cafe\u{301}"), at: at(0))
        #expect(settling.ripe(at: at(0))?.count == 2)
        let keys = Set([
            DropKey(name: "caf\u{E9}", stamp: "1"), DropKey(name: "cafe\u{301}", stamp: "1"),
            DropKey(name: "caf\u{E9}", stamp: "1"),
        ])
        #expect(keys.count == 2)
    }
}

struct DropNamesTests {
    @Test(arguments: [
        ".hidden", "a.part", "A.PART", "a.csv.tmp", "a.partial", "a.crdownload", "a.filepart", "~lock", "a.csv~",
        "quarantine", "lost+found", "a.csv.reason.json", "sub/.x", "sub/b.tmp", "_temporary",
    ])
    func `temporary names and what is ours are ignored`(_ name: String) {
        #expect(DropNames.meaning(of: RawName(name)) == .ignored)
    }

    @Test(arguments: ["a.csv", "part-0001.csv", "sub/quarantine", "tmp", "partial.csv", "a~b", "_SUCCESS.csv", "done"])
    func `other names are files`(_ name: String) {
        #expect(DropNames.meaning(of: RawName(name)) == .plain)
    }

    @Test func `a name that is no text is shown byte by byte`() {
        #expect(RawName(bytes: [0x61, 0xFF, 0xC3, 0xA9, 0x0A, 0xC3]).shown == "a\\xFF\u{E9}\\n\\xC3")
        #expect(RawName("a\u{1B}[31m").shown == "a\\u{1B}[31m")
    }
}
