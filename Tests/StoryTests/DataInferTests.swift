import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// `sluice data infer` as a user calls it.
@Suite(.timeLimit(.minutes(15)))
struct DataInferTests {
    private static let rows = (0..<300).map { "\($0),\($0 % 4),\($0 == 9 ? "oops" : "2026-01-02")" }

    @Test func `a schema is printed, notes stand beside it, and check takes both`() async throws {
        try await withProject { project in
            try Files.removeTree(project.repository.appending(".git"))
            let text = "id,kind,day\n" + DataInferTests.rows.joined(separator: "\n") + "\n"
            try project.write(text, to: "bad [1].csv")
            try project.write(text.replacing("oops", with: "2026-01-03"), to: "good.csv")

            let printed = try await project.sluice("data", "infer", "bad [1].csv")
            #expect(printed.status == 0)
            #expect(try printed.json()["primaryKey"] == .array([.string("id")]))
            #expect(printed.errors.contains("the column 'day' holds 1 value that is not of type date (record 10"))
            try project.write(printed.output, to: "s.json")
            let again = try await project.sluice("data", "infer", "bad [1].csv")
            #expect(again == printed)
            #expect(try await project.sluice("data", "check", "bad [1].csv", "--schema", "s.json").status == 1)
            #expect(try await project.sluice("data", "check", "good.csv", "--schema", "s.json").status == 0)

            let object = try await project.sluice("data", "infer", "bad [1].csv", "--json")
            #expect(object.errors.isEmpty)
            #expect(try object.json()["schema"] == printed.json())
            #expect(!Files.exists(project.home))
        }
    }

    @Test func `a schema that is there is replaced only with force`() async throws {
        try await withProject { project in
            try project.write("a,b\n1,x\n", to: "d.csv")
            let written = try await project.sluice("data", "infer", "d.csv", "--out", "s.json")
            #expect(written.status == 0 && written.output.isEmpty)
            #expect(written.errors.contains("wrote s.json, from 1 record"))
            let first = try Files.readSmall(project.repository.appending("s.json"))

            try project.write("a\n1\n", to: "d.csv")
            let refused = try await project.sluice("data", "infer", "d.csv", "--out", "s.json")
            #expect(refused.status == 2)
            #expect(refused.errors.contains("s.json exists already"))
            #expect(refused.errors.contains("'--force' replaces it"))
            #expect(try Files.readSmall(project.repository.appending("s.json")) == first)
            #expect(try await project.sluice("data", "infer", "d.csv", "--out", "s.json", "--force").status == 0)
            #expect(try Files.readSmall(project.repository.appending("s.json")) != first)

            let itself = try await project.sluice("data", "infer", "d.csv", "--out", "./d.csv", "--force")
            #expect(itself.status == 2)
            #expect(itself.errors.contains("'--out' names the file of data itself"))
        }
    }

    @Test func `a file that cannot be read ends with 2 and a sentence`() async throws {
        try await withProject { project in
            try project.write("a,a\n1,2\n", to: "twice.csv")
            let calls = [
                ("absent.csv", "there is no file 'absent.csv'"), ("twice.csv", "two columns with the name 'a'"),
            ]
            for (file, words) in calls {
                let call = try await project.sluice("data", "infer", file)
                #expect(call.status == 2 && call.output.isEmpty && call.errors.contains(words), "\(call)")
                let object = try await project.sluice("data", "infer", file, "--json")
                #expect(object.status == 2)
                #expect(try object.json()["error"]?["message"]?.text?.contains(words) == true)
            }
        }
    }
}
