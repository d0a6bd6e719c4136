import Domain
import SystemPackage

/// The words `${model}`, `${data}`, `${predictions}` and `${metrics}` in commands of the policy.
///
/// Filled in as shell words: a path with a blank or a quote in it stays one word. Any other `${…}` is the shell's.
struct Placeholders {
    let values: [String: String]

    /// For `evaluate.run`.
    static func evaluation(_ policy: Policy, model: TreePath) -> Placeholders {
        var values = ["model": model.text]
        if let first = policy.mounted.first { values["data"] = first.mount.text }
        for (dataset, mount) in policy.mounted { values["data.\(dataset.name)"] = mount.text }
        values["predictions"] = policy.evaluate?.predictions?.text
        values["metrics"] = policy.evaluate?.metrics?.text
        return Placeholders(values: values)
    }

    /// For `promotion.deploy` and `promotion.verify`.
    static func promotion(model: FilePath) -> Placeholders {
        Placeholders(values: ["model": model.string])
    }

    /// Goes over the command once: what was filled in is never looked at again, so a path that holds `${data}` stays
    /// that path.
    func fill(_ command: String) -> String {
        var filled = ""
        var rest = command[...]
        while let open = rest.firstRange(of: "${") {
            filled += rest[..<open.lowerBound]
            let inner = rest[open.upperBound...]
            if let close = inner.firstIndex(of: "}"), let value = values[String(inner[..<close])] {
                filled += Placeholders.shellWord(value)
                rest = inner[inner.index(after: close)...]
            } else {
                filled += "${"
                rest = inner
            }
        }
        return filled + rest
    }

    /// Quoted for a POSIX shell if it has to be.
    static func shellWord(_ text: String) -> String {
        let safe = text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || [0x2D, 0x2E, 0x2F, 0x5F, 0x3A, 0x2B, 0x3D, 0x40, 0x25, 0x2C].contains(byte)
        }
        if safe, !text.isEmpty { return text }
        return "'" + text.replacing("'", with: "'\"'\"'") + "'"
    }
}
