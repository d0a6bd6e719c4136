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
            tests: (root["tests"]?.fields ?? []).map { TestPolicy(name: $0.key, commands: $0.value.commands) },
            train: train,
            evaluate: evaluate(),
            gates: GatesBuilder(root: root).gates(),
            approval: approval(),
            promotion: promotion(),
            limits: limits(),
            sandbox: sandbox(),
            reproduction: root["reproduce"]?["tolerance"]?.number.map(ReproductionPolicy.init) ?? .init(),
            triggers: TriggersBuilder(root: root).triggers(),
            overlays: GatesBuilder(root: root).overlays(),
            report: GatesBuilder(root: root).report())
    }

    private func environment() -> EnvironmentPolicy? {
        guard let value = root["environment"], let python = value["python"]?.text, let lock = path(value["lock"]) else {
            return nil
        }
        return EnvironmentPolicy(python: python, lock: lock, secrets: value["secrets"]?.texts ?? [])
    }

    private func datasets() -> [DatasetPolicy] {
        (root["datasets"]?.fields ?? []).compactMap { field in
            guard let name = DatasetName(field.key) else { return nil }
            return DatasetPolicy(
                name: name, mount: path(field.value["mount"]), schema: path(field.value["schema"]),
                append: field.value["append"]?.truth ?? false, rules: RulesBuilder(root: field.value).build(),
                drop: drop(field.value))
        }
    }

    private func drop(_ value: Value) -> DropPolicy? {
        guard let place = value["drop"]?.text.flatMap({ DropPolicy.Place($0) }) else { return nil }
        let base = DropPolicy(place: place)
        return DropPolicy(
            place: place, files: value["files"]?.text, settle: value["settle"]?.number ?? base.settle,
            marker: value["marker"]?.text.flatMap(DropPolicy.Marker.init),
            refused: value["refused"]?.text.flatMap(DropPolicy.Refused.init) ?? base.refused,
            rescan: value["rescan"]?.number ?? base.rescan)
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
            let mounts = datasets().compactMap(\.mount)
            deps += mounts.filter { mount in !deps.contains { $0.contains(mount) || mount.contains($0) } }
        }
        var outs = paths(value["outs"])
        for path in [model] + metrics where !outs.contains(where: { $0.contains(path) }) { outs.append(path) }
        let work = TrainPolicy.Work.command(
            commands: run.commands, deps: deps, params: value["params"]?.texts ?? [], outs: outs)
        return TrainPolicy(work: work, model: model, metrics: metrics)
    }

    private func evaluate() -> EvaluatePolicy? {
        guard let value = root["evaluate"], let run = value["run"] else { return nil }
        return EvaluatePolicy(
            commands: run.commands, predictions: path(value["predictions"]), metrics: path(value["metrics"]),
            slices: value["slices"]?.texts, quantile: value["quantile"]?.number, outs: value["outs"].map(paths))
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
            deploy: value?["deploy"]?.commands ?? [],
            verify: value?["verify"]?.commands ?? [],
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

    private func path(_ value: Value?) -> TreePath? { value?.text.flatMap { TreePath($0) } }
    private func paths(_ value: Value?) -> [TreePath] { (value?.texts ?? []).compactMap { TreePath($0) } }
}
