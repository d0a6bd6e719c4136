import Domain
import Engine
import Foundation
import Host
import SystemPackage
import Testing

/// Files that are dropped, by the ways that a sender and an operator see.
@Suite(.timeLimit(.minutes(15)))
struct DropTests {
    @Test func `good and bad files are parted, and the good ones start a run`() async throws {
        try await withDrop { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(30))
            try drop.put("part-2.csv", "x,label\n1,0\nabc,1\n")
            try drop.put("notes.txt", "hello")

            let watched = try await project.sluice("watch", "--once")

            #expect(watched.status == 1, "a file was refused: \(watched.errors)")
            #expect(watched.output.contains("points: snapshot 1: new part-1.csv"))
            #expect(watched.output.contains("refused part-2.csv: type: the column 'x' holds 1 value"))
            #expect(watched.output.contains("run 1 passed"))
            #expect(try drop.names() == ["part-1.csv"], "what was taken in stays where it is")
            let shown = try await project.sluice("data", "show", "points", "--json").json()
            #expect(shown["rows"]?.int64 == 30, "the tests have counted them")
            let reason = try drop.reason("part-2.csv")
            #expect(reason["verdict"]?.text == "quarantine")
            #expect(reason["findings"]?.array?.first?["line"]?.int64 == 3)
            #expect(reason["findings"]?.array?.first?["value"]?.text == "abc")
            #expect(try drop.reason("notes.txt")["findings"]?.array?.first?["check"]?.text == "file-name")
            #expect(reason["advice"]?.text?.hasSuffix("under the same name") == true)
            #expect(try drop.reason("notes.txt")["advice"]?.text == "give the file a right name and drop it again")
            #expect(try drop.quarantined("part-2.csv") == "x,label\n1,0\nabc,1\n")

            let again = try await project.sluice("watch", "--once")
            #expect(again.status == 0 && again.output.isEmpty, "nothing happens twice: \(again.output)")
        }
    }

    @Test func `a corrected file replaces its part, and the same bytes again are no event`() async throws {
        try await withDrop { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(10))
            try drop.put("part-2.csv", DropFolder.rows(20))
            try await project.sluice("watch", "--once")

            try drop.put("part-2.csv", DropFolder.rows(25))
            let corrected = try await project.sluice("watch", "--once")
            #expect(corrected.output.contains("points: snapshot 2: replaced part-2.csv"))
            let shown = try await project.sluice("data", "show", "points", "--json").json()
            #expect(shown["files"]?.array?.count == 2)

            try drop.put("part-2.csv", DropFolder.rows(25))
            let same = try await project.sluice("watch", "--once")
            #expect(same.status == 0)
            #expect(same.output.contains("nothing new: part-2.csv is there already"))
            let events = try await project.sluice("why", "points", "--json").json()["events"]?.array ?? []
            #expect(events.filter { $0["event"]?.text?.contains("dropped") ?? false }.count == 2)
            let why = try await project.sluice("data", "why", "part-2.csv")
            #expect(why.output.contains("is no event: snapshot 2"))
            #expect(try await project.sluice("why", "part-2.csv").output == why.output)
            #expect(try await project.sluice("why", "part-9.csv").status == 2)
        }
    }

    @Test func `a refused file that was corrected is no longer held, and cannot take the place of the right one`()
        async throws
    {
        try await withDrop { project, drop in
            try drop.put("part-1.csv", "x,label\nabc,1\n")
            try await project.sluice("watch", "--once")
            #expect(try await project.sluice("data", "why").output.contains("part-1.csv"))

            try drop.put("part-1.csv", DropFolder.rows(30))
            let corrected = try await project.sluice("watch", "--once")
            #expect(corrected.status == 0 && corrected.output.contains("snapshot 1: new part-1.csv"))
            #expect(try await project.sluice("data", "why").output.contains("no file is held"))
            #expect(try await project.sluice("data", "why", "--all").output.contains("part-1.csv"))
            let story = try await project.sluice("data", "why", "part-1.csv").output
            #expect(story.contains("corrected since: snapshot 1"), "\(story)")
            let released = try await project.sluice("data", "release", "1", "--reason", "was right")
            #expect(released.status == 2 && released.errors.contains("was corrected"), "\(released.errors)")
        }
    }

    @Test func `the same bad file again, or put back from quarantine, is moved again`() async throws {
        try await withDrop { project, drop in
            let bad = "x,label\nabc,1\n"
            try drop.put("part-1.csv", bad)
            try await project.sluice("watch", "--once")

            try drop.put("part-1.csv", bad)
            let again = try await project.sluice("watch", "--once")
            #expect(again.status == 1 && again.output.contains("refused part-1.csv"), "\(again.output)")
            #expect(try drop.names().isEmpty)
            #expect(try drop.quarantined("part-1.csv~2") == bad)
            #expect(try drop.reason("part-1.csv~2")["refusal"]?.int64 == 2)

            try drop.putBack("part-1.csv")
            let back = try await project.sluice("watch", "--once")
            #expect(back.status == 1 && back.output.contains("refused part-1.csv"), "\(back.output)")
            #expect(try drop.names().isEmpty)
            #expect(try await project.sluice("watch", "--once").output.isEmpty, "nothing is left to do")
        }
    }

    @Test func `two names that differ only in how Unicode spells them are two files`() async throws {
        try await withDrop(schema: false, triggers: "{}", files: "part-.*") { project, drop in
            try drop.put("part-\u{E9}.csv", DropFolder.rows(3))
            try drop.put("part-e\u{301}.csv", DropFolder.rows(4))
            let watched = try await project.sluice("watch", "--once")
            #expect(watched.status == 0, "\(watched.errors)")
            let files = try await project.sluice("data", "show", "points", "--json").json()["files"]?.array
            #expect(files?.count == 2)
            #expect(try await project.sluice("watch", "--once").output.isEmpty, "both were dealt with")
        }
    }

    @Test func `a file that is left of a whole drop is waited for, and one that was taken away is not`() async throws {
        try await withDrop(append: false, byLink: true) { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(10))
            try drop.put("part-2.csv", "x,label\nabc,1\n")
            try drop.put("part-3.csv", DropFolder.rows(11))
            let refused = try await project.sluice("watch", "--once")
            #expect(refused.output.contains("part-1.csv, part-3.csv good, and held back"), "\(refused.output)")

            try FileManager.default.removeItem(atPath: drop.path.appending("part-3.csv").string)
            try drop.put("part-2.csv", DropFolder.rows(12))
            let whole = try await project.sluice("watch", "--once")
            #expect(whole.output.contains("points: snapshot 1: new part-1.csv, part-2.csv\n"), "\(whole.output)")
        }
    }

    @Test func `what is wrong with one drop keeps nobody from looking at the others`() async throws {
        try await withDrop(triggers: "{}") { project, drop in
            let other = project.folder.appending("other")
            let policy = String(
                decoding: try Files.readSmall(project.repository.appending("sluice.yaml")), as: UTF8.self)
            let broken = "datasets:\n  broken: { mount: data/broken, schema: broken.json, drop: \(other) }\n"
            try project.write(
                policy.replacing("datasets:\n", with: broken).replacing("${data}", with: "${data.points}"),
                to: "sluice.yaml")
            try project.write("{", to: "broken.json")
            try await project.commit("Break a schema")
            try drop.put("part-1.csv", DropFolder.rows(10))

            let watched = try await project.sluice("watch", "--once")

            #expect(watched.status == 2, "something could not be told: \(watched.errors)")
            #expect(watched.errors.contains("broken.json"), "\(watched.errors)")
            #expect(watched.output.contains("points: snapshot 1: new part-1.csv"))
        }
    }

    @Test(arguments: [EngineHooks.Moment.eventRecorded, .filesSorted, .fileQuarantined, .runCreated, .jobStarted])
    func `a watch that is killed goes on and does nothing twice`(_ moment: EngineHooks.Moment) async throws {
        try await withDrop { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(30))
            try drop.put("part-2.csv", "x,label\nabc,1\n")

            let killed = try await project.sluice(
                "watch", "--once", environment: ["SLUICE_TEST_KILL_AT": moment.rawValue])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")
            let again = try await project.sluice("watch", "--once")

            #expect(again.status < 2, "\(again.errors)")
            #expect(again.output.contains("run 1 passed"), "a run that was resumed is told too: \(again.output)")
            #expect(try drop.names() == ["part-1.csv"])
            #expect(try drop.quarantined("part-2.csv") == "x,label\nabc,1\n")
            #expect(try drop.reason("part-2.csv")["refusal"]?.int64 == 1)
            let listed = try await project.sluice("data", "ls", "--json").json()
            #expect(listed["snapshots"]?.array?.count == 1)
            let runs = try await project.sluice("runs", "--json").json()
            #expect(runs["runs"]?.array?.map { $0["verdict"]?.text ?? "" } == ["passed"])
            #expect(runs["runs"]?.array?.first?["trigger"]?.text == "data")
            #expect(project.log(of: "train:model", run: 1).filter { $0.hasPrefix("training") }.count == 1)
            let audit = try await project.sluice("audit", "verify")
            #expect(audit.status == 0, "\(audit.errors)")
        }
    }

    @Test func `a dataset that is replaced takes a drop as a whole or not at all`() async throws {
        try await withDrop(append: false) { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(10))
            try drop.put("part-2.csv", "x,label\nabc,1\n")
            let refused = try await project.sluice("watch", "--once")
            #expect(refused.status == 1)
            #expect(refused.output.contains("part-1.csv good, and held back"))
            #expect(try await project.sluice("data", "ls").output.contains("no data yet"))

            let released = try await project.sluice("data", "release", "part-2.csv", "--reason", "it is right")
            #expect(
                released.status == 2 && released.errors.contains("replaced only as a whole"), "a part is no dataset")

            try drop.put("part-2.csv", DropFolder.rows(12))
            let whole = try await project.sluice("watch", "--once")
            #expect(whole.output.contains("points: snapshot 1: new part-1.csv, part-2.csv"), "\(whole.output)")

            try drop.put("part-3.csv", DropFolder.rows(14))
            let next = try await project.sluice("watch", "--once")
            #expect(next.output.contains("points: snapshot 2: new part-3.csv"))
            let shown = try await project.sluice("data", "show", "points", "--json").json()
            #expect(shown["files"]?.array?.map { $0["name"]?.text } == ["part-3.csv"])
        }
    }

    @Test func `a person's word lets a refused file through, and the report says so`() async throws {
        try await withDrop { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(30))
            try drop.put("part-2.csv", DropFolder.rows(5) + "5000,1\n")
            try await project.sluice("watch", "--once")
            let list = try await project.sluice("data", "why", "--json").json()["refused"]?.array ?? []
            #expect(list.map { $0["file"]?.text } == ["part-2.csv"])

            let silent = try await project.sluice("data", "release", "part-2.csv", "--reason", " ")
            #expect(silent.status == 2)
            let released = try await project.sluice(
                "data", "release", "part-2.csv", "--reason", "a new sensor", "--as", "alice")
            #expect(released.status == 0, "\(released.errors)")
            let twice = try await project.sluice("data", "release", "1", "--reason", "again")
            #expect(twice.status == 2 && twice.errors.contains("was released by alice already"))

            let watched = try await project.sluice("watch", "--once")
            #expect(watched.output.contains("run 2 passed"), "\(watched.output) \(watched.errors)")
            let report = try await project.sluice("show", "2").output.replacing("\n    ", with: " ")
            #expect(report.contains("alice took in 'part-2.csv' although tests refuse it (maximum:"), "\(report)")
            #expect(report.contains("a new sensor"))
            #expect(try await project.sluice("data", "why").output.contains("no file is held"))
        }
    }

    @Test func `a release that is killed is done once when it is said again`() async throws {
        try await withDrop { project, drop in
            try drop.put("part-2.csv", "x,label\nabc,1\n")
            try await project.sluice("watch", "--once")
            let killed = try await project.sluice(
                "data", "release", "1", "--reason", "right", environment: ["SLUICE_TEST_KILL_AT": "file_released"])
            #expect(killed.status == 128 + SIGKILL)
            let again = try await project.sluice("data", "release", "1", "--reason", "right")
            #expect(again.status == 2 && again.errors.contains("already: it is in snapshot 1"))
            #expect(try await project.sluice("data", "ls", "--json").json()["snapshots"]?.array?.count == 1)
        }
    }

    @Test func `refused files stay where the policy says so, and are asked again when the rules change`() async throws {
        try await withDrop(more: "    refused: leave\n") { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(5) + "5000,1\n")
            let refused = try await project.sluice("watch", "--once")
            #expect(refused.status == 1 && refused.output.contains("left at"))
            #expect(try drop.names() == ["part-1.csv"])
            #expect(try await project.sluice("watch", "--once").output.isEmpty, "it is not asked twice")

            let schema = try #require(ToyProject.files["schema.json"])
            try project.write(schema.replacing("1000", with: "9000"), to: "schema.json")
            try await project.commit("Allow more")
            let accepted = try await project.sluice("watch", "--once")
            #expect(accepted.output.contains("points: snapshot 1: new part-1.csv"), "\(accepted.output)")
        }
    }

    @Test func `new data starts no run where the policy does not say so, and why tells it`() async throws {
        try await withDrop(triggers: "{}") { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(30))
            let watched = try await project.sluice("watch", "--once")
            #expect(watched.status == 0)
            #expect(watched.output.contains("no run: the policy starts no run on new data of 'points'"))
            let why = try await project.sluice("why", "points").output
            #expect(why.contains("no run: the policy starts no run on new data of 'points'"))
        }
    }

    @Test func `a watch that goes on takes in what arrives, and is alone`() async throws {
        try await withDrop { project, drop in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await project.sluice("watch") }
                try drop.put("part-1.csv", DropFolder.rows(30))
                _ = try await eventually {
                    try await project.sluice("runs", "--json").json()["runs"]?.array?.first { run in
                        run["verdict"]?.text == "passed"
                    }
                }
                let second = try await project.sluice("watch", "--once")
                #expect(second.status == 2)
                #expect(second.errors.contains("another process watches the drops"))
                try drop.put("sub/part-2.csv", "x,label\nabc,1\n")
                _ = try await eventually { try? drop.reason("sub/part-2.csv") }
                group.cancelAll()
            }
            let shown = try await project.sluice("data", "show", "points", "--json").json()
            #expect(shown["files"]?.array?.map { $0["name"]?.text } == ["part-1.csv"])
        }
    }

    @Test func `a thousand files are one event and one snapshot`() async throws {
        try await withDrop(schema: false, triggers: "{}") { project, drop in
            for number in 1...1000 { try drop.put("part-\(number).csv", "x,label\n\(number),1\n") }
            let watched = try await project.sluice("watch", "--once", "--json")
            #expect(watched.status == 0, "\(watched.errors)")
            let shown = try await project.sluice("data", "show", "points", "--json").json()
            #expect(shown["files"]?.array?.count == 1000)
            let events = try await project.sluice("why", "points").output
            #expect(events.contains("1000 files dropped for 'points': 1000 files taken in: snapshot 1"))
        }
    }

    @Test func `a policy without a drop has nothing to watch`() async throws {
        try await withProject { project in
            let watched = try await project.sluice("watch", "--once")
            #expect(watched.status == 2)
            #expect(watched.errors.contains("no dataset of the policy has a drop"))
        }
    }
}

/// A directory that files are dropped into.
struct DropFolder: Sendable {
    let path: FilePath

    static func rows(_ count: Int) -> String {
        "x,label\n" + (0..<count).map { "\($0),\($0 % 3 == 0 ? 1 : 0)\n" }.joined()
    }

    /// As a careful sender does it: under another name first.
    func put(_ name: String, _ text: String) throws {
        let file = path.pushing(FilePath(name))
        try Files.makeDirectory(file.removingLastComponent())
        let part = file.removingLastComponent().appending(".incoming")
        try Data(text.utf8).write(to: URL(filePath: part.string))
        try Files.move(part, to: file)
    }

    func names() throws -> [String] { try Files.list(path).filter { $0 != "quarantine" } }

    /// As somebody does who wants it to be looked at again.
    func putBack(_ name: String) throws {
        try Files.move(try place(of: name), to: path.appending(name))
    }

    private func place(of name: String) throws -> FilePath {
        let days = try Files.list(path.appending("quarantine"))
        // Thrown and not required: who waits for it looks again.
        guard let day = days.first else { throw Fault(.environment, "nothing is in quarantine") }
        return path.appending("quarantine").appending(day).appending(name)
    }

    func quarantined(_ name: String) throws -> String {
        String(decoding: try Files.readSmall(try place(of: name)), as: UTF8.self)
    }

    func reason(_ name: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: try Files.readSmall(try place(of: name + ".reason.json")))
    }
}

/// The toy project with a drop.
func withDrop(
    append: Bool = true, schema: Bool = true, triggers: String = "{ data: [points] }", more: String = "",
    files: String = #"part-\d+\.csv"#, byLink: Bool = false,
    _ body: (Project, DropFolder) async throws -> Void
) async throws {
    try await withProject { project in
        let drop = DropFolder(path: project.folder.appending("drop"))
        try Files.makeDirectory(drop.path)
        let link = project.folder.appending("link")
        if byLink {
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: drop.path.string)
        }
        let dataset = """
            triggers: \(triggers)
            datasets:
              points:
                mount: data/points
            \(schema ? "    schema: schema.json\n" : "")    append: \(append)
                drop: \(byLink ? link : drop.path)
                files: '\(files)'
                settle: 0.1s
            \(more)
            """
        let line = "datasets:\n  points: { mount: data/points, schema: schema.json, append: true }\n"
        #expect(ToyProject.policy.contains(line))
        try project.write(ToyProject.policy.replacing(line, with: dataset + "\n"), to: "sluice.yaml")
        try await project.commit("Add a drop")
        try await body(project, drop)
    }
}

extension JSONValue {
    /// The items of a list.
    fileprivate var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }
}
