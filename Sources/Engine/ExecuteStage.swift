import Content
import Domain
import Evaluation
import Executors
import Foundation
import Host
import SystemPackage

extension Engine {
    /// Gives a stage's commands to the executor, or finds the job that an earlier process started, and turns how it
    /// ended into what it means.
    func execute(_ stage: Stage, attempt: Int, in workspace: Workspace) async throws(Fault) -> StageState.Change {
        let directory = workspace.directory.job(stage.name, attempt: attempt)
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(directory) }
        var outcome = try await executor.outcome(in: directory)
        if outcome == .neverStarted {
            do throws(Fault) {
                try await requireLaid(in: workspace)
            } catch {
                guard error.kind == .input else { throw error }
                return .fail(.noEvidence([error.message]), nil)
            }
            try await executor.start(try await job(for: stage, in: directory, workspace))
            hooks.reached(.jobStarted)
            // A cancel that came after the stage was started and before its job was has found no job to end.
            if try await required(workspace.run.id).state.isFinal { try await executor.cancel(in: directory) }
            outcome = try await executor.outcome(in: directory)
        }
        hooks.reached(.jobEnded)
        switch outcome {
        case .exited(0, let usage):
            return try await evidence(of: stage, usage, in: workspace)
        case .exited(let status, let usage): return .fail(.exit(status), usage)
        case .signaled(let signal, let usage): return .fail(.signal(signal), usage)
        case .overTime(let usage): return .fail(.timeLimit(seconds: workspace.plan.policy.limits.time), usage)
        case .overMemory(let usage):
            return .fail(.memoryLimit(bytes: workspace.plan.policy.limits.memory ?? 0), usage)
        case .overDisk(let usage): return .fail(.diskLimit(bytes: workspace.plan.policy.limits.disk ?? 0), usage)
        case .cancelled: return .cancel
        case .notStarted(let why):
            return .error(Fault(.environment, "its commands could not be started: \(why)"), nil)
        case .lost:
            return .error(await whyLost(in: workspace), nil)
        case .neverStarted:
            return .error(Fault(.bug, "the executor started nothing"), nil)
        }
    }

    /// What probably killed a supervisor that left no word.
    private func whyLost(in workspace: Workspace) async -> Fault {
        if await isDiskFull() {
            // The run is over with this, and to write that down takes room.
            try? await Blocking.run { () throws(Fault) in try Files.removeTree(workspace.tree) }
            return Fault(
                .environment, "the disk is full: how its commands ended could not even be written down",
                advice: "make room, or give it a limit ('limits: { disk: … }'), and run it again")
        }
        return Fault(
            .environment, "its supervisor process died, and the commands with it",
            advice: "'sluice run' makes a new run; see the kernel's log if memory ran out")
    }

    private func job(for stage: Stage, in directory: FilePath, _ workspace: Workspace) async throws(Fault) -> Job {
        var variables = workspace.variables
        variables["DVC_ROOT"] = workspace.tree.string
        variables["DVC_STAGE"] = stage.name.text
        variables["SLUICE_RUN"] = workspace.run.id.description
        variables["SLUICE_STAGE"] = stage.name.text
        if case .gate = stage.kind { variables.merge(gateVariables(in: workspace)) { _, new in new } }
        variables.merge(workspace.secrets) { _, secret in secret }
        return Job(
            directory: directory,
            workTree: workspace.tree,
            workingDirectory: stage.directory.map { workspace.tree.pushing(FilePath($0.text)) } ?? workspace.tree,
            commands: stage.commands,
            variables: variables,
            secrets: Array(workspace.secrets.values),
            readable: workspace.environment.map { [$0] } ?? [],
            readOnly: try await readOnly(for: stage, in: workspace),
            hidden: [home.root] + privateFolders + hidden(),
            limits: workspace.plan.policy.limits,
            confinement: workspace.confinement
        )
    }

    /// Data and the champion's model for everybody; the challenger's too for those who judge it, and what the evaluation
    /// wrote for those who ask about it.
    private func readOnly(for stage: Stage, in workspace: Workspace) async throws(Fault) -> [FilePath] {
        let policy = workspace.plan.policy
        var paths = policy.mounted.map { workspace.tree.pushing(FilePath($0.mount.text)) }
        if workspace.plan.champion != nil {
            paths.append(workspace.tree.pushing(FilePath(championPath(policy.train.model).text)))
        }
        let judged: [TreePath]
        switch stage.kind {
        case .unitTest, .schemaTest, .driftTest, .train: judged = []
        case .evaluate: judged = [policy.train.model]
        case .gate: judged = [policy.train.model, Self.evaluatedFolder].compactMap { $0 } + policy.evaluated
        }
        for path in judged {
            if let place = try await workspace.reading(path) { paths.append(place) }
        }
        return paths
    }

    /// Folders of the user's own in which credentials lie; a stage has no business there.
    private var privateFolders: [FilePath] {
        guard let user = variables["HOME"], user.hasPrefix("/"), user != "/" else { return [] }
        return [".ssh", ".aws", ".azure", ".config", ".docker", ".gnupg", ".kube"]
            .map { FilePath(user).appending($0) }.filter(Files.isDirectory)
    }

    // MARK: Evidence

    /// Success by evidence: every output is there, was written by this run, parses, and every number is finite.
    private func evidence(
        of stage: Stage, _ usage: Usage, in workspace: Workspace
    ) async throws(Fault) -> StageState.Change {
        var problems: [String] = []
        var result = StageResult(outs: [:], usage: usage)
        for out in stage.outs {
            do throws(Fault) {
                guard let path = try await workspace.reading(out.path) else {
                    problems.append("'\(out.path)' was not written")
                    continue
                }
                result.outs[out.path.text] = try await content.ingest(path)
            } catch {
                guard error.kind == .input else { throw error }
                problems.append(error.message)
            }
        }
        if problems.isEmpty {
            problems += try await readMetrics(of: stage, into: &result, in: workspace)
            problems += try await score(stage, into: &result, in: workspace)
        }
        return problems.isEmpty ? .succeed(result) : .fail(.noEvidence(problems), usage)
    }

    private func readMetrics(
        of stage: Stage, into result: inout StageResult, in workspace: Workspace
    ) async throws(Fault) -> [String] {
        let named = workspace.plan.policy.train.metrics.filter { file in
            stage.kind == .train && stage.outs.contains { $0.path.contains(file) }
        }
        let files = Set(stage.outs.filter { $0.role == .metrics }.map(\.path)).union(named).sorted()
        var problems: [String] = []
        for file in files {
            do throws(Fault) {
                guard let path = try await workspace.reading(file) else {
                    problems.append("'\(file)' was not written")
                    continue
                }
                let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(path, limit: 1 << 20) }
                do throws(Complaints) {
                    let contents = try MetricsFile.read(bytes, file: file.text)
                    result.metrics.merge(contents.metrics) { _, new in new }
                    if !contents.histories.isEmpty { result.histories = (result.histories ?? []) + contents.histories }
                } catch {
                    problems += error.all.map(\.description)
                }
            } catch {
                problems.append(error.message)
            }
        }
        return problems
    }

    private func score(
        _ stage: Stage, into result: inout StageResult, in workspace: Workspace
    ) async throws(Fault) -> [String] {
        guard case .evaluate = stage.kind, let policy = workspace.plan.policy.evaluate, let file = policy.predictions
        else { return [] }
        let temporary = workspace.directory.temporary
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(temporary) }
        do throws(Fault) {
            guard let path = try await workspace.reading(file) else { return ["'\(file)' was not written"] }
            let options = Scorer.Options(policy)
            let scores = try await Scorer(duckdb: duckdb()).score(path, options: options, temporary: temporary)
            result.metrics.merge(scores.metrics) { _, computed in computed }
            result.rows = scores.rows
            result.rowsDigest = scores.rowsDigest
            result.slices = scores.slices
            result.portrait = scores.portrait
            return []
        } catch {
            guard error.kind == .input else { throw error }
            return [error.message]
        }
    }
}
