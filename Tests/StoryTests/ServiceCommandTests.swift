import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// What people can say on a pull request besides yes.
@Suite(.timeLimit(.minutes(20)))
struct ServiceCommandTests {
    /// Trains for ever where the slope is steep.
    private static let patient = [
        "train.py": (ToyProject.files["train.py"] ?? "").replacing(
            "print(", with: "import time\nif slope > 5: time.sleep(600)\nprint(")
    ]

    @Test func `people are helped, make runs again, change parameters, reject and cancel`() async throws {
        try await withScene(files: Self.patient) { scene in
            let pull = try await scene.waiting()

            let help = try await scene.ask("/help", on: pull, by: "eve")
            let typo = try await scene.ask("/aprove", on: pull)
            let again = try await scene.ask("/reproduce", on: pull)
            let outcome = try await eventually {
                scene.replies(on: pull).first { $0.body.contains("sluice:reply:run-2 ") }?.body
            }

            let changed = try await scene.ask("/retrain slope=0.8", on: pull)
            let third = try await eventually {
                scene.status(of: pull.head).flatMap { $0.link?.hasSuffix("/runs/3") ?? false ? $0 : nil }
            }
            _ = try await scene.report(on: pull, with: "/runs/3)")
            try await scene.sees("waits for 1 approval", on: pull.head)
            let log = scene.project.log(of: "train:model", run: 3)
            let mute = try await scene.ask("/reject", on: pull)
            let rejected = try await scene.ask("/reject the slope is @carol's", on: pull)
            let no = try await scene.sees("rejected by bob: the slope is", on: pull.head)
            let late = try await scene.ask("/approve", on: pull, by: "carol")

            _ = try await scene.ask("/retrain slope=9", on: pull)
            try await scene.sees("running train:model", on: pull.head)
            let stopped = try await scene.ask("/cancel", on: pull)
            let last = try await scene.sees("cancelled by bob", on: pull.head)
            let idle = try await scene.ask("/cancel", on: pull)

            #expect(help.contains("| `/approve [full sha]` |") && help.contains("| `/rollback` |"))
            #expect(typo.contains("`/aprove` is no command; `/approve` is one. Nothing was done."))
            #expect(again.contains("Run 1 will be made again."))
            #expect(outcome.contains("run 2") && outcome.contains("run 1"), "\(outcome)")
            #expect(changed.contains("A new run of the newest commit was asked for."))
            #expect(third.state == "pending")
            #expect(log.contains("training with slope 0.8"), "\(log)")
            #expect(mute.contains("Say why, on the same line: `/reject REASON`. Nothing was done."))
            #expect(rejected.contains("Recorded: run 3 is rejected, and its model stays where it is."))
            #expect(no.state == "failure")
            #expect(late.contains("bob has rejected it"), "\(late)")
            #expect(stopped.contains("Cancelled: run 4."))
            #expect(last.state == "error" || last.state == "failure", "\(last.state)")
            #expect(idle.contains("Nothing of this pull request runs or waits."))
            #expect(scene.reports(on: pull).count == 1)
            #expect(scene.acts.isEmpty)
        }
    }

    @Test func `a rollback puts the model back that was there before`() async throws {
        try await withScene { scene in
            let first = try await scene.waiting("first", slope: "0.9")
            _ = try await scene.ask("/approve", on: first)
            let second = try await scene.waiting("second", slope: "0.8")
            _ = try await scene.ask("/approve", on: second)

            let refused = try await scene.ask("/rollback", on: second, by: "eve")
            let back = try await scene.ask("/rollback", on: second, by: "bob")

            #expect(refused.contains("eve has the permission 'read'"))
            #expect(back.contains("Version 1 of `toy` is `champion` now."), "\(back)")
            try await scene.deploys(["deploy 1", "deploy 2", "deploy 1"])
            let models = try await scene.project.sluice("models")
            #expect(models.output.contains("champion"), "\(models.output)")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/bwrap"), "bubblewrap is not here"))
    func `code from a fork waits for a writer's word for that very commit, and its model is never promoted`()
        async throws
    {
        try await withScene { scene in
            scene.forge.addRepository("eve/toy", from: scene.project.repository.string, owner: "eve")
            let head = scene.forge.commit(["params.yaml": "slope: 0.7\n"], to: "main", of: "eve/toy", by: "eve")
            let number = scene.forge.openPullRequest(Scene.path, from: "main", head: head, by: "eve", fork: "eve/toy")
            var pull = Scene.Pull(number: number, head: head, branch: "main", fork: "eve/toy")
            try await scene.tell()
            let waiting = try await scene.sees("code from a fork: waits for /ok-to-run of", on: head)
            let word = try await scene.report(on: pull, with: "It comes from a fork.")

            let own = try await scene.ask("/ok-to-run \(head)", on: pull, by: "eve")
            let early = try await scene.runs(of: head)
            let allowed = try await scene.ask("/ok-to-run \(head)", on: pull, by: "bob")
            try await scene.sees("passed", on: head)

            try await scene.push(&pull, slope: "0.6", by: "eve")
            try await scene.sees("code from a fork: waits for /ok-to-run of", on: pull.head)
            let old = try await scene.ask("/ok-to-run \(head)", on: pull, by: "bob")
            let later = try await scene.runs(of: pull.head)
            _ = try await scene.ask("/ok-to-run \(pull.head)", on: pull, by: "carol")
            try await scene.sees("passed", on: pull.head)
            let promoted = try await scene.ask("/approve", on: pull, by: "carol")

            #expect(waiting.state == "pending")
            #expect(word.body.contains("`/ok-to-run \(head)`"))
            #expect(own.contains("eve has the permission 'read'"), "\(own)")
            #expect(early.isEmpty && later.isEmpty)
            #expect(allowed.contains("Commit `\(head)` may be run: without secrets and without network."))
            #expect(old.contains("the pull request stands on \(pull.head.prefix(8))"), "\(old)")
            #expect(promoted.contains("a model of code that nobody has taken in is never promoted"), "\(promoted)")
            #expect(scene.acts.isEmpty)
        }
    }
}
