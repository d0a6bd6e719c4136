import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// The commands of README and docs/operations.md about a server, word for word; only paths of an operator's machine are
/// others, and the port.
@Suite(.timeLimit(.minutes(20)))
struct ServerPagesTests {
    private static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    /// The blocks of a kind in a section of a page.
    private func blocks(_ kind: String, of page: String, under heading: String) throws -> [String] {
        let text = String(decoding: try Files.readSmall(Self.root.appending(page)), as: UTF8.self)
        let start = try #require(text.firstRange(of: "\n\(heading)\n"), "\(page) has no '\(heading)'").upperBound
        let level = heading.prefix { $0 == "#" }.count
        // Up to the next heading of this level or of a higher one. Of the first level there is one on a page, and
        // comments in blocks begin as it does.
        let rest = text[start...]
        let ends = (2...max(2, level)).compactMap {
            rest.firstRange(of: "\n\(String(repeating: "#", count: $0)) ")?.lowerBound
        }
        let section = rest[..<(ends.min() ?? rest.endIndex)]
        let found = section.components(separatedBy: "```\(kind)\n").dropFirst().map {
            $0.components(separatedBy: "\n```").first ?? ""
        }
        try #require(!found.isEmpty, "\(page) has no block of \(kind) under '\(heading)'")
        return found
    }

    /// The commands of a block, without what is said about them.
    private func commands(_ block: String) -> [String] {
        block.split(separator: "\n").map {
            ($0.components(separatedBy: "  #").first ?? "").trimmingCharacters(in: .whitespaces)
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    /// A line as a shell would run it in the folder.
    private func shell(_ line: String, _ project: Project) async throws -> Project.Call {
        let script = "sluice() { '\(try Project.program())' \"$@\"; }\n\(line)"
        let told = try await Tool.find("bash", advice: "").run(
            ["-c", script], in: project.folder,
            environment: ["SLUICE_HOME": project.home.string, "NO_COLOR": "1"], deadline: .seconds(600))
        return Project.Call(status: told.status, output: told.output, errors: told.errors)
    }

    @Test func `the README's server is what it says`() async throws {
        let yaml = try blocks("yaml server", of: "README.md", under: "## As a server")
        let lines = commands(try blocks("sh", of: "README.md", under: "## As a server").joined(separator: "\n"))
        try #require(lines == ["sluice serve --config server.yaml --check", "sluice serve --config server.yaml"])
        let policy = ToyProject.policy + "\ntriggers: {push: {}}\n"
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()
            let bare = project.folder.appending("flight-delay.git")
            try await project.git("clone", "-q", "--bare", ".", bare.string)
            let settings = yaml.joined(separator: "\n").replacing("/srv/git/flight-delay.git", with: bare.string)
            try Files.writeDurably(Data(settings.utf8), to: project.folder.appending("server.yaml"))
            let checked = try await shell(lines[0], project)
            #expect(checked.status == 0 && checked.output.contains("is good"), "\(checked.errors)")

            let bot = try await ServedBot.start(project, settings: settings + "\nlisten: {port: 0}\n")
            let outcome: Result<(Project.Call, Project.Call), any Error>
            do {
                let commit = try await project.commit("Something new")
                try await project.git("push", "-q", bare.string, "main")
                let run = try await eventually {
                    try await bot.runs().first { $0["commit"]?.text == commit && $0["state"]?.text == "judged" }
                }
                let id = try #require(run["run"]?.int64)
                outcome = .success(
                    (try await shell("sluice why \(commit)", project), try await shell("sluice approve \(id)", project))
                )
            } catch {
                outcome = .failure(error)
            }
            let status = await bot.end()
            let (why, approved) = try outcome.get()

            #expect(why.status == 0 && why.output.contains("run"), "\(why.output) \(why.errors)")
            #expect(approved.status == 0 && approved.output.contains("is champion now"), "\(approved.errors)")
            #expect(status == 0)
        }
    }

    @Test func `users and tokens are made, shown and voided by the commands of the page`() async throws {
        let lines = try blocks("sh", of: "docs/operations.md", under: "### Users and tokens").flatMap(commands)
        try #require(lines.contains("sluice token revoke 3") && !lines.contains { $0.contains("backup") })
        try await withBareBot { bot in
            // The page's token is the third one of its home.
            try await bot.project.sluice("user", "add", "bob", "--role", "viewer")
            for _ in 1...2 { try await bot.project.sluice("token", "create", "bob") }
            _ = try await bot.finished(1)
            var calls: [String: Project.Call] = [:]
            for line in lines {
                let call = try await shell(line, bot.project)
                calls[line] = call
                #expect(call.status == 0, "\(line): \(call.errors)")
                guard line.hasPrefix("sluice token create") else { continue }
                let token = call.output.trimmingCharacters(in: .whitespacesAndNewlines)
                let far: [String: String?] = ["SLUICE_SERVER": bot.address, "SLUICE_TOKEN": token]
                for command in [["runs"], ["show", "1"], ["why", "1"]] {
                    let told = try await bot.project.call(command, environment: far)
                    #expect(told.status == 0, "\(command): \(told.errors)")
                }
                let form = ["-H", "Origin: \(bot.address)", "-d", "token=\(token)", "-o", "/dev/null", "-D", "-"]
                let cookie = try await Tool.find("curl", advice: "").output(
                    ["-sS"] + form + ["\(bot.address)/sign-in"], in: bot.project.folder)
                #expect(cookie.contains("303"))
            }

            #expect(calls["sluice token revoke 3"]?.output == "token 3 is void, and with it 1 session\n")
        }
    }

    @Test func `a home that is empty by mistake does not take the place of the last good backup`() async throws {
        try await withProject { project in
            try await project.addData()
            let folder = project.folder.appending("backups").string
            try await project.sluice("backup", folder)

            let wrong = try await project.sluice("backup", folder, "--home", project.folder.appending("other").string)
            let whole = try await project.sluice("backup", folder, "--verify")
            let again = try await project.sluice("backup", folder)

            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("is of another home than"), "\(wrong.errors)")
            #expect(whole.status == 0 && !whole.output.contains(" 0 entries"), "\(whole.output)")
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test func `a backup is made, read again and restored as the page says`() async throws {
        let lines = commands(try blocks("sh", of: "docs/operations.md", under: "## Backup").first ?? "")
        try #require(lines.count == 2)
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            let folder = project.folder.appending("backups")
            for line in lines {
                let call = try await shell(line.replacing("/var/backups/sluice", with: folder.string), project)
                #expect(call.status == 0, "\(line): \(call.errors)")
            }
            try Files.removeTree(project.home)
            let restored = try await shell(
                "cp -a '\(folder)' '\(project.home)' && sluice audit verify && sluice resume && sluice approve 1",
                project)

            #expect(restored.status == 0 && restored.output.contains("is champion now"), "\(restored.errors)")
        }
    }
}
