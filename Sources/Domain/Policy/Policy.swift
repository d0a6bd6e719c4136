/// What `sluice.yaml` asks for: what to test, train and compare, what must hold, and who may promote.
///
/// Holds only what this version can do; the `Policies` room refuses the rest of the language.
package struct Policy: Codable, Equatable, Sendable {
    package var model: ModelName
    package var environment: EnvironmentPolicy?
    /// In the order of the file.
    package var datasets: [DatasetPolicy]
    package var tests: [TestPolicy]
    package var train: TrainPolicy
    package var evaluate: EvaluatePolicy?
    package var gates: [Gate]
    package var approval: ApprovalPolicy
    package var promotion: PromotionPolicy
    package var limits: Limits
    package var sandbox: SandboxPolicy
    package var reproduction: ReproductionPolicy
    /// Nil: only commands start runs.
    package var triggers: TriggersPolicy?
    /// Nil: none, also in plans from before there were any.
    package var overlays: [Overlay]?
    /// Nil: what is shipped.
    package var report: ReportPolicy?

    package init(
        model: ModelName,
        environment: EnvironmentPolicy? = nil,
        datasets: [DatasetPolicy] = [],
        tests: [TestPolicy] = [],
        train: TrainPolicy,
        evaluate: EvaluatePolicy? = nil,
        gates: [Gate] = [],
        approval: ApprovalPolicy = .init(),
        promotion: PromotionPolicy = .init(),
        limits: Limits = .init(),
        sandbox: SandboxPolicy = .init(),
        reproduction: ReproductionPolicy = .init(),
        triggers: TriggersPolicy? = nil,
        overlays: [Overlay]? = nil,
        report: ReportPolicy? = nil
    ) {
        self.model = model
        self.environment = environment
        self.datasets = datasets
        self.tests = tests
        self.train = train
        self.evaluate = evaluate
        self.gates = gates
        self.approval = approval
        self.promotion = promotion
        self.limits = limits
        self.sandbox = sandbox
        self.reproduction = reproduction
        self.triggers = triggers
        self.overlays = overlays
        self.report = report
    }

    /// The dataset of that name.
    package func dataset(_ name: DatasetName) -> DatasetPolicy? { datasets.first { $0.name == name } }

    /// The datasets that runs read, with where they lie.
    package var mounted: [(dataset: DatasetPolicy, mount: TreePath)] {
        datasets.compactMap { dataset in dataset.mount.map { (dataset, $0) } }
    }
}

/// `environment:` The locked Python environment. Absent: commands run with the machine's own tools.
package struct EnvironmentPolicy: Codable, Equatable, Sendable {
    /// `3.11` or `3.11.7`.
    package var python: String
    /// `requirements.lock` (pip format with hashes) or `uv.lock`.
    package var lock: TreePath
    /// Names of environment variables whose values stay with the machine and are masked in logs.
    package var secrets: [String]

    package init(python: String, lock: TreePath, secrets: [String] = []) {
        self.python = python
        self.lock = lock
        self.secrets = secrets
    }
}

/// One entry of `datasets:`.
package struct DatasetPolicy: Codable, Equatable, Sendable {
    package var name: DatasetName
    /// Where the snapshot lies, read-only, in the work tree of a run; nil: runs do not read it, it is only watched.
    package var mount: TreePath?
    /// A Frictionless Table Schema in the repository that every file of the snapshot must satisfy.
    package var schema: TreePath?
    /// True: added files join the newest snapshot. False: they replace it.
    package var append: Bool
    /// What the files must be beyond their schema; nil: nothing.
    package var rules: DataRules?
    /// Nil: files come by `sluice data add` only.
    package var drop: DropPolicy?

    package init(
        name: DatasetName, mount: TreePath?, schema: TreePath? = nil, append: Bool = false, rules: DataRules? = nil,
        drop: DropPolicy? = nil
    ) {
        self.name = name
        self.mount = mount
        self.schema = schema
        self.append = append
        self.rules = rules
        self.drop = drop
    }
}

/// One entry of `tests:`.
package struct TestPolicy: Codable, Equatable, Sendable {
    /// `unit` for `tests.unit`.
    package var name: String
    /// Shell command lines, run in order; the first that fails ends the test.
    package var commands: [String]

    package init(name: String, commands: [String]) {
        self.name = name
        self.commands = commands
    }
}

/// `train:` How the model is made.
package struct TrainPolicy: Codable, Equatable, Sendable {
    /// The work of training.
    package enum Work: Codable, Equatable, Sendable {
        /// A `dvc.yaml` in the repository.
        case pipeline(TreePath)
        /// One command with what it reads and writes.
        case command(commands: [String], deps: [TreePath], params: [String], outs: [TreePath])
    }

    package var work: Work
    /// The file or directory that is the model.
    package var model: TreePath
    /// Files of numbers that training writes: JSON, YAML, TOML, or CSV histories.
    package var metrics: [TreePath]

    package init(work: Work, model: TreePath, metrics: [TreePath] = []) {
        self.work = work
        self.model = model
        self.metrics = metrics
    }
}

/// `evaluate:` One command, run for challenger and champion alike.
package struct EvaluatePolicy: Codable, Equatable, Sendable {
    /// Shell command lines in which `${model}`, `${data}`, `${predictions}` and `${metrics}` stand for paths.
    package var commands: [String]
    /// A CSV or Parquet file with `label` and `prediction` and/or `score`, from which Sluice computes metrics.
    package var predictions: TreePath?
    /// A file of numbers (JSON, YAML, TOML, or a CSV history) that the evaluation writes.
    package var metrics: TreePath?
    /// Columns of the predictions whose every value is a slice; nil: every further column with few values.
    package var slices: [String]?
    /// The quantile that a prediction of numbers is of, between 0 and 1, for `quantile_loss`; nil: 0.5.
    package var quantile: Double?
    /// Further files that the evaluation writes, for the report.
    package var outs: [TreePath]?

    package init(
        commands: [String], predictions: TreePath? = nil, metrics: TreePath? = nil, slices: [String]? = nil,
        quantile: Double? = nil, outs: [TreePath]? = nil
    ) {
        self.commands = commands
        self.predictions = predictions
        self.metrics = metrics
        self.slices = slices
        self.quantile = quantile
        self.outs = outs
    }
}

/// `report:` What the project adds to the report and replaces in it.
package struct ReportPolicy: Codable, Equatable, Sendable {
    /// A file that training or evaluation writes, shown below its title.
    package struct Section: Codable, Equatable, Sendable {
        package var title: String
        /// `.csv` and `.json` become a table, anything else is text.
        package var file: TreePath

        package init(title: String, file: TreePath) {
            self.title = title
            self.file = file
        }
    }

    /// A folder of the repository; `markdown.mustache`, `html.mustache` and `terminal.mustache` in it replace ours.
    package var templates: TreePath?
    /// A file of feature names and numbers (JSON, YAML, TOML, or CSV of two columns) that training or evaluation writes.
    package var importance: TreePath?
    package var sections: [Section]

    package init(templates: TreePath? = nil, importance: TreePath? = nil, sections: [Section] = []) {
        self.templates = templates
        self.importance = importance
        self.sections = sections
    }
}

/// `approval:` Who opens the gate. The default is one person, anyone.
package struct ApprovalPolicy: Codable, Equatable, Sendable {
    /// How many different people must approve; 0 promotes at once.
    package var required: Int
    /// Empty: anyone.
    package var by: [PersonName]
    /// True: the commit's author does not count.
    package var notByAuthor: Bool
    /// Seconds after the verdict in which a decision can be made; nil: for ever.
    package var expires: Double?

    package init(required: Int = 1, by: [PersonName] = [], notByAuthor: Bool = false, expires: Double? = nil) {
        self.required = required
        self.by = by
        self.notByAuthor = notByAuthor
        self.expires = expires
    }
}

/// `promotion:` What happens when the gate opens.
package struct PromotionPolicy: Codable, Equatable, Sendable {
    package var alias: AliasName
    /// Shell command lines in which `${model}` is the model's path; run in a fresh checkout of the run's commit.
    package var deploy: [String]
    /// Shell command lines; success means that the deployed model serves.
    package var verify: [String]
    /// True: a failed deploy or verification puts the model before back.
    package var rollsBack: Bool

    package init(alias: AliasName = .champion, deploy: [String] = [], verify: [String] = [], rollsBack: Bool = true) {
        self.alias = alias
        self.deploy = deploy
        self.verify = verify
        self.rollsBack = rollsBack
    }
}

/// `limits:` What a stage may use before it is stopped and counts as failed.
package struct Limits: Codable, Equatable, Sendable {
    /// Seconds of wall time per stage.
    package var time: Double
    /// Bytes of resident memory over the stage's whole process tree; nil: no limit.
    package var memory: Int64?
    /// Bytes that a stage may add to its work tree and its /tmp; nil: no limit.
    package var disk: Int64?
    /// Bytes of output kept in the log; the rest is counted and left out.
    package var output: Int64

    package init(time: Double = 86_400, memory: Int64? = nil, disk: Int64? = nil, output: Int64 = 64 << 20) {
        self.time = time
        self.memory = memory
        self.disk = disk
        self.output = output
    }
}

/// `sandbox:` How stages are shut in.
package struct SandboxPolicy: Codable, Equatable, Sendable {
    /// What to do where bubblewrap cannot be used.
    package enum Requirement: String, Codable, Sendable, CaseIterable {
        /// Fall back to process groups, with a warning in the report.
        case bestEffort = "best_effort"
        /// The run is errored.
        case required
    }

    package var network: Bool
    package var requirement: Requirement

    package init(network: Bool = false, requirement: Requirement = .bestEffort) {
        self.network = network
        self.requirement = requirement
    }
}

/// `reproduce:` What counts as equivalent.
package struct ReproductionPolicy: Codable, Equatable, Sendable {
    /// Largest absolute difference of a metric.
    package var tolerance: Double
    package init(tolerance: Double = 1e-9) { self.tolerance = tolerance }
}
