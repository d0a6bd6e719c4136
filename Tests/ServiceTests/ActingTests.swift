import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Settings
import Storage
import SystemPackage
import Testing

@testable import Service

/// What comes of a push, a tick and a wish.
@Suite(.timeLimit(.minutes(20)))
struct ActingTests {
    @Test func `a push becomes a run, and the run comes to its end`() async throws {
        try await withBot { bench in
            let head = try await bench.commit("Two")
            let event = try await bench.bot.tell(.main, before: nil, after: head, of: BotBench.project)

            try await bench.serving {
                let run = try await bench.judged(1)
                #expect(run.state == .judged(.passed), "\(run.state)")
                #expect(run.commit == head && run.trigger == .push(.main))
            }

            let outcome = try await bench.outcome(of: event.id)
            #expect(outcome == .started(try #require(RunID(1))))
            let ticket = try await bench.bot.engine.store.ticket(of: try #require(RunID(1)))
            #expect(ticket?.lane == .branch(.main) && ticket?.project == BotBench.project)
            let seen = try await bench.bot.engine.store.head(of: .main, in: BotBench.project)
            #expect(seen == head)
        }
    }

    @Test func `a push that calls for no run says why`() async throws {
        try await withBot { bench in
            let head = try await bench.commit("Two")
            try await bench.git("branch", "topic")
            try await bench.git("checkout", "-q", "--orphan", "pages")
            try await bench.git("rm", "-rfq", "--cached", ".")
            try await bench.git("commit", "-q", "--allow-empty", "-m", "Pages")
            let pages = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            // What the remote's HEAD names is the default branch.
            try await bench.git("checkout", "-qf", "main")
            let topic = try await bench.told("topic", head)
            let gone = try await bench.bot.tell(try bench.branch("old"), before: head, after: nil, of: BotBench.project)
            let own = try await bench.told("sluice/promote/toy", head)
            let other = try await bench.told("pages", pages)
            let nowhere = try await bench.told("main", try #require(CommitID(hex: String(repeating: "ab", count: 20))))

            try await bench.acting { try await bench.settled(nowhere.id) }

            let topicReason = try await bench.reason(topic.id)
            #expect(topicReason == "pushes to 'topic' start no runs: triggers.push.branches is 'main'")
            let goneReason = try await bench.reason(gone.id)
            #expect(goneReason == "the branch 'old' was deleted")
            let ownReason = try await bench.reason(own.id)
            #expect(ownReason == "'sluice/promote/toy' is a branch of the bot's own")
            let otherReason = try await bench.reason(other.id)
            #expect(otherReason?.hasPrefix("pushes to 'pages' start no runs") == true)
            let last = try await bench.outcome(of: nowhere.id)
            guard case .refused(let fault) = last else { return #expect(Bool(false), "\(String(describing: last))") }
            #expect(fault.message.contains("does not have the commit abababab"))
        }
    }

    @Test func `a newer push supersedes a run that waits`() async throws {
        try await withBot { bench in
            let one = try await bench.commit("One")
            try bench.write("a: 2\n", to: "params.yaml")
            let two = try await bench.commit("Two")
            let first = try await bench.told("main", one)
            let second = try await bench.told("main", two, before: one)

            try await bench.acting { try await bench.settled(second.id) }

            let outcomes = [try await bench.outcome(of: first.id), try await bench.outcome(of: second.id)]
            #expect(outcomes == [.started(try #require(RunID(1))), .started(try #require(RunID(2)))])
            let run = try await bench.bot.engine.store.run(try #require(RunID(1)))
            #expect(run?.state == .cancelled(by: nil, reason: "superseded by run 2"))
            let queue = try await bench.bot.engine.store.queue().map(\.run.id.number)
            #expect(queue == [2])
        }
    }

    @Test func `a push that is told late does not take the place of a newer one that waits`() async throws {
        try await withBot { bench in
            let one = try await bench.commit("One")
            try bench.write("a: 2\n", to: "params.yaml")
            let two = try await bench.commit("Two")
            let newer = try await bench.told("main", two, before: one)
            try await bench.acting { try await bench.settled(newer.id) }
            let late = try await bench.told("main", one)

            try await bench.acting { try await bench.settled(late.id) }

            let reason = try await bench.reason(late.id)
            #expect(reason == "'main' stands on commit \(two.short) by now")
            let queue = try await bench.bot.engine.store.queue().map(\.run.commit)
            #expect(queue == [two])
        }
    }

    @Test func `a push to another branch is under the default branch's rules`() async throws {
        let policy = Toy.policy("{ push: { branches: ['**'] } }")
        try await withBot(files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let main = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            try await bench.git("checkout", "-q", "-b", "easy")
            try bench.write(
                Toy.policy("{ push: { branches: ['**'] } }", "approval: { required: 0 }"), to: "sluice.yaml")
            let easy = try await bench.commit("Nobody has to approve")
            let event = try await bench.told("easy", easy)
            try await bench.git("checkout", "-q", "main")

            try await bench.acting { try await bench.settled(event.id) }

            let plan = try await bench.bot.engine.store.plan(of: try #require(RunID(1)))
            #expect(plan?.policy.approval.required == 1)
            #expect(plan?.rules?.commit == main)
        }
    }

    @Test func `what fails for the network's sake is tried again, and holds nobody else up`() async throws {
        let other = ProjectName(checked: "other")
        try await withBot(
            onForge: true,
            change: { settings in
                let folder = settings.forges.values.first.map(\.clone) ?? ""
                settings.projects[other] = ProjectSettings(source: .git("\(folder)/acme/toy.git"))
            }
        ) { bench in
            let head = try await bench.commit("Two")
            bench.forge.change { $0.trouble = .unreachable("no route", mayHaveActed: false) }
            let stuck = try await bench.told("main", head)
            let free = try await bench.bot.tell(.main, before: nil, after: head, of: other)

            try await bench.acting {
                try await bench.settled(free.id)
                let trouble = try await bench.eventually {
                    bench.bot.health.now.first { $0.what == "project toy" }
                }
                #expect(trouble.fault.message == "the forge cannot be reached: no route")
                let pending = try await bench.outcome(of: stuck.id)
                #expect(pending == nil)

                bench.forge.change { $0.trouble = nil }
                _ = try await bench.eventuallyLater { try await bench.outcome(of: stuck.id) }
                _ = try await bench.eventually { bench.bot.health.now.isEmpty ? true : nil }
            }

            let outcome = try await bench.outcome(of: stuck.id)
            guard case .started = outcome else { return #expect(Bool(false), "\(String(describing: outcome))") }
        }
    }

    @Test func `a policy that cannot be read is refused, and the commit's status says so`() async throws {
        try await withBot(onForge: true) { bench in
            try await bench.git("checkout", "-q", "-b", "topic")
            try bench.write(
                Toy.policy("{ push: { branches: [main] } }").replacing("train:", with: "trian:"), to: "sluice.yaml")
            let head = try await bench.commit("Oh")
            try await bench.git("checkout", "-q", "main")
            let event = try await bench.take(.pullRequest(.seven(head), .opened))

            try await bench.acting { try await bench.settled(event.id) }

            let outcome = try await bench.outcome(of: event.id)
            guard case .refused(let fault) = outcome else {
                return #expect(Bool(false), "\(String(describing: outcome))")
            }
            #expect(fault.kind == .input && fault.message.contains("trian"))
            let status = try await bench.status(of: head)
            #expect(status?.state == .failure && status?.description == fault.message)
        }
    }

    @Test func `a wish takes parameters, and once more is a new run only if it is asked to be`() async throws {
        try await withBot { bench in
            let first = try await bench.bot.ask(.init(source: "test"), of: BotBench.project, by: nil, key: nil)
            try await bench.serving { _ = try await bench.judged(1) }
            let same = try await bench.bot.ask(.init(source: "test"), of: BotBench.project, by: nil, key: nil)
            let again = try await bench.bot.ask(
                .init(again: true, source: "test"), of: BotBench.project, by: nil, key: nil)
            let lost = try await bench.bot.ask(
                .init(branch: try bench.branch("nowhere"), source: "test"), of: BotBench.project, by: nil, key: nil)
            try await bench.acting { try await bench.settled(lost.id) }

            let outcomes = [
                try await bench.outcome(of: first.id), try await bench.outcome(of: same.id),
                try await bench.outcome(of: again.id),
            ]
            let (one, two) = (try #require(RunID(1)), try #require(RunID(2)))
            #expect(outcomes == [.started(one), .sameAs(one), .started(two)])
            let refused = try await bench.outcome(of: lost.id)
            #expect(refused == .refused(Fault(.input, "the repository has no branch 'nowhere'")))
        }
    }

    @Test func `a branch that is put forward, back and forward again has a run of its newest commit`() async throws {
        try await withBot { bench in
            let store = bench.bot.engine.store
            let old = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            try bench.write("a: 2\n", to: "params.yaml")
            let new = try await bench.commit("Two")
            let forward = try await bench.told("main", new, before: old)
            try await bench.acting { try await bench.settled(forward.id) }
            try await bench.git("reset", "-q", "--hard", old.hex)
            let back = try await bench.told("main", old, before: new)
            try await bench.acting { try await bench.settled(back.id) }
            try await bench.git("reset", "-q", "--hard", new.hex)

            let again = try await bench.told("main", new, before: old)
            // The webhook and a look at the remote tell the same.
            let webhook = try await bench.told("main", new, before: old)
            try await bench.acting { try await bench.settled(again.id) }
            let late = try await bench.told("main", new, before: old)

            #expect(again.id != forward.id && webhook.id == again.id && late.outcome != nil)
            #expect(try await store.queue().map(\.run.commit) == [new])

            // A look at the remote remembers where the branch stands before anybody acts on it.
            try await bench.git("reset", "-q", "--hard", old.hex)
            let found = try await bench.told("main", old, before: new)
            try await store.setHead(old, of: .main, in: BotBench.project, at: bench.clock.now)
            try await bench.acting { try await bench.settled(found.id) }
            #expect(try await store.queue().map(\.run.commit) == [old])
        }
    }

    @Test func `what a lost push changed counts for the next one`() async throws {
        let policy = Toy.policy("{ push: { branches: [main], paths: ['src/**'] } }")
        try await withBot(files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let start = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            let known = try await bench.told("main", start)
            try await bench.acting { try await bench.settled(known.id) }
            try bench.write("x\n", to: "src/model.py")
            let lost = try await bench.commit("Change the model")
            try bench.write("x\n", to: "docs/page.md")
            let told = try await bench.commit("Change a page")
            let event = try await bench.told("main", told, before: lost)
            try await bench.acting { try await bench.settled(event.id) }
            #expect(try await bench.outcome(of: event.id) == RunID(2).map { .started($0) })

            // Told one after the other, each counts for itself, also while the remote is further already.
            try bench.write("y\n", to: "src/model.py")
            let model = try await bench.commit("Change the model again")
            try bench.write("y\n", to: "docs/page.md")
            let page = try await bench.commit("Change the page again")
            let first = try await bench.told("main", model, before: told)
            let second = try await bench.told("main", page, before: model)
            try await bench.acting {
                try await bench.settled(first.id)
                try await bench.settled(second.id)
            }
            #expect(try await bench.outcome(of: first.id) == RunID(3).map { .started($0) })
            let reason = try await bench.reason(second.id)
            #expect(reason?.hasPrefix("it changes nothing in 'src/**'") == true, "\(reason ?? "")")
        }
    }

    @Test func `a run whose champion changed while it waited gives its place to one of a new plan`() async throws {
        let policy = Toy.policy("{ push: { branches: [main] } }", "approval: { required: 0 }")
        try await withBot(files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let store = bench.bot.engine.store
            let old = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            try bench.write("a: 2\n", to: "params.yaml")
            let new = try await bench.commit("Two")
            let first = try await bench.bot.ask(
                .init(commit: old, again: true, source: "test"), of: BotBench.project, by: nil, key: "one")
            let second = try await bench.bot.ask(
                .init(commit: new, again: true, source: "test"), of: BotBench.project, by: nil, key: "two")
            try await bench.acting {
                try await bench.settled(first.id)
                try await bench.settled(second.id)
            }

            try await bench.serving {
                let run = try await bench.judged(3)
                #expect(run.state == .judged(.passed) && run.commit == new)
                _ = try await bench.eventually {
                    let holder = try await store.holder(of: .champion, model: ModelName(checked: "toy"))
                    return holder?.version == 2 ? true : nil
                }
            }

            let two = try await store.run(try #require(RunID(2)))
            #expect(two?.state == .cancelled(by: nil, reason: "superseded by run 3"))
            let three = try #require(RunID(3))
            #expect(try await store.plan(of: three)?.champion?.version == 1)
            #expect(try await store.tickets(of: three).map(\.event) == [second.id])
            #expect(bench.bot.health.now.isEmpty)
        }
    }
}
