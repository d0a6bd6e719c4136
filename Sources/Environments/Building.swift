import Domain
import Foundation
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Written last into an environment: without it, or with another digest, a directory is debris.
private struct Ready: Codable {
    let identity: EnvironmentIdentity
}

extension Environments {
    /// The path if the environment is there, whole and with its interpreter.
    func built(_ identity: EnvironmentIdentity, at path: FilePath) async -> FilePath? {
        await Blocking.run {
            guard let bytes = try? Files.readSmall(path.appending("ready.json")),
                let ready = try? Canonical.decode(Ready.self, from: bytes), ready.identity.digest == identity.digest,
                access(path.appending("bin/python").string, X_OK) == 0
            else { return nil }
            return (try? Files.canonical(path)) ?? path
        }
    }

    /// Builds under the environment's lock, unless somebody else did so while this one waited.
    func buildOnce(
        _ ground: Ground, _ progress: @Sendable (String) -> Void
    ) async throws(Fault) -> (FilePath, Bool) {
        let digest = ground.identity.digest.hex
        let lock = try await lock(root.appending("\(digest).lock"), progress)
        defer { withExtendedLifetime(lock) {} }
        if let path = await built(ground.identity, at: root.appending(digest)) { return (path, true) }
        try await Blocking.run { [root] () throws(Fault) in
            for name in try Files.list(root) where name.hasPrefix("\(digest).tmp-") {
                try Files.removeTree(root.appending(name))
            }
        }
        // uv makes relocatable scripts, so the directory gets its name only when it is whole; a uv that outlived a
        // killed bot can then only write into debris.
        let work = root.appending("\(digest).tmp-\(UInt64.random(in: 0 ... .max))")
        let final = root.appending(digest)
        try await cleaning(work) { () async throws(Fault) in
            try await install(ground, at: work, linking: [], progress)
            try await Blocking.run { () throws(Fault) in
                try Files.removeTree(final)
                guard rename(work.string, final.string) == 0 else { throw Files.systemFault("rename", work) }
                try Files.syncDirectory(final.removingLastComponent())
            }
        }
        return (final, false)
    }

    /// Builds a new one that shares no file with any other. What a killed process left at the path is removed first.
    func buildFresh(
        _ ground: Ground, at path: FilePath, _ progress: @Sendable (String) -> Void
    ) async throws(Fault) {
        try await Blocking.run { () throws(Fault) in
            try Files.removeTree(path)
            try Files.makeDirectory(path.removingLastComponent())
        }
        try await cleaning(path) { () async throws(Fault) in
            try await install(ground, at: path, linking: ["--link-mode", "copy"], progress)
        }
    }

    /// Asks again and again instead of blocking a thread, so that a cancelled run stops waiting at once.
    private func lock(_ path: FilePath, _ progress: @Sendable (String) -> Void) async throws(Fault) -> FileLock {
        try await Blocking.run { [root] () throws(Fault) in try Files.makeDirectory(root) }
        var said = false
        while true {
            let lock = try await Blocking.run { () throws(Fault) in try FileLock.take(path) }
            if let lock { return lock }
            if !said { progress("waiting for another run that builds the same environment") }
            said = true
            do { try await Task.sleep(for: .milliseconds(50)) } catch {
                throw Fault(.environment, "waiting for the environment was cancelled")
            }
        }
    }

    private func cleaning(_ path: FilePath, _ work: () async throws(Fault) -> Void) async throws(Fault) {
        do throws(Fault) {
            try await work()
        } catch {
            await Blocking.run { try? Files.removeTree(path) }
            throw error
        }
    }

    /// Fills a directory and marks it ready. Only wheels: an sdist runs its own code when it is installed.
    private func install(
        _ ground: Ground, at path: FilePath, linking: [String], _ progress: @Sendable (String) -> Void
    ) async throws(Fault) {
        let clock = ContinuousClock()
        let start = clock.now
        let count = ground.requirements.count
        progress("building the Python \(ground.identity.python) environment: \(packages(count)) in the lock")
        try await call(
            [
                "venv", "--relocatable", "--no-project", "--no-python-downloads", "--python", ground.interpreter.path,
                path.string,
            ])
        let lock = path.appending("requirements.txt")
        try await Blocking.run { () throws(Fault) in
            try Files.writeDurably(Data(ground.requirements.text.utf8), to: lock)
        }
        let said = try await call(
            ["pip", "sync", "--require-hashes", "--no-build", "--strict", "--compile-bytecode"]
                + ["--allow-empty-requirements", "--no-python-downloads"] + linking
                + ["--python", path.appending("bin/python").string, lock.string])
        for line in said.errors.split(whereSeparator: \.isNewline) where line.hasPrefix("warning: The package") {
            progress(String(line))
        }
        try await Blocking.run { () throws(Fault) in try seal(path, Ready(identity: ground.identity)) }
        let seconds =
            Double((clock.now - start).components.attoseconds) / 1e18 + Double((clock.now - start).components.seconds)
        progress("installed \(packages(installed(said.errors))) in \(String(format: "%.1f", seconds)) s")
    }

    @discardableResult
    private func call(_ arguments: [String]) async throws(Fault) -> Tool.Outcome {
        let outcome = try await uv.run(arguments, in: neutral, environment: uvVariables, deadline: .seconds(3600))
        guard outcome.status == 0 else {
            let words = UvWords(outcome)
            let what = words.kind == .input ? "the lock does not install" : "the environment could not be built"
            throw Fault(words.kind, "\(what): \(words.cause)", advice: advice(for: outcome))
        }
        return outcome
    }
}

private func advice(for outcome: Tool.Outcome) -> String? {
    outcome.errors.contains("has no usable wheels")
        ? "only wheels are installed, since building from source runs the package's code; lock a version that has a wheel"
        : nil
}

private func packages(_ count: Int) -> String { count == 1 ? "1 package" : "\(count) packages" }

/// From uv's `Installed 14 packages in 2.10s`.
private func installed(_ errors: String) -> Int {
    let line = errors.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Installed ") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
}

/// Makes everything durable before the mark that says so. `sync` is for the whole machine, but one call; there are too
/// many files for one each.
private func seal(_ path: FilePath, _ ready: Ready) throws(Fault) {
    sync()
    try Files.writeDurably(Canonical.bytes(of: ready), to: path.appending("ready.json"))
}
