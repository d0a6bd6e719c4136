import ArgumentParser
import Domain
import Foundation
import Host
import SystemPackage
import Wire

struct HookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Let a bare repository tell a server at once which branches moved.",
        discussion: """
            A server finds pushes by asking the remote now and then; with the hook it is told.

            Examples:
              sluice hook install /srv/git/flights.git --server https://sluice.example.org --project flights
              sluice hook send --server https://sluice.example.org --project flights --token-file token
            """,
        subcommands: [Install.self, Send.self])

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "install", abstract: "Write the repository's post-receive hook.",
            discussion: """
                A hook that is there already is kept and called first. The hook never fails a push: what the server does \
                not hear in 5 seconds, it finds by asking.

                The token lies in a file that only the owner of the repository reads: 'sluice-token' in the git \
                directory, unless --token-file names another. 'sluice token create' on the server makes one; the role \
                operator is enough.

                Example:
                  sluice hook install /srv/git/flights.git --server https://sluice.example.org --project flights
                """)

        @OptionGroup var options: CommonOptions
        @Argument(
            help: "The repository, most often a bare one (else the one that the working directory lies in).",
            completion: .directory)
        var repository: String?
        @Option(help: ArgumentHelp("The server's address.", valueName: "url")) var server: String
        @Option(help: "The project's name in the server's configuration.") var project: String
        @Option(help: ArgumentHelp("The file with the token.", valueName: "file"), completion: .file())
        var tokenFile: String?

        private struct View: Encodable {
            let hook: String
            /// The hook that is called first; left out if there was none.
            let before: String?
            let tokenFile: String
        }

        func run() async throws {
            try await options.perform { () throws(Fault) in
                guard ProjectName(project) != nil else {
                    throw Fault(.input, "'\(project.shown())' is not a project's name")
                }
                guard let url = URL(string: server), ["http", "https"].contains(url.scheme), url.host != nil,
                    url.user == nil
                else { throw Fault(.input, "'\(server.shown())' is not a server's address") }
                let here = FilePath(FileManager.default.currentDirectoryPath)
                let target = here.pushing(FilePath(repository ?? "."))
                guard await Blocking.run({ Files.isDirectory(target) }) else {
                    throw Fault(.input, "there is no folder \(target.lexicallyNormalized())")
                }
                let git = try Tool.find("git", advice: "install it with 'apt install git'")
                let told = try await git.output(
                    ["rev-parse", "--absolute-git-dir", "--git-path", "hooks"], in: target, kind: .input)
                let lines = told.split(separator: "\n").map(String.init)
                guard lines.count == 2 else { throw Fault(.environment, "git does not say where the hooks are") }
                let token = tokenFile.map { here.pushing(FilePath($0)) } ?? FilePath(lines[0]).appending("sluice-token")
                let hook = PostReceiveHook(
                    folder: target.pushing(FilePath(lines[1])).lexicallyNormalized(),
                    program: try await Blocking.run { () throws(Fault) in try Files.canonical("/proc/self/exe") },
                    server: server, project: project, tokenFile: token.lexicallyNormalized())
                let before = try await Blocking.run { () throws(Fault) in try hook.install() }
                tell(hook, before)
                return .yes
            }
        }

        private func tell(_ hook: PostReceiveHook, _ before: FilePath?) {
            if options.json {
                return Console.printJSON(
                    View(hook: hook.path.string, before: before?.string, tokenFile: hook.tokenFile.string))
            }
            Console.print(
                "wrote \(hook.path)" + (before.map { "; what was there is now \($0) and is called first" } ?? ""))
            if !Files.exists(hook.tokenFile) {
                Console.note(
                    "there is no token yet: put one into \(hook.tokenFile), readable by the repository's owner only")
            }
        }
    }

    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "send", abstract: "Tell a server which branches moved, as git tells a hook.",
            discussion: """
                Reads lines 'OLD NEW REF' from standard input. Always ends with 0 and within 5 seconds; what went wrong \
                is on standard error.

                Example:
                  sluice hook send --server URL --project flights --token-file token < moved
                """)

        @Option(help: ArgumentHelp("The server's address.", valueName: "url")) var server: String
        @Option(help: "The project's name in the server's configuration.") var project: String
        @Option(help: ArgumentHelp("The file with the token.", valueName: "file"), completion: .file())
        var tokenFile: String

        func run() async throws {
            let moved = MovedBranch.read(FileHandle.standardInput.readDataToEndOfFile())
            guard !moved.isEmpty else { return }
            do throws(Fault) {
                let client = try await ServerClient(
                    address: server, tokenFile: FilePath(tokenFile), variables: ProcessInfo.processInfo.environment)
                let events = moved.prefix(100).map { $0.event(of: project, from: server) }
                _ = try await client.bytes(
                    .post, "/events", body: .array(events), type: "application/cloudevents-batch+json", timeout: 4)
                Console.note(
                    "sluice: told \(client.address) of \(moved.count == 1 ? "a branch" : "\(moved.count) branches")")
            } catch {
                Console.note("sluice: the server was not told (\(error.message)); it will find the push by itself")
            }
        }
    }
}
