package import DataChecks
package import Domain
package import Environments
import Foundation
import Host
import SystemPackage

extension ImageTest {
    /// The Pillow that decodes images; part of what a test of them depends on.
    package static let reader = "pillow \(PillowLock.version)"

    /// The test with an environment that holds Pillow alone, made from a lock of our own the first time and reused
    /// from then on. Throws `.environment` with advice if it cannot be made here.
    package static func ready(
        in environments: Environments, progress: @escaping @Sendable (String) -> Void
    ) async throws(Fault) -> ImageTest {
        let (request, identity) = try await identified(in: environments)
        do throws(Fault) {
            let prepared = try await environments.prepare(request, as: identity, progress: progress)
            return ImageTest(python: Tool(path: prepared.path.appending("bin").appending("python"), name: "python"))
        } catch {
            throw Fault(
                .environment, "images are read by \(reader), which could not be installed: \(error.message)",
                advice: error.advice ?? "let uv reach a package index once")
        }
    }

    /// The folder of the environment, if it is there already; nil if the first test will make it. Throws as `ready`.
    package static func installed(in environments: Environments) async throws(Fault) -> Bool {
        let identity = try await identified(in: environments).identity
        return await Blocking.run {
            Files.exists(environments.root.appending(identity.digest.hex).appending("ready.json"))
        }
    }

    /// The machine's first Python 3, or else any that Pillow has a wheel for.
    private static func identified(
        in environments: Environments
    ) async throws(Fault) -> (request: Environments.Request, identity: EnvironmentIdentity) {
        guard let name = TreePath("pillow.lock") else { throw Fault(.bug, "the name of Pillow's lock is no path") }
        for python in ["3"] + PillowLock.pythons {
            let request = Environments.Request(python: python, lockName: name, lock: Data(PillowLock.text.utf8))
            do throws(Fault) {
                let identity = try await environments.identify(request)
                let minor = identity.python.split(separator: ".").prefix(2).joined(separator: ".")
                if PillowLock.pythons.contains(minor) { return (request, identity) }
            } catch {
                if error.kind != .input { throw error }
            }
        }
        throw Fault(
            .environment,
            "images are read by \(reader), which needs a Python from \(PillowLock.pythons.last ?? "") to \(PillowLock.pythons.first ?? ""), and there is none",
            advice: "install one with 'uv python install \(PillowLock.pythons[2])'")
    }
}
