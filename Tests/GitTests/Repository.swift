import Domain
import Foundation
import Git
import Host
import SystemPackage
import TestSupport

/// A real repository that a test makes with the `git` program.
struct Repository: Sendable {
    let path: FilePath

    /// Its own configuration only, and fixed dates, so that ids are the same everywhere.
    static let environment: [String: String?] = [
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": "1700000000 +0100",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_COMMITTER_DATE": "1700000000 +0100",
    ]

    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        try await Self.git(arguments, in: path)
    }

    @discardableResult
    static func git(_ arguments: [String], in folder: FilePath) async throws -> String {
        let tool = try Tool.find("git", advice: "")
        return try await tool.output(arguments, in: folder, environment: environment)
            .trimmingCharacters(in: .newlines)
    }

    func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws {
        let file = path.pushing(FilePath(name))
        try Files.makeDirectory(file.removingLastComponent())
        try Files.writeDurably(Data(text.utf8), to: file, mode: mode)
    }

    @discardableResult
    func commit(_ subject: String = "Change") async throws -> CommitID {
        try await git("add", "-A")
        try await git("commit", "--quiet", "--allow-empty", "-m", subject)
        return try await id("HEAD")
    }

    func id(_ revision: String) async throws -> CommitID {
        let hex = try await git("rev-parse", revision)
        guard let id = CommitID(hex: hex) else { throw Fault(.bug, "not an id: \(hex)") }
        return id
    }

    func open() async throws -> GitRepository { try await GitRepository.discover(from: path) }

    /// A commit of a tree made by hand, which `git add` would never make. Lines as `git mktree` takes them.
    func commit(tree lines: [String]) async throws -> CommitID {
        let list = path.appending("tree.txt")
        try Files.writeDurably(Data((lines.joined(separator: "\n") + "\n").utf8), to: list)
        let shell = try Tool.find("sh", advice: "")
        let tree = try await shell.output(
            ["-c", "git mktree --missing < tree.txt"], in: path, environment: Self.environment
        ).trimmingCharacters(in: .newlines)
        let hex = try await git("commit-tree", "-m", "By hand", tree)
        guard let id = CommitID(hex: hex) else { throw Fault(.bug, "not an id: \(hex)") }
        return id
    }

    func blob(_ text: String) async throws -> String {
        try write(text, to: "blob.txt")
        return try await git("hash-object", "-w", "blob.txt")
    }
}

/// An empty repository in a folder of the test's own.
func withRepository<Value>(_ body: (Repository, FilePath) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let path = folder.appending("project")
        try Files.makeDirectory(path)
        try await Repository.git(["init", "--quiet", "--initial-branch=main"], in: path)
        return try await body(Repository(path: path), folder)
    }
}

/// The fault that some work throws; a bug if it throws none.
func fault(of work: () async throws -> Void) async throws -> Fault {
    do {
        try await work()
    } catch let fault as Fault {
        return fault
    }
    throw Fault(.bug, "nothing was thrown")
}

func text(_ path: FilePath) throws -> String { String(decoding: try Files.readSmall(path), as: UTF8.self) }
