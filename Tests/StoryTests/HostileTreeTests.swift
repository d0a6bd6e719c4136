import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// A repository whose commit or whose stages mean harm: nothing outside its work tree is read or written for it, and
/// what it is measured by is not its own to change.
@Suite(.timeLimit(.minutes(15)))
struct HostileTreeTests {
    @Test(arguments: ["model.json", "metrics.json"])
    func `an output that is a link out of the tree is no output`(_ out: String) async throws {
        let train = """
            import json, os
            for name in ["model.json", "metrics.json"]: json.dump({"slope": 1.0}, open(name, "w"))
            os.remove("\(out)")
            os.symlink("/etc/passwd", "\(out)")
            """
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1, "\(call.errors)")
            #expect(call.output.contains("'\(out)' leads out of the work tree"))
        }
    }

    @Test func `predictions that are a link out of the tree are not read`() async throws {
        let evaluate = "import os, sys\nos.symlink('/etc/passwd', sys.argv[3])\n"
        try await withProject(["evaluate.py": evaluate]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1, "\(call.errors)")
            #expect(call.output.contains("'predictions.csv' leads out of the work tree"))
        }
    }

    @Test func `a folder of the commit that leads out of the tree is neither emptied nor filled`() async throws {
        let policy = ToyProject.policy.replacing("model.json", with: "models/model.json")
        try await withProject(["sluice.yaml": policy]) { project in
            let victim = project.folder.appending("victim")
            try Files.makeDirectory(victim)
            try Files.writeDurably(Data("kept".utf8), to: victim.appending("model.json"))
            try await project.addData()
            let links = FileManager.default
            let (models, data) = (project.repository.appending("models"), project.repository.appending("data"))
            try links.createSymbolicLink(atPath: models.string, withDestinationPath: victim.string)
            try await project.commit("Lead the models out")
            let first = try await project.sluice("run")
            #expect(first.status == 2)
            #expect(first.output.contains("leads out of the work tree"), "\(first.output)")

            try Files.removeTree(models)
            try links.createSymbolicLink(atPath: data.string, withDestinationPath: victim.string)
            try await project.commit("Lead the data out")
            let second = try await project.sluice("run")
            #expect(second.status == 2)
            #expect(second.output.contains("leads out of the work tree"), "\(second.output)")

            #expect(try Files.list(victim) == ["model.json"])
            #expect(try Files.readSmall(victim.appending("model.json")) == Data("kept".utf8))
        }
    }

    @Test func `a test that rewrites the schema does not soften it`() async throws {
        let policy = ToyProject.policy.replacing(
            "python3 -c \"print('tests ran')\"", with: "python3 soften.py")
        let soften = "open('schema.json', 'w').write('{\"fields\": []}')\n"
        try await withProject(["sluice.yaml": policy, "soften.py": soften]) { project in
            try await project.addData([(0, 1), (7, 2)])
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1, "\(call.output)")
            #expect(project.log(of: "train:model", run: 1).isEmpty)
        }
    }

    @Test(arguments: ["data", ".sluice"])
    func `what a stage puts in the place of data or champion is not read`(_ folder: String) async throws {
        try await withProject { project in
            try await project.addData()
            #expect(try await project.sluice("run").status == 0)
            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 0)
            let train =
                ToyProject.files["train.py", default: ""]
                + "\nimport os, shutil\nos.rename('\(folder)', 'moved')\nshutil.copytree('moved', '\(folder)')\n"
            try project.write(train, to: "train.py")
            try await project.commit("Choose what to be compared with")
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1, "\(call.output)\(call.errors)")
            #expect(call.output.contains("is not what was laid there"))
        }
    }

    @Test func `without a sandbox, data that a stage wrote to is not read, and the store keeps its own`() async throws {
        let train =
            ToyProject.files["train.py", default: ""]
            + "\nimport os\nos.chmod('data/points/part-1.csv', 0o644)"
            + "\nopen('data/points/part-1.csv', 'a').write('1,1\\n')\n"
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            let bin = project.folder.appending("bin")
            try Files.makeDirectory(bin)
            for name in ["sh", "bash", "env", "python3", "git", "duckdb"] {
                let tool = try Tool.find(name, advice: "").path
                try FileManager.default.createSymbolicLink(
                    atPath: bin.appending(name).string, withDestinationPath: tool.string)
            }
            let call = try await project.sluice(
                "run", "--json", environment: ["PATH": bin.string, "SLUICE_TOOLS": nil])
            #expect(call.status == 1, "\(call.output)\(call.errors)")
            #expect(call.output.contains("'data/points' is not what was laid there"))
            #expect(call.output.contains("no sandbox on this machine"))

            try project.write(ToyProject.files["train.py", default: ""], to: "train.py")
            try await project.commit("Behave")
            #expect(try await project.sluice("run").status == 0)
            #expect(try await project.sluice("approve", "2", "--as", "alice").status == 0, "the store is sound")
        }
    }

    @Test func `what a stage leaves behind is removed, whatever its names and modes`() async throws {
        let train =
            ToyProject.files["train.py", default: ""]
            + "\nimport os\nos.makedirs(b'odd\\xff/\\xfe')\nos.mkdir('closed')\nos.chmod('closed', 0)\n"
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            let call = try await project.sluice("run")
            #expect(call.status == 0, "\(call.errors)")
            #expect(!Files.exists(project.home.appending("runs/1/tree")))
        }
    }

    @Test func `a commit with the file that names the champion runs`() async throws {
        try await withProject([".sluice/champions/toy.json": "{}\n"]) { project in
            try await project.addData()
            let call = try await project.sluice("run")
            #expect(call.status == 0, "\(call.output)\(call.errors)")
        }
    }

    @Test func `a commit that holds Sluice's own folder is refused`() async throws {
        try await withProject([".sluice/champion": "mine\n"]) { project in
            try await project.addData()
            let call = try await project.sluice("run")
            #expect(call.status == 2)
            #expect(call.output.contains("'.sluice'"), "\(call.output)")
        }
    }
}
