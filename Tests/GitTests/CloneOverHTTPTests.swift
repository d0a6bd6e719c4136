import Domain
import Foundation
import Git
import Host
import SystemPackage
import TestSupport
import Testing

/// A clone over HTTP with a token, against git's own server.
@Suite(.timeLimit(.minutes(15)))
struct CloneOverHTTPTests {
    private let token = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"
    private var header: String { "Basic " + Data("x-access-token:\(token)".utf8).base64EncodedString() }

    private func serve(
        _ body: (Repository, FilePath, GitServer) async throws -> Void
    ) async throws {
        try await withRepository { origin, folder in
            try await origin.commit("One")
            let served = folder.appending("served")
            try await origin.git("clone", "-q", "--bare", ".", served.appending("toy.git").string)
            try await origin.git("-C", served.appending("toy.git").string, "config", "http.receivepack", "true")
            let server = try await GitServer.start(served, authorization: header)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(origin, folder, server))
            } catch {
                outcome = .failure(error)
            }
            await server.stop()
            try outcome.get()
        }
    }

    private func remote(_ server: GitServer, _ header: String?, name: String = "toy") throws -> Remote {
        try Remote(url: "\(server.address)/\(name).git", header: header.map { "Authorization: \($0)" })
    }

    /// The token, and what it looks like in the header.
    private var secrets: [String] { [token, String(header.dropFirst(6))] }

    private func fault(_ body: () async throws -> Void) async -> Fault? {
        do {
            try await body()
        } catch {
            return error as? Fault
        }
        return nil
    }

    @Test func `a token lets one in, and stands in no argument, address or file`() async throws {
        try await serve { origin, folder, server in
            let clone = try await Clone(path: folder.appending("clone.git"))
            let remote = try remote(server, header)
            let next = try await origin.commit("Two")
            try await origin.git("push", "-q", folder.appending("served/toy.git").string, "main")

            let seen = try await clone.look(at: remote)
            try await clone.fetch(from: remote)
            try await clone.push(note: { _ in "said" }, on: next, to: remote)

            #expect(seen.branches.values.contains(next))
            #expect(try await clone.has(next))
            let notes = try await origin.git(
                "-C", folder.appending("served/toy.git").string, "notes", "--ref", "sluice", "show", next.hex)
            #expect(notes.contains("said"))
            let said = server.seen
            #expect(said.authorizations.count >= 4)
            // git asks without it first where it was not told to; here it is told to.
            #expect(said.authorizations.allSatisfy { $0 == header })
            #expect(said.argumentLists.contains { $0.contains("fetch") && $0.contains(remote.url) })
            for secret in secrets {
                #expect(!said.asked.contains { $0.contains(secret) })
                #expect(!said.argumentLists.contains { $0.contains(secret) })
                #expect(try files(below: clone.path).allSatisfy { !$0.contains(Data(secret.utf8)) })
            }
        }
    }

    private func files(below folder: FilePath) throws -> [Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.string)
        return names.compactMap { try? Data(contentsOf: URL(filePath: "\(folder)/\($0)")) }
    }

    @Test func `without the token, with a wrong one and while the server is ill it is a passing trouble`() async throws
    {
        try await serve { _, folder, server in
            let clone = try await Clone(path: folder.appending("clone.git"))
            let wrong = "Basic " + Data("x-access-token:wrong".utf8).base64EncodedString()
            let none = await fault { try await clone.fetch(from: try remote(server, nil)) }
            let other = await fault { try await clone.fetch(from: try remote(server, wrong)) }
            server.change { $0.status = 403 }
            let forbidden = await fault { try await clone.fetch(from: try remote(server, header)) }
            server.change { $0.status = 503 }
            let ill = await fault { try await clone.fetch(from: try remote(server, header)) }
            server.change { $0.status = 429 }
            let busy = await fault { try await clone.fetch(from: try remote(server, header)) }

            for fault in [none, other, forbidden, ill, busy] {
                #expect(fault?.kind == .environment, "\(String(describing: fault))")
                for secret in secrets + [String(wrong.dropFirst(6))] {
                    #expect(fault?.description.contains(secret) == false)
                }
            }
            for fault in [none, other, forbidden] {
                #expect(
                    fault?.advice == "the remote lets nobody in with what it was given", "\(String(describing: fault))")
            }
        }
    }

    @Test func `a foreign repository that is not there is no passing trouble, one's own may be hidden`() async throws {
        try await serve { _, folder, server in
            let clone = try await Clone(path: folder.appending("clone.git"))
            let missing = await fault { try await clone.fetch(from: try remote(server, header, name: "other")) }
            server.change { $0.status = 410 }
            let gone = await fault { try await clone.fetch(from: try remote(server, header)) }
            let path = await fault { try await clone.fetch(from: try Remote(url: folder.appending("nowhere").string)) }

            let fork = try Remote(url: "\(server.address)/other.git", isForeign: true)
            let foreign = await fault { try await clone.fetch(from: fork) }

            #expect(missing?.kind == .environment, "\(String(describing: missing))")
            #expect(missing?.advice == "it is not there, or it is not shown with what the remote was given")
            #expect(gone?.kind == .environment, "\(String(describing: gone))")
            #expect(foreign?.kind == .input, "\(String(describing: foreign))")
            #expect(path?.kind == .environment, "\(String(describing: path))")
        }
    }

    @Test func `a redirect to another host does not take the token along`() async throws {
        try await serve { _, folder, server in
            let thief = try await GitServer.start(folder.appending("served"))
            server.change { $0.redirect = thief.address }
            let clone = try await Clone(path: folder.appending("clone.git"))

            let fetched = await fault { try await clone.fetch(from: try remote(server, header)) }
            let looked = await fault { _ = try await clone.look(at: try remote(server, header)) }
            await thief.stop()

            #expect(fetched?.kind == .environment && looked?.kind == .environment)
            #expect(server.seen.asked.count == 2)
            #expect(thief.seen.authorizations.allSatisfy { $0 == nil })
            #expect(thief.seen.asked.isEmpty)
            #expect(fetched?.description.contains(token) == false)
        }
    }
}
