import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct DriftTests {
    private static let later: [(Int, Double)] = (0..<60).map { ($0 % 3 == 0 ? 1 : 0, Double($0) + 40) }

    @Test func `new data is compared with the champion's, and no file is read twice`() async throws {
        try await withProject { project in
            try await project.addData()
            let early = try await project.sluice("data", "drift", "points")
            #expect(early.status == 2)
            #expect(early.errors.contains("has no champion yet"))
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "bob")
            try project.write("drift: { columns: [x], psi: 0.2, ks: 0.3 }\n", to: "drift.yaml")

            let same = try await project.sluice("data", "drift", "points", "--limits", "drift.yaml")
            #expect(same.status == 0, "\(same)")
            #expect(same.output.contains("no limit is passed"))

            // What was profiled is not looked at again, even when more is added.
            try await project.addData(Self.later, name: "part-2.csv")
            try project.forget("part-1.csv")
            let grown = try await project.sluice("data", "drift", "points", "--limits", "drift.yaml", "--json")
            let added = try await project.sluice("data", "drift", "points", "--limits", "drift.yaml", "--added")
            try project.forget("part-2.csv")
            let again = try await project.sluice(
                "data", "drift", "points", "--limits", "drift.yaml", "--json",
                environment: ["SLUICE_TOOLS": "/none", "PATH": "/none"])

            #expect(grown.status == 1, "\(grown)")
            #expect(again == grown)
            let view = try grown.json()
            #expect(view["verdict"]?.text == "drift")
            #expect(view["current"]?["rows"]?.int64 == 120)
            #expect(added.status == 1, "\(added)")
            #expect(added.output.contains("the column 'x' has drifted: ks is 0.666667, above the limit of 0.3"))
            #expect(added.output.contains("points, snapshot 2 (added files), 60 rows"))
        }
    }

    @Test func `a snapshot grows from the profile of an older one for as long as its edges fit`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.addData([(0, 1.5), (1, 2.5)], name: "part-2.csv")
            try await project.addData(Self.later + Self.later, name: "part-3.csv")
            try await project.addData([(0, 3.5)], name: "part-4.csv")
            for number in 1...3 {
                let call = try await project.sluice("data", "drift", "points", "--against", "\(number)", "--json")
                #expect(call.status == 0, "\(call)")
                #expect(try call.json()["reference"]?["rows"]?.int64 == [60, 62, 182][number - 1])
            }
            let profiles = try Files.list(project.home.appending("profiles")).filter { !$0.contains("-") }
            let from = try profiles.map { name in
                let bytes = try Files.readSmall(project.home.appending("profiles").appending(name))
                return try JSONDecoder().decode(JSONValue.self, from: bytes)["chosenFrom"]?.int64
            }
            #expect(Set(from) == [60, 182])
            #expect(from.filter { $0 == 60 }.count == 2)
        }
    }

    @Test func `two files are compared without a home or a repository`() async throws {
        try await withProject { project in
            let reference = project.folder.appending("a [1].csv")
            let new = project.folder.appending("b*.csv")
            try Files.writeDurably(Data("n,k\n1,x\n2,y\n3,\n".utf8), to: reference)
            try Files.writeDurably(Data("n,k,m\n1,x\n".utf8), to: new)
            func drift(_ file: FilePath, _ rest: String...) async throws -> Project.Call {
                let outcome = try await Tool(path: Project.program(), name: "sluice").run(
                    ["data", "drift", file.string, "--reference", reference.string] + rest, in: project.folder,
                    environment: ["SLUICE_HOME": "/proc/none", "NO_COLOR": "1"])
                return Project.Call(status: outcome.status, output: outcome.output, errors: outcome.errors)
            }

            let ragged = try await drift(new)
            #expect(ragged.status == 2)
            #expect(ragged.errors.contains("b*.csv': record 1 cannot be read: fewer cells than the header"))
            try Files.writeDurably(Data("n,k,m\n1,x,1\n2,\u{1B}[31mz,1\n3,,1\n".utf8), to: new)
            let unjudged = try await drift(new)
            #expect(unjudged.status == 0)
            #expect(unjudged.output.contains("not in the reference: m"))
            #expect(unjudged.output.contains("gone: y"))
            #expect(!unjudged.output.contains("\u{1B}"))
            try Files.writeDurably(Data("columns: {q: {psi: 1}}".utf8), to: project.folder.appending("l.yaml"))
            let unanswered = try await drift(new, "--limits", "l.yaml", "--json")
            #expect(unanswered.status == 2)
            #expect(try unanswered.json()["verdict"]?.text == "undecided")
            try Files.writeDurably(Data("columns: {n: {psy: 1}}".utf8), to: project.folder.appending("l.yaml"))
            let wrong = try await drift(new, "--limits", "l.yaml")
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("l.yaml:1:15: unknown key 'psy' in 'drift.columns.n'; did you mean 'psi'?"))
        }
    }
}
