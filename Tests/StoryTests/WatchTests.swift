import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// What a watch tells, and what it does beside taking files in.
@Suite(.timeLimit(.minutes(15)))
struct WatchTests {
    /// Of `points`, whose schema asks for the codes of a second dataset with a drop.
    private func withTwoDrops(_ body: (Project, _ points: DropFolder, _ codes: DropFolder) async throws -> Void)
        async throws
    {
        try await withProject { project in
            let points = DropFolder(path: project.folder.appending("points"))
            let codes = DropFolder(path: project.folder.appending("codes"))
            try Files.makeDirectory(points.path)
            let line = "  points: { mount: data/points, schema: schema.json, append: true }\n"
            let drops = """
                  points: { mount: data/points, schema: schema.json, append: true, drop: \(points.path), settle: 0.1s }
                  codes: { mount: data/codes, drop: \(codes.path), settle: 0.1s }

                """
            let policy = ToyProject.policy.replacing(line, with: drops).replacing("${data}", with: "${data.points}")
            try project.write(policy, to: "sluice.yaml")
            let schema = try #require(ToyProject.files["schema.json"])
            let key =
                #"], "foreignKeys": [{"fields": "label", "reference": {"resource": "codes", "fields": "code"}}]}"#
            try project.write(schema.replacing("\n]}", with: key), to: "schema.json")
            try await project.commit("Add drops")
            try await body(project, points, codes)
        }
    }

    @Test func `what is wrong with one drop leaves the others, and files that others name come first`() async throws {
        try await withTwoDrops { project, points, codes in
            try points.put("part-1.csv", DropFolder.rows(30))
            let missing = try await project.sluice("watch", "--once")
            #expect(missing.status == 2)
            #expect(missing.errors.contains("sluice: codes: \(codes.path) is not a directory"), "\(missing.errors)")
            #expect(missing.errors.contains("points: the foreign key of 'label' asks for the resource 'codes'"))
            #expect(missing.errors.contains("in a drop it is the dataset of that name"))

            try codes.put("codes.csv", "code\n0\n1\n")
            let both = try await project.sluice("watch", "--once")
            #expect(both.status == 0, "\(both.errors)")
            #expect(both.output.hasPrefix("codes: snapshot 1: new codes.csv"), "\(both.output)")
            #expect(both.output.contains("points: snapshot 1: new part-1.csv"))

            try points.put("part-2.csv", DropFolder.rows(3) + "4,7\n")
            try codes.put("codes.csv", "code\n1\n0\n")
            let refused = try await project.sluice("watch", "--once")
            #expect(refused.output.contains("refused part-2.csv"), "\(refused.output)\(refused.errors)")
        }
    }

    @Test func `a watch that goes on acts on data that another process adds or releases`() async throws {
        try await withDrop { project, drop in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await project.sluice("watch") }
                try drop.put("part-1.csv", "x,label\n5000,1\n")
                _ = try await eventually { try? drop.reason("part-1.csv") }
                try await project.addData(name: "part-2.csv")
                try await passed(1, of: project)
                let released = try await project.sluice("data", "release", "part-1.csv", "--reason", "right")
                #expect(released.status == 0, "\(released.errors)")
                try await passed(2, of: project)
                group.cancelAll()
            }
            let runs = try await project.sluice("runs", "--json").json()["runs"]
            guard case .array(let all)? = runs else { return #expect(Bool(false), "no runs") }
            #expect(all.map { $0["trigger"]?.text } == ["data", "data"])
        }
    }

    private func passed(_ run: Int, of project: Project) async throws {
        _ = try await eventually {
            let shown = try await project.sluice("show", "\(run)", "--json").json()
            return shown["run"]?["verdict"]?.text == "passed" ? true : nil
        }
    }

    @Test func `a look without any drop acts on data that was added by hand`() async throws {
        let policy = ToyProject.policy.replacing("model: toy\n", with: "model: toy\ntriggers: { data: [points] }\n")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            let watched = try await project.sluice("watch", "--once")
            #expect(watched.status == 0 && watched.output.contains("run 1 passed"), "\(watched.errors)")
        }
    }
}
