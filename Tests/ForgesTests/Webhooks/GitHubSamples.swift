import Domain

/// What GitHub sends, written by hand after its manual.
enum GitHubSamples {
    static let user = #"{"login":"alice","id":21031067,"node_id":"x","type":"User","site_admin":false}"#
    static let repository = """
        {"id":186853002,"name":"flights","full_name":"acme/flights","private":true,"fork":false,\
        "owner":{"login":"acme","id":1,"type":"Organization"},"default_branch":"main"}
        """
    static let old = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
    static let new = "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
    static let zeros = String(repeating: "0", count: 40)

    static func push(ref: String = "refs/heads/main", before: String = old, after: String = new) -> String {
        """
        {"ref":"\(ref)","before":"\(before)","after":"\(after)","created":false,"deleted":\(after == zeros),\
        "forced":false,"base_ref":null,"compare":"","commits":[],"head_commit":null,"repository":\(repository),\
        "pusher":{"name":"alice","email":"alice@example.com"},"sender":\(user)}
        """
    }

    static func branch(_ ref: String, _ sha: String, repo: String? = repository) -> String {
        #"{"label":"acme:\#(ref)","ref":"\#(ref)","sha":"\#(sha)","user":\#(user),"repo":\#(repo ?? "null")}"#
    }

    static func pullRequest(
        _ action: String, state: String = "open", merged: Bool = false, head: String? = nil
    ) -> String {
        """
        {"action":"\(action)","number":7,"pull_request":{"id":279147437,"number":7,"state":"\(state)","locked":false,\
        "title":"Tune the trees","user":\(user),"body":"","created_at":"2026-05-01T10:00:00Z",\
        "updated_at":"2026-05-01T10:05:00Z","closed_at":null,"merged_at":\(merged ? "\"2026-05-01T10:05:00Z\"" : "null"),\
        "merge_commit_sha":"\(old)","draft":false,"head":\(head ?? branch("tune", new)),"base":\(branch("main", old)),\
        "author_association":"OWNER","merged":\(merged),"merged_by":\(merged ? user : "null"),"commits":1},\
        "changes":{},"repository":\(repository),"sender":\(user)}
        """
    }

    static func comment(_ action: String = "created", isPull: Bool = true, body: String = "/retrain") -> String {
        let pull = isPull ? #","pull_request":{"url":"https://api.github.com/repos/acme/flights/pulls/7"}"# : ""
        return """
            {"action":"\(action)","issue":{"id":444500041,"number":7,"title":"Tune the trees","user":\(user),\
            "state":"open"\(pull)},"comment":{"id":492700400,"user":\(user),"created_at":"2026-05-01T10:05:00Z",\
            "updated_at":"2026-05-01T10:05:00Z","author_association":"OWNER","body":"\(body)",\
            "performed_via_github_app":null},"repository":\(repository),"sender":\(user)}
            """
    }

    static func button(_ identifier: String = "approve", external: String = "12") -> String {
        """
        {"action":"requested_action","requested_action":{"identifier":"\(identifier)"},"check_run":{"id":128620228,\
        "name":"sluice/flight-delay","head_sha":"\(new)","external_id":"\(external)","status":"completed",\
        "conclusion":"action_required","app":{"id":29310},"pull_requests":[]},"repository":\(repository),\
        "sender":\(user),"installation":{"id":5}}
        """
    }

    static func mergeGroup(_ action: String = "checks_requested") -> String {
        """
        {"action":"\(action)","merge_group":{"head_sha":"\(new)","head_ref":"refs/heads/gh-readonly-queue/main/pr-7-a",\
        "base_sha":"\(old)","base_ref":"refs/heads/main","head_commit":{"id":"\(new)"}},"repository":\(repository),\
        "sender":\(user)}
        """
    }

    static func other(_ action: String = "created") -> String {
        #"{"action":"\#(action)","repository":\#(repository),"sender":\#(user)}"#
    }

    static let handled: [Sample] = [
        Sample(.github, "push", "push", push()),
        Sample(.github, "push", "push", push(before: zeros)),
        Sample(.github, "push", "push", push(after: zeros)),
        Sample(.github, "pull_request", "pullRequest opened", pullRequest("opened")),
        Sample(.github, "pull_request", "pullRequest synchronized", pullRequest("synchronize")),
        Sample(.github, "pull_request", "pullRequest edited", pullRequest("edited")),
        Sample(.github, "pull_request", "pullRequest edited", pullRequest("ready_for_review")),
        Sample(.github, "pull_request", "pullRequest reopened", pullRequest("reopened")),
        Sample(.github, "pull_request", "pullRequest closed", pullRequest("closed", state: "closed")),
        Sample(.github, "pull_request", "pullRequest merged", pullRequest("closed", state: "closed", merged: true)),
        Sample(.github, "issue_comment", "comment", comment()),
        Sample(.github, "check_run", "button", button()),
        Sample(.github, "merge_group", "mergeGroup", mergeGroup()),
    ]

    /// All the other events of the manual.
    static let words = [
        "branch_protection_configuration", "branch_protection_rule", "check_suite",
        "code_scanning_alert", "commit_comment", "create", "custom_property", "custom_property_values", "delete",
        "dependabot_alert", "deploy_key", "deployment", "deployment_protection_rule", "deployment_review",
        "deployment_status", "discussion", "discussion_comment", "fork", "github_app_authorization", "gollum",
        "installation", "installation_repositories", "installation_target", "issue_dependencies", "issues", "label",
        "marketplace_purchase", "member", "membership", "meta", "milestone", "org_block", "organization", "package",
        "page_build", "personal_access_token_request", "ping", "project", "project_card", "project_column",
        "projects_v2", "projects_v2_item", "projects_v2_status_update", "public", "pull_request_review",
        "pull_request_review_comment", "pull_request_review_thread", "registry_package", "release",
        "repository", "repository_advisory", "repository_dispatch", "repository_import", "repository_ruleset",
        "repository_vulnerability_alert", "secret_scanning_alert", "secret_scanning_alert_location",
        "secret_scanning_scan", "security_advisory", "security_and_analysis", "sponsorship", "star", "status",
        "sub_issues", "team", "team_add", "watch", "workflow_dispatch", "workflow_job", "workflow_run",
        "not_known_yet",
    ]

    static let nothing: [Sample] =
        words.map { Sample(.github, $0, "nothing", other()) }
        + [
            "assigned", "unassigned", "labeled", "unlabeled", "milestoned", "demilestoned", "locked", "unlocked",
            "auto_merge_enabled", "auto_merge_disabled", "enqueued", "dequeued", "review_requested",
            "review_request_removed",
        ].map { Sample(.github, "pull_request", "nothing", pullRequest($0)) }
        + [
            Sample(.github, "push", "nothing", push(ref: "refs/tags/v1")),
            Sample(
                .github, "check_run", "nothing",
                button().replacing(#""action":"requested_action""#, with: #""action":"completed""#)),
            Sample(.github, "issue_comment", "nothing", comment("edited")),
            Sample(.github, "issue_comment", "nothing", comment("deleted")),
            Sample(.github, "issue_comment", "nothing", comment(isPull: false)),
            Sample(.github, "merge_group", "nothing", mergeGroup("destroyed")),
            Sample(.github, "ping", "nothing", #"{"zen":"Design for failure.","hook_id":1,"hook":{"type":"App"}}"#),
            Sample(
                .github, "installation", "nothing", #"{"action":"created","installation":{"id":1},"sender":\#(user)}"#),
        ]
}
