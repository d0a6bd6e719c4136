import Documents
import Domain
import Foundation

/// Reads one plain stage of a `dvc.yaml`.
struct StageReader {
    /// The stage's name in the file.
    let title: String
    /// The folder of the `dvc.yaml`, then the stage's own.
    var folder: PathScope
    var reading: Reading

    private static let templating = ["foreach", "do", "matrix", "vars"]
    private static let known =
        ["cmd", "wdir", "deps", "params", "outs", "metrics", "plots", "frozen", "always_changed", "desc", "meta"]
        + templating

    init(title: String, folder: PathScope, reading: Reading) {
        self.title = title
        self.folder = folder
        self.reading = reading
    }

    /// Nil after complaints.
    mutating func read(_ node: Document.Node, name: StageName) -> Stage? {
        let before = reading.complaints.count
        guard let entries = reading.entries(node, title, known: Self.known) else { return nil }
        let templates = Self.templating.compactMap { entries[$0] }
        guard templates.isEmpty else {
            for entry in templates {
                reading.complain(
                    entry.keyPlace, "'\(entry.key)' in stage '\(title)' is templating, which is not read yet",
                    advice: plainAdvice)
            }
            return nil
        }
        if let wdir = entries["wdir"] { enter(wdir.value) }
        var stage = Stage(name: name, kind: .train, commands: commands(entries["cmd"], of: node))
        stage.directory = folder.path
        stage.deps = deps(entries["deps"])
        stage.params = params(entries["params"])
        stage.outs =
            outs(entries["outs"], .data) + outs(entries["metrics"], .metrics) + outs(entries["plots"], .plots)
        stage.frozen = truth(entries["frozen"])
        stage.alwaysRuns = truth(entries["always_changed"])
        return reading.complaints.count == before ? stage : nil
    }

    /// A text is split at its lines, each a command; an item of a list is one command, however many lines it has.
    private mutating func commands(_ entry: Document.Entry?, of stage: Document.Node) -> [String] {
        guard let entry else {
            reading.complain(stage.place, "stage '\(title)' has no 'cmd'")
            return []
        }
        guard let texts = reading.textOrTexts(entry.value, "cmd") else { return [] }
        let commands =
            entry.value.items == nil ? texts.flatMap { $0.split(whereSeparator: \.isNewline) } : texts.map { $0[...] }
        let filled = commands.map { unescaped(String($0)).trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty }
        if filled.isEmpty { reading.complain(entry.value.place, "'cmd' of stage '\(title)' is empty") }
        return filled
    }

    private mutating func enter(_ node: Document.Node) {
        guard let text = reading.text(node, "wdir") else { return }
        guard let inner = folder.entering(unescaped(text)) else {
            reading.complain(node.place, "'wdir': '\(text)' is outside of the repository")
            return
        }
        folder = inner
    }

    private mutating func deps(_ entry: Document.Entry?) -> [TreePath] {
        guard let entry, let items = list(entry) else { return [] }
        var deps: [TreePath] = []
        var seen: Set<TreePath> = []
        for item in items {
            guard let text = reading.text(item, entry.key), let path = path(text, item.place, entry.key) else {
                continue
            }
            if seen.insert(path).inserted { deps.append(path) }
        }
        return deps
    }

    private mutating func params(_ entry: Document.Entry?) -> [ParamsRef] {
        guard let entry, let items = list(entry) else { return [] }
        var refs = ParamsList()
        for item in items {
            guard let files = item.entries else {
                if let key = reading.text(item, entry.key, wants: "a key or a mapping of a file to keys"),
                    let file = path("params.yaml", item.place, entry.key)
                {
                    refs.add(file, [unescaped(key)])
                }
                continue
            }
            for file in files {
                guard let path = path(file.key, file.keyPlace, entry.key) else { continue }
                if let sentence = unreadable(path) { reading.complain(file.keyPlace, sentence) }
                if file.value.isNull {
                    refs.add(path, [])
                } else if let keys = reading.texts(file.value, file.key, wants: "a list of keys"), !keys.isEmpty {
                    refs.add(path, keys.map(unescaped))
                }
            }
        }
        return refs.all
    }

    private mutating func outs(_ entry: Document.Entry?, _ role: Output.Role) -> [Output] {
        guard let entry, let items = list(entry) else { return [] }
        var outs: [Output] = []
        for item in items {
            guard let files = item.entries else {
                if let text = reading.text(item, entry.key, wants: "a path or a mapping of a path to flags"),
                    let path = outPath(text, item.place, entry.key)
                {
                    outs.append(Output(path: path, role: role))
                }
                continue
            }
            for file in files {
                guard let path = outPath(file.key, file.keyPlace, entry.key) else { continue }
                outs.append(flags(file.value, Output(path: path, role: role), file.key))
            }
        }
        return outs
    }

    private mutating func flags(_ node: Document.Node, _ plain: Output, _ name: String) -> Output {
        // A plot may be a list of drawings, which say nothing about the file.
        if plain.role == .plots, node.items != nil { return plain }
        var known = ["cache", "persist", "push", "remote", "desc", "type", "labels", "meta", "checkpoint"]
        if plain.role == .plots { known += ["template", "x", "y", "x_label", "y_label", "title", "header"] }
        guard let entries = reading.entries(node, name, known: known) else { return plain }
        var output = plain
        if let cache = entries["cache"] { output.cached = reading.truth(cache.value, "cache") ?? true }
        output.persists = truth(entries["persist"])
        return output
    }

    private mutating func truth(_ entry: Document.Entry?) -> Bool {
        entry.flatMap { reading.truth($0.value, $0.key) } ?? false
    }

    private mutating func list(_ entry: Document.Entry) -> [Document.Node]? {
        if let items = entry.value.items { return items }
        reading.complain(entry.key, wants: "a list", found: entry.value)
        return nil
    }

    private mutating func outPath(_ text: String, _ place: Document.Place, _ key: String) -> TreePath? {
        guard let path = path(text, place, key) else { return nil }
        guard !path.text.hasSuffix(".dvc") else {
            reading.complain(
                place, "'\(key)': '\(text)' is written by a stage but has the name of one of DVC's own files")
            return nil
        }
        return path
    }

    private mutating func path(_ written: String, _ place: Document.Place, _ key: String) -> TreePath? {
        let text = unescaped(written)
        guard !text.contains("://") else {
            reading.complain(place, "'\(key)': '\(text)' is not a path in the repository; remote ones are not read yet")
            return nil
        }
        guard let inner = folder.entering(text) else {
            reading.complain(place, "'\(key)': '\(text)' is outside of the repository")
            return nil
        }
        guard let path = inner.path else {
            reading.complain(place, "'\(key)': '\(text)' is the whole repository, this stage's own outputs included")
            return nil
        }
        return path
    }
}

/// DVC's way to write a `${` that is not filled in.
private func unescaped(_ text: String) -> String { text.replacingOccurrences(of: "\\${", with: "${") }
