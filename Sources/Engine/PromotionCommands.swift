import Content
import Domain
import Environments
import Executors
import Git
import Host
import Reports
import SystemPackage

extension Engine {
    /// Runs the deploy or verify commands of a model's own policy, in a fresh checkout of its commit, with its
    /// environment. Returns why it failed; nil if it went well, or if there is nothing to run.
    ///
    /// A job that an earlier process started for the same act is found again, never started twice.
    func act(
        _ act: String, of model: ModelRef, for promotion: Promotion, commands: (PromotionPolicy) -> [String]
    ) async throws(Fault) -> String? {
        let plan = try await requiredPlan(of: model.run)
        let lines = commands(plan.policy.promotion)
        let laid = home.model(model, fileName: plan.policy.train.model.name)
        try await layModel(model, at: laid)
        guard !lines.isEmpty else { return nil }
        let directory = home.directory(of: model.run).promotion(promotion.id, act)
        let job = directory.appending("job")
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(job) }
        var outcome = try await executor.outcome(in: job)
        if outcome == .neverStarted {
            let tree = directory.appending("tree")
            try await Blocking.run { () throws(Fault) in try Files.removeTree(tree) }
            try await source(of: plan).export(plan.commit, to: tree)
            let deployment = home.deployDirectory(of: model.model)
            try await Blocking.run { () throws(Fault) in try Files.makeDirectory(deployment) }
            let filled = lines.map { Placeholders.promotion(model: laid).fill($0) }
            let secrets = try secretValues(plan.policy)
            var variables = try await promotionVariables(model, promotion, plan, laid, deployment)
            variables.merge(secrets) { _, secret in secret }
            try await executor.start(
                Job(
                    directory: job, workTree: tree, workingDirectory: tree, commands: filled,
                    variables: variables, secrets: Array(secrets.values), limits: plan.policy.limits,
                    confinement: .processGroup))
            outcome = try await executor.outcome(in: job)
        }
        let log = job.appending("output.log")
        let tree = directory.appending("tree")
        try await Blocking.run { () throws(Fault) in
            try Files.removeTree(tree)
            try removeUnfinished(in: directory)
        }
        return why(outcome, act, log, plan.policy.limits)
    }

    private func layModel(_ model: ModelRef, at path: FilePath) async throws(Fault) {
        if await Blocking.run({ Files.exists(path) }) {
            // Somebody may have written to it since it was laid: what is deployed is what was decided on.
            if try await content.identify(path).digest == model.digest { return }
            try await Blocking.run { () throws(Fault) in try Files.removeTree(path) }
        }
        // Laid beside and moved into place, so that a killed process leaves no half a model.
        let fresh = home.temporary.appending("model-\(model.digest.short)-\(UInt64.random(in: 0 ... .max))")
        try await content.lay(model.artifact, at: fresh, .readOnlyCopy)
        try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(path.removingLastComponent())
            try Files.move(fresh, to: path)
        }
    }

    private func promotionVariables(
        _ model: ModelRef, _ promotion: Promotion, _ plan: Plan, _ laid: FilePath, _ deployment: FilePath
    ) async throws(Fault) -> [String: String] {
        var values = Environments.systemVariables
        let blueprint = try await self.blueprint(for: plan)
        if let request = blueprint.environment, let identity = plan.environment {
            values = try await environments().prepare(request, as: identity) { _ in }.variables
        }
        values["HOME"] = variables["HOME"]
        values["SLUICE_RUN"] = model.run.description
        values["SLUICE_MODEL"] = laid.string
        values["SLUICE_MODEL_NAME"] = model.model.text
        values["SLUICE_MODEL_VERSION"] = String(model.version)
        values["SLUICE_MODEL_DIGEST"] = model.digest.hex
        values["SLUICE_ALIAS"] = promotion.alias.text
        values["SLUICE_DEPLOY_DIR"] = deployment.string
        values["SLUICE_REPOSITORY"] = plan.repository.path
        return values
    }

    private func why(_ outcome: JobOutcome, _ act: String, _ log: FilePath, _ limits: Limits) -> String? {
        let failure: StageFailure
        switch outcome {
        case .exited(0, _): return nil
        case .exited(let status, _): failure = .exit(status)
        case .signaled(let signal, _): failure = .signal(signal)
        case .overTime: failure = .timeLimit(seconds: limits.time)
        case .overMemory: failure = .memoryLimit(bytes: limits.memory ?? 0)
        case .overDisk: failure = .diskLimit(bytes: limits.disk ?? 0)
        case .cancelled: return "\(act) was cancelled"
        case .notStarted(let why): return "\(act) could not be started: \(why)"
        case .lost, .neverStarted: return "the supervisor of \(act) died (log: \(log))"
        }
        return "\(act) \(ReportRenderer.sentence(failure)) (log: \(log))"
    }
}
