import Domain
import Foundation
import Host
import TestSupport
import Testing

/// The whole bot on a forge: from a pull request to a model in its place, and who can bring it there.
@Suite(.timeLimit(.minutes(20)))
struct ServiceForgeTests {
    private static func policy(_ approval: String) -> String {
        ToyProject.policy.replacing("approval: { required: 1 }", with: "approval: { \(approval) }")
    }

    @Test(arguments: ForgeKind.allCases)
    func `a pull request is pending at once, gets its report, and an approval by a writer promotes`(
        kind: ForgeKind
    ) async throws {
        try await withScene(kind) { scene in
            // Bitbucket tells no full commits: what is opened after the first look is found by the next one.
            if kind == .bitbucket { try await scene.looks(1) }
            let pull = try await scene.propose()
            _ = try await eventually { scene.status(of: pull.head) }
            let first = scene.forge.statuses(of: pull.head, in: Scene.path).first
            try await scene.sees("waits for 1 approval", on: pull.head)
            let report = try await scene.report(on: pull, with: "waits for 1 approval")

            // GitLab keeps this for itself: people who write it have approved the change and not the model.
            if kind == .gitlab { try await scene.say("/approve", on: pull) }
            let word = kind == .gitlab ? "/sluice approve" : "/approve"
            #expect(report.body.contains("`\(word) \(pull.head)`"))
            let reply = try await scene.ask("\(word) \(pull.head)", on: pull)
            let last = try await scene.sees("promoted: version 1 of toy", on: pull.head)

            #expect(first?.state == (kind == .bitbucket ? "INPROGRESS" : "pending"))
            #expect(last.state == (kind == .bitbucket ? "SUCCESSFUL" : "success"))
            #expect(reply.contains("Version 1 of `toy` is `champion` now."))
            #expect(scene.reports(on: pull).count == 1)
            #expect(scene.replies(on: pull).count == 1)
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `where two must approve it takes two people, and the same one twice is not two`() async throws {
        try await withScene(policy: Self.policy("required: 2")) { scene in
            let pull = try await scene.waiting(for: "2 approvals")

            let first = try await scene.ask("/approve", on: pull, by: "bob")
            let again = try await scene.ask("/approve", on: pull, by: "bob")
            let before = scene.acts
            let second = try await scene.ask("/approve", on: pull, by: "carol")

            #expect(first.contains("Recorded for run 1. It still needs 1 approval by somebody else."))
            #expect(again.contains("bob has said so already"))
            #expect(before.isEmpty)
            #expect(second.contains("Version 1 of `toy` is `champion` now."))
            let report = try await scene.report(on: pull, with: "promoted")
            #expect(report.body.contains("- approved by bob") && report.body.contains("- approved by carol"))
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `a new commit makes an approval of the one before void`() async throws {
        try await withScene(policy: Self.policy("required: 2")) { scene in
            var pull = try await scene.waiting(for: "2 approvals")
            let old = pull.head
            _ = try await scene.ask("/approve", on: pull, by: "bob")
            try await scene.sees("waits for 1 approval", on: old)

            try await scene.push(&pull, slope: "0.8")
            try await scene.sees("waits for 2 approvals", on: pull.head)
            let stale = try await scene.ask("/approve \(old)", on: pull, by: "carol")
            let reply = try await scene.ask("/approve \(pull.head)", on: pull, by: "carol")

            #expect(stale.contains("commit \(old)"), "\(stale)")
            #expect(reply.contains("It still needs 1 approval"))
            _ = try await scene.report(on: pull, with: "What bob approved on run 1 does not count any more")
            #expect(scene.acts.isEmpty)
        }
    }

    @Test func `neither the author, a reader, a machine, an edited comment nor the bot itself can approve`()
        async throws
    {
        try await withScene(policy: Self.policy("required: 1, not_by_author: true")) { scene in
            let pull = try await scene.waiting()
            scene.forge.user("helper", isMachine: true)
            scene.forge.setRole("helper", .write, in: Scene.path)

            let author = try await scene.ask("/approve", on: pull, by: "ada")
            let reader = try await scene.ask("/approve", on: pull, by: "eve")
            for login in ["helper", scene.forge.bot.login] { try await scene.say("/approve", on: pull, by: login) }
            let nice = try await scene.say("looks good", on: pull, by: "bob")
            #expect(scene.forge.edit(comment: nice, of: Scene.path, by: "carol", "/approve"))
            #expect(!scene.forge.edit(comment: nice, of: Scene.path, by: "eve", "/approve"), "readers edit nothing")
            let quoted = try await scene.say("> /approve\n\nno, wait", on: pull, by: "bob")
            try await scene.tell()
            // What comes after them was acted on, so that they were, too.
            let bob = try await scene.ask("/approve", on: pull, by: "bob")

            #expect(author.contains("ada is the author of the commit"))
            #expect(reader.contains("eve has the permission 'read' on this repository, and this needs 'write'"))
            #expect(bob.contains("is `champion` now"))
            #expect(scene.replies(on: pull).count == 3)
            #expect(quoted > nice)
            let shown = try await scene.project.sluice("show", "1", "--json").json()
            let deciders = shown["decisions"]?.items.compactMap { $0["by"]?.text }
            #expect(deciders == ["bob"])
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `the author can approve where the policy lets them`() async throws {
        try await withScene { scene in
            let pull = try await scene.waiting()

            let reply = try await scene.ask("/approve", on: pull, by: "ada")

            #expect(reply.contains("Version 1 of `toy` is `champion` now."))
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `only those whom the policy names can approve, in person or by their team`() async throws {
        try await withScene(policy: Self.policy("required: 2, by: [carol, \"@acme/ml-leads\"]")) { scene in
            scene.forge.setTeam("acme/ml-leads", ["ada"])
            let pull = try await scene.waiting(for: "2 approvals")

            let other = try await scene.ask("/approve", on: pull, by: "bob")
            let member = try await scene.ask("/approve", on: pull, by: "ada")
            let named = try await scene.ask("/approve", on: pull, by: "carol")

            #expect(other.contains("bob may not decide here"))
            #expect(member.contains("It still needs 1 approval"))
            #expect(named.contains("is `champion` now"))
        }
    }

    @Test(arguments: [ForgeKind.github, .gitlab, .forgejo])
    func `a member of a team approves from another machine once an admin has said who they are on the forge`(
        kind: ForgeKind
    ) async throws {
        try await withScene(kind, policy: Self.policy("required: 1, by: [\"@acme/ml-leads\"]")) { scene in
            scene.forge.setTeam("acme/ml-leads", ["octo-lea", "mia"])
            scene.forge.user("octo-noa")
            let pull = try await scene.waiting()
            let admin = try await scene.bot.admin()
            func know(_ user: String, as login: String) async throws {
                let told = try await scene.bot.curl(
                    "/api/v1/users/\(user)", "-X", "PATCH", "--json", "{\"login\":\"\(login)\"}", token: admin)
                #expect(told.status == 200, "\(told.text)")
            }
            var tokens: [String: String] = [:]
            for name in ["lea", "mia", "noa"] {
                try await scene.project.sluice("user", "add", name, "--role", "approver")
                let made = try await scene.project.sluice("token", "create", name)
                tokens[name] = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            func approve(_ name: String) async throws -> Project.Call {
                let far: [String: String?] = ["SLUICE_SERVER": scene.bot.address, "SLUICE_TOKEN": tokens[name]]
                return try await scene.project.sluice("approve", "1", environment: far)
            }
            try await know("noa", as: "octo-noa")

            let namesake = try await approve("mia")
            let outside = try await approve("noa")
            let unset = try await approve("lea")
            try await know("lea", as: "Octo-Lea")
            scene.forge.trouble { $0.isUnavailable = true }
            let unknown = try await approve("lea")
            scene.forge.trouble { $0.isUnavailable = false }
            let member = try await approve("lea")

            for (name, call) in [("mia", namesake), ("octo-noa", outside), ("lea", unset)] {
                #expect(call.status == 1 && call.errors.contains("\(name) may not decide here"), "\(call.errors)")
            }
            #expect(unset.errors.contains("`sluice user login`"), "\(unset.errors)")
            #expect(unknown.status == 1 && unknown.errors.contains("the forge cannot be reached"), "\(unknown.errors)")
            #expect(member.status == 0, "\(member.errors)")
            let report = try await scene.report(on: pull, with: "promoted")
            #expect(report.body.contains("- approved by Octo-Lea"), "\(report.body)")
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `a policy that changes on the base branch while a decision waits makes a new run necessary`()
        async throws
    {
        try await withScene { scene in
            let pull = try await scene.waiting()
            let stricter = Self.policy("required: 2") + "\ntriggers: {pull_request: {}}\n"
            scene.forge.commit(["sluice.yaml": stricter], to: "main", of: Scene.path, by: "carol")
            try await scene.tell()

            let stale = try await scene.ask("/approve", on: pull, by: "bob")
            _ = try await scene.ask("/retrain", on: pull, by: "bob")
            try await scene.sees("waits for 2 approvals", on: pull.head)
            let first = try await scene.ask("/approve", on: pull, by: "bob")
            let second = try await scene.ask("/approve", on: pull, by: "carol")

            #expect(stale.contains("is not the one that the run was judged by any more"), "\(stale)")
            #expect(first.contains("It still needs 1 approval"), "\(first)")
            #expect(second.contains("is `champion` now"), "\(second)")
            try await scene.deploys(["deploy 2"])
        }
    }

    /// The rules are those of the branch into which it wants to, so that nobody lowers the bar with their own commit.
    @Test func `a pull request that makes the policy milder is judged by the old one`() async throws {
        try await withScene(policy: Self.policy("required: 2")) { scene in
            let milder = Self.policy("required: 1").replacing("min: 0.5", with: "min: 0.0")
            scene.forge.branch("milder", of: Scene.path)
            let head = scene.forge.commit(
                ["sluice.yaml": milder + "\ntriggers: {pull_request: {}}\n"], to: "milder", of: Scene.path, by: "ada")
            let number = scene.forge.openPullRequest(Scene.path, from: "milder", head: head, by: "ada")
            try await scene.tell()

            try await scene.sees("waits for 2 approvals", on: head)
            let pull = Scene.Pull(number: number, head: head, branch: "milder")
            _ = try await scene.report(
                on: pull, with: "It changes gates and approval of the policy. That takes effect after the")
            #expect(scene.acts.isEmpty)
        }
    }
}
