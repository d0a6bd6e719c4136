import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Host
import SystemPackage
import Web

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The state directory (else SLUICE_HOME, else the XDG data directory).", valueName: "dir"),
        completion: .directory)
    var home: String?

    @Flag(name: .long, help: "Print one JSON object on standard output (its shape: docs/json.md).")
    var json = false

    /// Does a command's work, prints what went wrong, and exits with the code that the work came to.
    func perform(_ work: () async throws(Fault) -> Outcome) async throws {
        let outcome: Outcome
        do throws(Fault) {
            outcome = try await work()
        } catch {
            if json {
                Console.printJSON(ErrorView(error))
            } else {
                Console.complain(error)
            }
            throw Outcome.couldNotTell.exitCode
        }
        if let failure = Console.failure {
            Console.complain(failure)
            throw Outcome.couldNotTell.exitCode
        }
        if outcome != .yes { throw outcome.exitCode }
    }

    /// Opens the home that the options and the environment name.
    func engine() async throws(Fault) -> Engine {
        let variables = ProcessInfo.processInfo.environment
        let home = Home.locate(
            flag: home, variables: variables, from: FilePath(FileManager.default.currentDirectoryPath))
        return try await Engine.open(
            home, hooks: CrashHook.fromEnvironment(variables), variables: variables,
            now: TestClock.fromEnvironment(variables))
    }

    /// The repository that the working directory lies in.
    func repository() async throws(Fault) -> GitRepository {
        try await GitRepository.discover(from: FilePath(FileManager.default.currentDirectoryPath))
    }
}

/// Who decides.
struct PersonOption: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Who says so (else the login name). A record, not an authentication.", valueName: "name"))
    var name: String?

    /// The name given, else the login name. Throws `.input` if it cannot be a name.
    func person() throws(Fault) -> PersonName {
        let text = name ?? loginName()
        guard let person = PersonName(text) else {
            throw Fault(.input, "'\(text)' cannot be a person's name", advice: "give one with --as NAME")
        }
        return person
    }

    private func loginName() -> String {
        let record = getpwuid(geteuid())
        if let name = record?.pointee.pw_name { return String(cString: name) }
        return ProcessInfo.processInfo.environment["USER"] ?? "unknown"
    }
}

/// A run named on the command line.
struct RunArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var run: String

    func id() throws(Fault) -> RunID { try runNumber(run) }
}

/// A run's number from the command line.
func runNumber(_ text: String) throws(Fault) -> RunID {
    guard let id = RunID(text) else {
        throw Fault(.input, "'\(text)' is not a run's number", advice: "'sluice runs' lists them")
    }
    return id
}

/// What a command came to, as its exit code.
enum Outcome: Int32 {
    case yes = 0
    case no = 1
    case couldNotTell = 2
    /// Only `sluice reproduce`: not the same bytes, but the same numbers.
    case equivalent = 3

    var exitCode: ExitCode { ExitCode(rawValue) }

    /// What a run that is over came to: a person's no, and a promotion that was taken back, are answers too.
    init(of status: RunStatus) {
        switch status {
        case .waiting, .approved, .promoting, .promoted, .compared(.passed): self = .yes
        case .refused, .rejected, .expired, .rolledBack, .stuck, .compared(.failed): self = .no
        case .working, .undecided, .errored, .cancelled, .compared(.undecided): self = .couldNotTell
        }
    }

    /// The worse of two: not to know is worse than a no.
    func worst(_ other: Outcome) -> Outcome {
        func weight(_ outcome: Outcome) -> Int {
            switch outcome {
            case .yes: 0
            case .equivalent: 1
            case .no: 2
            case .couldNotTell: 3
            }
        }
        return weight(other) > weight(self) ? other : self
    }
}
