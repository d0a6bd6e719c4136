/// What an evaluation script can be told on its command line.
struct EvaluationOptions {
    private let all: [PythonSource.Option]
    let model: PythonSource.Option?
    private let data: PythonSource.Option?
    private let out: PythonSource.Option?
    private let numbers: PythonSource.Option?

    init(_ source: PythonSource) {
        all = source.options
        model = source.option("model", "model-path", "model-file", "checkpoint", "weights")
        data = source.option("data", "data-dir", "data-path", "dataset", "input", "test-data")
        out = source.option("predictions", "out", "output", "out-file", "output-file", "predictions-path")
        numbers = source.option("metrics", "metrics-path", "metrics-file", "metrics-out")
    }

    private var outIsMetrics: Bool { out?.fallback?.hasSuffix(".json") == true }

    /// The file of predictions that the script is told to write.
    var predictions: String? {
        out == nil || outIsMetrics ? nil : out?.fallback.flatMap(Drafting.inside) ?? "predictions.csv"
    }

    /// The file of numbers that the script is told to write.
    var metrics: String? {
        numbers == nil && !outIsMetrics
            ? nil : (numbers?.fallback ?? out?.fallback).flatMap(Drafting.inside) ?? "evaluation.json"
    }

    /// The command with every option that a placeholder can fill, in the order of the script.
    func command(_ start: String, datasets: [DraftContent.Dataset]) -> String {
        var command = start
        func use(_ option: PythonSource.Option, _ placeholder: String) {
            command += option.isPositional ? " ${\(placeholder)}" : " --\(option.name) ${\(placeholder)}"
        }
        for option in all {
            if option.name == model?.name { use(option, "model") }
            if option.name == data?.name, let first = datasets.first {
                use(option, datasets.count == 1 ? "data" : "data.\(first.name)")
            }
            if option.name == out?.name { use(option, outIsMetrics ? "metrics" : "predictions") }
            if option.name == numbers?.name { use(option, "metrics") }
        }
        return command
    }

    /// Required options that no placeholder fills.
    func unfilled(datasets: [DraftContent.Dataset]) -> [String] {
        let filled = [model, datasets.isEmpty ? nil : data, out, numbers].compactMap { $0?.name }
        return all.filter { $0.isRequired && !filled.contains($0.name) }.map(\.name)
    }
}
