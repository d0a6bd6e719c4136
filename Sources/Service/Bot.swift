package import Domain
package import Engine
package import Forges
package import Host
package import Logging
package import Settings
import Storage
import Synchronization
package import SystemPackage

/// What the loops of a server share: the engine with its store, the configuration of now, and the bells.
///
/// Loops are level-triggered: a bell, a webhook or a timer only wakes one; what is to be done is read from the store. So
/// every loop may be killed and started anew at any time, and two that do the same do no harm. What must not go in here:
/// state that is not in the store.
package struct Bot: Sendable {
    package let engine: Engine
    package let configuration: Configuration
    package let bells: Bells
    package let log: Logger
    /// What does not go well now, for health and pages.
    package let health: Health
    let inbox: GroupCommit
    let fetches: FetchGate
    /// Whether forges and addresses may be written to now; empty after a start.
    let lanes = Lanes()
    /// The home's canonical path.
    let root: FilePath

    /// - Parameter mostWaiting: deliveries that may wait to be written at the same time; the next is told to come again.
    package init(
        engine: Engine, configuration: Configuration, bells: Bells = Bells(), log: Logger, mostWaiting: Int = 4096
    ) {
        self.init(
            engine: engine, configuration: configuration, bells: bells, log: log, mostWaiting: mostWaiting,
            fetches: FetchGate())
    }

    init(
        engine: Engine, configuration: Configuration, bells: Bells, log: Logger, mostWaiting: Int = 4096,
        fetches: FetchGate
    ) {
        self.fetches = fetches
        var engine = engine
        engine.hidden = { configuration.now.hidden }
        self.engine = engine
        self.configuration = configuration
        self.bells = bells
        self.log = log
        health = Health()
        inbox = GroupCommit(store: engine.store, now: engine.now, most: mostWaiting)
        root = (try? Files.canonical(engine.home.root)) ?? engine.home.root
    }

    /// One for each loop that waits for work.
    package struct Bells: Sendable {
        /// An event was recorded.
        package let events = Bell()
        /// A run was queued or is over.
        package let queue = Bell()
        /// A transition was committed that somebody outside may have to hear of.
        package let publishing = Bell()
        /// A post was written.
        package let posts = Bell()
        package init() {}
    }
}

/// The configuration of now. Read it at the start of each piece of work and use that value to the end of it.
package final class Configuration: Sendable {
    /// One reading of the configuration, with what was made from it.
    package struct Live: Sendable {
        package let settings: ServerSettings
        package let forges: [ForgeName: any Forge]
        package let webhooks: [ForgeName: Webhook]
        /// Values of secrets of policies and forges.
        package let secrets: [String]
        /// Takes them out of whatever is said.
        package let redactor: Redactor
        /// Files that no stage sees: those of secrets, and the configuration itself.
        package let hidden: [FilePath]
        private let byRepository: [ForgeName: [String: ProjectName]]

        /// - Parameter file: where the settings were read.
        package init(
            settings: ServerSettings, forges: [ForgeName: any Forge], webhooks: [ForgeName: Webhook], secrets: [String],
            file: FilePath? = nil
        ) {
            hidden = settings.ownFiles + (file.map { [$0] } ?? [])
            self.settings = settings
            self.forges = forges
            self.webhooks = webhooks
            self.secrets = secrets
            redactor = Redactor(secrets)
            var byRepository: [ForgeName: [String: ProjectName]] = [:]
            for (name, project) in settings.projects.sorted(by: { $0.key > $1.key }) {
                guard case .forge(let forge, let repository) = project.source else { continue }
                byRepository[forge, default: [:]][repository.path.lowercased()] = name
            }
            self.byRepository = byRepository
        }

        /// The project of a repository on a forge, letter case ignored; nil: none is served. Of several it is the one
        /// whose name comes first.
        package func project(of repository: ForgeRepository, on forge: ForgeName) -> ProjectName? {
            byRepository[forge].flatMap { $0[repository.path.lowercased()] }
        }
    }

    private let live: Mutex<Live>

    package init(_ live: Live) { self.live = Mutex(live) }

    package var now: Live { live.withLock { $0 } }

    /// Takes effect for every piece of work that begins from now on.
    package func replace(with next: Live) { live.withLock { $0 = next } }
}
