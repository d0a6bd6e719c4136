package import Domain
package import Foundation

/// DVC's stage graph: `dvc.yaml` to stages, their order, and the values of their parameters.
///
/// Pure: bytes in, values out. What must not go in here: running, hashing, caching.
package enum Pipeline {
    /// Reads a `dvc.yaml` with plain stages. Paths in the result are relative to the repository's root; stage names
    /// are `train:<name>`. Templating, foreach, matrix, `vars` and the like are refused with a clear sentence.
    package static func read(_ bytes: Data, file: TreePath) throws(Complaints) -> [Stage] {
        throw Complaints([Complaint(file: file.text, message: "not built")])
    }

    /// Sets `after` from deps that equal, contain or lie in outs, and returns the stages in DVC's order (depth-first
    /// post-order from the order given). Throws on a cycle, and on equal or overlapping outs, naming the stages.
    package static func order(_ stages: [Stage], file: String) throws(Complaints) -> [Stage] {
        throw Complaints([Complaint(file: file, message: "not built")])
    }

    /// The values of a stage's parameters: `file:key` to canonical JSON text. Throws a complaint for a missing key or
    /// an unreadable file. YAML, JSON and TOML-free for now: `.yaml`, `.yml`, `.json`.
    package static func values(of params: ParamsRef, in bytes: Data) throws(Complaints) -> [String: String] {
        throw Complaints([Complaint(file: params.file.text, message: "not built")])
    }
}

extension Pipeline {
    /// The single stage of `train.run`.
    package static func stage(
        commands: [String], deps: [TreePath], params: [String], outs: [TreePath], metrics: [TreePath]
    ) throws(Complaints) -> Stage {
        throw Complaints([Complaint(file: "sluice.yaml", message: "not built")])
    }
}
