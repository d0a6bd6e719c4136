import Domain
import Foundation

extension Drafting {
    mutating func guessEnvironment() {
        if let python = facts.python, python.hasPrefix("3."), python.allSatisfy({ $0.isNumber || $0 == "." }) {
            content.python = python.split(separator: ".").prefix(2).joined(separator: ".")
            guess("Python \(content.python), because it is on this machine")
        }
        let hashed = ["requirements.lock", "requirements.txt", "requirements-lock.txt"].filter {
            exists($0) && facts.texts[$0]?.contains("--hash=") != false
        }
        if exists("uv.lock"), exists("pyproject.toml") {
            content.lock = "uv.lock"
        } else {
            content.lock = hashed.first { facts.texts[$0]?.contains("--hash=") == true }
        }
        if let lock = content.lock {
            guess("the environment is locked by \(lock)")
            return
        }
        if exists("requirements.lock") {
            open(
                "requirements.lock has no hashes; make it with 'uv pip compile --generate-hashes', then uncomment 'environment'"
            )
        } else if let source = ["requirements.in", "requirements.txt"].first(where: exists) {
            open(
                "lock the environment: uv pip compile --generate-hashes \(source) -o requirements.lock; commit it and uncomment "
                    + "'environment'")
        } else if exists("pyproject.toml") {
            open("lock the environment: uv lock; commit uv.lock and uncomment 'environment' with 'lock: uv.lock'")
        } else {
            open(
                "list the packages in requirements.in, then lock them: uv pip compile --generate-hashes requirements.in -o "
                    + "requirements.lock; commit both and uncomment 'environment'")
        }
    }

    mutating func guessTests() {
        let tests = facts.paths.filter { path in
            let name = path.split(separator: "/").last ?? ""
            return (name.hasPrefix("test_") && name.hasSuffix(".py")) || name.hasSuffix("_test.py")
        }
        guard let first = tests.first else {
            return open("write unit tests, and name their command in 'tests'")
        }
        content.tests = "pytest -q"
        guess("the unit tests are run with 'pytest -q', because of \(first)")
        if let lock = content.lock, let text = facts.texts[lock], !text.contains("pytest") {
            open("add pytest to \(lock): the tests need it")
        }
    }

    mutating func guessEvaluation() {
        let names = ["evaluate.py", "eval.py", "evaluation.py", "score.py", "predict.py", "evaluate_model.py"]
        guard let path = find(names), let word = Self.word(path), let source = python(path) else {
            return open(
                "write an evaluate.py that loads the model it is given and writes predictions (columns 'label' and "
                    + "'prediction' or 'score'), and uncomment 'evaluate'")
        }
        let options = EvaluationOptions(source)
        let command = options.command("python \(word)", datasets: content.datasets)
        guard options.model != nil else {
            content.evaluateHint = "run: python \(word) --model ${model}"
            return open(
                "let \(path) take the model as '--model', so that it can score challenger and champion; then uncomment 'evaluate'"
            )
        }
        var evaluation = DraftContent.Evaluation(command: command)
        evaluation.predictions = options.predictions ?? source.tablePaths.compactMap(Self.inside).first
        evaluation.metrics =
            options.metrics ?? source.metricPaths.compactMap(Self.inside).first { !content.metrics.contains($0) }
        guard evaluation.predictions != nil || evaluation.metrics != nil else {
            content.evaluateHint = "run: \(command)"
            return open(
                "let \(path) write predictions to a file, name it in 'evaluate.predictions' and uncomment 'evaluate'")
        }
        content.evaluate = evaluation
        let missing = options.unfilled(datasets: content.datasets)
        if !missing.isEmpty {
            open("complete 'evaluate.run': \(path) wants \(missing.map { "--\($0)" }.joined(separator: ", "))")
        }
        guess("the evaluation is '\(command)', because of \(path) and its options")
        guessGates(source, evaluation)
    }

    /// A comparison with the champion on the first metric that is known.
    private mutating func guessGates(_ source: PythonSource, _ evaluation: DraftContent.Evaluation) {
        let all = [source] + facts.texts.keys.filter { $0.hasSuffix(".py") }.sorted().compactMap(python)
        let isRegression = all.contains { file in
            ["Regressor", "LinearRegression", "mean_squared_error", "mean_absolute_error", "Ridge(", "Lasso("].contains(
                where: file.contains)
        }
        let isClassification = all.contains { file in
            [
                "Classifier", "LogisticRegression", "predict_proba", "roc_auc", "accuracy", "CrossEntropy", "BCE",
                "stratify", "SVC(", "GaussianNB", "log_loss", "f1_score", "\"binary\"", "'binary'",
            ].contains(where: file.contains)
        }
        let keys = Set(source.quotedKeys)
        let higher = ["auc", "roc_auc", "f1", "accuracy", "r2", "average_precision", "precision", "recall"]
        let lower = ["rmse", "mae", "mse", "log_loss", "loss"]
        if evaluation.predictions != nil {
            // Without predicted classes there is no accuracy, and a gate on it could never be decided.
            let names = { (column: String) in
                ["\"\(column)\"", "'\(column)'", "\(column)="].contains(where: source.contains)
            }
            let metric = isRegression ? "rmse" : names("score") && !names("prediction") ? "auc" : "accuracy"
            let margin = isRegression ? "max_rise: 5%" : "max_drop: 0.01"
            content.gates = ["{ metric: \(metric), against: champion, \(margin) }"]
            let reason =
                isRegression
                ? "this looks like regression"
                : isClassification ? "this looks like classification" : "nothing here looks like regression"
            guess("'\(metric)' is compared with the champion's, because \(reason)")
            if !isRegression, !isClassification {
                open("check the gate: where a model predicts numbers, compare 'rmse' or 'mae' and not 'accuracy'")
            }
        } else if let metric = higher.first(where: keys.contains) {
            content.gates = ["{ metric: \(metric), against: champion, max_drop: 0.01 }"]
            guess("'\(metric)' is compared with the champion's, because \(source.path) names it")
        } else if let metric = lower.first(where: keys.contains) {
            content.gates = ["{ metric: \(metric), against: champion, max_rise: 5% }"]
            guess("'\(metric)' is compared with the champion's, because \(source.path) names it")
        }
    }

    mutating func guessPromotion() {
        if let path = find(["deploy.sh", "deploy.py"]), let word = Self.word(path) {
            content.deploy = script(path, word) + " ${model}"
            guess("a promoted model is deployed with \(path)")
        } else {
            open("write a deploy command and name it in 'promotion.deploy'; now a promotion only moves the alias")
        }
        let checks = ["smoke.sh", "smoke_test.sh", "verify.sh", "healthcheck.sh", "smoke.py", "verify.py"]
        if content.deploy != nil, let path = find(checks), let word = Self.word(path) {
            content.verify = script(path, word)
            guess("the deployed model is verified with \(path)")
        }
    }

    /// A script by the program that its first line names, because it need not be executable.
    private func script(_ path: String, _ word: String) -> String {
        if path.hasSuffix(".py") { return "python \(word)" }
        let first = facts.texts[path]?.prefix { !$0.isNewline } ?? ""
        return (first.contains("bash") ? "bash " : "sh ") + word
    }
}
