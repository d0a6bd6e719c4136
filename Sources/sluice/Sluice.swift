import ArgumentParser
import Foundation

@main
enum Program {
    static func main() async {
        // A process may be started with these closed; a file that then takes the number would get what is printed.
        while true {
            let file = open("/dev/null", O_RDWR)
            guard file >= 0, file <= STDERR_FILENO else {
                close(file)
                break
            }
        }
        await Sluice.main()
    }
}

struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract:
            "Runs a project's tests, training and gates for a change, and holds the new model until a person approves.",
        discussion: """
            A first time:
              sluice init                       write a sluice.yaml for this repository
              sluice data add flights *.csv     take data in
              sluice run                        test, train, compare; prints the report
              sluice approve 1                  promote what run 1 made

            Exit codes: 0 yes (or done), 1 the answer is no, 2 it could not be told, 64 wrong usage. \
            'sluice COMMAND --help' says what differs.
            """,
        version: Version.text,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [
                    RunCommand.self, WatchCommand.self, ResumeCommand.self, CancelCommand.self,
                    ReproduceCommand.self,
                ]),
            CommandGroup(
                name: "Decide",
                subcommands: [ApproveCommand.self, RejectCommand.self, PromoteCommand.self, RollbackCommand.self]),
            CommandGroup(
                name: "Look",
                subcommands: [
                    RunsCommand.self, ShowCommand.self, LogsCommand.self, CompareCommand.self, ModelsCommand.self,
                    WhyCommand.self,
                ]),
            CommandGroup(
                name: "Set up",
                subcommands: [
                    InitCommand.self, DataCommand.self, PolicyCommand.self, DoctorCommand.self, AuditCommand.self,
                ]),
            CommandGroup(
                name: "Serve",
                subcommands: [
                    ServeCommand.self, TriggerCommand.self, UserCommand.self, TokenCommand.self, HookCommand.self,
                    BackupCommand.self, CollectCommand.self,
                ]),
        ]
    )
}

/// The version, in one place.
enum Version {
    static let text = "0.1.0"
}
