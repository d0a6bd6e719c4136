import Documents
package import Domain
package import Foundation

/// DVC's stage graph: `dvc.yaml` to stages, their order, and the values of their parameters.
///
/// Pure: bytes in, values out. What must not go in here: running, hashing, caching.
package enum Pipeline {
    /// Reads a `dvc.yaml` with plain stages. Paths in the result are relative to the repository's root; stage names
    /// are `train:<name>`. Templating, foreach, matrix, `vars` and the like are refused with a clear sentence.
    ///
    /// Stages come in the order of the file. What `order` refuses is refused here too, there with lines. The keys
    /// `desc`, `meta`, `push`, `remote`, `type`, `labels` and those that say how a plot is drawn do not change what a
    /// run does and are not looked at.
    package static func read(_ bytes: Data, file: TreePath) throws(Complaints) -> [Stage] {
        var reader = PipelineReader(file: file)
        return try reader.read(try Document(bytes, file: file.text))
    }

    /// Sets `after` from deps that equal, contain or lie in outs, and returns the stages in DVC's order (depth-first
    /// post-order from the order given). Throws on a cycle, and on equal or overlapping outs, naming the stages.
    ///
    /// What is in `after` already stays and counts. A parameter file counts as a dep. A frozen stage waits for none
    /// of the stages that write its deps.
    package static func order(_ stages: [Stage], file: String) throws(Complaints) -> [Stage] {
        let graph = StageGraph(stages)
        let mistakes = graph.mistakes()
        guard mistakes.isEmpty else {
            throw Complaints(
                mistakes.map { Complaint(file: file, message: $0.sentence { "'\(stages[$0].name)'" }) })
        }
        return graph.ordered()
    }

    /// The values of a stage's parameters: `file:key` to canonical JSON text. Throws a complaint for a missing key or
    /// an unreadable file. YAML, JSON and TOML-free for now: `.yaml`, `.yml`, `.json`.
    ///
    /// Keys are dotted, with list indexes. No keys: every key at the top of the file. Numbers that are equal have
    /// equal texts (`1` and `1.0`). `true` is not `1`, though DVC takes them for equal: a script can tell them apart,
    /// and the price of the difference is one stage run too often.
    package static func values(of params: ParamsRef, in bytes: Data) throws(Complaints) -> [String: String] {
        try ParameterFile(bytes, file: params.file).values(of: params.keys)
    }

    /// The one stage of a policy whose training is a command and not a pipeline: `train:model`.
    ///
    /// - Parameters:
    ///   - params: as DVC's command line takes them: `lr,train.epochs` for `params.yaml`, `other.yaml:lr,seed`, and
    ///     `other.yaml:` for a whole file.
    ///   - metrics: files of numbers; those that are in `outs` as well count once.
    ///   - file: for complaints.
    package static func single(
        commands: [String], deps: [TreePath], params: [String], outs: [TreePath], metrics: [TreePath], file: String
    ) throws(Complaints) -> Stage {
        try singleStage(commands: commands, deps: deps, params: params, outs: outs, metrics: metrics, file: file)
    }
}
