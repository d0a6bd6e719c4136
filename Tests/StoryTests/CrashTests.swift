import Domain
import Engine
import Foundation
import Host
import SystemPackage
import Testing

/// Killed at every transition: after a restart nothing is done twice and nothing is lost.
@Suite(.timeLimit(.minutes(15)))
struct CrashTests {
    static let ofRuns: [EngineHooks.Moment] = [
        .eventRecorded, .runCreated, .runPreparing, .treeExported, .runRunning, .stageStarted, .jobStarted, .jobEnded,
        .stageRecorded, .runJudging, .modelRegistered, .runMeasured, .reportWritten, .runJudged,
    ]
    static let ofPromotions: [EngineHooks.Moment] = [
        .decisionRecorded, .promotionIntended, .aliasMoved, .deployed, .verified,
    ]
    static let ofOthers: [EngineHooks.Moment] = [
        .snapshotAdded, .runCancelled, .filesSorted, .fileQuarantined, .fileReleased,
    ]
    static let ofRollbacks: [EngineHooks.Moment] = [.rollingBack, .restored]
    /// Tested with a server and a forge in `ServiceCrashTests`.
    static let ofServers: [EngineHooks.Moment] = [
        .deliveryRecorded, .eventObeyed, .eventSettled, .postsWritten, .postSending, .postSent, .postRecorded,
    ]

    @Test func `every moment has its test`() {
        #expect(
            Set(
                CrashTests.ofRuns + CrashTests.ofPromotions + CrashTests.ofRollbacks + CrashTests.ofOthers
                    + CrashTests.ofServers) == Set(EngineHooks.Moment.allCases))
    }

    @Test(arguments: CrashTests.ofRuns)
    func `a run whose bot was killed goes on when it is asked for again`(_ moment: EngineHooks.Moment) async throws {
        try await withProject { project in
            try await project.addData()

            let killed = try await project.sluice("run", environment: ["SLUICE_TEST_KILL_AT": moment.rawValue])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")

            let again = try await project.sluice("run", "--json")
            #expect(again.status == 0, "\(again.errors) \(again.output)")
            #expect(try again.json()["run"]?["run"]?.int64 == 1, "there is one run")
            #expect(try again.json()["run"]?["verdict"]?.text == "passed")
            #expect(project.log(of: "train:model", run: 1).filter { $0.hasPrefix("training") }.count == 1)
            #expect(project.log(of: "test:unit", run: 1).filter { $0 == "tests ran" }.count == 1)
            #expect(!Files.exists(project.home.appending("runs/1/tree")), "nothing is left but log and report")
            try await expectIntactJournal(project)
        }
    }

    @Test func `a run that is judged again says the same, byte for byte`() async throws {
        try await withProject { project in
            try await project.promoteFirst()
            try await project.commitChange()
            let moment = EngineHooks.Moment.reportWritten.rawValue
            let killed = try await project.sluice("run", environment: ["SLUICE_TEST_KILL_AT": moment])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")
            let before = try project.report(2)

            let again = try await project.sluice("run", "--json")

            #expect(again.status == 0, "\(again.errors) \(again.output)")
            #expect(try project.report(2) == before)
            #expect(try again.json()["changes"]?["ancestry"]?.text == "ahead")
        }
    }

    @Test(arguments: CrashTests.ofPromotions)
    func `a promotion whose bot was killed is brought to its end once`(_ moment: EngineHooks.Moment) async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")

            let killed = try await project.sluice(
                "approve", "1", "--as", "alice", environment: ["SLUICE_TEST_KILL_AT": moment.rawValue])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")
            let resumed = try await project.sluice("resume")

            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(project.acts() == ["deploy 1", "verify 1"])
            let shown = try await project.sluice("show", "1", "--json").json()
            #expect(shown["run"]?["status"]?.text == "promoted")
            try await expectIntactJournal(project)
        }
    }

    @Test(arguments: CrashTests.ofRollbacks)
    func `a rollback whose bot was killed is brought to its end once`(_ moment: EngineHooks.Moment) async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            try project.write(
                ToyProject.policy.replacing("verify: echo", with: "verify: exit 7; echo"), to: "sluice.yaml")
            try await project.commit("Break the verification")
            try await project.sluice("run")

            let killed = try await project.sluice(
                "approve", "2", "--as", "alice", environment: ["SLUICE_TEST_KILL_AT": moment.rawValue])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")
            try await project.sluice("resume")

            #expect(project.acts() == ["deploy 1", "verify 1", "deploy 2", "deploy 1"])
            let shown = try await project.sluice("show", "2", "--json").json()
            #expect(shown["run"]?["status"]?.text == "rolled_back")
        }
    }

    @Test func `a job whose bot is killed while it starts goes on, and is not taken for lost`() async throws {
        try await withProject(StormProject.files(train: "echo training")) { project in
            for run in 1...8 {
                try project.write("slope: \(run)\n", to: "params.yaml")
                try await project.commit("Slope \(run)")
                let name = try #require(StageName("train:model"))
                let status = project.home.appending("runs/\(run)/stages").appending(name.pathComponent).appending(
                    "1/status.json")
                let bot = Process()
                bot.executableURL = URL(filePath: try Project.program().string)
                bot.arguments = ["run"]
                bot.currentDirectoryURL = URL(filePath: project.repository.string)
                bot.environment = ProcessInfo.processInfo.environment.merging(["SLUICE_HOME": project.home.string]) {
                    $1
                }
                (bot.standardOutput, bot.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
                try bot.run()
                // The supervisor has written its first words and is about to say so to whoever started it.
                await Blocking.run {
                    while bot.isRunning, !Files.exists(status) { continue }
                    kill(bot.processIdentifier, SIGKILL)
                    bot.waitUntilExit()
                }

                let again = try await project.sluice("run", "--json")

                #expect(again.status == 0, "\(again.errors) \(again.output)")
                #expect(try again.json()["run"]?["run"]?.int64 == Int64(run))
                #expect(project.log(of: "train:model", run: run).count { $0 == "training" } == 1)
            }
        }
    }

    @Test func `a killed supervisor makes the stage errored, and nothing of it is left`() async throws {
        let marker = "86\(Int.random(in: 100_000...999_999))"
        try await withProject(["train.py": sleeper(marker)]) { project in
            try await project.addData()
            async let run = project.sluice("run", "--json")
            let supervisor = try await project.supervisor(of: "train:model", run: 1)

            #expect(kill(supervisor, SIGKILL) == 0)
            let call = try await run

            #expect(call.status == 2)
            let report = try call.json()
            #expect(report["run"]?["verdict"]?.text == "undecided", "\(call.output)")
            #expect(call.output.contains("supervisor"))
            #expect(await Project.processes(with: marker).isEmpty)
            let again = try await project.sluice("why", "1")
            #expect(again.status == 0)
        }
    }

    @Test func `bot and supervisor killed at once leave a run that is told to be errored`() async throws {
        let marker = "87\(Int.random(in: 100_000...999_999))"
        try await withProject(["train.py": sleeper(marker)]) { project in
            try await project.addData()
            async let run = project.sluice("run")
            let supervisor = try await project.supervisor(of: "train:model", run: 1)
            let bot = await Project.processes(with: project.home.string, named: "sluice")
            for process in bot { kill(process, SIGKILL) }
            kill(supervisor, SIGKILL)
            _ = try await run

            let resumed = try await project.sluice("resume", "1", "--json")

            #expect(resumed.status == 2, "\(resumed.errors)")
            #expect(try resumed.json()["run"]?["verdict"]?.text == "undecided")
            #expect(await Project.processes(with: marker).isEmpty)
        }
    }

    @Test func `cancel leaves no process, whatever the stage ignores`() async throws {
        let marker = "88\(Int.random(in: 100_000...999_999))"
        let train = """
            import os, signal, subprocess, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM; sleep \(marker)"])
            time.sleep(\(marker))
            """
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            async let run = project.sluice("run", "--json")
            _ = try await project.supervisor(of: "train:model", run: 1)

            let cancel = try await project.sluice("cancel", "1", "--reason", "wrong branch")
            #expect(cancel.status == 0, "\(cancel.errors)")
            #expect(await Project.processes(with: marker).isEmpty)

            let call = try await run
            #expect(call.status == 2)
            #expect(try call.json()["run"]?["status"]?.text == "cancelled")
        }
    }

    @Test func `cancelling a run whose bot was killed removes its work tree, but not one that was asked for`()
        async throws
    {
        try await withProject(["train.py": "import time\ntime.sleep(600)\n"]) { project in
            try await project.addData()
            _ = try await project.sluice("run", environment: ["SLUICE_TEST_KILL_AT": "job_started"])
            #expect(Files.exists(project.home.appending("runs/1/tree")))

            #expect(try await project.sluice("cancel", "1").status == 0)

            #expect(!Files.exists(project.home.appending("runs/1/tree")))
            try project.write("raise SystemExit(3)\n", to: "train.py")
            try await project.commit("Fail")
            #expect(try await project.sluice("run", "--keep-tree").status == 1)
            #expect(try await project.sluice("run").status == 1)
            #expect(try await project.sluice("resume").status == 0)
            #expect(Files.exists(project.home.appending("runs/2/tree")))
        }
    }

    @Test func `cancel ends the tools that the bot itself waits for`() async throws {
        let marker = "85\(Int.random(in: 100_000...999_999))"
        try await withProject { project in
            try await project.addData()
            let tools = project.folder.appending("tools")
            try Files.makeDirectory(tools)
            // Stands for a scan of data that takes hours.
            try Files.writeDurably(
                Data("#!/bin/sh\nsleep \(marker)\n".utf8), to: tools.appending("duckdb"), mode: 0o755)
            async let run = project.sluice("run", "--json", environment: ["SLUICE_TOOLS": tools.string])
            _ = try await eventually { await Project.processes(with: marker).first }

            #expect(try await project.sluice("cancel", "1").status == 0)

            #expect(await Project.processes(with: marker).isEmpty)
            #expect(try await run.json()["run"]?["status"]?.text == "cancelled")
        }
    }

    @Test func `a cancel that was killed is brought to its end when it is said again`() async throws {
        let marker = "89\(Int.random(in: 100_000...999_999))"
        try await withProject(["train.py": sleeper(marker)]) { project in
            try await project.addData()
            async let run = project.sluice("run", "--json")
            _ = try await eventually { await Project.processes(with: marker).first }

            let killed = try await project.sluice("cancel", "1", environment: ["SLUICE_TEST_KILL_AT": "run_cancelled"])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")
            #expect(await !Project.processes(with: marker).isEmpty, "the job goes on")
            let again = try await project.sluice("cancel", "1")

            #expect(again.status == 0, "\(again.errors)")
            #expect(await Project.processes(with: marker).isEmpty)
            #expect(try await run.json()["run"]?["status"]?.text == "cancelled")
            let third = try await project.sluice("cancel", "1")
            #expect(third.status == 2 && third.errors.contains("is over"))
        }
    }

    @Test func `data that was added by a bot that was killed is told of when it is added again`() async throws {
        try await withProject { project in
            let file = project.folder.appending("part-1.csv")
            try Files.writeDurably(Data("x,label\n1,0\n".utf8), to: file)
            let killed = try await project.sluice(
                "data", "add", "points", file.string, environment: ["SLUICE_TEST_KILL_AT": "snapshot_added"])
            #expect(killed.status == 128 + SIGKILL, "the hook did not fire: \(killed.errors)")

            let again = try await project.sluice("data", "add", "points", file.string, "--json")
            try await project.sluice("data", "add", "points", file.string)

            #expect(try again.json()["unchanged"] == .bool(true))
            guard case .array(let events) = try await project.sluice("why", "points", "--json").json()["events"] else {
                Issue.record("no events")
                return
            }
            #expect(events.count == 1, "told once")
        }
    }

    /// Training whose marker is on a command line, where it can be looked for.
    private func sleeper(_ marker: String) -> String {
        "import subprocess\nsubprocess.run(['sleep', '\(marker)'])\n"
    }

    private func expectIntactJournal(_ project: Project) async throws {
        #expect(try await project.sluice("audit", "verify").status == 0)
    }
}
