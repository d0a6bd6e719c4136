import Domain
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Settings

struct SecretsTests {
    private func read(_ secret: String, in folder: String) throws(Complaints) -> SettingsFile {
        let text = """
            version: 1
            forges:
              github:
                token: \(secret)
                webhook_secrets: [{env: HOOK}]
            projects: {p: {forge: github, repository: a/b}}
            """
        return try SettingsFile.read(Data(text.utf8), file: folder + "/server.yaml", gates: anyGates)
    }

    private func complaints(_ file: SettingsFile, _ variables: [String: String]) -> [String] {
        do throws(Complaints) {
            _ = try Secrets.resolve(file, variables: variables)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test func `values come from variables and files, without the newline at the end`() async throws {
        try await withTemporaryFolder { path in
            let folder = path.string
            try Data("s3cret\n".utf8).write(to: URL(filePath: folder + "/token"))
            #expect(chmod(folder + "/token", 0o600) == 0)
            let file = try read("{file: token}", in: folder)

            let secrets = try Secrets.resolve(file, variables: ["HOOK": "abc"])

            #expect(secrets[.file(FilePath(folder + "/token"))] == "s3cret")
            #expect(secrets[.variable("HOOK")] == "abc")
            #expect(secrets.all == ["s3cret", "abc"])
            #expect("\(secrets)" == "2 secrets")
            #expect(!String(reflecting: secrets).contains("s3cret"))
        }
    }

    @Test func `a variable that is not set, and one that is empty, are named with their place`() throws {
        let file = try read("{env: TOKEN}", in: "/etc")

        #expect(
            complaints(file, ["HOOK": " \n"]) == [
                "/etc/server.yaml:4:12: 'forges.github.token': the environment variable TOKEN is not set; set it where the "
                    + "server is started, or use 'file'",
                "/etc/server.yaml:5:23: 'forges.github.webhook_secrets': the environment variable HOOK is empty",
            ])
    }

    @Test func `a file that everybody can read holds no secret`() async throws {
        try await withTemporaryFolder { path in
            let folder = path.string
            try Data("s3cret".utf8).write(to: URL(filePath: folder + "/token"))
            #expect(chmod(folder + "/token", 0o644) == 0)
            let file = try read("{file: token}", in: folder)

            let found = complaints(file, ["HOOK": "abc"])

            #expect(
                found == [
                    "\(folder)/server.yaml:4:12: 'forges.github.token': every user of this machine can read or change "
                        + "\(folder)/token; run 'chmod 600 \(folder)/token'"
                ])
        }
    }

    @Test func `a file that is not there is named`() throws {
        let file = try read("{file: /nowhere/token}", in: "/etc")

        #expect(
            complaints(file, ["HOOK": "abc"]) == [
                "/etc/server.yaml:4:12: 'forges.github.token': could not read /nowhere/token: No such file or directory"
            ])
    }
}
