import Content
import Domain
import Foundation
import Host
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Engine

#if canImport(Glibc)
    import Glibc
#endif

/// Collecting what nobody needs any more.
struct CollectTests {
    /// A run that ended at `Bench.now`, with a model of a text of its own and a folder of logs.
    private func run(_ text: String, promoted: Bool = false, in bench: Bench) async throws -> Run {
        let engine = bench.engine
        let number = try await engine.store.runs(limit: 99).count
        var plan = try samplePlan(commit: "a\(number)")
        plan.champion = try await engine.store.holder(of: .champion, model: plan.policy.model)
        let file = bench.repository.appending(text)
        try Files.writeDurably(Data(text.utf8), to: file)
        let artifact = try await engine.content.ingest(file)
        let event = try await engine.store.record(
            Event(
                key: text, kind: .runCommand(commit: plan.commit), repository: plan.repository, at: Bench.now, by: nil))
        guard case .created(let run) = try await engine.store.create(plan, for: event.id, at: Bench.now) else {
            throw Fault(.bug, "no run was created")
        }
        for change in [RunState.Change.prepare, .start, .judge] {
            try await engine.store.change(run.id, change, at: Bench.now)
        }
        let model = try await engine.store.register(
            artifact, model: plan.policy.model, run: run.id, at: Bench.now)
        let folder = engine.home.directory(of: run.id)
        try Files.makeDirectory(folder.root.pushing("stages/train"))
        try Files.writeDurably(Data("log".utf8), to: folder.root.pushing("stages/train/log"))
        try Files.writeDurably(Data("report".utf8), to: folder.report)
        let verdict: Verdict = promoted ? .passed : .failed([])
        let conclusion = Store.Conclusion(
            verdict: verdict, gates: [], challenger: [:], champion: nil, rows: nil, warnings: [],
            evidence: engine.evidence(plan, nil, report: .of("report")))
        let judged = try await engine.store.conclude(run.id, conclusion, at: Bench.now)
        age(model.object, in: engine)
        if promoted {
            guard
                case .begun(let promotion) = try await engine.store.beginPromotion(
                    of: model, alias: .champion, repository: plan.repository, why: .decided(run.id), at: Bench.now)
            else { throw Fault(.bug, "no promotion began") }
            for change in [Promotion.State.Change.moveAlias, .deploy, .verify] {
                try await engine.store.change(promotion.id, change, at: Bench.now)
            }
        }
        return judged
    }

    /// As if nobody had used it for a month before the engine's time.
    private func age(_ object: ObjectID, in engine: Engine) {
        var times = [timespec(), timespec()]
        times[0].tv_sec = Int(Bench.now.timeIntervalSince1970) - 30 * 86_400
        times[1].tv_sec = times[0].tv_sec
        utimensat(AT_FDCWD, engine.content.location(of: object).string, times, 0)
    }

    private func holds(_ run: Run, _ engine: Engine) -> Bool {
        run.challenger.map { Files.exists(engine.content.location(of: $0.object)) } ?? false
    }

    @Test func `models of runs that were never promoted go, and all that is needed stays`() async throws {
        try await withBench { bench in
            let engine = bench.engine
            let old = try await run("old", in: bench)
            let champion = try await run("champion", promoted: true, in: bench)
            let next = try await run("next", promoted: true, in: bench)
            let newest = try await run("newest", in: bench)
            let rule = KeepingRule(logs: 0, outputs: 0, versions: 1)

            let planned = try await engine.collectUnneeded(.init(rule: rule, isDry: true))
            #expect(planned.outputs == [old.id])
            #expect(planned.logs == [old.id])
            #expect(planned.objects == 1)
            #expect(planned.bytes == 3)
            #expect(planned.kept == [.promoted: 2, .newestVersions: 1])
            #expect(holds(old, engine))

            let collected = try await engine.collectUnneeded(.init(rule: rule, isDry: false))
            #expect(collected == planned)
            #expect(!holds(old, engine))
            for run in [champion, next, newest] { #expect(holds(run, engine)) }
            let folder = engine.home.directory(of: old.id)
            #expect(try Files.list(folder.root) == ["owner.lock", "report.md"])
            #expect(Files.exists(engine.home.directory(of: next.id).root.pushing("stages/train/log")))
            #expect(try await engine.store.verifyJournal() != .broken(sequence: 1))
            let model = try #require(champion.challenger)
            try await engine.content.verify(model.artifact)

            let again = try await engine.collectUnneeded(.init(rule: rule, isDry: false))
            #expect(again.objects == 0)
            #expect(again.logs == [])
        }
    }

    @Test func `without a time for outputs no object is touched, and what is young stays`() async throws {
        try await withBench { bench in
            let old = try await run("old", in: bench)
            _ = try await run("newest", in: bench)

            for rule in [KeepingRule(versions: 1), KeepingRule(logs: 60, outputs: 60, versions: 1)] {
                let collected = try await bench.engine.collectUnneeded(.init(rule: rule, isDry: false))
                #expect(collected.objects == 0)
                #expect(collected.logs == [])
                #expect(collected.kept == [.young: 1, .newestVersions: 1])
            }
            #expect(holds(old, bench.engine))
        }
    }

    @Test func `what was used a short time ago stays, whoever named it`() async throws {
        try await withBench { bench in
            let old = try await run("old", in: bench)
            _ = try await run("newest", in: bench)
            let object = try #require(old.challenger).object
            var times = [timespec(), timespec()]
            times[0].tv_sec = Int(Bench.now.timeIntervalSince1970) - 600
            times[1].tv_sec = times[0].tv_sec
            utimensat(AT_FDCWD, bench.engine.content.location(of: object).string, times, 0)

            let rule = KeepingRule(logs: 0, outputs: 0, versions: 1)
            let collected = try await bench.engine.collectUnneeded(.init(rule: rule, grace: 0, isDry: false))

            #expect(collected.objects == 0)
            #expect(holds(old, bench.engine))
        }
    }

    @Test func `one process collects at a time`() async throws {
        try await withBench { bench in
            let lock = try #require(try FileLock.take(bench.engine.home.root.appending("collect.lock")))
            await #expect(throws: Fault.self) {
                try await bench.engine.collectUnneeded(.init(rule: KeepingRule(), isDry: true))
            }
            withExtendedLifetime(lock) {}
        }
    }
}
