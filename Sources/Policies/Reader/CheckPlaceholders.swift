import Documents
import Domain

/// `${model}` and the like in commands. Anything else in `${…}` belongs to the shell, unless it is nearly one of ours.
struct PlaceholderCheck {
    var reading: Reading
    let root: Value

    /// Those that runs read.
    private var datasets: [String] {
        (root["datasets"]?.fields ?? []).filter { $0.value["mount"] != nil }.map(\.key)
    }

    mutating func check() {
        let promotion = root["promotion"]
        for name in ["deploy", "verify"] {
            for command in promotion?[name]?.each ?? [] { checkPromotion(command, "promotion.\(name)") }
        }
        checkGates(root["gates"], "gates.command")
        for overlay in root["overlays"]?.fields ?? [] {
            checkGates(overlay.value["gates"], "overlays.\(overlay.key).gates.command")
        }
        guard let run = root["evaluate"]?["run"] else { return }
        for command in run.each { checkEvaluation(command, "evaluate.run") }
        if !run.each.contains(where: \.isBroken), !run.texts.contains(where: { Self.names(in: $0).contains("model") }) {
            reading.complain(
                run.place,
                "'evaluate.run' does not say '${model}', so it would score the same file for challenger and champion",
                advice: "pass '${model}' to the command")
        }
    }

    private mutating func checkGates(_ list: Value?, _ key: String) {
        for gate in list?.items ?? [] {
            for command in gate["command"]?.each ?? [] { checkEvaluation(command, key) }
        }
    }

    private mutating func checkEvaluation(_ command: Value, _ key: String) {
        let evaluate = root["evaluate"]
        let known = ["model", "data", "predictions", "metrics"] + datasets.map { "data.\($0)" }
        for name in Self.names(in: command.text ?? "") {
            switch name {
            case "data" where datasets.isEmpty:
                complain(command, "'\(key)' says '${data}' but there are no datasets", "add 'datasets'")
            case "data" where datasets.count > 1:
                complain(
                    command, "'${data}' could be any of \(datasets.count) datasets",
                    "write '${data.\(datasets[0])}' for one of them")
            case "predictions" where evaluate?["predictions"] == nil, "metrics" where evaluate?["metrics"] == nil:
                complain(
                    command, "'\(key)' says '${\(name)}' but 'evaluate.\(name)' is not given",
                    "add '\(name): FILE' below 'evaluate'")
            case _ where name.hasPrefix("data.") && !known.contains(name):
                let nearest = Spelling.nearest(to: name, in: known)
                complain(
                    command, "'${\(name)}' names no dataset",
                    nearest.map { "did you mean '${\($0)}'?" } ?? "name one of 'datasets'")
            default:
                complainIfNear(name, known, command)
            }
        }
    }

    private mutating func checkPromotion(_ command: Value, _ key: String) {
        for name in Self.names(in: command.text ?? "") {
            if name == "data" || name == "predictions" || name == "metrics" || name.hasPrefix("data.") {
                complain(command, "'${\(name)}' is not known in '\(key)'", "only '${model}' is")
            } else {
                complainIfNear(name, ["model"], command)
            }
        }
    }

    /// `${modle}` is a slip; `${MODEL}`, and a variable that the command itself sets, are the shell's.
    private mutating func complainIfNear(_ name: String, _ known: [String], _ command: Value) {
        guard !known.contains(name), name.contains(where: \.isLowercase), !(command.text ?? "").contains("\(name)=")
        else {
            return
        }
        if let nearest = Spelling.nearest(to: name, in: known) {
            complain(command, "'${\(name)}' stands for nothing", "did you mean '${\(nearest)}'?")
        }
    }

    private mutating func complain(_ command: Value, _ message: String, _ advice: String) {
        reading.complain(command.place, message, advice: advice)
    }

    /// The names in `${…}`, each once, in order.
    static func names(in command: String) -> [String] {
        var names: [String] = []
        var rest = command[...]
        while let start = rest.firstRange(of: "${") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else { break }
            let name = String(rest[..<end])
            if !names.contains(name) { names.append(name) }
            rest = rest[end...]
        }
        return names
    }
}
