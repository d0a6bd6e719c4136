import Domain
import Engine
import Foundation
import Host
import Storage
import SystemPackage
import Testing

@testable import Web

extension TestSite {
    /// A run that was judged, with hostile words in its commit, a log of its stage and a report.
    func judged(
        subject: String = "Add <b>a</b> feature", author: String = "Ann <ann@example.org>", trigger: Trigger = .manual,
        required: Int = 1, project: String? = nil
    ) async throws -> Run {
        let run = try await working(
            subject: subject, author: author, trigger: trigger, required: required, project: project)
        let now = engine.now()
        let store = engine.store
        try await store.change(run.id, .judge, at: now)
        let model = run.model
        let object = try #require(ObjectID(String(Digest.of("model").hex.prefix(32)) + ".dir"))
        _ = try await store.register(
            Artifact(object: object, digest: .of("model"), bytes: 1234, files: 1), model: model, run: run.id, at: now)
        let part = Digest.of("part")
        return try await store.conclude(
            run.id,
            Store.Conclusion(
                verdict: .passed, gates: [], challenger: ["auc": 0.71], champion: nil, rows: 100, warnings: [],
                evidence: Evidence(
                    code: part, data: part, environment: part, parameters: part, metrics: part, policy: part,
                    report: part)),
            at: now)
    }

    /// A run whose stage works, and has printed something. `project`: it came through the server's queue.
    func working(
        subject: String = "Add a feature", author: String = "Ann <ann@example.org>", trigger: Trigger = .manual,
        required: Int = 1, project: String? = nil
    ) async throws -> Run {
        let model = try #require(ModelName("flight-delay"))
        var policy = Policy(
            model: model,
            train: TrainPolicy(
                work: .command(commands: ["python train.py"], deps: [], params: [], outs: []),
                model: try #require(TreePath("model.pkl"))))
        policy.approval.required = required
        let stage = try #require(StageName("train:fit"))
        let commit = try #require(CommitID(hex: String(Digest.of(subject).hex.prefix(40))))
        let repository = RepositoryID(path: "/srv/git/flights.git")
        let plan = Plan(
            repository: repository, commit: commit, tree: "tree", commitAuthor: author,
            commitSubject: subject, uncommitted: [], dirty: false, trigger: trigger, policy: policy,
            policyDigest: .of("policy"), snapshots: [], parameters: [:], environment: nil, champion: nil,
            stages: [Stage(name: stage, kind: .train, commands: ["python train.py"])])
        let now = engine.now()
        let store = engine.store
        let event = try await store.record(
            Event(
                key: "event of \(subject)", kind: .runCommand(commit: commit), repository: repository, at: now, by: nil)
        )
        let creation: Store.Creation
        if let project {
            let draft = Store.TicketDraft(
                project: try #require(ProjectName(project)), lane: .manual, priority: 3, pullRequest: nil,
                event: event.id)
            creation = try await store.create(plan, for: [event.id], ticket: draft, supersedes: false, at: now).0
        } else {
            creation = try await store.create(plan, for: event.id, at: now)
        }
        guard case .created(let run) = creation else { throw Fault(.bug, "no run was created") }
        try await store.change(run.id, .prepare, at: now)
        try await store.change(run.id, .start, at: now)
        try await store.change(stage, of: run.id, .start, at: now)
        try await writeLog(of: run, stage)
        return run
    }

    private func writeLog(of run: Run, _ stage: StageName) async throws {
        let directory = engine.home.directory(of: run.id)
        try await Blocking.run { () throws(Fault) in
            let job = directory.job(stage, attempt: 1)
            try Files.makeDirectory(job)
            try Files.writeDurably(Data("epoch 1\nlöss 0.5 <script>\n".utf8), to: job.appending("output.log"))
            try Files.makeDirectory(directory.report.removingLastComponent())
            try Files.writeDurably(Data("# Report\n".utf8), to: directory.report)
        }
    }

    /// Two versions of which the second holds the alias; their bytes are in no store.
    func twoVersions() async throws {
        let (store, now) = (engine.store, engine.now())
        for subject in ["One", "Two"] {
            let run = try await judged(subject: subject)
            let beginning = try await store.beginPromotion(
                of: try #require(run.challenger), alias: .champion, repository: RepositoryID(path: "/srv"),
                why: .command(by: try #require(PersonName("ann")), reason: "good"), at: now)
            guard case .begun(let promotion) = beginning else { throw Fault(.bug, "\(beginning)") }
            for change in [Promotion.State.Change.moveAlias, .deploy, .verify] {
                try await store.change(promotion.id, change, at: now)
            }
        }
    }
}
