import Documents
import Domain

/// Turns checked values into a `Policy`. Nil where a required value was complained about.
struct PolicyBuilder {
    let root: Value

    func build() -> Policy? {
        guard let model = root["model"]?.text.flatMap(ModelName.init), let train = train() else { return nil }
        return Policy(
            model: model,
            environment: environment(),
            datasets: datasets(),
            tests: (root["tests"]?.fields ?? []).map { TestPolicy(name: $0.key, commands: commands($0.value)) },
            train: train,
            evaluate: evaluate(),
            gates: (root["gates"]?.items ?? []).flatMap(gates),
            approval: approval(),
            promotion: promotion(),
            limits: limits(),
            sandbox: sandbox(),
            reproduction: root["reproduce"]?["tolerance"]?.number.map(ReproductionPolicy.init) ?? .init())
    }

    private func environment() -> EnvironmentPolicy? {
        guard let value = root["environment"], let python = value["python"]?.text, let lock = path(value["lock"]) else {
            return nil
        }
        return EnvironmentPolicy(python: python, lock: lock, secrets: value["secrets"]?.texts ?? [])
    }

    private func datasets() -> [DatasetPolicy] {
        (root["datasets"]?.fields ?? []).compactMap { field in
            guard let name = DatasetName(field.key), let mount = path(field.value["mount"]) else { return nil }
            return DatasetPolicy(
                name: name, mount: mount, schema: path(field.value["schema"]),
                append: field.value["append"]?.truth ?? false, rules: RulesBuilder(root: field.value).build())
        }
    }

    private func train() -> TrainPolicy? {
        guard let value = root["train"], let model = path(value["model"]) else { return nil }
        let metrics = paths(value["metrics"])
        if let pipeline = path(value["pipeline"]) {
            return TrainPolicy(work: .pipeline(pipeline), model: model, metrics: metrics)
        }
        guard let run = value["run"] else { return nil }
        var deps = paths(value["deps"])
        if !deps.isEmpty {
            let mounts = datasets().map(\.mount)
            deps += mounts.filter { mount in !deps.contains { $0.contains(mount) || mount.contains($0) } }
        }
        var outs = paths(value["outs"])
        for path in [model] + metrics where !outs.contains(where: { $0.contains(path) }) { outs.append(path) }
        let work = TrainPolicy.Work.command(
            commands: commands(run), deps: deps, params: value["params"]?.texts ?? [], outs: outs)
        return TrainPolicy(work: work, model: model, metrics: metrics)
    }

    private func evaluate() -> EvaluatePolicy? {
        guard let value = root["evaluate"], let run = value["run"] else { return nil }
        return EvaluatePolicy(
            commands: commands(run), predictions: path(value["predictions"]), metrics: path(value["metrics"]))
    }

    /// One gate for each condition.
    private func gates(_ value: Value) -> [Gate] {
        guard let metric = value["metric"]?.text else { return [] }
        let conditions = [
            value["min"]?.number.map(Gate.Condition.atLeast),
            value["max"]?.number.map(Gate.Condition.atMost),
            value["max_drop"]?.number.map(Gate.Condition.maxDrop),
            value["max_rise"]?.number.map(Gate.Condition.maxRise),
        ]
        return conditions.compactMap { $0 }.map { Gate(metric: metric, condition: $0) }
    }

    private func approval() -> ApprovalPolicy {
        let value = root["approval"]
        let base = ApprovalPolicy()
        return ApprovalPolicy(
            required: value?.whole("required").map { Int($0) } ?? base.required,
            by: (value?["by"]?.texts ?? []).compactMap(PersonName.init),
            notByAuthor: value?["not_by_author"]?.truth ?? base.notByAuthor,
            expires: value?["expires"]?.number)
    }

    private func promotion() -> PromotionPolicy {
        let value = root["promotion"]
        return PromotionPolicy(
            alias: value?["alias"]?.text.flatMap(AliasName.init) ?? .champion,
            deploy: value?["deploy"].map(commands) ?? [],
            verify: value?["verify"].map(commands) ?? [],
            rollsBack: value?["rollback"]?.text != "never")
    }

    private func limits() -> Limits {
        let value = root["limits"]
        let base = Limits()
        return Limits(
            time: value?["time"]?.number ?? base.time,
            memory: value?.whole("memory"),
            disk: value?.whole("disk"),
            output: value?.whole("output") ?? base.output)
    }

    private func sandbox() -> SandboxPolicy {
        let value = root["sandbox"]
        let base = SandboxPolicy()
        return SandboxPolicy(
            network: value?["network"]?.truth ?? base.network,
            requirement: value?["require"]?.text.flatMap(SandboxPolicy.Requirement.init) ?? base.requirement)
    }

    /// A text of several lines is one script in which the first command that fails ends it.
    private func commands(_ value: Value) -> [String] {
        value.texts.map { text in
            var lines = text[...]
            while let last = lines.last, last.isWhitespace { lines.removeLast() }
            return lines.contains { $0.isNewline } ? "set -e\n" + lines : String(lines)
        }
    }

    private func path(_ value: Value?) -> TreePath? { value?.text.flatMap { TreePath($0) } }
    private func paths(_ value: Value?) -> [TreePath] { (value?.texts ?? []).compactMap { TreePath($0) } }
}
