import Content
import DataChecks
import Domain
import Executors
import Foundation
import Host
import Pipelines
import Policies
import Reports
import Storage
import SystemPackage

extension Engine {
    /// Brings one stage to its end: skipped, reused, or run and judged by its evidence.
    func perform(
        _ stage: Stage, standing: StageState, others: [StageName: StageState], in workspace: Workspace,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> StageState {
        let state = try await end(stage, standing, others, in: workspace, progress)
        hooks.reached(.stageRecorded)
        return state
    }

    private func end(
        _ stage: Stage, _ standing: StageState, _ others: [StageName: StageState], in workspace: Workspace,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> StageState {
        let run = workspace.run.id
        if let blocker = stage.after.first(where: { others[$0]?.result == nil }) {
            return try await store.change(stage.name, of: run, .skip(because: blocker), at: now()).state
        }
        var attempt = 1
        switch standing {
        case .running(let number):
            attempt = number
        case .pending, .reused, .succeeded, .failed, .errored, .skipped, .cancelled:
            let inputs: StageInputs
            do throws(StageProblem) {
                inputs = try await self.inputs(of: stage, others, workspace)
            } catch {
                return try await store.change(stage.name, of: run, try error.change(), at: now()).state
            }
            if let reused = try await reuse(stage, inputs, in: workspace) { return reused }
            try await clear(stage, in: workspace)
            if case .gate = stage.kind { try await layEvaluated(others, in: workspace) }
            try await store.change(stage.name, of: run, .start, inputs: inputs, at: now())
            hooks.reached(.stageStarted)
        }
        progress(.stageStarted(stage.name))
        let change: StageState.Change
        switch stage.kind {
        case .schemaTest(let dataset):
            change =
                if let images = imageRules(of: dataset, workspace.plan) {
                    try await testImages(images, of: dataset, in: workspace, progress)
                } else {
                    try await testSchema(of: dataset, in: workspace)
                }
        case .driftTest(let dataset): change = try await testDrift(of: dataset, workspace.plan)
        case .unitTest, .train, .evaluate, .gate: change = try await execute(stage, attempt: attempt, in: workspace)
        }
        // A tool that was stopped because this process is to end has answered nothing.
        if Task.isCancelled, case .error(let fault, _) = change { throw fault }
        let isKept = isReusable(stage) && !(workspace.plan.isForeign ?? false)
        return try await store.change(stage.name, of: run, change, remember: isKept, at: now()).state
    }

    /// Evaluation is never taken from another day, and neither is a gate's answer; tests may depend on what they do not
    /// name.
    private func isReusable(_ stage: Stage) -> Bool {
        switch stage.kind {
        case .train: !stage.alwaysRuns
        case .schemaTest, .driftTest: true
        case .unitTest, .evaluate, .gate: false
        }
    }

    private func reuse(_ stage: Stage, _ inputs: StageInputs, in workspace: Workspace) async throws(Fault)
        -> StageState?
    {
        guard !workspace.isReproduction, isReusable(stage), let known = try await store.reusable(inputs.key) else {
            return nil
        }
        for artifact in known.result.outs.values {
            guard try await content.holds(artifact.object) else { return nil }
        }
        try await clear(stage, in: workspace)
        for (path, artifact) in known.result.outs.sorted(by: { $0.key < $1.key }) {
            guard let path = TreePath(path) else { throw Fault(.bug, "the store holds the out '\(path)'") }
            try await content.lay(artifact, at: try await workspace.writing(path), .writable)
        }
        return try await store.change(
            stage.name, of: workspace.run.id, .reuse(known.result, from: known.run), inputs: inputs, at: now()
        ).state
    }

    /// Removes what an earlier stage, the commit or a lost attempt left where this stage writes: what is there
    /// afterwards was written by this run.
    private func clear(_ stage: Stage, in workspace: Workspace) async throws(Fault) {
        let paths = stage.outs.filter { !$0.persists }.map(\.path)
        let place = TreePlace(root: workspace.tree)
        try await Blocking.run { () throws(Fault) in
            for path in paths { try Files.removeTree(try place.writing(path)) }
        }
    }

    // MARK: Inputs

    private func inputs(
        of stage: Stage, _ others: [StageName: StageState], _ workspace: Workspace
    ) async throws(StageProblem) -> StageInputs {
        var known: [String: ObjectID] = [:]
        for snapshot in workspace.plan.snapshots {
            guard let mount = workspace.plan.policy.dataset(snapshot.dataset)?.mount else { continue }
            known[mount.text] = snapshot.object
        }
        for state in others.values {
            for (path, artifact) in state.result?.outs ?? [:] { known[path] = artifact.object }
        }
        if case .schemaTest(let dataset) = stage.kind, imageRules(of: dataset, workspace.plan) == nil {
            do throws(Fault) {
                let (path, bytes) = try await schema(of: dataset, workspace.plan)
                known[path.text] = ObjectID(of: bytes)
            } catch {
                throw .fault(error)
            }
        }
        var deps: [String: ObjectID] = [:]
        for dep in stage.frozen ? [] : stage.deps {
            if let object = known[dep.text] {
                deps[dep.text] = object
                continue
            }
            let path: FilePath?
            do throws(Fault) {
                path = try await workspace.reading(dep)
                if let path { deps[dep.text] = try await content.identify(path).object }
            } catch {
                throw .fault(error)
            }
            guard path != nil else { throw .failure(.noEvidence(["its dependency '\(dep)' is not there"])) }
        }
        var params = try await parameterValues(of: stage, workspace)
        if case .schemaTest(let name) = stage.kind,
            let rules = workspace.plan.policy.datasets.first(where: { $0.name == name })?.rules
        {
            params["\(PolicyFile.name):datasets.\(name)"] = Canonical.text(of: rules)
            if rules.images != nil { params["images"] = ImageTest.reader }
        }
        if case .schemaTest(let name) = stage.kind {
            let released = try await releases(of: name, workspace)
            if !released.isEmpty { params["released files"] = released.joined(separator: " ") }
            params.merge(try await resourceDigests(of: name, workspace)) { _, new in new }
        }
        if case .driftTest(let name) = stage.kind {
            do throws(Fault) {
                params.merge(try await driftParameters(of: name, workspace.plan)) { _, new in new }
            } catch {
                throw .fault(error)
            }
        }
        return StageInputs(
            name: stage.name, commands: stage.commands, directory: stage.directory, deps: deps,
            params: params, outs: stage.outs.map(\.path),
            environment: workspace.plan.environment?.digest,
            variables: workspace.secrets.mapValues { _ in "secret" })
    }

    private func parameterValues(
        of stage: Stage, _ workspace: Workspace
    ) async throws(StageProblem) -> [String: String] {
        var values: [String: String] = [:]
        for reference in stage.params {
            do throws(Fault) {
                guard let path = try await workspace.reading(reference.file) else {
                    throw Fault(.input, "its file of parameters '\(reference.file)' is not there")
                }
                let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(path) }
                do throws(Complaints) {
                    values.merge(try Pipeline.values(of: reference, in: bytes)) { _, new in new }
                } catch {
                    throw error.fault
                }
            } catch {
                throw .fault(error)
            }
        }
        return values
    }

    // MARK: Schema tests

    /// Files of the snapshots of this plan that the schema's foreign keys name.
    private func resources(
        of schema: TableSchema, _ plan: Plan
    ) async throws(Fault) -> [String: [Store.SnapshotFile]] {
        try await FileTests.resources(of: schema) { name throws(Fault) in
            guard let ref = plan.snapshots.first(where: { $0.dataset == name }) else { return nil }
            return try await store.snapshot(ref, model: plan.policy.model)
        }
    }

    /// Other datasets that the answer depends on.
    private func resourceDigests(
        of name: DatasetName, _ workspace: Workspace
    ) async throws(StageProblem) -> [String: String] {
        do throws(Fault) {
            guard workspace.plan.policy.dataset(name)?.schema != nil else { return [:] }
            let (path, bytes) = try await schema(of: name, workspace.plan)
            // A schema with a mistake is told by the stage itself.
            guard let schema = try? TableSchema.read(bytes, file: path.text) else { return [:] }
            var digests: [String: String] = [:]
            for resource in schema.resources {
                let ref = workspace.plan.snapshots.first { $0.dataset.text == resource }
                digests["resource \(resource)"] = ref?.digest.hex ?? "none"
            }
            return digests
        } catch {
            throw .fault(error)
        }
    }

    /// Digests of files that a person has let through: the answer changes with them.
    private func releases(of name: DatasetName, _ workspace: Workspace) async throws(StageProblem) -> [String] {
        do throws(Fault) {
            let known = try await store.released(dataset: name, model: workspace.plan.policy.model)
            let snapshot = workspace.plan.snapshots.first { $0.dataset == name }
            guard !known.isEmpty, let snapshot,
                let stored = try await store.snapshot(snapshot, model: workspace.plan.policy.model)
            else { return [] }
            return stored.files.map(\.artifact.digest).filter { known[$0] != nil }.map(\.hex).sorted()
        } catch {
            throw .fault(error)
        }
    }

    /// From the commit and never from the work tree, where a test may have rewritten it.
    func schema(of dataset: DatasetName, _ plan: Plan) async throws(Fault) -> (path: TreePath, bytes: Data) {
        guard let path = plan.policy.datasets.first(where: { $0.name == dataset })?.schema else {
            throw Fault(.bug, "the plan tests '\(dataset)', which has no schema")
        }
        let bytes = try await required(path, "datasets.\(dataset).schema", try await source(of: plan), plan.commit)
        return (path, bytes)
    }

    private func testSchema(of dataset: DatasetName, in workspace: Workspace) async throws(Fault) -> StageState.Change {
        guard let reference = workspace.plan.snapshots.first(where: { $0.dataset == dataset }),
            let snapshot = try await store.snapshot(reference, model: workspace.plan.policy.model)
        else { throw Fault(.bug, "the plan tests '\(dataset)' and does not hold it") }
        let (path, bytes) = try await self.schema(of: dataset, workspace.plan)
        let schema: TableSchema
        do throws(Complaints) {
            schema = try TableSchema.read(bytes, file: path.text)
        } catch {
            return .error(error.fault, nil)
        }
        let temporary = workspace.directory.temporary
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(temporary) }
        let released = try await store.released(dataset: dataset, model: workspace.plan.policy.model)
        let tests = FileTests(
            engine: self, schema: schema, rules: workspace.plan.policy.dataset(dataset)?.rules ?? DataRules(),
            schemaDigest: Digest.of(bytes), resources: try await resources(of: schema, workspace.plan))
        do throws(Fault) {
            let outcomes = try await tests.run(snapshot.files, below: temporary)
            var findings: [DataFinding] = []
            var notes: [String] = []
            for (file, outcome) in zip(snapshot.files, outcomes) where !outcome.findings.isEmpty {
                if let release = released[file.artifact.digest]?.release {
                    notes.append(ReportRenderer.sentence(released: file.name, release, outcome.findings))
                } else {
                    findings += outcome.findings
                }
            }
            guard findings.isEmpty else { return .fail(.findings(findings), nil) }
            let rows = outcomes.reduce(0) { $0 + $1.rows }
            return .succeed(StageResult(outs: [:], rows: rows, notes: notes.isEmpty ? nil : notes))
        } catch {
            return .error(error, nil)
        }
    }
}

/// Why a stage did not start.
enum StageProblem: Error {
    case failure(StageFailure)
    case fault(Fault)

    /// The user's fault and a missing dependency are answers; what the machine could not do ends the run.
    func change() throws(Fault) -> StageState.Change {
        switch self {
        case .failure(let failure): return .fail(failure, nil)
        case .fault(let fault):
            guard fault.kind == .input else { throw fault }
            return .fail(.noEvidence([fault.message]), nil)
        }
    }
}
