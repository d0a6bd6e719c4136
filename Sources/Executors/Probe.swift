import Domain
import Glibc
import Host

/// Whether bubblewrap works here, tried once: it may be missing, or the machine may forbid user namespaces.
actor SandboxProbe {
    static let shared = SandboxProbe()
    private var known: SandboxSupport?

    func answer() async -> SandboxSupport {
        if let known { return known }
        let support = await ask()
        known = support
        return support
    }

    private func ask() async -> SandboxSupport {
        do throws(Fault) {
            let outcome = try await Sandbox.program().run(
                Sandbox.basics(network: false) + ["--tmpfs", "/tmp", "--", "/bin/sh", "-c", "exit 7"],
                deadline: .seconds(20))
            guard outcome.status != 7 else { return SandboxSupport(unavailable: nil) }
            return SandboxSupport(unavailable: "bubblewrap cannot make a sandbox here: \(outcome.errors)")
        } catch {
            return SandboxSupport(unavailable: error.message)
        }
    }
}
