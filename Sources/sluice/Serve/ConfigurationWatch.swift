import Domain
import Engine
import Foundation
import Host
import Logging
import Service
import ServiceLifecycle
import Settings
import SystemPackage
import Web

/// Reads `server.yaml` anew when it changes or on SIGHUP, and ends with SIGTERM or SIGINT, which ends the others.
///
/// The certificate is read anew at the same times, and when its own files change. What is broken changes nothing; it is
/// told in the log, by `/readyz` and in the metrics until it is mended.
struct ConfigurationWatch: ServiceLifecycle.Service {
    let wiring: Wiring
    let bot: Bot
    let server: Server
    let mask: LogLines.Mask
    let manager: ServiceManager
    let wishes: AsyncStream<ServerSignals.Wish>

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await listen() }
                group.addTask { await look() }
                group.addTask { await lookAtCertificate() }
                await group.next()
                group.cancelAll()
            }
        }
        manager.stopping()
    }

    private func listen() async {
        for await wish in wishes {
            switch wish {
            case .reload:
                await reload("SIGHUP")
                await renewCertificate()
            case .stop(let name):
                bot.log.info("\(name): ending; training goes on and is taken up by the next server")
                bot.health.end()
                manager.stopping()
                // Who asks whether it is ready hears that it is not, before nobody answers any more.
                try? await Task.sleep(for: .seconds(min(bot.configuration.now.settings.limits.drain, 3600)))
                return
            }
        }
    }

    /// A look is one system call; what a folder of links (as of Kubernetes) points at counts, not the link.
    private func look() async {
        var known = await stamp()
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            let stamp = await stamp()
            if stamp == known { continue }
            known = stamp
            if stamp != nil {
                await reload("the file changed")
                await renewCertificate()
            }
        }
    }

    /// Certificate and key are two files, and are replaced one after the other: only when both have rested for a look are
    /// they taken.
    private func lookAtCertificate() async {
        var known = await certificateStamps()
        var isNew = false
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            let stamps = await certificateStamps()
            if stamps != known {
                (known, isNew) = (stamps, true)
            } else if isNew {
                isNew = false
                await renewCertificate()
            }
        }
    }

    private func certificateStamps() async -> [Files.Stamp?] {
        guard let files = bot.configuration.now.settings.listen.tls else { return [] }
        return await Blocking.run { [Files.stamp(files.certificate), Files.stamp(files.key)] }
    }

    private func renewCertificate() async {
        do throws(Fault) {
            let end = try await server.renewCertificate(from: bot.configuration.now.settings.listen.tls)
            if let end { bot.log.info("a new certificate is served", metadata: ["until": "\(Timestamp.text(end))"]) }
            bot.isWell(Health.certificate)
        } catch {
            guard bot.health.note(error, of: Health.certificate, at: bot.engine.now()) else { return }
            bot.log.error("the new certificate cannot be used, and the one of before is kept: \(error.description)")
        }
    }

    private func stamp() async -> Files.Stamp? {
        let path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(wiring.name))
        return await Blocking.run { Files.stamp(path) }
    }

    private func reload(_ why: String) async {
        manager.reloading()
        defer { manager.ready("serving") }
        let before = bot.configuration.now
        do throws(Fault) {
            let next = try await wiring.live()
            mask.replace(with: Redactor(next.secrets + before.secrets))
            bot.configuration.replace(with: next)
            bot.isWell(Health.configuration)
            for bell in [bot.bells.events, bot.bells.queue, bot.bells.posts] { bell.ring() }
            bot.log.info(
                "read \(wiring.name) anew (\(why))", metadata: ["projects": "\(next.settings.projects.count)"])
            if before.settings.needsRestart(for: next.settings) {
                bot.log.warning("what 'listen' and 'limits' say of connections takes effect with the next start")
            }
        } catch {
            bot.health.note(error, of: Health.configuration, at: bot.engine.now())
            bot.log.error("\(wiring.name) is broken, and the configuration of before is kept: \(error.description)")
        }
    }
}

extension ServerSettings {
    /// True if a listener would have to be another one.
    fileprivate func needsRestart(for next: ServerSettings) -> Bool {
        // Another certificate takes effect at once.
        var listen = listen
        if listen.tls != nil, next.listen.tls != nil { listen.tls = next.listen.tls }
        return listen != next.listen || limits.body != next.limits.body || limits.connections != next.limits.connections
            || limits.idle != next.limits.idle
    }
}
