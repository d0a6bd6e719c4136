import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// The server behind a real nginx, with the configuration that is shipped.
@Suite(
    .enabled(if: (try? Tool.find("nginx", advice: "")) != nil, "no nginx: scripts/install-tools.sh --tests"),
    .timeLimit(.minutes(20)))
struct ProxyTests {
    @Test
    func `behind nginx pages are signed in to, deliveries of any size taken, and a live log followed as it is written`()
        async throws
    {
        let train =
            "import time\nprint('the first line', flush=True)\ntime.sleep(10)\n"
            + ToyProject.files["train.py", default: ""]
        try await withBareBot(files: ["train.py": train]) { bot in
            let token = try await bot.admin()
            try await withNginx(before: bot) { proxy in
                _ = try await bot.project.supervisor(of: "train:model", run: 1)
                let log = bot.project.folder.appending("followed.txt")
                let place = "/api/v1/runs/1/stages/train%3Amodel/log/stream"
                let follower = try proxy.follow(place, token: token, into: log)
                let early = try await eventually {
                    let text = String(decoding: (try? Files.readSmall(log)) ?? Data(), as: UTF8.self)
                    return text.contains("the first line") ? text : nil
                }
                let state = try await bot.runs().first?["state"]?.text
                await Blocking.run { follower.waitUntilExit() }
                let whole = String(decoding: try Files.readSmall(log), as: UTF8.self)

                #expect(state == "running", "the first line came with the rest")
                #expect(!early.contains("event: end"))
                #expect(whole.contains("training with slope") && whole.contains("event: end"))

                let jar = bot.project.folder.appending("cookies").string
                let form = ["-c", jar, "-H", "Origin: \(proxy.address)", "--data-urlencode", "token=\(token)"]
                let signedIn = try await proxy.curl("/sign-in", form)
                let page = try await proxy.curl("/runs/1", ["-b", jar])
                let foreign = try await proxy.curl(
                    "/sign-in", ["-H", "Origin: https://evil.example", "--data-urlencode", "token=\(token)"])
                let (plain, moved) = (
                    try await proxy.curl("/healthz", []),
                    try await proxy.curl("http://sluice.example.org:\(proxy.plain)/queue", [])
                )
                #expect(signedIn.status == 303, "\(signedIn.text)")
                #expect(page.status == 200 && page.text.contains("<h1>Run 1</h1>"))
                #expect(foreign.status == 403)
                #expect(plain.text == "ok\n")
                #expect(moved.status == 301)

                let big = bot.project.folder.appending("big")
                try Files.writeDurably(Data(repeating: 0x20, count: 24 << 20), to: big)
                let unknown = try await proxy.curl("/webhooks/nobody", ["--data-binary", "@\(big)"])
                try Files.writeDurably(Data(repeating: 0x20, count: 26 << 20), to: big)
                let long = try await proxy.curl("/webhooks/nobody", ["--data-binary", "@\(big)"])
                #expect(unknown.status == 404, "24 MiB do not reach the server")
                #expect(long.status == 413)
            }
        }
    }

    @Test func `attempts to sign in are counted by the address that nginx saw, whatever the client wrote`() async throws
    {
        try await withBareBot(files: [:]) { bot in
            try await withNginx(before: bot) { proxy in
                var codes: [Int] = []
                for number in 0..<11 {
                    let answer = try await proxy.curl(
                        "/sign-in",
                        [
                            "-H", "X-Forwarded-For: 10.0.0.\(number)", "-H", "Origin: \(proxy.address)", "-d",
                            "token=no",
                        ])
                    codes.append(answer.status)
                }

                #expect(codes == [Int](repeating: 403, count: 10) + [429])
                let known = bot.lines.contains { $0["route"]?.text == "/sign-in" && $0["client"]?.text == "127.0.0.1" }
                #expect(known, "the log does not say who asked")
            }
        }
    }
}

/// An nginx of the tests, with packaging/nginx.conf.
struct Proxy: Sendable {
    let folder: FilePath
    let port: Int
    let plain: Int
    var address: String { "https://sluice.example.org:\(port)" }

    private var common: [String] {
        [
            "-sS", "--cacert", folder.appending("cert.pem").string,
            "--connect-to", "sluice.example.org:\(port):127.0.0.1:\(port)",
            "--connect-to", "sluice.example.org:\(plain):127.0.0.1:\(plain)",
        ]
    }

    func curl(_ place: String, _ more: [String]) async throws -> (status: Int, text: String) {
        let url = place.hasPrefix("http") ? place : address + place
        let words = common + ["--max-time", "100", "-w", "\n%{http_code}"] + more + [url]
        let told = try await Tool.find("curl", advice: "").run(words, in: folder)
        var lines = told.output.components(separatedBy: "\n")
        let status = lines.popLast().flatMap { Int($0) } ?? 0
        if status == 0 { throw Fault(.environment, "curl: \(told.errors)") }
        return (status, lines.joined(separator: "\n"))
    }

    /// A curl that writes what comes as it comes.
    func follow(_ place: String, token: String, into file: FilePath) throws -> Process {
        try Files.writeDurably(Data(), to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["curl"] + common + ["-N", "--max-time", "100", "-H", "Authorization: Bearer \(token)", address + place]
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: file.string))
        try process.run()
        return process
    }
}

private func withNginx(before bot: ServedBot, _ body: (Proxy) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let proxy = Proxy(folder: folder, port: try freePort(), plain: try freePort())
        let (certificate, key) = (folder.appending("cert.pem"), folder.appending("key.pem"))
        _ = try await Tool.find("openssl", advice: "").output(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=sluice.example.org", "-addext", "subjectAltName=DNS:sluice.example.org", "-keyout",
                key.string, "-out", certificate.string,
            ], in: folder, environment: ["HOME": folder.string])
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let shipped = try Files.readSmall(root.appending("packaging").appending("nginx.conf"))
        // Only what an operator has to change, and the ports.
        let site = String(decoding: shipped, as: UTF8.self)
            .replacing("127.0.0.1:8484", with: "127.0.0.1:\(bot.port)")
            .replacing("listen 80;", with: "listen 127.0.0.1:\(proxy.plain);")
            .replacing("listen 443 ", with: "listen 127.0.0.1:\(proxy.port) ")
            .replacing("/etc/letsencrypt/live/sluice.example.org/fullchain.pem", with: certificate.string)
            .replacing("/etc/letsencrypt/live/sluice.example.org/privkey.pem", with: key.string)
        let main = """
            daemon off;
            pid \(folder)/nginx.pid;
            error_log stderr;
            worker_processes 1;
            events {}
            http {
                access_log off;
                client_body_temp_path \(folder)/body;
                proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi;
                uwsgi_temp_path \(folder)/uwsgi;
                scgi_temp_path \(folder)/scgi;
            \(site)
            }
            """
        let file = folder.appending("nginx.conf")
        try Files.writeDurably(Data(main.utf8), to: file)
        let process = Process()
        process.executableURL = URL(filePath: try Tool.find("nginx", advice: "").path.string)
        process.arguments = ["-p", folder.string, "-c", file.string]
        try process.run()
        let outcome: Result<Void, any Error>
        do {
            _ = try await eventually { try? await proxy.curl("/healthz", []).status }
            outcome = .success(try await body(proxy))
        } catch {
            outcome = .failure(error)
        }
        process.terminate()
        await Blocking.run { process.waitUntilExit() }
        try outcome.get()
    }
}
