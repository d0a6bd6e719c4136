import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A certificate that is renewed while the server works.
@Suite(.timeLimit(.minutes(15)))
struct CertificateStoryTests {
    /// A certificate of its own making, with its key, in a folder.
    private func make(_ name: String, in folder: FilePath) async throws -> (certificate: FilePath, key: FilePath) {
        let made = (folder.appending("\(name).pem"), folder.appending("\(name)-key.pem"))
        _ = try await Tool.find("openssl", advice: "").output(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", made.1.string, "-out",
                made.0.string,
            ], in: folder, environment: ["HOME": folder.string])
        return made
    }

    /// As certbot does it: names that lead to files of the day.
    private func link(_ name: String, to file: FilePath, in folder: FilePath) throws {
        let fresh = folder.appending("fresh")
        try FileManager.default.createSymbolicLink(atPath: fresh.string, withDestinationPath: file.string)
        try #require(rename(fresh.string, folder.appending(name).string) == 0)
    }

    @Test func `a renewed certificate is served without a restart, and a broken one is told and not taken`()
        async throws
    {
        try await withProject { project in
            let folder = project.folder.appending("tls")
            try Files.makeDirectory(folder)
            let (old, new) = (try await make("old", in: folder), try await make("new", in: folder))
            try link("cert.pem", to: old.certificate, in: folder)
            try link("key.pem", to: old.key, in: folder)
            let settings = """
                version: 1
                listen: {port: 0, tls: {certificate: \(folder)/cert.pem, key: \(folder)/key.pem}}
                projects:
                  toy: {git: \(project.repository), poll: 1h}
                """
            let bot = try await ServedBot.start(project, settings: settings)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await renew(bot, folder, old.certificate, new)) } catch {
                outcome = .failure(error)
            }
            await bot.end()
            if case .failure = outcome { bot.confess() }
            try outcome.get()
        }
    }

    private func renew(
        _ bot: ServedBot, _ folder: FilePath, _ old: FilePath, _ new: (certificate: FilePath, key: FilePath)
    ) async throws {
        func asked(trusting file: FilePath) async throws -> (status: Int32, text: String) {
            let told = try await Tool.find("curl", advice: "").run(
                ["-sS", "--max-time", "60", "--cacert", file.string, "https://127.0.0.1:\(bot.port)/readyz"],
                in: folder, environment: [:])
            return (told.status, told.output)
        }
        let before = try await asked(trusting: old)
        #expect(before.status == 0 && before.text == "ready\n")

        try link("cert.pem", to: new.certificate, in: folder)
        try link("key.pem", to: new.key, in: folder)
        try await bot.says("a new certificate is served")
        let renewed = try await asked(trusting: new.certificate)
        let stale = try await asked(trusting: old)
        #expect(renewed.status == 0 && stale.status == 60, "\(renewed) \(stale)")

        let junk = folder.appending("junk.pem")
        try Files.writeDurably(Data("no certificate\n".utf8), to: junk)
        try link("cert.pem", to: junk, in: folder)
        bot.signal(SIGHUP)
        try await bot.says("the new certificate cannot be used, and the one of before is kept")
        let kept = try await asked(trusting: new.certificate)
        #expect(kept.status == 0)
        #expect(kept.text == "ready\nthe new certificate cannot be used, and the one of before is kept\n")

        try link("cert.pem", to: old, in: folder)
        bot.signal(SIGHUP)
        try await bot.says("is not that of the certificate in")
        try link("key.pem", to: folder.appending("old-key.pem"), in: folder)
        _ = try await eventually(every: .milliseconds(200)) {
            try await asked(trusting: old).status == 0 ? true : nil
        }
        try await bot.says("certificate: works again")
    }
}
