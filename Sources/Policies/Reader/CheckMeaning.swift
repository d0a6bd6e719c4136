import Documents
import Domain

/// The checks that look at more than one key, or at more than a value's shape.
struct MeaningCheck {
    let root: Value
    var reading: Reading

    mutating func check() {
        checkEnvironment()
        checkRules()
        checkDrops()
        checkTriggers()
        checkTrain()
        checkEvaluate()
        var gates = GateCheck(reading: reading, root: root)
        gates.check(root["gates"], "gates")
        for overlay in root["overlays"]?.fields ?? [] {
            gates.check(overlay.value["gates"], "overlays.\(overlay.key).gates")
        }
        reading = gates.reading
        checkOverlays()
        var report = ReportCheck(reading: reading, root: root)
        report.check()
        reading = report.reading
        checkApproval()
        var paths = PathCheck(reading: reading)
        paths.check(root)
        reading = paths.reading
        var commands = PlaceholderCheck(reading: reading, root: root)
        commands.check()
        reading = commands.reading
    }

    private mutating func checkEnvironment() {
        guard let environment = root["environment"], !environment.isBroken else { return }
        if let lock = environment["lock"], let path = lock.text {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let others = [
                "poetry.lock", "Pipfile.lock", "pdm.lock", "conda-lock.yml", "environment.yml", "pyproject.toml",
                "Pipfile",
                "requirements.in",
            ]
            if others.contains(name) {
                reading.complain(
                    lock.place, "'environment.lock': '\(path)' is not a lock that can be installed with hashes",
                    advice: "make one with 'uv pip compile --generate-hashes', or use uv.lock")
            }
        }
        for secret in environment["secrets"]?.items ?? [] {
            let name = secret.text ?? ""
            let reserved = ["PATH", "HOME", "SHELL", "USER", "TMPDIR", "PWD", "LD_PRELOAD", "LD_LIBRARY_PATH"]
            if reserved.contains(name) || name.hasPrefix("SLUICE_") || name.hasPrefix("DVC_") {
                reading.complain(
                    secret.place, "'environment.secrets': '\(name)' is set by Sluice itself", advice: "use another name"
                )
            }
        }
    }

    /// Rules about cells are asked by the schema test, so without a schema nothing would ask them.
    private mutating func checkRules() {
        let needless = ["drift", "images"]
        for dataset in root["datasets"]?.fields ?? [] {
            var check = RulesCheck(reading: reading)
            check.check(dataset.value, "datasets.\(dataset.key).")
            reading = check.reading
            guard dataset.value["schema"] == nil, dataset.value["images"] == nil,
                let rule = dataset.value.fields.first(where: {
                    Language.rules[$0.key] != nil && !needless.contains($0.key)
                })
            else { continue }
            reading.complain(
                rule.place, "'datasets.\(dataset.key).\(rule.key)' needs 'schema', which says what the columns are",
                advice: "add 'schema: schemas/\(dataset.key).json'")
        }
    }

    private mutating func checkDrops() {
        for dataset in root["datasets"]?.fields ?? [] where dataset.value["drop"] == nil {
            for field in dataset.value.fields where Language.dataset[field.key]?.needs?.key == "drop" {
                reading.complain(
                    field.place,
                    "'datasets.\(dataset.key).\(field.key)' is about dropped files, and there is no 'drop'",
                    advice: "add 'drop: /srv/drops/\(dataset.key)', or remove it")
            }
        }
        checkNeighbours()
    }

    /// What one dataset refuses would be moved away from the other.
    private mutating func checkNeighbours() {
        var seen: [(name: String, folders: [Substring])] = []
        for dataset in root["datasets"]?.fields ?? [] {
            guard let drop = dataset.value["drop"], let text = drop.text else { continue }
            let folders = text.split(separator: "/")
            if let other = seen.first(where: { folders.starts(with: $0.folders) || $0.folders.starts(with: folders) }) {
                let relation =
                    other.folders == folders ? "is" : folders.count < other.folders.count ? "holds" : "lies in"
                reading.complain(
                    drop.place, "'datasets.\(dataset.key).drop' \(relation) the drop of '\(other.name)'",
                    advice: "give each dataset a directory of its own")
            }
            seen.append((dataset.key, folders))
        }
    }

    /// What starts runs must be there, and be able to.
    private mutating func checkTriggers() {
        let datasets = root["datasets"]?.fields ?? []
        for item in root["triggers"]?["data"]?.items ?? [] { checkName(item, "triggers.data", datasets) }
        for dataset in datasets {
            guard let reference = dataset.value["drift"]?["dataset"] else { continue }
            checkName(reference, "datasets.\(dataset.key).drift.dataset", datasets)
        }
        var times = TriggerCheck(reading: reading)
        times.check(root["triggers"])
        reading = times.reading
        guard let watched = root["triggers"]?["drift"]?["dataset"], let name = watched.text else { return }
        checkName(watched, "triggers.drift.dataset", datasets)
        if let dataset = datasets.first(where: { $0.key == name }), dataset.value["drift"] == nil {
            reading.complain(
                watched.place, "'triggers.drift' watches '\(name)', for which no 'drift' is given",
                advice: "add 'drift: {columns: […], psi: 0.2}' below 'datasets.\(name)'")
        }
    }

    private mutating func checkName(_ value: Value, _ path: String, _ datasets: [Value.Field]) {
        guard let name = value.text, !datasets.contains(where: { $0.key == name }) else { return }
        let near = Spelling.nearest(to: name, in: datasets.map(\.key))
        reading.complain(
            value.place, "'\(path)' names '\(name)', which is no dataset",
            advice: near.map { "did you mean '\($0)'?" } ?? "add it below 'datasets'")
    }

    private mutating func checkTrain() {
        guard let train = root["train"], !train.isBroken else { return }
        let field = { (name: String) in train.fields.first { $0.key == name } }
        switch (field("pipeline"), field("run")) {
        case (nil, nil):
            reading.complain(
                train.place, "'train' says neither 'pipeline' nor 'run'",
                advice: "give 'pipeline: dvc.yaml' or 'run: python train.py'")
        case (.some(let pipeline), .some(let run)):
            reading.complain(
                max(pipeline.place, run.place), "'train' says both 'pipeline' and 'run'", advice: "keep one of them")
        case (.some, nil):
            for name in ["deps", "params", "outs"] {
                guard let extra = field(name) else { continue }
                reading.complain(
                    extra.place, "'train.\(name)' goes with 'train.run'; with 'pipeline' it stands in the dvc.yaml",
                    advice: "remove it")
            }
        case (nil, .some):
            break
        }
    }

    private mutating func checkEvaluate() {
        guard let evaluate = root["evaluate"], !evaluate.isBroken else { return }
        if evaluate["predictions"] == nil, evaluate["metrics"] == nil {
            reading.complain(
                evaluate.place, "'evaluate' says neither 'predictions' nor 'metrics', so nothing would be measured",
                advice: "name the file that 'evaluate.run' writes")
        }
        for name in ["slices", "quantile"] {
            guard let field = evaluate.field(name), evaluate["predictions"] == nil else { continue }
            reading.complain(
                field.place, "'evaluate.\(name)' is about predictions, and 'evaluate.predictions' is not given",
                advice: "add 'predictions: FILE', or remove it")
        }
        for column in evaluate["slices"]?.items ?? [] {
            guard let name = column.text, let why = Columns.reason(name) else { continue }
            reading.complain(
                column.place, "'evaluate.slices': '\(name)' \(why), so it makes no slices", advice: "remove it")
        }
    }

    private mutating func checkOverlays() {
        for overlay in root["overlays"]?.fields ?? [] {
            if let owner = overlay.value["owner"], let name = owner.text, name.hasPrefix("@") {
                reading.complain(
                    owner.place, "'overlays.\(overlay.key).owner' is the team '\(name)'", advice: "name a person")
            }
            if let gates = overlay.value["gates"], !gates.isBroken, gates.items.isEmpty {
                reading.complain(
                    gates.place, "the overlay '\(overlay.key)' has no gates, so it changes nothing",
                    advice: "add a gate, or remove the overlay")
            }
        }
    }

    private mutating func checkApproval() {
        guard let approval = root["approval"], let by = approval["by"] else { return }
        var hasTeam = false
        for person in by.items {
            guard let name = person.text, name.hasPrefix("@") else { continue }
            hasTeam = true
            if ForgeRepository(String(name.dropFirst())) == nil {
                reading.complain(
                    person.place, "'approval.by': '\(name)' is not a team", advice: "a team is '@organisation/team'")
            }
        }
        let required = approval.whole("required").map { Int($0) } ?? ApprovalPolicy().required
        if !hasTeam, !by.items.isEmpty, by.items.count < required {
            reading.complain(
                by.place, "\(required) people must approve but 'approval.by' names only \(by.items.count)",
                advice: "name more people, or lower 'approval.required'")
        }
    }
}
