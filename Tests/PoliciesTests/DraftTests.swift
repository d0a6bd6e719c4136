import Domain
import Policies
import Testing

/// A repository without a policy, and what the draft should make of it.
struct Kind: Sendable, CustomTestStringConvertible {
    var name: String
    var texts: [String: String]
    var other: [String] = []
    var python: String? = "3.11"
    var check: @Sendable (Policy) -> Bool
    var guesses: [String]
    var open: [String]

    var testDescription: String { name }
    var facts: RepositoryFacts {
        RepositoryFacts(paths: (texts.keys + other).sorted(), texts: texts, folder: "Flight delay (2)", python: python)
    }
}

struct DraftTests {
    @Test(arguments: [
        bareScript, constantsAndOptions, lockedProject, dvcProject, regressionFolder, tableInGit, scoresOnly,
        conflicting,
    ])
    func `a draft guesses what it can, and the reader accepts it`(kind: Kind) throws {
        let draft = try PolicyDraft.make(from: kind.facts)

        let policy = try read(draft.yaml)
        #expect(policy.model.text == "Flight-delay--2-")
        #expect(kind.check(policy), "\(draft.yaml)")
        for guess in kind.guesses { #expect(draft.guesses.contains { $0.contains(guess) }, "\(draft.guesses)") }
        for sentence in kind.open { #expect(draft.open.contains { $0.contains(sentence) }, "\(draft.open)") }
        #expect(try PolicyDraft.make(from: kind.facts) == draft)
    }

    @Test func `a repository with nothing like training is refused with what to do`() throws {
        let facts = RepositoryFacts(
            paths: ["README.md", "app.py"], texts: ["app.py": "print('train')"], folder: "x", python: nil)
        let fault = #expect(throws: Fault.self) { try PolicyDraft.make(from: facts) }
        #expect(fault?.kind == .input)
        #expect(fault?.advice?.contains("write a train.py") == true)
    }

    @Test func `odd sources never crash the draft and never make a policy that is refused`() throws {
        var random = SeededGenerator(state: 3)
        let pieces = [
            "joblib.dump(", "m, ", "\"a/b.pkl\"", "'", "\\", ")", "open(", "with open('x', 'w') as f:\n", "Path(",
            " / ", "\n", "json.dump(",
            "pd.read_csv('../d.csv')", "pd.read_csv('data/d.csv')", "A = A / A\n", "args.",
            "add_argument('--model', default=", "é", "\u{0}",
            "${model}", "# x\n", "\"data/model.pkl\"", "fit(",
        ]
        for _ in 0..<300 {
            let text = (0..<40).compactMap { _ in pieces.randomElement(using: &random) }.joined()
            let facts = RepositoryFacts(
                paths: ["train.py", "evaluate.py"], texts: ["train.py": text, "evaluate.py": text], folder: "…",
                python: "3.11")
            _ = try read(try PolicyDraft.make(from: facts).yaml)
        }
        let long = String(repeating: "a.b(", count: 60_000) + "\n" + String(repeating: "x=(\n", count: 60_000)
        let facts = RepositoryFacts(paths: ["train.py"], texts: ["train.py": long], folder: "x", python: nil)
        // Guessing that were quadratic in the text would not end here.
        _ = try PolicyDraft.make(from: facts)
    }
}

private let bareScript = Kind(
    name: "only a train.py",
    texts: [
        "train.py": """
        import joblib, json
        import pandas as pd
        frame = pd.read_csv("data/flights.csv")
        model.fit(frame)
        joblib.dump(model, "models/model.joblib")
        with open("metrics.json", "w") as f:
            json.dump({"auc": 0.7}, f)
        """
    ],
    check: { policy in
        guard case .command(["python train.py"], let deps, [], let outs) = policy.train.work else { return false }
        return deps.map(\.text) == ["train.py", "data"] && outs.map(\.text) == ["models/model.joblib", "metrics.json"]
            && policy.train.model.text == "models/model.joblib" && policy.train.metrics.map(\.text) == ["metrics.json"]
            && policy.datasets.map(\.mount?.text) == ["data"] && policy.environment == nil && policy.evaluate == nil
    },
    guesses: ["models/model.joblib", "metrics.json", "dataset 'data' lies in data"],
    open: [
        "uv pip compile --generate-hashes requirements.in", "write an evaluate.py", "write unit tests",
        "sluice data add data data/*",
    ])

private let constantsAndOptions = Kind(
    name: "constants, paths, options and local modules",
    texts: [
        "src/train.py": """
        from pathlib import Path
        import argparse, os, torch
        from features import build
        ROOT = Path(__file__).resolve().parent.parent
        OUT = ROOT / "artifacts"
        parser = argparse.ArgumentParser()
        parser.add_argument("--metrics_path", default=os.path.join("reports", "scores.json"))
        parser.add_argument("--epochs", required=True)
        args = parser.parse_args()
        for file in (ROOT / "data" / "raw").glob("*.csv"):
            load(file)
        torch.save(model.state_dict(), OUT / "net.pt")
        Path(args.metrics_path).write_text(json.dumps(scores))
        """,
        "src/features.py": "def build(): pass",
        "requirements.txt": "torch==2.0\n",
        "tests/test_features.py": "def test(): pass",
    ],
    other: ["data/raw/one.csv"],
    python: "3.12",
    check: { policy in
        guard case .command(["python src/train.py"], let deps, _, _) = policy.train.work else { return false }
        return deps.map(\.text) == ["src/train.py", "src/features.py", "data/raw"]
            && policy.train.model.text == "artifacts/net.pt"
            && policy.train.metrics.map(\.text) == ["reports/scores.json"]
            && policy.tests == [TestPolicy(name: "unit", commands: ["pytest -q"])]
    },
    guesses: ["src/train.py"],
    open: [
        "wants --epochs", "keep data/raw/ out of git",
        "uv pip compile --generate-hashes requirements.txt -o requirements.lock",
    ])

private let lockedProject = Kind(
    name: "locked, evaluated and deployed",
    texts: [
        "train.py": """
        import pickle
        model = RandomForestClassifier().fit(x, y)
        with open('model.pkl', 'wb') as out:
            pickle.dump(model, out)
        """,
        "evaluate.py": """
        parser.add_argument("--model", required=True)
        parser.add_argument("--out", default="out/predictions.csv")
        """,
        "requirements.lock": "numpy==2.0 \\\n    --hash=sha256:00\n",
        "deploy.sh": "#!/usr/bin/env bash\n", "smoke.sh": "#!/bin/sh\n", "tests/test_a.py": "",
    ],
    check: { policy in
        policy.environment?.lock.text == "requirements.lock" && policy.environment?.python == "3.11"
            && policy.evaluate?.commands == ["python evaluate.py --model ${model} --out ${predictions}"]
            && policy.evaluate?.predictions?.text == "out/predictions.csv"
            && policy.gates == [Gate(metric: "accuracy", condition: .maxDrop(0.01), test: .init())]
            && policy.promotion.deploy == ["bash deploy.sh ${model}"] && policy.promotion.verify == ["sh smoke.sh"]
    },
    guesses: [
        "locked by requirements.lock", "looks like classification", "deployed with deploy.sh", "verified with smoke.sh",
    ],
    open: ["add pytest to requirements.lock"])

private let dvcProject = Kind(
    name: "a DVC pipeline and a uv project",
    texts: [
        "dvc.yaml": """
        stages:
          prepare: {cmd: python prepare.py, deps: [data/raw], outs: [prepared]}
          train:
            cmd: python train.py
            deps: [prepared]
            outs:
            - models/model.pkl:
                cache: true
            metrics:
            - metrics.json: {cache: false}
          evaluate: {cmd: python eval.py, metrics: [eval.json]}
        """,
        "train.py": "x = 1\n", "uv.lock": "name = \"pytest\"", "pyproject.toml": "[project]",
        "evaluate.py": "import sys\n",
    ],
    check: { policy in
        policy.train.work == TreePath("dvc.yaml").map { .pipeline($0) } && policy.train.model.text == "models/model.pkl"
            && policy.train.metrics.map(\.text) == ["metrics.json"] && policy.environment?.lock.text == "uv.lock"
            && policy.evaluate == nil && policy.datasets.map(\.mount?.text) == ["data/raw"]
    },
    guesses: ["pipeline in dvc.yaml", "a stage of dvc.yaml reads it", "an out of the stage 'train'"],
    open: ["take the model as '--model'"])

private let regressionFolder = Kind(
    name: "regression in a sub-folder, scored into a file of metrics",
    texts: [
        "ml/train_model.py": """
        from sklearn.linear_model import Ridge
        rows = pd.read_parquet("datasets/houses/part-*.parquet")
        test = pd.read_csv("houses.csv")
        model.save_model("out/houses.ubj")
        """,
        "scripts/eval.py": """
        parser.add_argument("model")
        parser.add_argument("--data-dir")
        parser.add_argument("--metrics", default="scores.json")
        json.dump({"rmse": 1, "rows": 2}, open(args.metrics, "w"))
        """,
    ],
    other: ["schemas/houses.json"], python: nil,
    check: { policy in
        policy.datasets.first?.name.text == "houses" && policy.datasets.first?.mount?.text == "datasets/houses"
            && policy.datasets.first?.schema?.text == "schemas/houses.json"
            && policy.evaluate?.commands == ["python scripts/eval.py ${model} --data-dir ${data} --metrics ${metrics}"]
            && policy.evaluate?.metrics?.text == "scores.json"
            && policy.gates == [Gate(metric: "rmse", condition: .maxRise(.relative(0.05)))]
    },
    guesses: ["'rmse' is compared"],
    open: ["move 'houses.csv' into a folder of its own"])

private let tableInGit = Kind(
    name: "a table that lies in git, and an evaluation of nobody knows what",
    texts: [
        "train.py": """
        frame = pd.read_csv("houses.csv")
        pickle.dump(model, open("net.pkl", "wb"))
        """,
        "evaluate.py": """
        parser.add_argument("--model")
        parser.add_argument("--out")
        """,
    ],
    other: ["houses.csv"],
    check: { policy in
        guard case .command(_, let deps, _, _) = policy.train.work else { return false }
        // Without the table among them, a changed table would not train a new model.
        return deps.map(\.text) == ["train.py", "houses.csv"] && policy.datasets.isEmpty
            && policy.gates == [Gate(metric: "accuracy", condition: .maxDrop(0.01), test: .init())]
    },
    guesses: ["when train.py or houses.csv changes", "nothing here looks like regression"],
    open: ["move 'houses.csv' into a folder of its own", "check the gate: where a model predicts numbers"])

private let scoresOnly = Kind(
    name: "an evaluation that writes scores and no classes",
    texts: [
        "train.py": "joblib.dump(LogisticRegression().fit(x, y), 'model.pkl')\n",
        "evaluate.py": """
        parser.add_argument("--model")
        parser.add_argument("--out")
        pd.DataFrame({"id": table.index, "label": label, "score": score}).to_csv(args.out)
        """,
    ],
    check: { $0.gates == [Gate(metric: "auc", condition: .maxDrop(0.01), test: .init())] },
    guesses: ["'auc' is compared with the champion's, because this looks like classification"],
    open: [])

private let conflicting = Kind(
    name: "guesses that do not fit together",
    texts: ["train.py": "pd.read_csv('data/a.csv')\njoblib.dump(model, 'data/model.pkl')\n"],
    check: { $0.datasets.isEmpty && $0.train.model.text == "data/model.pkl" },
    guesses: ["the model is data/model.pkl"],
    open: ["add 'datasets' yourself: what was guessed does not fit together"])
