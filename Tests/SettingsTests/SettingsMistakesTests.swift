import Domain
import Testing

struct SettingsMistakesTests {
    private static let head = """
        version: 1
        forges: {github: {token: {env: T}, webhook_secrets: [{env: S}]}}

        """

    @Test(arguments: [
        ("projcts: {}", "3:1: unknown key 'projcts'; did you mean 'projects'?"),
        (
            "projects: {p: {forge: github, repository: a/b, repo: a/b}}",
            "3:48: unknown key 'repo' in 'projects.p'; known are 'forge', 'repository', 'git', 'branch', 'rules_from', 'poll', 'priority', "
                + "'concurrency', 'cool_down', 'budget', 'floor', 'models', 'secrets'"
        ),
        (
            "projects: {p: {git: /x, secrets: [DATA, T]}}",
            "3:41: 'projects.p.secrets': T is the server's own ('forges.github.token'); remove it; give the project a "
                + "secret of its own"
        ),
        (
            "projects: {p: {git: /x, rules_from: ['release/*', 'a b']}}",
            "3:51: 'projects.p.rules_from': expected a pattern of branches such as release/*, found 'a b'"
        ),
        (
            "projects: {p: {forge: githib, repository: a/b}}",
            "3:23: 'projects.p.forge': there is no forge 'githib'; did you mean 'github'?"
        ),
        (
            "projects: {p: {forge: github, repository: nobody}}",
            "3:43: 'projects.p.repository': expected a repository of the forge such as acme/flight-delay, found 'nobody'"
        ),
        (
            "projects: {p: {forge: github, repository: a/b}, q: {forge: github, repository: A/B.git}}",
            "3:49: 'projects.q' serves the same repository as 'projects.p'; keep one of them; a repository has one policy"
        ),
        (
            "projects: {p: {git: /srv/x.git}, q: {git: file:///srv/x}}",
            "3:34: 'projects.q' serves the same repository as 'projects.p'; keep one of them; a repository has one policy"
        ),
        (
            "projects: {p: {git: /srv/x.git}, p: {git: /srv/y.git}}",
            "3:34: 'p' is given twice, first at line 3, column 12; keep one of them"
        ),
        (
            "projects: {p: {}}",
            "3:15: 'projects.p' does not say where its repository is; add 'forge' and 'repository', or 'git'"
        ),
        (
            "projects: {p: {git: /x, forge: github}}",
            "3:32: 'projects.p.forge' does not go with 'git'; keep 'git', or 'forge' and 'repository'"
        ),
        (
            "projects: {p: {git: '--upload-pack=x'}}",
            "3:21: 'projects.p.git': expected a git remote: https://…, ssh://…, git@host:path or an absolute path, without a "
                + "password in it, found '--upload-pack=x'"
        ),
        (
            "projects: {p: {git: 'https://me:hunter2@example.org/x.git'}}",
            "3:21: 'projects.p.git': expected a git remote: https://…, ssh://…, git@host:path or an absolute path, without a "
                + "password in it, found something else"
        ),
        (
            "projects: {p: {git: /x, poll: 30}}",
            "3:31: 'projects.p.poll': expected a duration such as 90s, 15m, 2h or 7d, found a number (30)"
        ),
        (
            "projects: {p: {git: /x, floor: {gates: [{metric: 3}]}}}",
            "3:50: 'projects.p.floor.gates.metric': expected a text, found a number (3)"
        ),
        (
            "projects: {p: {git: /x, floor: {approval: {required: 2, by: [alice]}}}}",
            "3:61: 'projects.p.floor.approval': 2 people must approve, and 'by' names 1; name more people, or ask for fewer"
        ),
        (
            "projects: {p: {git: /x}}\nlimits: {body: 25 Mb}",
            "4:16: 'limits.body': expected a size such as 25 MB or 1 GiB, found '25 Mb'; did you mean '25 MB'?"
        ),
        (
            "projects: {p: {git: /x}}\nnotify: {t: {kind: slak, url: {env: U}}}",
            "4:20: 'notify.t.kind': expected 'slack' or 'webhook', found 'slak'; did you mean 'slack'?"
        ),
        (
            "projects: {p: {git: /x}}\nnotify: {t: {kind: slack, url: {env: U}, projects: [q]}}",
            "4:53: 'notify.t.projects': there is no project 'q'; did you mean 'p'?"
        ),
    ])
    func `a mistake is named with its place, and what was meant`(text: String, complaint: String) {
        #expect(complaints(Self.head + text) == [complaint])
    }

    @Test(arguments: [
        (
            "{token: {env: T}}",
            "2:18: the key 'webhook_secrets' is missing in 'forges.github'; add 'webhook_secrets: "
                + "[{env: GITHUB_WEBHOOK_SECRET}]'"
        ),
        (
            "{token: {env: T}, webhook_secrets: []}",
            "2:53: 'forges.github.webhook_secrets': expected a list of 1 to 2 secrets, each {env: NAME} or {file: PATH}, "
                + "found 0"
        ),
        (
            "{token: {env: T}, webhook_secrets: [{env: A}, {env: A}]}",
            "2:64: 'forges.github.webhook_secrets' has the same secret twice; remove one"
        ),
        (
            "{token: ghp_SECRET, webhook_secrets: [{env: S}]}",
            "2:26: 'forges.github.token': expected where the secret is, {env: NAME} or {file: PATH}, found a text; put the "
                + "value into the environment or a file; it does not belong into this one"
        ),
        (
            "{webhook_secrets: [{env: S}]}",
            "2:18: 'forges.github' has neither 'token' nor 'app'; add 'token: {env: NAME}', or 'app' for a GitHub App"
        ),
        (
            "{token: {env: T}, app: {id: 1, key: {env: K}}, webhook_secrets: [{env: S}]}",
            "2:41: 'forges.github' has both 'token' and 'app'; keep one of them"
        ),
        (
            "{kind: gitlab, app: {id: 1, key: {env: K}}, webhook_secrets: [{env: S}]}",
            "2:38: 'forges.github.app': only GitHub has Apps; use 'token'"
        ),
    ])
    func `a forge that could not be trusted is refused`(forge: String, complaint: String) {
        let text = "version: 1\nforges: {github: \(forge)}\nprojects: {p: {git: /x}}"

        #expect(complaints(text) == [complaint])
    }

    @Test func `a forge of no known name must say what it is and where`() {
        let text =
            "version: 1\nforges: {ours: {token: {env: T}, webhook_secrets: [{env: S}]}, mine: {kind: gitea, token: {env: T}, webhook_secrets: [{env: S}]}}\nprojects: {p: {git: /x}}"

        let found = complaints(text)

        #expect(found.count == 2)
        #expect(found.first?.contains("'forges.ours' does not say which kind of forge it is") ?? false)
        #expect(found.last?.contains("'forges.mine' does not say where the forge is") ?? false)
    }

    @Test func `all mistakes are named at once, in the order of the file`() {
        let text = "version: 2\nlisten: {port: 99999}\nprojects: {p: {git: /x, priority: high}}\nextra: 1"

        #expect(
            complaints(text) == [
                "1:10: this is a configuration of version 2, which this program cannot read; write 1",
                "2:16: 'listen.port': expected a whole number from 0 to 65535, found a number (99999)",
                "3:35: 'projects.p.priority': expected a whole number from -100 to 100, found a text (high)",
                "4:1: unknown key 'extra'; known are 'version', 'listen', 'forges', 'projects', 'notify', 'limits', "
                    + "'retention'",
            ])
    }
}
