import Domain

/// What Bitbucket Cloud sends, written by hand after its manual.
enum BitbucketSamples {
    static let user = """
        {"type":"user","display_name":"Alice","uuid":"{a54f16da-24e9-4d7f-a3a7-b1ba2cd98aa3}",\
        "account_id":"557058:c0b72ad0","nickname":"alice"}
        """
    static let repository = """
        {"type":"repository","name":"flights","full_name":"acme/flights","is_private":true,\
        "uuid":"{21fa9bf8-b5b2-4891-97ed-d590bad0f871}","workspace":{"slug":"acme"}}
        """
    static let old = "1e65c05c1d5171631d92438a13901ca7dae9618c"
    static let new = "709d658dc5b6d6afcd46049c2f332ee3f515a67d"

    static func tip(_ name: String, _ hash: String, type: String = "branch") -> String {
        #"{"type":"\#(type)","name":"\#(name)","target":{"type":"commit","hash":"\#(hash)","date":"2026-05-01T10:05:00+00:00"}}"#
    }

    static func push(old before: String?, new after: String?) -> String {
        """
        {"actor":\(user),"repository":\(repository),"push":{"changes":[{"new":\(after ?? "null"),\
        "old":\(before ?? "null"),"created":\(before == nil),"closed":\(after == nil),"forced":false,"commits":[],\
        "truncated":false}]}}
        """
    }

    static func branch(_ name: String, _ hash: String, repo: String? = repository) -> String {
        """
        {"branch":{"name":"\(name)"},"commit":{"type":"commit","hash":"\(hash)"},"repository":\(repo ?? "null")}
        """
    }

    /// Commits have 12 digits in payloads.
    static func pullRequest(state: String = "OPEN", more: String = "") -> String {
        let merge = state == "MERGED" ? #"{"hash":"764413d85e29"}"# : "null"
        return """
            {"actor":\(user),"repository":\(repository),"pullrequest":{"id":7,"title":"Tune the trees",\
            "description":"","state":"\(state)","draft":false,"author":\(user),\
            "source":\(branch("tune", String(new.prefix(12)))),"destination":\(branch("main", String(old.prefix(12)))),\
            "merge_commit":\(merge),"closed_by":\(state == "OPEN" ? "null" : user),\
            "created_on":"2026-05-01T10:00:00.000000+00:00","updated_on":"2026-05-01T10:05:00.123456+00:00"}\(more)}
            """
    }

    static func comment(body: String = "/retrain") -> String {
        pullRequest(
            more: """
                ,"comment":{"id":17,"content":{"raw":"\(body)","html":"","markup":"markdown"},"user":\(user),\
                "deleted":false,"created_on":"2026-05-01T10:05:00.123456+00:00",\
                "updated_on":"2026-05-01T10:05:00.123456+00:00"}
                """)
    }

    static let words = [
        "repo:fork", "repo:updated", "repo:transfer", "repo:deleted", "repo:imported", "repo:commit_comment_created",
        "repo:commit_status_created", "repo:commit_status_updated", "issue:created", "issue:updated",
        "issue:comment_created", "project:updated", "not:known_yet",
    ]
    static let pullRequestWords = [
        "pullrequest:approved", "pullrequest:unapproved", "pullrequest:changes_request_created",
        "pullrequest:changes_request_removed", "pullrequest:comment_updated", "pullrequest:comment_deleted",
        "pullrequest:comment_resolved", "pullrequest:comment_reopened",
    ]
    static let all: [Sample] =
        [
            Sample(.bitbucket, "repo:push", "push", push(old: tip("main", old), new: tip("main", new))),
            Sample(.bitbucket, "repo:push", "push", push(old: nil, new: tip("main", new))),
            Sample(.bitbucket, "repo:push", "push", push(old: tip("main", old), new: nil)),
            Sample(.bitbucket, "repo:push", "nothing", push(old: nil, new: tip("v1", new, type: "tag"))),
            Sample(.bitbucket, "pullrequest:comment_created", "comment", comment()),
        ]
        + words.map {
            Sample(.bitbucket, $0, "nothing", #"{"actor":\#(user),"repository":\#(repository)}"#)
        }
        + pullRequestWords.map { Sample(.bitbucket, $0, "nothing", comment()) }

    /// Events whose commits are too short to be believed.
    static let changes: [Sample] = [
        Sample(.bitbucket, "pullrequest:created", "", pullRequest()),
        Sample(.bitbucket, "pullrequest:updated", "", pullRequest()),
        Sample(.bitbucket, "pullrequest:fulfilled", "", pullRequest(state: "MERGED")),
        Sample(.bitbucket, "pullrequest:rejected", "", pullRequest(state: "DECLINED")),
    ]
}
