import Domain

/// What Gitea and Forgejo send, written by hand after their manuals.
enum GiteaSamples {
    static let user = #"{"id":6641,"login":"alice","full_name":"","email":"alice@example.com","username":"alice"}"#
    static let repository = """
        {"id":61,"owner":{"id":25,"login":"acme"},"name":"flights","full_name":"acme/flights","private":true,\
        "fork":false,"default_branch":"main"}
        """
    static let fork = #"{"id":77,"owner":{"id":26,"login":"mallory"},"name":"flights","full_name":"mallory/flights"}"#
    static let old = "39af58f1eff02aa308e16913e887c8d50362b474"
    static let new = "2eba238e33607c1fa49253182e9fff42baafa1eb"
    static let zeros = String(repeating: "0", count: 40)

    static func push(ref: String = "refs/heads/main", before: String = old, after: String = new) -> String {
        """
        {"ref":"\(ref)","before":"\(before)","after":"\(after)","compare_url":"","total_commits":1,\
        "commits":[{"id":"\(after)","message":"Tune","author":{"name":"Alice","email":"a@b","username":"alice"},\
        "added":[],"removed":[],"modified":["params.yaml"]}],"head_commit":null,"repository":\(repository),\
        "pusher":\(user),"sender":\(user)}
        """
    }

    static func deletion(_ type: String = "branch", ref: String = "tune") -> String {
        #"{"ref":"\#(ref)","ref_type":"\#(type)","pusher_type":"user","repository":\#(repository),"sender":\#(user)}"#
    }

    static func branch(ref: String, sha: String, id: Int = 61, repo: String? = repository) -> String {
        #"{"label":"\#(ref)","ref":"\#(ref)","sha":"\#(sha)","repo_id":\#(id),"repo":\#(repo ?? "null")}"#
    }

    static func pullRequest(
        _ action: String, state: String = "open", merged: Bool = false, head: String? = nil, more: String = ""
    ) -> String {
        """
        {"action":"\(action)","number":7,"pull_request":{"id":473,"number":7,"user":\(user),"title":"Tune the trees",\
        "body":"","labels":[],"state":"\(state)","draft":false,"is_locked":false,"comments":0,"mergeable":true,\
        "merged":\(merged),"merged_at":null,"merge_commit_sha":\(merged ? "\"\(old)\"" : "null"),\
        "merged_by":\(merged ? user : "null"),"base":\(branch(ref: "main", sha: old)),\
        "head":\(head ?? branch(ref: "tune", sha: new)),"merge_base":"\(old)",\
        "created_at":"2026-05-01T10:00:00Z","updated_at":"2026-05-01T10:05:00Z"\(more)},\
        "repository":\(repository),"sender":\(user)}
        """
    }

    static func comment(_ action: String = "created", isPull: Bool? = true, body: String = "/retrain") -> String {
        let pull = isPull == true ? #"{"merged":false,"merged_at":null,"draft":false}"# : "null"
        let flag = isPull.map { #","is_pull":\#($0)"# } ?? ""
        return """
            {"action":"\(action)","issue":{"id":47,"number":7,"user":\(user),"title":"Tune the trees","state":"open",\
            "pull_request":\(pull)},"comment":{"id":43,"user":\(user),"body":"\(body)",\
            "created_at":"2026-05-01T10:05:00Z","updated_at":"2026-05-01T10:05:00Z"},"repository":\(repository),\
            "sender":\(user)\(flag)}
            """
    }

    static func other(_ action: String) -> String {
        #"{"action":"\#(action)","repository":\#(repository),"sender":\#(user)}"#
    }

    static func handled(_ kind: ForgeKind) -> [Sample] {
        [
            Sample(kind, "push", "push", push()),
            Sample(kind, "push", "push", push(before: zeros)),
            Sample(kind, "delete", "push", deletion()),
            Sample(kind, "pull_request", "pullRequest opened", pullRequest("opened")),
            Sample(kind, "pull_request", "pullRequest synchronized", pullRequest("synchronized")),
            Sample(kind, "pull_request", "pullRequest edited", pullRequest("edited")),
            Sample(kind, "pull_request", "pullRequest reopened", pullRequest("reopened")),
            Sample(kind, "pull_request", "pullRequest closed", pullRequest("closed", state: "closed")),
            Sample(kind, "pull_request", "pullRequest merged", pullRequest("closed", state: "closed", merged: true)),
            Sample(kind, "issue_comment", "comment", comment()),
        ]
    }

    static func nothing(_ kind: ForgeKind) -> [Sample] {
        let acts = [
            "assigned", "unassigned", "label_updated", "label_cleared", "milestoned", "demilestoned", "reviewed",
            "review_requested", "review_request_removed", "synchronize",
        ]
        let words = [
            "create", "fork", "issues", "issue_assign", "issue_label", "issue_milestone", "pull_request_assign",
            "pull_request_label", "pull_request_milestone", "pull_request_approved", "pull_request_rejected",
            "pull_request_comment", "pull_request_review_request", "wiki", "repository", "release", "package",
            "status", "workflow_run", "workflow_job", "schedule", "action_run_failure", "action_run_recover",
            "action_run_success", "not_known_yet",
        ]
        return acts.map { Sample(kind, "pull_request", "nothing", pullRequest($0)) }
            + words.map { Sample(kind, $0, "nothing", other("created")) }
            + [
                Sample(kind, "push", "nothing", push(ref: "refs/tags/v1")),
                Sample(kind, "push", "nothing", push(ref: "refs/heads/-x")),
                Sample(kind, "delete", "nothing", deletion("tag", ref: "v1")),
                Sample(kind, "issue_comment", "nothing", comment("edited")),
                Sample(kind, "issue_comment", "nothing", comment("deleted")),
                Sample(kind, "issue_comment", "nothing", comment(isPull: false)),
            ]
    }
}
