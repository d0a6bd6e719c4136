import ArgumentParser
import DataChecks
import Domain
import Engine
import Environments
import Executors
import Foundation
import Host
import Reports
import SystemPackage

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check tools, versions, permissions and disk, and say what to do.",
        discussion: """
            Exit codes: 0 ready, 1 something is missing that a run needs.

            Example:
              sluice doctor
            """)

    @OptionGroup var options: CommonOptions

    /// One thing looked at.
    private struct Check: Encodable {
        enum Result: String, Encodable {
            case ok
            case warning
            case missing
        }
        let name: String
        let result: Result
        let found: String
        let advice: String?
    }

    private struct View: Encodable {
        let ready: Bool
        let checks: [Check]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            var checks: [Check] = []
            checks.append(await tool("git", ["--version"], "install it with 'apt-get install git'"))
            checks.append(await tool("uv", ["--version"], "install it with 'pipx install uv'"))
            checks.append(await tool("duckdb", ["-version"], "install it with 'pipx install duckdb-cli'"))
            checks.append(await python())
            checks.append(await images())
            checks.append(buckets())
            checks.append(await sandbox())
            checks.append(await home())
            checks.append(await disk())
            let ready = !checks.contains { $0.result == .missing }
            if options.json {
                Console.printJSON(View(ready: ready, checks: checks))
            } else {
                for check in checks { show(check) }
                Console.print(ready ? "ready" : "not ready: see above")
            }
            return ready ? .yes : .no
        }
    }

    private func show(_ check: Check) {
        let mark =
            switch check.result {
            case .ok: "✓"
            case .warning: "!"
            case .missing: "✗"
            }
        Console.print(Console.printable("\(mark) \(check.name): \(check.found)"))
        if let advice = check.advice { Console.print("    \(Console.printable(advice))") }
    }

    private func tool(_ name: String, _ arguments: [String], _ advice: String) async -> Check {
        do throws(Fault) {
            let tool = try Tool.find(name, advice: advice)
            let output = try await tool.output(arguments, deadline: .seconds(10))
            let line = output.split(separator: "\n").first.map(String.init) ?? ""
            return Check(name: name, result: .ok, found: "\(line) (\(tool.path))", advice: nil)
        } catch {
            return Check(name: name, result: .missing, found: error.message, advice: advice)
        }
    }

    private func python() async -> Check {
        let found = await tool("python3", ["--version"], "install it with 'apt-get install python3'")
        guard found.result == .missing else { return found }
        return Check(
            name: found.name, result: .warning, found: found.found,
            advice: "needed where a policy has an environment; \(found.advice ?? "")")
    }

    private func images() async -> Check {
        do throws(Fault) {
            let home = Home.locate(
                flag: options.home, variables: ProcessInfo.processInfo.environment,
                from: FilePath(FileManager.default.currentDirectoryPath))
            let uv = try Tool.find("uv", advice: "install it with 'pipx install uv'")
            let isThere = try await ImageTest.installed(in: Environments(root: home.environments, uv: uv))
            let found = isThere ? "\(ImageTest.reader)" : "the first test of images installs \(ImageTest.reader)"
            return Check(name: "images", result: .ok, found: found, advice: nil)
        } catch {
            return Check(
                name: "images", result: .warning, found: error.message,
                advice: "needed where a dataset has 'images'; \(error.advice ?? "see above")")
        }
    }

    /// It is looked for and not run: rclone makes its configuration wherever HOME happens to point.
    private func buckets() -> Check {
        do throws(Fault) {
            let rclone = try Tool.find("rclone", advice: "")
            return Check(name: "rclone", result: .ok, found: "\(rclone.path)", advice: nil)
        } catch {
            let words = "not installed, and needed only for drops in S3: 'apt-get install rclone'"
            return Check(name: "rclone", result: .ok, found: words, advice: nil)
        }
    }

    private func sandbox() async -> Check {
        guard let why = await LocalExecutor.probe().unavailable else {
            return Check(name: "sandbox", result: .ok, found: "bubblewrap works", advice: nil)
        }
        return Check(
            name: "sandbox", result: .warning, found: why,
            advice: "install it with 'apt-get install bubblewrap'; without it stages are only held by process groups")
    }

    private func home() async -> Check {
        do throws(Fault) {
            let engine = try await options.engine()
            let unfinished = try await engine.unfinished()
            let count = unfinished.runs.count + unfinished.promotions.count
            if count > 0 {
                return Check(
                    name: "home", result: .warning, found: "\(engine.home.root); \(count) interrupted",
                    advice: "'sluice resume' goes on with what was interrupted")
            }
            return Check(name: "home", result: .ok, found: "\(engine.home.root)", advice: nil)
        } catch {
            return Check(
                name: "home", result: .missing, found: error.message,
                advice: error.advice ?? "choose another with --home DIR or SLUICE_HOME")
        }
    }

    private func disk() async -> Check {
        let variables = ProcessInfo.processInfo.environment
        let home = Home.locate(
            flag: options.home, variables: variables, from: FilePath(FileManager.default.currentDirectoryPath))
        do throws(Fault) {
            let free = try await Blocking.run { () throws(Fault) in
                var place = home.root
                while !Files.exists(place), place.components.count > 1 { place.removeLastComponent() }
                return try Files.freeBytes(at: place)
            }
            let text = "\(ReportRenderer.size(free)) free"
            return free > 5_000_000_000
                ? Check(name: "disk", result: .ok, found: text, advice: nil)
                : Check(
                    name: "disk", result: .warning, found: text,
                    advice: "environments and data need room; 'store', 'envs' and 'runs' below \(home.root) grow")
        } catch {
            return Check(name: "disk", result: .warning, found: error.message, advice: nil)
        }
    }
}
