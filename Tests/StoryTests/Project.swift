import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A user's project in a folder of its own, with a home of its own, driven through the built program as a user would.
struct Project: Sendable {
    let folder: FilePath
    let repository: FilePath
    let home: FilePath

    /// What a call of the program came to.
    struct Call: Sendable, Equatable {
        let status: Int32
        let output: String
        let errors: String

        /// The object that `--json` printed.
        func json() throws -> JSONValue {
            try JSONDecoder().decode(JSONValue.self, from: Data(output.utf8))
        }
    }

    /// The program under test lies beside the test bundle.
    static func program() throws -> FilePath {
        try Files.canonical("/proc/self/exe").removingLastComponent().appending("sluice")
    }

    /// Calls the program in the repository.
    @discardableResult
    func sluice(_ arguments: String..., environment: [String: String?] = [:]) async throws -> Call {
        try await call(arguments, environment: environment)
    }

    func call(_ arguments: [String], environment: [String: String?] = [:]) async throws -> Call {
        var variables: [String: String?] = ["SLUICE_HOME": home.string, "NO_COLOR": "1", "SLUICE_TEST_KILL_AT": nil]
        variables.merge(environment) { _, new in new }
        let outcome = try await Tool(path: Project.program(), name: "sluice").run(
            arguments, in: repository, environment: variables, deadline: .seconds(600))
        return Call(status: outcome.status, output: outcome.output, errors: outcome.errors)
    }

    /// Writes a file of the repository's work tree.
    func write(_ text: String, to path: String) throws {
        let file = repository.pushing(FilePath(path))
        try Files.makeDirectory(file.removingLastComponent())
        try Files.writeDurably(Data(text.utf8), to: file)
    }

    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        let git = try Tool.find("git", advice: "")
        return try await git.output(
            ["-c", "user.name=Ada Author", "-c", "user.email=ada@example.org"] + arguments, in: repository,
            environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"])
    }

    /// Commits everything; returns the commit's id.
    @discardableResult
    func commit(_ subject: String) async throws -> String {
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", subject)
        return try await git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Lines of what deploy commands of the model wrote into `acts`.
    func acts() -> [String] {
        let file = home.appending("deploy/toy/acts")
        guard let bytes = try? Files.readSmall(file) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Lines of all logs of a stage, over all its attempts.
    func log(of stage: String, run: Int) -> [String] {
        guard let name = StageName(stage) else { return [] }
        let attempts = home.appending("runs/\(run)/stages").appending(name.pathComponent)
        let logs = ((try? Files.list(attempts)) ?? []).map { attempts.appending($0).appending("output.log") }
        return logs.flatMap { log in
            String(decoding: (try? Files.readSmall(log)) ?? Data(), as: UTF8.self).split(separator: "\n").map(
                String.init)
        }
    }
}

/// A small project that needs no packages: the model is the mean of the labels, in JSON.
///
/// `body` may change any file before the first commit by passing `files`.
func withProject(
    _ files: [String: String] = [:], _ body: (Project) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let project = Project(
            folder: folder, repository: folder.appending("repository"), home: folder.appending("home"))
        try Files.makeDirectory(project.repository)
        try await project.git("init", "-q", "-b", "main")
        for (path, text) in ToyProject.files.merging(files, uniquingKeysWith: { _, new in new }) {
            try project.write(text, to: path)
        }
        try await project.commit("Start")
        try await body(project)
    }
}

/// Adds the toy's data.
extension Project {
    @discardableResult
    func addData(_ rows: [(Int, Double)] = ToyProject.rows, name: String = "part-1.csv") async throws -> Call {
        let text = "x,label\n" + rows.map { "\($0.1),\($0.0)" }.joined(separator: "\n") + "\n"
        let file = folder.appending(name)
        try Files.writeDurably(Data(text.utf8), to: file)
        return try await sluice("data", "add", "points", file.string)
    }
}

enum ToyProject {
    static let rows: [(Int, Double)] = (0..<60).map { ($0 % 3 == 0 ? 1 : 0, Double($0)) }

    static let policy = """
        version: 1
        model: toy
        datasets:
          points: { mount: data/points, schema: schema.json, append: true }
        tests:
          unit: python3 -c "print('tests ran')"
        train:
          run: python3 train.py
          deps: [train.py, data/points]
          params: [slope]
          outs: [model.json]
          model: model.json
          metrics: [metrics.json]
        evaluate:
          run: python3 evaluate.py ${model} ${data} ${predictions}
          predictions: predictions.csv
        gates:
          - { metric: auc, min: 0.5 }
          - { metric: auc, against: champion, max_drop: 0.01 }
        approval: { required: 1 }
        promotion:
          deploy: echo "deploy $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
          verify: echo "verify $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
        """

    static let files: [String: String] = [
        "sluice.yaml": policy,
        "params.yaml": "slope: 1.0\n",
        "schema.json": """
        {"fields": [
          {"name": "x", "type": "number", "constraints": {"required": true, "minimum": 0, "maximum": 1000}},
          {"name": "label", "type": "integer", "constraints": {"required": true, "enum": [0, 1]}}
        ]}
        """,
        "train.py": """
        import json
        slope = float(open("params.yaml").read().split(":")[1])
        print("training with slope", slope)
        json.dump({"slope": slope}, open("model.json", "w"))
        json.dump({"train_slope": slope}, open("metrics.json", "w"))
        """,
        "evaluate.py": """
        import csv, glob, json, sys
        slope = json.load(open(sys.argv[1]))["slope"]
        rows = [row for name in sorted(glob.glob(sys.argv[2] + "/*.csv")) for row in csv.DictReader(open(name))]
        with open(sys.argv[3], "w") as out:
            out.write("id,label,score\\n")
            for number, row in enumerate(rows):
                score = 0.5 + slope * (int(row["label"]) - 0.5) * 0.8
                out.write(f"{number},{row['label']},{min(max(score, 0.0), 1.0)}\\n")
        """,
    ]
}

extension Project {
    /// The process id of a stage's supervisor, once it runs.
    func supervisor(of stage: String, run: Int) async throws -> pid_t {
        let name = try #require(StageName(stage))
        let status = home.appending("runs/\(run)/stages").appending(name.pathComponent).appending("1/status.json")
        let process = try await eventually {
            guard let bytes = try? Files.readSmall(status),
                let value = try? JSONDecoder().decode(JSONValue.self, from: bytes), value["state"]?.text == "running",
                let pid = value["supervisor"]?.int64
            else { return nil as pid_t? }
            return pid_t(pid)
        }
        return process
    }

    /// Processes whose command line or environment holds a text, zombies and this process left out.
    static func processes(with text: String, named name: String? = nil) async -> [pid_t] {
        await Blocking.run {
            let all = (try? Files.list("/proc")) ?? []
            return all.compactMap { pid_t($0) }.filter { process in
                guard process != getpid() else { return false }
                let folder = FilePath("/proc/\(process)")
                let command = (try? Files.readSmall(folder.appending("cmdline"))) ?? Data()
                if let name {
                    let environment = (try? Files.readSmall(folder.appending("environ"))) ?? Data()
                    let program = String(decoding: command, as: UTF8.self).split(separator: "\0").first ?? ""
                    return program.hasSuffix("/" + name) && String(decoding: environment, as: UTF8.self).contains(text)
                }
                return String(decoding: command, as: UTF8.self).contains(text)
            }
        }
    }
}

/// What `look` finds, looked for again and again until it is there; fails after five minutes.
///
/// - Parameter pause: between two looks; longer where a look is a process of its own.
func eventually<Value: Sendable>(
    every pause: Duration = .milliseconds(20), _ look: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + .seconds(300)
    while ContinuousClock.now < end {
        if let value = try await look() { return value }
        try await Task.sleep(for: pause)
    }
    return try #require(try await look(), "it did not happen within five minutes")
}
