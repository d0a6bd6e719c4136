import Content
import Domain
import Environments
import Executors
import Git
import Host
import Reports
import Storage
import SystemPackage

/// Where the stages of a run work, and how they are shut in.
struct Workspace: Sendable {
    let run: Run
    let plan: Plan
    let directory: RunDirectory
    /// The commands' environment without what belongs to one stage.
    let variables: [String: String]
    /// Values of the policy's secrets.
    let secrets: [String: String]
    /// The built environment, which stages must be able to read.
    let environment: FilePath?
    let confinement: Job.Confinement
    /// Data and champion as they were laid out; what no longer is that must not be read for it.
    var laid: [Laid]
    /// What the report must say.
    let warnings: [String]

    var tree: FilePath { directory.tree }
    /// Where the bytes of a path in the tree are; nil if it is not there, a fault if a link leads out of the tree.
    func reading(_ path: TreePath) async throws(Fault) -> FilePath? {
        let place = TreePlace(root: tree)
        return try await Blocking.run { () throws(Fault) in try place.reading(path) }
    }

    /// Where a path in the tree may be written; a fault if a link leads out of the tree.
    func writing(_ path: TreePath) async throws(Fault) -> FilePath {
        let place = TreePlace(root: tree)
        return try await Blocking.run { () throws(Fault) in try place.writing(path) }
    }

    /// A reproduction takes nothing from an earlier run and registers no model.
    var isReproduction: Bool { plan.trigger.reproduced != nil }
}

extension Engine {
    /// Checks the commit out, builds the environment and lays the data out, from nothing.
    func prepare(
        _ run: Run, _ plan: Plan, _ blueprint: Blueprint, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Workspace {
        let directory = home.directory(of: run.id)
        // An earlier attempt may have left half a tree.
        try await Blocking.run { () throws(Fault) in try Files.removeTree(directory.tree) }
        progress(.checkingOut(plan.commit))
        async let exported: Void = checkOut(plan, in: directory)
        async let opened = workspace(for: run, plan, blueprint, progress)
        do {
            try await exported
            hooks.reached(.treeExported)
            try await layOverrides(of: plan, in: directory.tree)
            try await layData(plan, in: directory, progress)
            var workspace = try await opened
            workspace.laid = try await laid(of: plan, in: directory.tree)
            return workspace
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.bug, "preparing failed: \(error)")
        }
    }

    /// The workspace of a run whose tree lies there already.
    func workspace(
        for run: Run, _ plan: Plan, _ blueprint: Blueprint, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Workspace {
        var warnings: [String] = []
        let confinement = try await confinement(plan, &warnings)
        if plan.trigger.reproduced == nil, let news = try await ruleNews(of: plan) {
            warnings += ReportRenderer.sentences(news)
        }
        let secrets = try secretValues(plan.policy)
        var variables = Environments.systemVariables
        var path: FilePath?
        if let request = blueprint.environment, let identity = blueprint.plan.environment {
            // Nobody else runs what foreign code has had built.
            let isOwn = plan.trigger.reproduced != nil || plan.isForeign ?? false
            let fresh = isOwn ? home.directory(of: run.id).environment : nil
            let prepared = try await environments().prepare(request, as: identity, fresh: fresh) { line in
                progress(.environment(line))
            }
            variables = prepared.variables
            path = prepared.path
        }
        if case .reproduction(let original) = plan.trigger,
            let before = try await store.plan(of: original)?.environment, before != plan.environment
        {
            warnings.append(
                "the environment is not the one of run \(original): \(difference(before, plan.environment))")
        }
        for warning in warnings { progress(.warning(warning)) }
        let directory = home.directory(of: run.id)
        let laid = run.state == .preparing ? [] : try await laid(of: plan, in: directory.tree)
        return Workspace(
            run: run, plan: plan, directory: directory, variables: variables, secrets: secrets, environment: path,
            confinement: confinement, laid: laid, warnings: warnings)
    }

    private func checkOut(_ plan: Plan, in directory: RunDirectory) async throws(Fault) {
        let source: GitRepository
        if let user = try await userRepository(of: plan) {
            source = user
        } else {
            source = try await GitRepository.Mirror(path: home.mirror(of: plan.repository)).repository()
        }
        if let used = await takeSpareTree(for: plan, into: directory) {
            try await source.export(plan.commit, to: directory.tree, outOf: used)
        } else {
            try await source.export(plan.commit, to: directory.tree)
        }
    }

    /// Makes our own copy of the commit and of the one that the rules come from, for the day when the user's branch is
    /// gone.
    func keepCommit(of plan: Plan) async throws(Fault) {
        guard let user = try await userRepository(of: plan) else { return }
        let mirror = try await GitRepository.Mirror(path: home.mirror(of: plan.repository))
        try await mirror.keep(plan.commit, from: user)
        if let rules = plan.rules { try await mirror.keep(rules.commit, from: user) }
    }

    /// The user's repository, if it is still there.
    func repository(of plan: Plan) async throws(Fault) -> GitRepository? {
        do throws(Fault) {
            return try await GitRepository.discover(from: FilePath(plan.repository.path))
        } catch {
            guard error.kind == .input else { throw error }
            return nil
        }
    }

    /// The user's repository, if it is still there and holds the commit.
    func userRepository(of plan: Plan) async throws(Fault) -> GitRepository? {
        do throws(Fault) {
            let user = try await GitRepository.discover(from: FilePath(plan.repository.path))
            _ = try await user.commit(plan.commit.hex)
            return user
        } catch {
            guard error.kind == .input else { throw error }
            return nil
        }
    }

    private func confinement(
        _ plan: Plan, _ warnings: inout [String]
    ) async throws(Fault) -> Job.Confinement {
        let policy = plan.policy.sandbox
        let support = await LocalExecutor.probe()
        guard let reason = support.unavailable else { return .sandbox(network: policy.network) }
        if plan.isForeign ?? false {
            throw Fault(
                .environment,
                "code from a fork runs in the sandbox or not at all, and bubblewrap does not work here: \(reason)",
                advice: "install bubblewrap on the server, or merge the change before it is run")
        }
        switch policy.requirement {
        case .required:
            throw Fault(
                .environment, "the policy requires the sandbox, and bubblewrap does not work here: \(reason)",
                advice: "install bubblewrap, or set sandbox.require to best_effort")
        case .bestEffort:
            warnings.append(
                "no sandbox on this machine (\(reason)): stages could write outside their work tree and use the network"
            )
            return .processGroup
        }
    }

    /// Values of the policy's secrets, from this process's variables.
    func secretValues(_ policy: Policy) throws(Fault) -> [String: String] {
        var values: [String: String] = [:]
        for name in policy.environment?.secrets ?? [] {
            guard let value = variables[name], !value.isEmpty else {
                throw Fault(
                    .input, "the secret '\(name)' (environment.secrets) is not set",
                    advice: "set the environment variable \(name) for the sluice process")
            }
            values[name] = value
        }
        return values
    }

    private func difference(_ before: EnvironmentIdentity, _ now: EnvironmentIdentity?) -> String {
        guard let now else { return "there is none now" }
        let pairs = [
            ("Python", before.python, now.python), ("uv", before.uv, now.uv),
            ("platform", before.platform, now.platform), ("lock", before.lock.short, now.lock.short),
        ]
        let different = pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) then, \($0.2) now" }
        return different.isEmpty ? "its packages are others" : different.joined(separator: ", ")
    }
}

extension Store.Snapshot {
    /// The snapshot as content.
    var artifact: Artifact {
        Artifact(
            object: ref.object, digest: ref.digest, bytes: files.reduce(0) { $0 + $1.artifact.bytes },
            files: files.count)
    }
}

extension ModelRef {
    /// The model as content.
    var artifact: Artifact {
        Artifact(object: object, digest: digest, bytes: bytes, files: object.isDirectory ? 0 : nil)
    }
}
