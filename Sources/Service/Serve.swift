package import Domain
import Engine
import Host
package import ServiceLifecycle
import SystemPackage
package import Wire

extension Bot {
    /// Everything that a server does without being asked, as services for a `ServiceGroup`.
    ///
    /// They end on graceful shutdown within seconds and leave training running; the next server takes it up.
    /// - Throws: `.environment` if another server works on this home. It is this process's for as long as one of the
    ///   services lives.
    package func serve(_ wire: Wire) async throws(Fault) -> [any Service] {
        let path = engine.home.serverLock
        guard let lock = try await lock(path) else {
            throw Fault(
                .environment, "another server works on the home \(engine.home.root)",
                advice: "stop it first, or give this one a home of its own with --home")
        }
        let bot = self
        return [
            loop("acting", lock) { try await Acting(bot: bot).run() },
            loop("queue", lock) { try await Dispatching(bot: bot).run() },
            loop("clock", lock) { try await Ticking(bot: bot).run() },
            loop("polling", lock) { try await Polling(bot: bot).run() },
            loop("drops", lock) { try await DropWatching(bot: bot).run() },
            loop("publishing", lock) { try await bot.publishLoop() },
            loop("sending", lock) { try await bot.sendLoop(wire) },
        ]
    }

    /// Nil: somebody else has it, and not just a child of a server that was killed, which lets go of what it inherited
    /// within moments.
    private func lock(_ path: FilePath) async throws(Fault) -> FileLock? {
        for _ in 0..<20 {
            if let lock = try await Blocking.run({ () throws(Fault) in try FileLock.take(path) }) { return lock }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    private func loop(
        _ name: String, _ lock: FileLock, _ body: @escaping @Sendable () async throws -> Void
    ) -> Loop {
        Loop(name: name, bot: self) {
            try await body()
            withExtendedLifetime(lock) {}
        }
    }
}
