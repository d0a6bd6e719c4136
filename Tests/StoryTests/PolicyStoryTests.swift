import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// What the policy's approval rules mean to the people who use them, and what stays when the repository moves on.
@Suite(.timeLimit(.minutes(15)))
struct PolicyStoryTests {
    @Test func `a policy that needs no person promotes at once`() async throws {
        let policy = ToyProject.policy.replacing("required: 1", with: "required: 0")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            let run = try await project.sluice("run", "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json()["run"]?["status"]?.text == "promoted")
            #expect(project.acts() == ["deploy 1", "verify 1"])
        }
    }

    @Test func `two approvals mean two people, and only those who are listed`() async throws {
        let policy = ToyProject.policy.replacing("{ required: 1 }", with: "{ required: 2, by: [alice, bob] }")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            try await project.sluice("run")

            #expect(try await project.sluice("approve", "1", "--as", "mallory").status == 1)
            let first = try await project.sluice("approve", "1", "--as", "alice", "--json")
            #expect(try first.json()["outcome"]?.text == "waiting")
            #expect(try first.json()["missing"]?.int64 == 1)
            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 1, "once is once")
            #expect(project.acts().isEmpty)
            #expect(try await project.sluice("approve", "1", "--as", "bob").status == 0)
            #expect(project.acts() == ["deploy 1", "verify 1"])
        }
    }

    @Test func `nobody approves a change of their own if the policy says so`() async throws {
        let policy = ToyProject.policy.replacing("{ required: 1 }", with: "{ required: 1, not_by_author: true }")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            try await project.sluice("run")
            let own = try await project.sluice("approve", "1", "--as", "Ada Author")
            #expect(own.status == 1)
            #expect(own.errors.contains("Ada Author"))
            #expect(try await project.sluice("approve", "1", "--as", "ada").status == 1, "the mail address counts too")
            #expect(try await project.sluice("approve", "1", "--as", "bob").status == 0)
        }
    }

    @Test func `a run is reproduced after its branch, its commit and its data files are gone`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.git("switch", "-q", "-c", "experiment")
            try project.write("slope: 0.9\n", to: "params.yaml")
            let commit = try await project.commit("Try another slope")
            try await project.sluice("run")
            try await project.git("switch", "-q", "main")
            try await project.git("branch", "-q", "-D", "experiment")
            try await project.git("reflog", "expire", "--expire=now", "--all")
            try await project.git("gc", "-q", "--prune=now")
            try Files.removeTree(project.folder.appending("part-1.csv"))

            let reproduction = try await project.sluice("reproduce", commit, "--json")

            #expect(reproduction.status == 0, "\(reproduction.errors)\(reproduction.output)")
            #expect(try reproduction.json()["verdict"]?.text == "identical")
        }
    }

    @Test func `a rollback puts the version before back, and promote goes forward again`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            try project.write("slope: 0.9\n", to: "params.yaml")
            try await project.commit("Another slope")
            try await project.sluice("run")
            try await project.sluice("approve", "2", "--as", "alice")

            let back = try await project.sluice("rollback", "toy", "--reason", "complaints", "--json")
            #expect(back.status == 0, "\(back.errors)")
            #expect(try back.json()["challenger"]?["version"]?.int64 == 1)
            let forward = try await project.sluice("promote", "toy", "2", "--json")
            #expect(forward.status == 0, "\(forward.errors)")
            #expect(project.acts().suffix(4) == ["deploy 1", "verify 1", "deploy 2", "verify 2"])
        }
    }

    @Test func `an approval counts only against the champion that was compared with`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.git("branch", "other")
            try await project.sluice("run")
            try project.write("slope: 0.9\n", to: "params.yaml")
            try await project.commit("Another slope")
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")

            let late = try await project.sluice("approve", "2", "--as", "alice")

            #expect(late.status == 1)
            #expect(late.errors.contains("no champion") && late.errors.contains("version 1"), "\(late.errors)")
            #expect(project.acts() == ["deploy 1", "verify 1"])
            #expect(try await project.sluice("run").status == 0)
            #expect(try await project.sluice("approve", "3", "--as", "alice").status == 0)
        }
    }
}
