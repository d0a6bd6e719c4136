import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// What is left after `sluice gc`, and what can still be done with it.
@Suite(.timeLimit(.minutes(10)))
struct CollectionTests {
    /// As if nobody had used anything in the home for a year.
    private func age(_ project: Project) throws {
        let old = Date(timeIntervalSinceNow: -365 * 86_400)
        let names = try FileManager.default.subpathsOfDirectory(atPath: project.home.appending("store").string)
        for name in names {
            let path = project.home.appending("store").pushing(FilePath(name)).string
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        }
    }

    private func run(_ project: Project, slope: String) async throws {
        try project.write("slope: \(slope)\n", to: "params.yaml")
        try await project.commit("Slope \(slope)")
        let call = try await project.sluice("run")
        #expect(call.status == 0, "\(call.output)\(call.errors)")
    }

    /// Run 1 is promoted, run 2 was replaced, run 3 is rejected; everything that can be was collected.
    private func withCollected(
        approval: String = "approval: { required: 1 }",
        _ body: (Project, JSONValue) async throws -> Void
    ) async throws {
        let policy = ToyProject.policy.replacing("approval: { required: 1 }", with: approval)
        try await withProject(["sluice.yaml": policy + "\n"]) { project in
            try await project.addData()
            try await run(project, slope: "1.0")
            try await project.sluice("approve", "1")
            try await run(project, slope: "2.0")
            try await project.sluice("reject", "2", "--reason", "no better")
            try await run(project, slope: "3.0")
            try await project.sluice("reject", "3", "--reason", "no better either")
            try age(project)
            let dry = try await project.sluice(
                "gc", "--outputs", "1s", "--logs", "1s", "--versions", "1", "--dry-run", "--json"
            ).json()
            let done = try await project.sluice("gc", "--outputs", "1s", "--logs", "1s", "--versions", "1", "--json")
            #expect(done.status == 0, "\(done.errors)")
            #expect(dry["objects"] == (try done.json()["objects"]))
            try await body(project, try done.json())
        }
    }

    @Test func `a promoted model is reproduced after a collection, and so is one that was collected`() async throws {
        try await withCollected { project, collected in
            #expect(collected["outputs_of"] == .array([.integer(2)]), "\(collected)")
            #expect(collected["runs_kept"]?["promoted"] == .integer(1))
            #expect(collected["runs_kept"]?["newest_versions"] == .integer(1))

            for number in ["1", "2"] {
                let again = try await project.sluice("reproduce", number)
                #expect(again.status == 0, "\(number): \(again.output)\(again.errors)")
            }
            let audit = try await project.sluice("audit", "verify")
            #expect(audit.status == 0 && audit.output.hasPrefix("the journal is intact"))
        }
    }

    @Test func `what was collected is shown with what was measured, and says that its model is gone`() async throws {
        try await withCollected { project, _ in
            let shown = try await project.sluice("show", "2")
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output.contains("auc"))
            #expect(shown.output.contains("its model was collected; what was measured of it stays"))
            let promoted = try await project.sluice("show", "1")
            #expect(!promoted.output.contains("collected"))
            for form in [
                ["show", "2", "--markdown"], ["show", "2", "--html"], ["show", "2", "--json"], ["why", "2"],
            ] {
                let call = try await project.call(form)
                #expect(call.status == 0 && !call.output.isEmpty, "\(form): \(call.errors)")
            }
            let models = try await project.sluice("models").output.split(separator: "\n")
            #expect(models.filter { $0.contains(", collected") }.map { $0.contains("run 2") } == [true], "\(models)")
            let logs = try await project.sluice("logs", "2")
            #expect(logs.output.isEmpty && logs.errors.contains("has no logs: they were collected"), "\(logs.errors)")

            let refused = try await project.sluice("promote", "toy", "2", "--reason", "back")
            #expect(refused.status != 0, "\(refused.output)")
        }
    }

    @Test func `a policy whose approvals never expire keeps what waits for one`() async throws {
        try await withProject { project in
            try await project.addData()
            try await run(project, slope: "1.0")
            try await run(project, slope: "2.0")
            try age(project)

            let first = try await project.sluice(
                "gc", "--outputs", "1s", "--logs", "1s", "--versions", "0", "--json"
            ).json()
            let approved = try await project.sluice("approve", "2")
            let logs = try await project.sluice("logs", "2")

            #expect(first["runs_kept"]?["awaits_decision"] == .integer(2), "\(first)")
            #expect(first["outputs_of"] == .array([]) && first["logs_of"] == .array([]))
            #expect(approved.status == 0, "\(approved.errors)")
            #expect(logs.status == 0 && !logs.output.isEmpty)
        }
    }

    @Test func `a policy whose approvals expired keeps nothing for them`() async throws {
        let policy = ToyProject.policy.replacing(
            "approval: { required: 1 }", with: "approval: { required: 1, expires: 1s }")
        try await withProject(["sluice.yaml": policy + "\n"]) { project in
            try await project.addData()
            try await run(project, slope: "1.0")
            try await run(project, slope: "2.0")
            try age(project)
            _ = try await eventually {
                let shown = try await project.sluice("runs", "--json").output
                return shown.components(separatedBy: "\"expired\"").count > 2 ? true : nil
            }

            let collected = try await project.sluice(
                "gc", "--outputs", "1s", "--logs", "1s", "--versions", "0", "--json"
            ).json()
            let late = try await project.sluice("approve", "2")
            let again = try await project.sluice("reproduce", "2")

            #expect(collected["runs_kept"] == .object([:]), "\(collected)")
            #expect(collected["logs_of"] == .array([.integer(1), .integer(2)]))
            #expect(
                late.status == 1 && late.errors.contains("The time to decide ended at"), "\(late.output)\(late.errors)")
            #expect(again.status == 0, "\(again.output)\(again.errors)")
        }
    }
}
