package import Domain
import Foundation
package import Git
import Host
package import Policies
import SystemPackage

extension Engine {
    /// Reads what `sluice init` guesses from: the names of all files below the work tree's root, and the text of the
    /// small ones that say how the project is made.
    package static func facts(of repository: GitRepository) async throws(Fault) -> RepositoryFacts {
        guard let root = repository.workTree else {
            throw Fault(.input, "this repository has no work tree", advice: "run 'sluice init' in a checkout")
        }
        let python = try? await Tool.find("python3", advice: "").run(
            ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], deadline: .seconds(10))
        return try await Blocking.run { () throws(Fault) in
            var paths: [String] = []
            try collect(root, prefix: "", into: &paths, depth: 0)
            var texts: [String: String] = [:]
            for path in paths where isTelling(path) {
                guard let bytes = try? Files.readSmall(root.pushing(FilePath(path)), limit: 1 << 18) else { continue }
                texts[path] = String(decoding: bytes, as: UTF8.self)
            }
            let version = python?.output.trimmingCharacters(in: .whitespacesAndNewlines)
            return RepositoryFacts(
                paths: paths, texts: texts, folder: root.lastComponent?.string ?? "model",
                python: (version ?? "").isEmpty ? nil : version)
        }
    }
}

/// Names that tell nothing about a project and may hold very many files.
private let skipped: Set<String> = [
    ".git", ".venv", "venv", "node_modules", "__pycache__", ".dvc", ".tox", ".mypy_cache",
]

private func collect(_ folder: FilePath, prefix: String, into paths: inout [String], depth: Int) throws(Fault) {
    guard depth < 6 else { return }
    for name in try Files.list(folder) where !skipped.contains(name) && paths.count < 20_000 {
        let path = folder.appending(name)
        if Files.isDirectory(path) {
            if !Files.isLink(path) { try collect(path, prefix: prefix + name + "/", into: &paths, depth: depth + 1) }
        } else {
            paths.append(prefix + name)
        }
    }
}

private func isTelling(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return ["py", "yaml", "yml", "toml", "txt", "in", "sh", "lock"].contains { name.hasSuffix("." + $0) }
}
