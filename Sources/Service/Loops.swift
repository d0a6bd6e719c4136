import Domain
import Engine
import Foundation
import Logging
import ServiceLifecycle
import Settings

/// A loop of the server. It ends when the server is told to end; one that fails is started anew, later each time.
struct Loop: Service {
    let name: String
    let bot: Bot
    let body: @Sendable () async throws -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await forever() }
    }

    private func forever() async {
        var pause = 1.0
        while !Task.isCancelled {
            let began = ContinuousClock.now
            do {
                try await body()
                bot.isWell(name)
                if Task.isCancelled { return }
            } catch {
                if Task.isCancelled { return }
                bot.tell(error as? Fault ?? Fault(.bug, "\(error)"), of: name)
            }
            if ContinuousClock.now - began > .seconds(60) { pause = 1 }
            try? await Task.sleep(for: .seconds(pause * Double.random(in: 0.8...1.2)))
            pause = min(pause * 2, 60)
        }
    }
}

extension Bot {
    /// Notes what fails, and logs it the first time that it fails so.
    func tell(_ fault: Fault, of what: String) {
        guard !Task.isCancelled, health.note(fault, of: what, at: engine.now()) else { return }
        let text = masked(fault.message)
        switch fault.kind {
        case .bug: log.error("\(what): \(text)")
        case .environment, .input: log.warning("\(what): \(text)")
        }
    }

    /// Notes that something goes well, and logs it if it did not before.
    package func isWell(_ what: String) {
        if health.note(nil, of: what, at: engine.now()) { log.notice("\(what): works again") }
    }

    /// Does a piece of work; what fails is noted and logged. True if it succeeded.
    @discardableResult
    func telling(_ what: String, _ work: () async throws(Fault) -> Void) async -> Bool {
        do throws(Fault) {
            try await work()
            isWell(what)
            return true
        } catch {
            tell(error, of: what)
            return false
        }
    }

    /// The text without any secret of the configuration.
    func masked(_ text: String) -> String {
        configuration.now.redactor.text(text)
    }

    /// The fault without any secret of the configuration.
    func masked(_ fault: Fault) -> Fault {
        Fault(fault.kind, masked(fault.message), advice: fault.advice.map(masked), notBefore: fault.notBefore)
    }

    /// One task for each project of the configuration, as long as the project is in it unchanged.
    func forEachProject(
        _ work: @escaping @Sendable (ProjectName, ProjectSettings) async -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            var current: [ProjectName: (settings: ProjectSettings, stop: AsyncStream<Void>.Continuation)] = [:]
            while !Task.isCancelled {
                let projects = configuration.now.settings.projects
                for (name, running) in current where projects[name] != running.settings {
                    running.stop.finish()
                    current[name] = nil
                    if projects[name] == nil { health.forget(name) }
                }
                for (name, settings) in projects where current[name] == nil {
                    let (stopped, stop) = AsyncStream<Void>.makeStream()
                    current[name] = (settings, stop)
                    group.addTask {
                        await withTaskGroup(of: Void.self) { pair in
                            pair.addTask { await work(name, settings) }
                            pair.addTask { for await _ in stopped {} }
                            await pair.next()
                            pair.cancelAll()
                        }
                    }
                }
                // Compares values in memory.
                try? await Task.sleep(for: .seconds(1))
            }
            group.cancelAll()
        }
    }
}
