import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Wrong input gets a clear error, an exit code that means something, and leaves nothing half done.
@Suite(.timeLimit(.minutes(15)))
struct BadWaysTests {
    @Test func `a folder that is no repository is named`() async throws {
        try await withProject { project in
            try Files.removeTree(project.repository.appending(".git"))
            let call = try await project.sluice("run")
            #expect(call.status == 2)
            #expect(call.errors.contains("is not in a git repository") || call.errors.contains("no git repository"))
        }
    }

    @Test func `a repository without a commit is named`() async throws {
        try await withProject { project in
            try Files.removeTree(project.repository.appending(".git"))
            try await project.git("init", "-q", "-b", "main")
            let call = try await project.sluice("run")
            #expect(call.status == 2)
            #expect(call.errors.contains("no commit"))
        }
    }

    @Test func `a commit without a policy is told what to do`() async throws {
        try await withProject { project in
            try await project.git("rm", "-q", "sluice.yaml")
            try await project.commit("Remove the policy")
            let call = try await project.sluice("run")
            #expect(call.status == 2)
            #expect(call.errors.contains("sluice init"))
        }
    }

    @Test func `a wrong key is shown with its place and the nearest key`() async throws {
        try await withProject(["sluice.yaml": ToyProject.policy.replacing("approval:", with: "aproval:")]) { project in
            try await project.addData()
            let line = try #require(
                ToyProject.policy.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.hasPrefix("approval:") })

            let run = try await project.sluice("run")
            #expect(run.status == 2)
            #expect(run.errors.contains("sluice.yaml:\(line + 1):1:"))
            #expect(run.errors.contains("approval"))

            let check = try await project.sluice("policy", "check", "--json")
            #expect(check.status == 1)
            guard case .array(let complaints) = try check.json()["complaints"] else {
                Issue.record("no complaints")
                return
            }
            #expect(complaints.first?["line"]?.int64 == Int64(line + 1))
            #expect(complaints.first?["column"]?.int64 == 1)
        }
    }

    @Test func `a capability of a later version is refused, not ignored`() async throws {
        let use = "\nuse: { block: policies/ours.yaml, repository: https://git.example.org/rules.git }\n"
        let policy = ToyProject.policy + use
        try await withProject(["sluice.yaml": policy]) { project in
            let check = try await project.sluice("policy", "check")
            #expect(check.status == 1)
            #expect(check.output.contains("'use.repository'"))
            #expect(check.output.contains("copy the file into this repository"))
        }
    }

    @Test func `a cycle in the pipeline is named with its stages`() async throws {
        let pipeline = """
            stages:
              first: { cmd: cp b a, deps: [b], outs: [a] }
              second: { cmd: cp a b, deps: [a], outs: [b] }
            """
        try await withProject(["sluice.yaml": pipelinePolicy(model: "a"), "dvc.yaml": pipeline]) { project in
            try await project.addData()
            let call = try await project.sluice("run")
            #expect(call.status == 2)
            #expect(call.errors.contains("first") && call.errors.contains("second"))
        }
    }

    @Test func `a gate on a metric that nobody measures cannot be decided`() async throws {
        try await withProject(["sluice.yaml": ToyProject.policy.replacing("metric: auc, min", with: "metric: acu, min")]
        ) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 2)
            #expect(try call.json()["run"]?["verdict"]?.text == "undecided")
            #expect(call.output.contains("did you mean 'auc'?"))
        }
    }

    @Test func `data that breaks its schema is refused with file, column and record`() async throws {
        try await withProject { project in
            try await project.addData([(0, 1), (7, 2), (1, 3)])
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1)
            let shown = try await project.sluice("show", "1")
            #expect(shown.output.contains("part-1.csv"))
            #expect(shown.output.contains("label"))
            #expect(project.log(of: "train:model", run: 1).isEmpty, "nothing is trained on refused data")
        }
    }

    @Test func `a lock that does not install is the user's to mend`() async throws {
        let lock = "no-such-package-of-sluice==1.0 \\\n    --hash=sha256:\(String(repeating: "0", count: 64))\n"
        let policy = ToyProject.policy + "\nenvironment: { python: \"3.11\", lock: requirements.lock }\n"
        try await withProject(["sluice.yaml": policy, "requirements.lock": lock]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 2)
            #expect(call.output.contains("no-such-package-of-sluice"))
        }
    }

    @Test(arguments: [
        ("json.dump({'auc': float('nan')}, open('metrics.json', 'w'))", "auc"),
        ("json.dump({'auc': 'good'}, open('metrics.json', 'w'))", "auc"),
        ("open('metrics.json', 'w').write('{')", "metrics.json"),
        ("pass", "metrics.json"),
    ])
    func `a metric that is no finite number is no evidence`(_ line: String, _ named: String) async throws {
        let train = "import json\njson.dump({'slope': 1.0}, open('model.json', 'w'))\n\(line)\n"
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1, "\(call.output)")
            guard case .array(let findings) = try call.json()["run"]?["findings"] else {
                Issue.record("no findings")
                return
            }
            #expect(findings.contains { $0["message"]?.text?.contains(named) == true }, "\(findings)")
        }
    }

    @Test func `a stage that ends with 0 and writes nothing has failed`() async throws {
        try await withProject(["train.py": "print('all is well')\n", "model.json": "{\"slope\": 1}\n"]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1)
            #expect(call.output.contains("'model.json' was not written"), "a model from the commit does not count")
        }
    }

    @Test func `a stage that forks and leaves is over when its command ends`() async throws {
        let marker = "89\(Int.random(in: 100_000...999_999))"
        let train =
            ToyProject.files["train.py", default: ""]
            + "\nimport subprocess\nsubprocess.Popen(['setsid', 'sleep', '\(marker)'])\n"
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            #expect(try await project.sluice("run").status == 0)
            #expect(await Project.processes(with: marker).isEmpty)
        }
    }

    @Test func `a gigabyte of output is cut in the log and not held in memory`() async throws {
        let train =
            ToyProject.files["train.py", default: ""]
            + "\nimport sys\nfor _ in range(1024): sys.stdout.write('x' * 1048575 + '\\n')\n"
        let policy = ToyProject.policy + "\nlimits: { output: 1 MB }\n"
        try await withProject(["train.py": train, "sluice.yaml": policy]) { project in
            try await project.addData()
            let call = try await project.sluice("run")
            #expect(call.status == 0, "\(call.errors)")
            let name = try #require(StageName("train:model"))
            let log = project.home.appending("runs/1/stages").appending(name.pathComponent).appending("1/output.log")
            #expect(try #require(Files.size(log)) < 2_000_000)
        }
    }

    @Test func `a stage over its disk limit is stopped`() async throws {
        let train = "with open('big', 'wb') as file:\n    for _ in range(4096): file.write(b'x' * 1048576)\n"
        let policy = ToyProject.policy + "\nlimits: { disk: 50 MB }\n"
        try await withProject(["train.py": train, "sluice.yaml": policy]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1, "\(call.output)")
            #expect(call.output.contains("disk") || call.output.contains("50 MB") || call.output.contains("signal"))
        }
    }

    @Test func `a stage over its time limit is stopped`() async throws {
        let policy = ToyProject.policy + "\nlimits: { time: 1s }\n"
        try await withProject(["train.py": "import time\ntime.sleep(600)\n", "sluice.yaml": policy]) { project in
            try await project.addData()
            let call = try await project.sluice("run", "--json")
            #expect(call.status == 1)
            #expect(call.output.contains("limit"))
        }
    }

    @Test func `two equal runs at once are one run`() async throws {
        try await withProject(["train.py": "import time\ntime.sleep(2)\n" + ToyProject.files["train.py", default: ""]])
        { project in
            try await project.addData()
            async let first = project.sluice("run", "--json")
            async let second = project.sluice("run", "--json")
            let calls = try await [first, second]
            #expect(calls.map(\.status) == [0, 0], "\(calls.map(\.errors))")
            #expect(try calls.map { try $0.json()["run"]?["run"]?.int64 } == [1, 1])
            #expect(project.log(of: "train:model", run: 1).filter { $0.hasPrefix("training") }.count == 1)
        }
    }

    @Test func `two different runs at once do not disturb each other`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.git("branch", "other")
            try project.write("slope: 0.8\n", to: "params.yaml")
            try await project.commit("Another slope")
            async let first = project.sluice("run", "main", "--json")
            async let second = project.sluice("run", "other", "--json")
            let calls = try await [first, second]
            #expect(calls.map(\.status) == [0, 0], "\(calls.map(\.errors))")
            #expect(Set(try calls.map { try $0.json()["run"]?["run"]?.int64 }) == [1, 2])
            #expect(try await project.sluice("audit", "verify").status == 0)
        }
    }

    @Test(arguments: ["data", "report", "model"])
    func `one byte changed after the verdict refuses the approval and is named`(_ what: String) async throws {
        try await withProject { project in
            try await project.addData()
            let run = try await project.sluice("run", "--json").json()
            let target: FilePath
            switch what {
            case "report": target = FilePath(try #require(run["report"]?.text))
            case "model": target = try object(try #require(run["run"]?["challenger"]?["object"]?.text), project)
            default:
                let snapshot = try await project.sluice("data", "show", "points", "--json").json()
                guard case .array(let files) = snapshot["files"] else { Issue.record("no files"); return }
                let part = project.folder.appending("part-1.csv")
                #expect(files.count == 1)
                let md5 = try await Tool.find("md5sum", advice: "").output([part.string]).prefix(32)
                target = try object(String(md5), project)
            }
            #expect(chmod(target.string, 0o644) == 0)
            var bytes = try Files.readSmall(target)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: target.string))

            let approval = try await project.sluice("approve", "1", "--as", "alice")

            #expect(approval.status != 0)
            #expect(approval.errors.contains(what), "\(approval.errors)")
            #expect(project.acts().isEmpty)
        }
    }

    @Test(arguments: [
        (#""required":1"#, #""required":0"#), ("deploy $SLUICE_MODEL_VERSION", "steal $SLUICE_MODEL_VERSION"),
    ])
    func `a recorded policy that somebody changed is not the one that is followed`(
        _ old: String, _ new: String
    ) async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            let change = """
                import sqlite3, sys
                home = sqlite3.connect(sys.argv[1])
                home.execute("DROP TRIGGER plan_no_update")
                changed = home.execute("UPDATE plan SET body = replace(body, ?, ?)", sys.argv[2:])
                assert home.execute("SELECT instr(body, ?) FROM plan", sys.argv[3:]).fetchone()[0] > 0
                home.commit()
                """
            _ = try await Tool.find("python3", advice: "").output(
                ["-c", change, project.home.appending("sluice.db").string, old, new])

            let approval = try await project.sluice("approve", "1", "--as", "alice")

            #expect(approval.status == 1)
            #expect(approval.errors.contains("policy"), "\(approval.errors)")
            #expect(project.acts().isEmpty)
        }
    }

    @Test func `a secret is masked in the log`() async throws {
        let policy =
            ToyProject.policy.replacing(
                "python3 -c \"print('tests ran')\"", with: "printf 'token %s\\n' \"$WAREHOUSE_TOKEN\"")
            + "\nenvironment: { python: \"3.11\", lock: requirements.lock, secrets: [WAREHOUSE_TOKEN] }\n"
        try await withProject(["sluice.yaml": policy, "requirements.lock": "# no packages\n"]) { project in
            try await project.addData()
            let missing = try await project.sluice("run", environment: ["WAREHOUSE_TOKEN": nil])
            #expect(missing.status == 2)
            #expect(missing.output.contains("WAREHOUSE_TOKEN"))

            let run = try await project.sluice("run", environment: ["WAREHOUSE_TOKEN": "hunter2-secret"])
            #expect(run.status == 0, "\(run.errors)\(run.output)")
            let log = project.log(of: "test:unit", run: 2).joined(separator: "\n")
            #expect(log.contains("token ***"))
            #expect(!log.contains("hunter2-secret"))
        }
    }

    private func object(_ address: String, _ project: Project) throws -> FilePath {
        project.home.appending("store/files/md5").appending(String(address.prefix(2))).appending(
            String(address.dropFirst(2)))
    }

    private func pipelinePolicy(model: String) -> String {
        """
        version: 1
        model: toy
        datasets:
          points: { mount: data/points, append: true }
        train: { pipeline: dvc.yaml, model: \(model) }
        """
    }
}
