import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A server as its operator has it: reloaded, broken, ended, crowded.
@Suite(.timeLimit(.minutes(15)))
struct OperatingTests {
    @Test
    func
        `a broken configuration is told by log, readiness and metrics while the old one serves, and a good one is taken up`()
        async throws
    {
        try await withBareBot { bot in
            let token = try await bot.admin()
            let file = bot.project.folder.appending("server.yaml")
            let good = String(decoding: try Files.readSmall(file), as: UTF8.self)

            try Files.writeDurably(Data(good.replacing("poll: 1s", with: "pol: 1s").utf8), to: file)
            try await bot.says("'pol'")
            let (ready, metrics, server, projects) = (
                try await bot.curl("/readyz"), try await bot.curl("/metrics", token: token),
                try await bot.curl("/api/v1/server", token: token), try await bot.curl("/api/v1/projects", token: token)
            )

            #expect(ready.status == 200 && ready.text.contains("the new configuration is broken"), "\(ready)")
            #expect(metrics.text.contains("sluice_troubles{what=\"configuration\"} 1\n"))
            #expect(server.text.contains("did you mean 'poll'?"))
            #expect(projects.text.contains("\"project\":\"toy\""))

            let secrets = bot.project.folder.appending("secret")
            try Files.writeDurably(Data("secret-of-the-hook\n".utf8), to: secrets, mode: 0o600)
            let more = """
                forges:
                  git:
                    kind: gitea
                    api: http://127.0.0.1:9/api/v1
                    token: {file: secret}
                    webhook_secrets: [{file: secret}]
                """
            let before = try await bot.curl("/webhooks/git", "-d", "{}")
            let next = good.replacing("  toy:", with: "  other:") + "\n" + more + "\n"
            try Files.writeDurably(Data(next.utf8), to: file)
            try await bot.says("anew (the file changed)")
            let after = try await bot.curl("/webhooks/git", "-d", "{}")
            let (mended, numbers, served) = (
                try await bot.curl("/readyz"), try await bot.curl("/metrics", token: token),
                try await bot.curl("/api/v1/projects", token: token)
            )
            let asked = try await bot.curl("/api/v1/projects/toy/runs", "-X", "POST", "--json", "{}", token: token)

            #expect(before.status == 404 && after.status == 401, "the forge that was added takes signed deliveries")
            #expect(mended.text == "ready\n")
            #expect(!numbers.text.contains("what=\"configuration\""))
            #expect(served.text.contains("\"project\":\"other\"") && !served.text.contains("\"project\":\"toy\""))
            #expect(asked.status == 404)
            try Files.writeDurably(Data(good.utf8), to: file)
            bot.signal(SIGHUP)
            try await bot.says("anew (SIGHUP)")
        }
    }

    @Test func `a server that is told to end says so first, and the next one brings its training to its end, once`()
        async throws
    {
        let train = "import time\ntime.sleep(60)\n" + ToyProject.files["train.py", default: ""]
        try await withBareBot(more: "limits: {drain: 12s}", files: ["train.py": train]) { bot in
            let token = try await bot.admin()
            let supervisor = try await bot.project.supervisor(of: "train:model", run: 1)

            bot.signal(SIGTERM)
            let ending = try await eventually {
                let answer = try await bot.curl("/readyz")
                return answer.status == 503 ? answer : nil
            }
            let event = #"{"specversion":"1.0","id":"late","source":"/test","type":"org.example.late"}"#
            let late = try await bot.curl(
                "/events", "-H", "Content-Type: application/cloudevents+json", "-d", event, token: token)
            let status = await bot.end(0)
            let isTraining = kill(supervisor, 0) == 0
            let settings = String(
                decoding: try Files.readSmall(bot.project.folder.appending("server.yaml")), as: UTF8.self)
            let second = try await ServedBot.start(bot.project, settings: settings, name: "2")
            let judged: Result<JSONValue, any Error>
            do { judged = .success(try await second.finished(1)) } catch { judged = .failure(error) }
            let why = try await bot.project.sluice("runs", "--json")
            let ended = await second.end()

            #expect(ending.text == "the server is ending\n")
            #expect(late.status == 202, "what is taken while the server ends is kept: \(late)")
            #expect(status == 0 && ended == 0)
            #expect(isTraining, "training ended with the server")
            #expect(try judged.get()["state"]?.text == "judged")
            #expect(bot.project.log(of: "train:model", run: 1).filter { $0.hasPrefix("training") }.count == 1)
            if case .array(let runs) = try why.json()["runs"] { #expect(runs.count == 1) }
            let check = try await bot.project.sluice("audit", "verify")
            #expect(check.status == 0, "\(check.output) \(check.errors)")
        }
    }

    @Test(
        .enabled(if: (try? Tool.find("chromium", advice: "")) != nil, "no chromium: scripts/install-tools.sh --tests"))
    func `a person approves a run in a browser, and it is promoted`() async throws {
        try await withBareBot { bot in
            try await bot.project.sluice("user", "add", "alice", "--role", "approver")
            let made = try await bot.project.sluice("token", "create", "alice")
            let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            _ = try await bot.finished(1)
            let steps = """
                {"open": "\(bot.address)/runs/1", "width": 320}
                {"type": "\(token)"}
                {"press": "Enter", "loads": true}
                {"reach": "Approve"}
                {"press": "Enter", "loads": true}
                {"probe": true}

                """
            // What is deployed goes on after the answer; then the person looks again.
            let later = "{\"open\": \"\(bot.address)/runs/1\", \"width\": 320}\n{\"probe\": true}\n"
            let files = [bot.project.folder.appending("steps"), bot.project.folder.appending("later")]
            for (file, text) in zip(files, [steps, later]) { try Files.writeDurably(Data(text.utf8), to: file) }
            let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            let script = """
                { cat "$1"; n=0
                  until "$3" show 1 | grep -q "was promoted" || [ $n -gt 600 ]; do n=$((n+1)); sleep 0.5; done
                  cat "$2"; } | python3 "$0" play
                """
            let told = try await Tool.find("sh", advice: "").run(
                ["-c", script, root.appending("scripts/browser.py").string]
                    + files.map(\.string) + [try Project.program().string],
                in: bot.project.folder, environment: ["SLUICE_HOME": bot.project.home.string],
                deadline: .seconds(600))
            let models = try await bot.project.sluice("models")

            let last = try #require(told.output.split(separator: "\n").last, "\(told.errors)")
            let look = try JSONDecoder().decode(JSONValue.self, from: Data(last.utf8))
            #expect(look["text"]?.text?.contains("approve by alice") == true, "\(look["text"])")
            #expect(look["text"]?.text?.contains("It was promoted") == true)
            #expect(look["complaints"] == .array([]), "\(look["complaints"])")
            #expect((look["scrollWidth"]?.int64 ?? .max) <= 320)
            #expect(models.output.contains("champion"))
            #expect(bot.project.acts() == ["deploy 1", "verify 1"])
        }
    }

    @Test func `a thousand slow clients do not stop a delivery under the limit of files that systems have`()
        async throws
    {
        try await withProject { project in
            let secret = project.folder.appending("secret")
            try Files.writeDurably(Data("secret-of-the-hook".utf8), to: secret, mode: 0o600)
            let settings = """
                version: 1
                listen: {port: 0}
                limits: {idle: 600s}
                forges:
                  forge:
                    kind: github
                    api: http://127.0.0.1:9
                    token: {file: secret}
                    webhook_secrets: [{file: secret}]
                projects:
                  toy: {forge: forge, repository: acme/toy, poll: 1h}
                """
            let bot = try await ServedBot.start(project, settings: settings, shell: "ulimit -Sn 1024")
            let crowd = try await Tool.find("python3", advice: "").run(
                ["-c", Self.crowd, String(bot.port), secret.string], in: project.folder, deadline: .seconds(600))
            let status = await bot.end()

            #expect(crowd.output == "202\n202\n202\nall are served slowly\n", "\(crowd.errors)")
            #expect(status == 0)
        }
    }

    /// Opens a thousand connections that send a body byte by byte, and three deliveries between the bytes.
    private static let crowd = """
        import hashlib, hmac, resource, socket, sys, urllib.request
        port, secret = int(sys.argv[1]), open(sys.argv[2], "rb").read().strip()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        head = b"POST /webhooks/forge HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 20000000\\r\\n\\r\\n{"
        crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(1000)]
        for slow in crowd: slow.sendall(head)
        for number in range(3):
            for slow in crowd: slow.sendall(b" ")
            body = b'{"zen":"%d","hook_id":1}' % number
            request = urllib.request.Request(f"http://127.0.0.1:{port}/webhooks/forge", body, {
                "Content-Type": "application/json", "X-GitHub-Event": "ping", "X-GitHub-Delivery": f"d-{number}",
                "X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()})
            print(urllib.request.urlopen(request, timeout=300).status)
        for slow in crowd:
            slow.setblocking(False)
            try:
                raise SystemExit(f"one was ended: {slow.recv(100)}")
            except BlockingIOError:
                pass
        print("all are served slowly")
        """
}
