import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Gates that ask a command of the project's.
@Suite(.timeLimit(.minutes(15)))
struct GateCommandTests {
    private func policy(_ gates: String...) -> String {
        ToyProject.policy.replacing(
            "approval:", with: gates.map { "  - \($0)\n" }.joined() + "approval:")
    }

    @Test func `a command says yes, no with its reason, or could not tell, each told once`() async throws {
        let policy = policy(
            "{ name: fine, command: \"test -s ${model} && test -s ${predictions}\" }",
            "{ name: business, command: \"echo checking; echo too expensive; exit 1\" }",
            "{ name: silent, action: warn, command: \"false\" }",
            "{ name: broken, command: \"no-such-program ${model}\" }",
            "{ name: advice, action: warn, command: \"echo not pretty; exit 1\" }")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()

            let call = try await project.sluice("run", "--json")

            #expect(call.status == 2, "\(call.errors)\(call.output)")
            let run = try call.json()
            #expect(
                outcomes(run) == [
                    "auc min passed", "auc max_drop no_champion", "fine command passed", "business command failed",
                    "silent command failed", "broken command undecided", "advice command failed",
                ])
            guard case .array(let findings) = run["run"]?["findings"] else { Issue.record("no findings"); return }
            #expect(findings.compactMap { $0["source"]?.text } == ["gate:business", "gate:broken"])
            #expect(findings.compactMap { $0["weight"]?.text } == ["no", "couldNotTell"])
            #expect(findings.first?["message"]?.text?.contains("too expensive") == true, "\(findings)")
            #expect(
                findings.last?["message"]?.text?.hasPrefix("broken could not tell: ended with status 127") == true,
                "\(findings)")
            let report = try project.report(1)
            #expect(report.contains("too expensive") && report.contains("not pretty"))
            #expect(!report.contains("$ false"), "a command is not its own reason")
            let ends = report.components(separatedBy: "ended with status 1").dropFirst()
            #expect(ends.allSatisfy { $0.hasPrefix("27") }, "a no of a gate is no failure of a stage: \(report)")
        }
    }

    @Test func `a command reads what both evaluations wrote and can change nothing of it`() async throws {
        let check = """
            import os, sys
            ours = open(os.environ["SLUICE_PREDICTIONS"]).read()
            theirs = open(os.environ["SLUICE_CHAMPION_PREDICTIONS"]).read()
            assert open(sys.argv[2]).read() == ours
            for path in [sys.argv[1], sys.argv[2], os.environ["SLUICE_CHAMPION_MODEL"]]:
                try:
                    open(path, "a")
                    sys.exit(3)
                except OSError:
                    pass
            print("other scores" if ours != theirs else "equal scores")
            sys.exit(1)
            """
        let policy = policy("{ name: look, action: warn, command: \"python3 check.py ${model} ${predictions}\" }")
        // Run 1 has no champion, so its command says nothing that is expected here; it only warns.
        try await withProject(["sluice.yaml": policy, "check.py": check]) { project in
            try await project.promoteFirst()
            try await project.commitChange()

            let call = try await project.sluice("run", "--json")

            #expect(call.status == 0, "\(call.errors)\(call.output)")
            #expect(project.log(of: "gate:look", run: 2).last == "other scores")
            #expect(outcomes(try call.json()).last == "look command failed")
        }
    }

    @Test func `a command over the time limit is no answer`() async throws {
        let policy = policy("{ name: slow, command: sleep 600 }") + "\nlimits: { time: 20s }\n"
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()

            let call = try await project.sluice("run", "--json")

            #expect(call.status == 2)
            #expect(outcomes(try call.json()).last == "slow command undecided")
        }
    }

    @Test func `a run that was killed while a command answers goes on and asks it once`() async throws {
        let policy = policy("{ name: slow, command: \"echo asked; sleep 3\" }")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            async let killed = project.sluice("run")
            _ = try await eventually { project.log(of: "gate:slow", run: 1).first { $0 == "asked" } }
            let supervisor = try await project.supervisor(of: "gate:slow", run: 1)
            for process in await Project.processes(with: project.home.string, named: "sluice")
            where process != supervisor {
                kill(process, SIGKILL)
            }
            _ = try await killed

            let again = try await project.sluice("run", "--json")

            #expect(again.status == 0, "\(again.errors)\(again.output)")
            #expect(project.log(of: "gate:slow", run: 1).filter { $0 == "asked" }.count == 1)
            #expect(outcomes(try again.json()).last == "slow command passed")
        }
    }

    @Test func `a reproduction asks no commands of gates`() async throws {
        let policy = policy("{ name: moody, command: \"test ! -e /work-of-another-day\" }")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            try await project.sluice("run")

            let call = try await project.sluice("reproduce", "1", "--json")

            #expect(call.status == 0, "\(call.errors)\(call.output)")
            #expect(try call.json()["verdict"]?.text == "identical")
            #expect(project.log(of: "gate:moody", run: 2).isEmpty)
        }
    }
}
