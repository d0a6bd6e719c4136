import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Places and surroundings that an operator did not mean to give.
@Suite(.timeLimit(.minutes(15)))
struct BadPlacesTests {
    @Test func `results that cannot be printed are no success`() async throws {
        try await withProject { project in
            let call = try await project.shell("$SLUICE runs --json > /dev/full")
            #expect(call.status == 2)
            #expect(call.errors.contains("No space left on device"))
            #expect(try await project.shell("$SLUICE runs --json | head -0").status == 0)
        }
    }

    @Test func `closed standard streams change nothing but what is seen`() async throws {
        try await withProject { project in
            try await project.addData()
            #expect(try await project.shell("$SLUICE run <&- >&- 2>&-").status == 0)
            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 0, "no byte of it was changed")
        }
    }

    @Test(arguments: [nil, "", "relative"])
    func `a home is never made where one happens to stand`(_ home: String?) async throws {
        try await withProject { project in
            let call = try await project.sluice(
                "doctor", "--json", environment: ["HOME": home, "SLUICE_HOME": nil, "XDG_DATA_HOME": "also-relative"])
            #expect(!call.output.contains(project.repository.string))
            #expect(try Files.list(project.repository).allSatisfy { !$0.hasSuffix("relative") && $0 != ".local" })
        }
    }

    @Test(arguments: ["with blank", "quo'te\"d", "日本 \u{FC}\u{308}", "deep/er/home"])
    func `a home may be called anything`(_ name: String) async throws {
        try await withProject { project in
            let odd = Project(
                folder: project.folder, repository: project.repository, home: project.folder.pushing(FilePath(name)))
            try await odd.addData()
            #expect(try await odd.sluice("run").status == 0)
            #expect(try await odd.sluice("approve", "1", "--as", "alice").status == 0)
            #expect(odd.acts() == ["deploy 1", "verify 1"])
        }
    }
}

extension Project {
    /// Runs a line of shell in the repository, with `$SLUICE` as the program.
    fileprivate func shell(_ line: String) async throws -> Call {
        let outcome = try await Tool(path: "/bin/sh", name: "sh").run(
            ["-c", line], in: repository,
            environment: ["SLUICE_HOME": home.string, "SLUICE": Project.program().string], deadline: .seconds(600))
        return Call(status: outcome.status, output: outcome.output, errors: outcome.errors)
    }
}
