import Documents
import Domain
import Foundation

extension Drafting {
    /// A pipeline if there is one, else the script that trains.
    mutating func guessTraining() throws(Fault) {
        let script = trainingScript()
        if exists("dvc.yaml") {
            content.training = .pipeline("dvc.yaml")
            guess("training is the pipeline in dvc.yaml")
            if let path = script { guessFiles(path, isPipeline: true) }
            guessPipelineOuts()
            return
        }
        guard let path = script else {
            throw Fault(
                .input,
                "nothing here looks like training: there is no train.py, no dvc.yaml and no script that writes a model",
                advice: "write a train.py that trains and saves a model, then run 'sluice init' again")
        }
        guard let word = Self.word(path) else {
            throw Fault(.input, "the path '\(path)' cannot stand in a command as it is", advice: "rename the script")
        }
        content.training = .command("python \(word)")
        guess("training is 'python \(word)', because of \(path)")
        guessFiles(path, isPipeline: false)
        guessDeps(path)
        let needed = (python(path)?.options ?? []).filter { $0.isRequired || ($0.isPositional && $0.fallback == nil) }
        if !needed.isEmpty {
            let names = needed.map { $0.isPositional ? $0.name : "--\($0.name)" }.joined(separator: ", ")
            open("complete 'train.run': \(path) wants \(names)")
        }
    }

    private func trainingScript() -> String? {
        let named = find(["train.py", "train_model.py", "training.py", "fit.py", "model_train.py"])
        if let named { return named }
        return facts.texts.keys.filter { $0.hasSuffix(".py") && !$0.contains("test") }.sorted {
            ($0.count, $0) < ($1.count, $1)
        }
        .first { path in python(path).map { $0.calls("fit") && !$0.modelPaths.isEmpty } ?? false }
    }

    private mutating func guessFiles(_ path: String, isPipeline: Bool) {
        guard let source = python(path) else { return open("check 'train.model': \(path) could not be read") }
        if let model = source.modelPaths.compactMap(Self.inside).first {
            content.modelPath = model
            guess("the model is \(model), because \(path) writes it")
        } else if !isPipeline {
            let existing = facts.paths.first { file in
                [".pkl", ".joblib", ".pt", ".pth", ".onnx", ".keras", ".h5"].contains { file.hasSuffix($0) }
            }
            content.modelPath = existing.flatMap(Self.inside) ?? "model.pkl"
            open(
                "check 'train.model': \(path) does not say where it writes the model; '\(content.modelPath)' is a guess"
            )
        }
        let metrics = source.metricPaths.compactMap(Self.inside).filter { $0 != content.modelPath }
        content.metrics = Array(metrics.prefix(1))
        if let first = metrics.first {
            guess("training writes its metrics to \(first), because \(path) does")
        } else if !isPipeline {
            open("let \(path) write its metrics as JSON, and name the file in 'train.metrics'")
        }
        guessDatasets(source)
    }

    private mutating func guessDatasets(_ source: PythonSource) {
        for path in source.dataPaths.compactMap(Self.inside) where !source.tablePaths.contains(path) {
            let plain = path.prefix { !"*?[{".contains($0) }
            let folder = plain.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            if folder.isEmpty {
                open(
                    "move '\(path)' into a folder of its own, such as data/, so that it can be a dataset; now it must be in git"
                )
            } else {
                addDataset(folder, "\(source.path) reads \(path)")
            }
        }
    }

    private mutating func addDataset(_ folder: String, _ reason: String) {
        guard let mount = TreePath(folder)?.text else { return }
        let overlaps = content.datasets.map(\.mount).contains {
            $0 == mount || $0.hasPrefix(mount + "/") || mount.hasPrefix($0 + "/")
        }
        let name = Self.name(mount.split(separator: "/").last.map(String.init) ?? "data")
        guard !overlaps, !content.datasets.contains(where: { $0.name == name }) else { return }
        let schema = ["schemas/\(name).json", "schema/\(name).json", "schemas/\(name).schema.json"].first(where: exists)
        content.datasets.append(.init(name: name, mount: mount, schema: schema))
        guess("dataset '\(name)' lies in \(mount), because \(reason)")
        open("take the data in: sluice data add \(name) \(mount)/*")
        if facts.paths.contains(where: { $0.hasPrefix(mount + "/") }) {
            open(
                "keep \(mount)/ out of git (name it in .gitignore; 'git rm -r --cached \(mount)' if it is in): a run lays the "
                    + "snapshot there")
        }
    }

    /// A folder that a stage reads, that no stage writes and that holds no code.
    private mutating func guessPipelineData(outs: [String], _ deps: [String]) {
        for dep in deps {
            let last = dep.split(separator: "/").last ?? ""
            let isWritten = outs.contains { dep == $0 || dep.hasPrefix($0 + "/") || $0.hasPrefix(dep + "/") }
            let holdsCode = facts.paths.contains { $0.hasPrefix(dep + "/") && $0.hasSuffix(".py") }
            if !last.contains("."), !isWritten, !holdsCode, !exists(dep) {
                addDataset(dep, "a stage of dvc.yaml reads it and none writes it")
            }
        }
    }

    private mutating func guessDeps(_ script: String) {
        var deps = [script]
        let home = script.split(separator: "/").dropLast().joined(separator: "/")
        for module in python(script)?.imports ?? [] {
            let candidates = [module, home.isEmpty ? module : home + "/" + module]
            for candidate in candidates {
                if exists(candidate + ".py") { deps.append(candidate + ".py") }
                if let package = candidate.split(separator: "/").first.map(String.init),
                    exists(package + "/__init__.py")
                {
                    deps.append(package)
                }
            }
        }
        for parameters in ["params.yaml", "config.yaml", "conf.yaml"] where exists(parameters) {
            if python(script)?.contains(parameters) == true { deps.append(parameters) }
        }
        // Data that cannot be a dataset is part of the commit: a change of it has to reach the model as well.
        for path in (python(script)?.dataPaths ?? []).compactMap(Self.inside)
        where exists(path) && !content.datasets.contains(where: { path.hasPrefix($0.mount + "/") }) {
            deps.append(path)
        }
        for dep in deps.compactMap({ TreePath($0)?.text })
        where !content.deps.contains(where: { dep == $0 || dep.hasPrefix($0 + "/") }) {
            content.deps.removeAll { $0.hasPrefix(dep + "/") }
            content.deps.append(dep)
        }
        let causes = content.deps + (content.datasets.isEmpty ? [] : ["the data"])
        let all = [causes.dropLast().joined(separator: ", "), causes.last ?? ""].filter { !$0.isEmpty }
        guess("training is done again when \(all.joined(separator: " or ")) changes")
    }

    /// The outs and metrics of the pipeline say more than the script.
    private mutating func guessPipelineOuts() {
        guard let text = facts.texts["dvc.yaml"], let root = try? Document(Data(text.utf8), file: "dvc.yaml").root
        else {
            return open("check 'train.model': dvc.yaml could not be read")
        }
        if text.contains("${") || text.contains("foreach:") || text.contains("matrix:") {
            open("dvc.yaml uses templating, which this version cannot read; write its stages out")
        }
        let stages = root["stages"]?.entries ?? []
        let paths = { (node: Document.Node?) in
            (node?.items ?? []).compactMap { $0.scalarText ?? $0.entries?.first?.key }.compactMap(Self.inside)
        }
        let within = { (stage: Document.Node, path: String) in
            (stage["wdir"]?.scalarText).map { Self.inside($0 + "/" + path) ?? path } ?? path
        }
        let outs = stages.flatMap { stage in paths(stage.value["outs"]).map { (stage.key, within(stage.value, $0)) } }
        guessPipelineData(
            outs: outs.map(\.1),
            stages.flatMap { stage in paths(stage.value["deps"]).map { within(stage.value, $0) } })
        let metrics = stages.filter { !$0.key.contains("eval") }
            .flatMap { stage in paths(stage.value["metrics"]).map { within(stage.value, $0) } }
        content.metrics = metrics
        if !metrics.isEmpty {
            guess("training writes its metrics to \(metrics.joined(separator: ", ")), because dvc.yaml says so")
        }
        let endings = [".pkl", ".joblib", ".pt", ".pth", ".onnx", ".keras", ".h5", ".bin", ".ubj"]
        if outs.contains(where: { $0.1 == content.modelPath }) { return }
        let model =
            outs.last { out in endings.contains { out.1.hasSuffix($0) } } ?? outs.last { $0.1.contains("model") }
            ?? outs.last { $0.0.contains("train") }
        if let model {
            content.modelPath = model.1
            guess("the model is \(model.1), an out of the stage '\(model.0)'")
        } else {
            open("check 'train.model': no out of dvc.yaml looks like a model; '\(content.modelPath)' is a guess")
        }
    }

    /// A path as the policy takes it; nil for one outside the repository.
    static func inside(_ path: String) -> String? {
        path.contains("://") ? nil : TreePath(path)?.text
    }
}
