import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// What is shipped beside the program.
struct PackagingTests {
    private static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    private func shipped(_ name: String) throws -> String {
        String(decoding: try Files.readSmall(Self.root.appending(name)), as: UTF8.self)
    }

    @Test(
        .enabled(
            if: (try? Tool.find("systemd-analyze", advice: "")) != nil, "no systemd-analyze: Debian's systemd has it"))
    func `systemd takes the units without a complaint, and finds the service shut in as the documentation says`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let units = ["sluice.service", "sluice-backup.service", "sluice-backup.timer"]
            for unit in units {
                let text = try shipped("packaging/\(unit)")
                    .replacing("/usr/local/bin/sluice", with: try Project.program().string)
                try Files.writeDurably(Data(text.utf8), to: folder.appending(unit))
            }
            let analyze = try Tool.find("systemd-analyze", advice: "")
            let verified = try await analyze.run(["verify", "--man=no"] + units, in: folder)
            func exposure(_ unit: String) async throws -> String {
                let told = try await analyze.run(
                    ["security", "--offline=true", "--no-pager", "\(folder)/\(unit)"], in: folder)
                return told.output.firstMatch(of: /exposure level for [^:]+: ([0-9.]+)/).map { String($0.1) } ?? "none"
            }
            let (service, backup) = (try await exposure("sluice.service"), try await exposure("sluice-backup.service"))

            #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified.errors)")
            let page = try shipped("docs/operations.md")
            #expect(page.contains("rates it \(service)"), "it is \(service)")
            #expect((Double(backup) ?? 10) < 4, "\(backup)")
        }
    }

    @Test func `the container has the tools of the versions that the script installs`() throws {
        let script = try shipped("scripts/install-tools.sh")
        let file = try shipped("packaging/Containerfile")
        let uv = try #require(script.firstMatch(of: /UV_VERSION=([0-9.]+)/)?.1)
        let duckdb = try #require(script.firstMatch(of: /DUCKDB_VERSION=([0-9.]+)/)?.1)

        #expect(file.contains("uv==\(uv) duckdb-cli==\(duckdb)"))
        for line in file.split(separator: "\n") where line.hasPrefix("COPY ") && !line.contains("--from") {
            let sources = line.split(separator: " ").dropFirst().dropLast()
            for source in sources where !source.contains("[") {
                #expect(Files.exists(Self.root.appending(String(source))), "\(line)")
            }
        }
    }
}
