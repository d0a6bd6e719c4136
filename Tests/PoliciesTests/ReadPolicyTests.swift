import Domain
import Foundation
import Policies
import Testing

struct ReadPolicyTests {
    @Test func `the whole language of this version is read`() throws {
        let policy = try read(fullPolicy)

        #expect(policy.model == ModelName("flight-delay"))
        #expect(
            policy.environment
                == EnvironmentPolicy(
                    python: "3.11", lock: try #require(TreePath("requirements.lock")), secrets: ["WAREHOUSE_TOKEN"]))
        #expect(policy.datasets.map(\.name.text) == ["flights"])
        #expect(policy.datasets.first?.mount == TreePath("data/flights"))
        #expect(policy.datasets.first?.schema == TreePath("schemas/flights.json"))
        #expect(policy.datasets.first?.append == true)
        #expect(
            policy.tests == [
                TestPolicy(name: "unit", commands: ["pytest -q"]),
                TestPolicy(name: "style", commands: ["ruff check", "ruff format --check"]),
            ])
        #expect(policy.train.work == .pipeline(try #require(TreePath("dvc.yaml"))))
        #expect(policy.evaluate?.predictions == TreePath("predictions.csv"))
        #expect(
            policy.gates == [
                Gate(metric: "auc", condition: .atLeast(0.7)),
                Gate(metric: "auc", condition: .maxDrop(0.005), test: .init()),
                Gate(metric: "model_bytes", condition: .atMost(50_000_000)),
            ])
        #expect(policy.approval.by.map(\.text) == ["alice", "bob"])
        #expect(policy.approval.notByAuthor)
        #expect(policy.approval.expires == 604_800.0)
        #expect(policy.promotion.deploy == ["./deploy.sh ${model}"])
        #expect(policy.promotion.rollsBack)
        #expect(
            policy.limits == Limits(time: 7_200, memory: 8_000_000_000, disk: 20_000_000_000, output: 64_000_000))
        #expect(policy.sandbox == SandboxPolicy(network: false, requirement: .required))
        #expect(policy.reproduction.tolerance == 1e-6)
    }

    @Test func `what is not said takes its default`() throws {
        let policy = try read(smallPolicy)
        let model = try #require(TreePath("model.pkl"))
        let work = TrainPolicy.Work.command(commands: ["python train.py"], deps: [], params: [], outs: [model])

        #expect(
            policy
                == Policy(model: try #require(ModelName("m")), train: TrainPolicy(work: work, model: model)))
    }

    @Test func `model and metrics are outs of a command, and mounts are deps`() throws {
        let policy = try read(
            """
            version: 1
            model: m
            datasets: {a: {mount: data/a}, b: {mount: data/b}, c: {mount: c}}
            train:
              run: [python prepare.py, python train.py]
              deps: [train.py, data/a, data/b/part.csv]
              params: [lr, "conf.yaml:depth"]
              outs: [out]
              model: out/model.pkl
              metrics: [metrics.json]
            """)

        guard case .command(let commands, let deps, let params, let outs) = policy.train.work else {
            Issue.record("not a command")
            return
        }
        #expect(commands == ["python prepare.py", "python train.py"])
        #expect(deps.map(\.text) == ["train.py", "data/a", "data/b/part.csv", "c"])
        #expect(params == ["lr", "conf.yaml:depth"])
        #expect(outs.map(\.text) == ["out", "metrics.json"])
    }

    @Test func `a command of several lines stops at its first failure`() throws {
        let text = smallPolicy + "tests:\n  unit: |\n    pytest -q\n    ruff check\n  one: |\n    pytest\n"
        let tests = try read(text).tests
        #expect(tests.map(\.commands) == [["set -e\npytest -q\nruff check"], ["pytest"]])
    }

    @Test func `a gate with several conditions is several gates`() throws {
        let text =
            smallPolicy + "evaluate: {run: 'e ${model}', metrics: e.json}\n"
            + "gates: [{metric: loss, min: 0, max: 1, against: champion, max_rise: 0.1, max_drop: 5}]\n"
        #expect(
            try read(text).gates.map(\.condition) == [.atLeast(0), .atMost(1), .maxDrop(5), .maxRise(0.1)])
    }

    @Test(arguments: [
        ("90s", 90), ("15m", 900), ("2h", 7_200), ("7d", 604_800), ("1.5h", 5_400),
    ])
    func `durations`(text: String, seconds: Double) throws {
        #expect(try read(smallPolicy + "limits: {time: \(text)}").limits.time == seconds)
    }

    @Test(arguments: [
        ("1 B", 1), ("2kB", 2_000), ("50 MB", 50_000_000), ("1.5 GB", 1_500_000_000), ("1 KiB", 1_024),
        ("3MiB", 3 << 20), ("2 GiB", 2 << 30), ("1 TiB", 1 << 40),
    ])
    func `sizes`(text: String, bytes: Int64) throws {
        #expect(try read(smallPolicy + "limits: {memory: \(text)}").limits.memory == bytes)
    }

    @Test func `shell variables stay the shell's`() throws {
        let command = "for f in a b; do mode=${f}; echo ${mode} ${HOME} ${MODEL:-x} ${#f} $$; done; score ${model}"
        let policy = try read(smallPolicy + "evaluate: {run: '\(command)', metrics: e.json}")
        #expect(policy.evaluate?.commands == [command])
    }

    @Test func `Windows line ends, a byte-order mark, anchors and JSON are all read`() throws {
        let windows = "\u{FEFF}" + fullPolicy.replacingOccurrences(of: "\n", with: "\r\n")
        #expect(try read(windows) == read(fullPolicy))
        #expect(
            try read(#"{"version":1,"model":"m","train":{"run":"python train.py","model":"model.pkl"}}"#)
                == read(smallPolicy))
        let anchors =
            smallPolicy + "evaluate: {run: 'e ${model}', metrics: e.json}\ngates:\n"
            + "  - &g {metric: a, min: 1}\n  - {<<: *g, metric: b}\n"
        #expect(try read(anchors).gates.map(\.metric) == ["a", "b"])
    }

    @Test func `a policy that was damaged anywhere never crashes the reader`() {
        let good = [fullPolicy, gatesPolicy].map { Array(($0 + "x: &a [*a]\n").utf8) }
        var random = SeededGenerator(state: 11)
        for round in 0..<2_000 {
            var bytes = good[round % 2]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1:
                    bytes.insert(Array("{}[]:,\"'&*!|>@#-\n\t $".utf8).randomElement(using: &random) ?? 0, at: place)
                case 2: bytes.removeSubrange(place..<min(place + 30, bytes.count))
                default: bytes.insert(contentsOf: bytes[place..<min(place + 40, bytes.count)], at: place)
                }
            }
            do throws(Complaints) {
                _ = try PolicyFile.expanded(Data(bytes))
            } catch {
                #expect(!error.all.isEmpty)
                #expect(!error.description.contains("we cannot say why"))
            }
        }
    }
}

/// The same numbers every time.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
