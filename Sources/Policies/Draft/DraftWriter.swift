/// Writes a draft as a commented `sluice.yaml`.
struct DraftWriter {
    private let content: DraftContent
    private var lines: [String] = []

    static func text(of content: DraftContent) -> String {
        var writer = DraftWriter(content: content)
        writer.write()
        return writer.lines.joined(separator: "\n") + "\n"
    }

    private init(content: DraftContent) {
        self.content = content
    }

    private mutating func write() {
        lines = [
            "# What Sluice does for this project: what to test, train and compare, what must hold, and who may let a model through.",
            "# `sluice policy check` says whether this file is right; `sluice policy show` prints it with all defaults.",
            "version: 1",
            "",
            "# The name under which model versions are kept.",
            "model: \(YAMLText.scalar(content.model))",
            "",
        ]
        environment()
        datasets()
        block(
            "Commands that must succeed before training.", "tests",
            content.tests.map { ["unit: \(YAMLText.scalar($0))"] }, else: ["unit: pytest -q"])
        training()
        evaluation()
        gates()
        approval()
        promotion()
        lines += [
            "# What one stage may use; one that goes over is stopped and has failed.",
            "# limits: { time: 2h, memory: 8 GB, disk: 20 GB }",
            "",
            "# Stages see no network unless you ask for it.",
            "# sandbox: { network: true }",
        ]
    }

    /// A key with what is below it, or all of it as a comment.
    private mutating func block(_ meaning: String, _ key: String, _ inner: [String]?, else example: [String]) {
        lines.append("# " + meaning)
        if let inner {
            lines += ["\(key):"] + inner.map { "  " + $0 } + [""]
        } else {
            lines += ["# \(key):"] + example.map { "#   " + $0 } + [""]
        }
    }

    private mutating func environment() {
        let python = "python: \"\(content.python)\""
        block(
            "The locked Python environment of every command; without it, they run with the machine's own tools.",
            "environment",
            content.lock.map { [python, "lock: \(YAMLText.scalar($0))"] }, else: [python, "lock: requirements.lock"])
    }

    private mutating func datasets() {
        var inner: [String] = []
        for dataset in content.datasets {
            inner += [
                "\(YAMLText.scalar(dataset.name)):",
                "  mount: \(YAMLText.scalar(dataset.mount))            # where a run finds it, read-only",
            ]
            inner.append(
                dataset.schema.map { "  schema: \(YAMLText.scalar($0))" }
                    ?? "  # schema: schemas/\(dataset.name).json   # a Frictionless Table Schema that every file must satisfy"
            )
            inner.append("  append: true                   # new files join the ones before (false: they replace them)")
        }
        block(
            "The data that runs read; `sluice data add NAME FILE…` takes files in.", "datasets",
            inner.isEmpty ? nil : inner,
            else: ["data:", "  mount: data", "  append: true"])
    }

    private mutating func training() {
        var inner: [String] = []
        switch content.training {
        case .pipeline(let file): inner.append("pipeline: \(YAMLText.scalar(file))")
        case .command(let command):
            inner.append("run: \(YAMLText.scalar(command))")
            if !content.deps.isEmpty {
                inner.append("deps: \(list(content.deps))      # what it reads, besides the data")
            }
        }
        inner.append("model: \(YAMLText.scalar(content.modelPath))")
        inner.append(content.metrics.isEmpty ? "# metrics: [metrics.json]" : "metrics: \(list(content.metrics))")
        block("How the model is made.", "train", inner, else: [])
    }

    private mutating func evaluation() {
        let inner = content.evaluate.map { evaluation in
            ["run: \(YAMLText.scalar(evaluation.command))"]
                + (evaluation.predictions.map {
                    ["predictions: \(YAMLText.scalar($0))   # columns: label, and prediction or score"]
                } ?? [])
                + (evaluation.metrics.map { ["metrics: \(YAMLText.scalar($0))"] } ?? [])
        }
        block(
            "Run for the new model (the challenger) and for the one in use (the champion), on the same data.",
            "evaluate", inner,
            else: [
                content.evaluateHint ?? "run: python evaluate.py --model ${model} --data ${data} --out ${predictions}",
                "predictions: predictions.csv   # columns: label, and prediction or score",
            ])
    }

    private mutating func gates() {
        lines.append(
            "# What must hold before a person is asked. The first model of all has no champion to be compared with.")
        let hasPredictions = content.evaluate?.predictions != nil
        if hasPredictions, !content.gates.isEmpty {
            lines.append(
                "# The rows of both must show that the new model is worse by no more than that, with a confidence of 0.95."
            )
        }
        lines.append(content.gates.isEmpty ? "# gates:" : "gates:")
        lines += content.gates.map { "  - \($0)" }
        let guessed = content.gates.joined()
        let isLower = guessed.contains("max_rise")
        let metric = isLower ? "rmse" : guessed.contains("metric: auc,") ? "auc" : "accuracy"
        let bound = isLower ? "max: 10" : "min: 0.70"
        lines.append("#   - { metric: \(metric), \(bound) }")
        if hasPredictions {
            lines.append(
                "#   - { metric: \(metric), slice: COLUMN, \(bound), min_rows: 200 }   # of every value of a column")
        }
        lines += ["#   - { metric: model_bytes, max: 500 MB }", ""]
    }

    private mutating func approval() {
        block(
            "Who opens the gate.", "approval",
            [
                "required: 1                      # how many people must say yes",
                "# by: [alice, bob]               # only these",
                "# not_by_author: true            # nobody approves a change of their own",
                "# expires: 7d                    # later, the run must be made again",
            ], else: [])
    }

    private mutating func promotion() {
        let inner = [
            content.deploy.map { "deploy: \(YAMLText.scalar($0))" } ?? "# deploy: ./deploy.sh ${model}",
            content.verify.map { "verify: \(YAMLText.scalar($0))" } ?? "# verify: ./smoke.sh",
        ]
        block(
            "What happens then. If the deploy or the verify command fails, the model before is put back.", "promotion",
            ["alias: champion"] + inner, else: [])
    }

    private func list(_ texts: [String]) -> String {
        "["
            + texts.map { $0.contains { "{}[],".contains($0) } ? YAMLText.quoted($0) : YAMLText.scalar($0) }.joined(
                separator: ", ") + "]"
    }
}
