import ArgumentParser
import Domain
import Engine
import Foundation
import Host
import Logging
import Service
import ServiceLifecycle
import Settings
import Web
import Wire

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Be the bot: take webhooks, watch remotes, drops and schedules, run, report, take decisions.",
        discussion: """
            Everything that is served stands in one file; docs/server.md has its keys. The file, and a certificate that it \
            names, are read anew when they change and on SIGHUP. SIGTERM and SIGINT end the server and leave training running; the next server takes \
            it up. A second signal ends it at once.

            Log lines go to standard error, as JSON unless that is a terminal.

            Exit codes: 0 ended as told, 2 it could not start, or --check found mistakes.

            Examples:
              sluice serve --config server.yaml --check
              sluice serve --config /etc/sluice/server.yaml --home /var/lib/sluice
            """)

    @OptionGroup var options: CommonOptions

    @Option(
        help: ArgumentHelp("The server's configuration.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var config: String

    @Flag(help: "Only say what is wrong with the configuration, and with what the forges let the bot do.")
    var check = false

    @Flag(help: "Log requests and details too.")
    var verbose = false

    private struct View: Encodable {
        struct Project: Encodable {
            let name: String
            let source: String
        }
        let forges: [String]
        let projects: [Project]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let wiring = Wiring(name: config, variables: ProcessInfo.processInfo.environment)
            let live = try await wiring.live()
            if check {
                try await Server.check(live.settings.listen)
                try await greet(live)
                tell(live.settings)
            } else {
                try await serve(live, wiring)
            }
            return .yes
        }
    }

    /// Names all that the forges will not let the bot do. One that cannot be reached now is no mistake.
    private func greet(_ live: Configuration.Live) async throws(Fault) {
        let faults = await live.greetForges()
        let mistakes = faults.filter { $0.kind == .input }
        for fault in faults where fault.kind != .input { Console.note(fault.message) }
        guard let first = mistakes.first else { return }
        throw Fault(.input, mistakes.map(\.message).joined(separator: "\n"), advice: first.advice)
    }

    private func tell(_ settings: ServerSettings) {
        let projects = settings.projects.sorted { $0.key < $1.key }.map { name, project in
            View.Project(name: name.text, source: project.source.text)
        }
        let forges = settings.forges.keys.sorted().map(\.text)
        if options.json {
            Console.printJSON(View(forges: forges, projects: projects))
        } else {
            Console.print("\(config) is good: it serves")
            Table.lines(projects.map { ["  \($0.name)", $0.source] }).forEach(Console.print)
        }
    }

    private func serve(_ live: Configuration.Live, _ wiring: Wiring) async throws(Fault) {
        let mask = LogLines.Mask(live.redactor)
        let lines = LogLines(
            logLevel: verbose ? .debug : .info, isJSON: isatty(STDERR_FILENO) == 0, mask: mask)
        let log = Logger(label: "sluice") { _ in lines }
        let manager = ServiceManager(variables: wiring.variables)
        let files = OpenFiles.raise()
        let wanted = live.settings.limits.connections + Server.ownFiles
        if files < wanted {
            log.warning(
                "the system lets this process open \(files) files, so it takes fewer connections than 'limits' says",
                metadata: ["wanted": "\(wanted)"])
        }
        let bot = Bot(engine: try await options.engine(), configuration: Configuration(live), log: log)
        let listen = live.settings.listen
        let server = Server(bot: bot, listen: listen, limits: live.settings.limits, version: Version.text) { port in
            let scheme = listen.tls == nil ? "http" : "https"
            let host = listen.address.contains(":") ? "[\(listen.address)]" : listen.address
            log.info(
                "listening on \(scheme)://\(host):\(port)",
                metadata: ["port": "\(port)", "home": "\(bot.engine.home.root)", "version": "\(Version.text)"])
            manager.ready("serving")
        }
        let watch = ConfigurationWatch(
            wiring: wiring, bot: bot, server: server, mask: mask, manager: manager, wishes: ServerSignals.listen())
        let services: [any ServiceLifecycle.Service] =
            try await bot.serve(Wire.live(agent: "sluice/\(Version.text)")) + [watch, server]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                logger: log))
        do {
            try await group.run()
            log.info("ended")
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.environment, "the server could not go on: \(error)")
        }
    }
}

extension ProjectSettings.Source {
    /// For people.
    fileprivate var text: String {
        switch self {
        case .forge(let forge, let repository): "\(repository) on \(forge)"
        case .git(let remote): remote
        }
    }
}
