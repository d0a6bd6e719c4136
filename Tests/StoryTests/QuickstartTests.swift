import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// docs/quickstart.md, followed from its first block to its last by somebody with a new machine: the files it shows are
/// written, its commands are typed, and what it says of them has to come.
@Suite(.timeLimit(.minutes(20)))
struct QuickstartTests {
    @Test func `whoever follows the quickstart gets the models and the numbers that it tells`() async throws {
        let page = try Quickstart.read()
        try await withTemporaryFolder { folder in
            var reader = try QuickstartReader(home: folder)
            var calls: [(line: String, call: Project.Call)] = []
            for block in page.blocks {
                for line in try reader.follow(block) { calls.append((line, try await reader.type(line))) }
            }
            let refused = try await reader.type("sluice approve 2")
            let models = try await reader.type("sluice models --json").json()

            let runs = calls.filter { $0.line.hasSuffix("sluice run") }.map(\.call)
            try #require(runs.count == 3, "\(calls.map(\.line))")
            for (number, run) in runs.enumerated() {
                let figures = page.figures(ofSection: number + 3)
                #expect(figures.count == [1, 2, 3][number])
                for figure in figures { #expect(run.output.contains(figure), "\(figure) is not in\n\(run.output)") }
            }
            #expect(runs.map(\.status) == [0, 1, 0])
            for (line, call) in calls where !line.hasSuffix("sluice run") {
                #expect(call.status == 0, "\(line): \(call.output)\(call.errors)")
            }
            #expect(refused.status == 1, "\(refused.output)\(refused.errors)")
            let champions = (models["versions"]?.items ?? []).filter { $0["aliases"]?.items == [.string("champion")] }
            #expect(champions.map { $0["version"]?["run"]?.int64 } == [3])
        }
    }
}

/// The page, as what somebody does who reads it.
private struct Quickstart {
    enum Block {
        /// A whole file, or a line of one that takes the place of the line which begins the same.
        case file(String, text: String)
        case line(String, text: String)
        case commands([String])
    }

    private(set) var blocks: [Block] = []
    private let sections: [String]

    static func read() throws -> Quickstart {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let bytes = try Files.readSmall(root.appending("docs").appending("quickstart.md"))
        return try Quickstart(String(decoding: bytes, as: UTF8.self))
    }

    private init(_ page: String) throws {
        sections = page.components(separatedBy: "\n## ")
        var file: String?
        for (number, part) in page.components(separatedBy: "\n```").enumerated() {
            if number.isMultiple(of: 2) {
                file = part.matches(of: /`([a-z]+\.py)`/).last.map { String($0.1) } ?? file
                continue
            }
            let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.dropFirst().joined(separator: "\n")
            switch lines.first {
            case "sh":
                blocks.append(.commands(lines.dropFirst().map(String.init)))
            case "yaml":
                blocks.append(.file("sluice.yaml", text: text))
            case "python":
                let file = try #require(file, "the page shows Python before it names a file")
                blocks.append(lines.count == 2 ? .line(file, text: text) : .file(file, text: text))
            default:
                Issue.record("nobody knows what to do with a block of \(lines.first ?? "")")
            }
        }
    }

    /// The AUCs, and the interval of their difference, that a section promises.
    func figures(ofSection number: Int) -> [String] {
        let section = sections.first { $0.hasPrefix("\(number). ") } ?? ""
        let pairs = section.matches(of: /([0-9]\.[0-9]{3}) against ([0-9]\.[0-9]{3})/).flatMap { [$0.1, $0.2] }
        let alone = section.matches(of: /AUC of ([0-9]\.[0-9]{3})/).map(\.1)
        let intervals = section.matches(of: /[−+][0-9]\.[0-9]{3} to [−+][0-9]\.[0-9]{3}/).map(\.0)
        return (pairs + alone + intervals).map(String.init)
    }
}

/// Somebody at a shell, with a home that is empty at first.
private struct QuickstartReader {
    let home: FilePath
    private let path: String

    init(home: FilePath) throws {
        self.home = home
        let places = [try Project.program(), try Tool.find("uv", advice: "").path].map {
            $0.removingLastComponent().string
        }
        path = (places + [ProcessInfo.processInfo.environment["PATH"] ?? ""]).joined(separator: ":")
    }

    /// Where the shell stands.
    private var directory: FilePath {
        let said = (try? Files.readSmall(home.appending(".where"))).map { String(decoding: $0, as: UTF8.self) }
        return FilePath(said ?? home.string)
    }

    /// Does what a block shows. Returns the commands that are to be typed.
    mutating func follow(_ block: Quickstart.Block) throws -> [String] {
        switch block {
        case .commands(let lines):
            return lines
        case .file(let name, let text):
            try Files.writeDurably(Data("\(text)\n".utf8), to: directory.appending(name))
        case .line(let name, let text):
            let file = directory.appending(name)
            let word = text.prefix { $0 != "=" }
            let old = String(decoding: try Files.readSmall(file), as: UTF8.self).components(separatedBy: "\n")
            try #require(old.count { $0.hasPrefix(word) } == 1, "\(name) has no line, or several, that begin '\(word)'")
            let new = old.map { $0.hasPrefix(word) ? text : $0 }.joined(separator: "\n")
            try Files.writeDurably(Data(new.utf8), to: file)
        }
        return []
    }

    func type(_ line: String) async throws -> Project.Call {
        let script = "\(line)\nended=$?; printf %s \"$PWD\" > ~/.where; exit $ended"
        let told = try await Tool.find("bash", advice: "").run(
            ["-c", script], in: directory,
            environment: [
                "HOME": home.string, "PATH": path, "NO_COLOR": "1", "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
                "GIT_COMMITTER_EMAIL": "ada@example.org", "SLUICE_HOME": nil, "XDG_DATA_HOME": nil,
                "XDG_CACHE_HOME": nil,
            ], deadline: .seconds(600))
        return Project.Call(status: told.status, output: told.output, errors: told.errors)
    }
}
