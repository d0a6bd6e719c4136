import Domain
import Foundation
import Host
import SystemPackage

/// All that decides what an environment will be.
struct Ground {
    let interpreter: Interpreter
    let requirements: LockedRequirements
    let identity: EnvironmentIdentity
}

/// What the digest of an environment is over.
private struct DigestParts: Encodable {
    let requirements: Digest
    let python: String
    let platform: String
    let uv: String
}

extension Environments {
    var notes: FilePath { root.appending("known") }

    /// Where uv runs: outside of every project, because it takes settings from the folders above it.
    var neutral: FilePath { FilePath("/") }

    /// Reads the lock against the interpreter.
    func ground(of request: Request) async throws(Fault) -> Ground {
        let interpreter = try await interpreter(for: request.python)
        let requirements = try await requirements(of: request, for: interpreter)
        let parts = DigestParts(
            requirements: .of(requirements.text), python: interpreter.version, platform: interpreter.platform,
            uv: interpreter.uv)
        let identity = EnvironmentIdentity(
            digest: .of(canonical: parts), python: interpreter.version, lock: .of(request.lock),
            platform: interpreter.platform, uv: interpreter.uv)
        return Ground(interpreter: interpreter, requirements: requirements, identity: identity)
    }

    private func requirements(
        of request: Request, for interpreter: Interpreter
    ) async throws(Fault) -> LockedRequirements {
        let name = request.lockName.text
        switch name.split(separator: "/").last {
        case "uv.lock":
            let text = try await exported(request, for: interpreter)
            return try LockedRequirements(Data(text.utf8), file: "the export of \(name)")
        case "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml":
            throw Fault(
                .input, "\(name) is in a format that is not read",
                advice:
                    "name a uv.lock, or a file that 'uv pip compile --generate-hashes' or the tool's own export wrote")
        default:
            return try LockedRequirements(request.lock, file: name)
        }
    }

    /// A `uv.lock` in pip's format, its default groups included, as uv writes it. The project's own uv settings are
    /// not used: they are hostile and could name a cache folder anywhere.
    private func exported(_ request: Request, for interpreter: Interpreter) async throws(Fault) -> String {
        guard let pyproject = request.pyproject else {
            throw Fault(
                .input, "\(request.lockName) needs the pyproject.toml beside it, and there is none at the commit")
        }
        let key = Digest.of(canonical: [
            "export", Digest.of(request.lock).hex, Digest.of(pyproject).hex, interpreter.uv, interpreter.version,
        ])
        let note = Note(folder: notes, key: key)
        if let known = await note.recall(String.self) { return known }
        let export = try await ScratchFolder.use(below: root, named: "export.tmp") { folder throws(Fault) in
            try await Blocking.run { () throws(Fault) in
                try Files.writeDurably(request.lock, to: folder.appending("uv.lock"))
                try Files.writeDurably(pyproject, to: folder.appending("pyproject.toml"))
            }
            return try await uv.run(
                [
                    "export", "--frozen", "--no-emit-project", "--format", "requirements-txt", "--no-header",
                    "--no-annotate", "--no-config", "--no-cache", "--no-python-downloads", "--quiet",
                    "--python", interpreter.path, "--project", folder.string,
                ], in: neutral, environment: uvVariables)
        }
        guard export.status == 0 else {
            throw Fault(.input, "uv cannot read \(request.lockName): \(UvWords(export).cause)")
        }
        await note.remember(export.output)
        return export.output
    }
}
