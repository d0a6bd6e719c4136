import Domain

/// What GitLab sends, written by hand after its manual; only what is read, and a little of what is not.
enum GitLabSamples {
    static let user = #"{"id":51764,"name":"Alice","username":"alice","avatar_url":null,"email":"[REDACTED]"}"#
    static let project = """
        {"id":4861503,"name":"flights","web_url":"https://gitlab.example/acme/ml/flights","namespace":"ml",\
        "visibility_level":0,"path_with_namespace":"acme/ml/flights","default_branch":"main"}
        """
    static let old = "c4c79227ed610f1151f05bbc5be33b4f340d39c8"
    static let new = "2adc9465c4edfc33834e173fe89436a7cb899a1d"
    static let zeros = String(repeating: "0", count: 40)

    static func push(ref: String = "refs/heads/main", before: String = old, after: String = new) -> String {
        """
        {"object_kind":"push","event_name":"push","before":"\(before)","after":"\(after)","ref":"\(ref)",\
        "ref_protected":true,"checkout_sha":"\(after)","message":null,"user_id":51764,"user_name":"Alice",\
        "user_username":"alice","user_email":"","project_id":4861503,"project":\(project),\
        "commits":[{"id":"\(after)","message":"Tune","timestamp":"2026-05-01T10:00:00+00:00",\
        "author":{"name":"Alice","email":"[REDACTED]"},"added":[],"modified":["params.yaml"],"removed":[]}],\
        "total_commits_count":1,"push_options":{}}
        """
    }

    static func mergeRequest(
        action: String?, state: String = "opened", oldrev: String? = nil, source: String? = project,
        sourceID: String = "4861503", head: String? = new, branch: String = "tune", title: String = "Tune the trees",
        more: String = ""
    ) -> String {
        let act = action.map { #","action":"\#($0)""# } ?? ""
        let rev = oldrev.map { #","oldrev":"\#($0)""# } ?? ""
        let last = head.map { #"{"id":"\#($0)","message":"Tune","author":{"name":"Alice","email":"a@b"}}"# } ?? "null"
        return """
            {"object_kind":"merge_request","event_type":"merge_request","user":\(user),"project":\(project),\
            "object_attributes":{"id":6632669,"iid":7,"author_id":51764,"source_branch":"\(branch)",\
            "source_project_id":\(sourceID),"target_branch":"main","target_project_id":4861503,"state":"\(state)",\
            "title":"\(title)","description":"","created_at":"2026-05-01 10:00:00 UTC",\
            "updated_at":"2026-05-01 10:05:00 UTC","merge_commit_sha":null,"draft":false,"work_in_progress":false,\
            "source":\(source ?? "null"),"target":\(project),"last_commit":\(last)\(act)\(rev)\(more)},\
            "labels":[],"changes":{},"assignees":[]}
            """
    }

    static func note(
        action: String? = "create", on noteable: String = "MergeRequest", system: Bool = false,
        author: String = "51764", updated: String = "2026-05-01 10:05:00 UTC", text: String = "/retrain"
    ) -> String {
        let act = action.map { #","action":"\#($0)""# } ?? ""
        let about = noteable == "MergeRequest" ? #","merge_request":{"id":6632669,"iid":7,"state":"opened"}"# : ""
        return """
            {"object_kind":"note","event_type":"note","user":\(user),"project_id":4861503,"project":\(project),\
            "object_attributes":{"id":50772616,"note":"\(text)","noteable_type":"\(noteable)","author_id":\(author),\
            "created_at":"2026-05-01 10:05:00 UTC","updated_at":"\(updated)","noteable_id":6632669,\
            "system":\(system),"type":null,"internal":false,"discussion_id":"f65f6e1a"\(act)}\(about)}
            """
    }

    static func other(_ kind: String) -> String {
        #"{"object_kind":"\#(kind)","user":\#(user),"project":\#(project),"object_attributes":{"id":1}}"#
    }

    static let handled: [Sample] = [
        Sample(.gitlab, "Push Hook", "push", push()),
        Sample(.gitlab, "Push Hook", "push", push(before: zeros)),
        Sample(.gitlab, "Push Hook", "push", push(after: zeros)),
        Sample(.gitlab, "Merge Request Hook", "pullRequest opened", mergeRequest(action: "open")),
        Sample(.gitlab, "Merge Request Hook", "pullRequest reopened", mergeRequest(action: "reopen")),
        Sample(.gitlab, "Merge Request Hook", "pullRequest edited", mergeRequest(action: "update")),
        Sample(.gitlab, "Merge Request Hook", "pullRequest synchronized", mergeRequest(action: "update", oldrev: old)),
        Sample(.gitlab, "Merge Request Hook", "pullRequest closed", mergeRequest(action: "close", state: "closed")),
        Sample(.gitlab, "Merge Request Hook", "pullRequest merged", mergeRequest(action: "merge", state: "merged")),
        Sample(.gitlab, "Note Hook", "comment", note()),
        Sample(.gitlab, "Note Hook", "comment", note(action: nil)),
    ]

    static let nothing: [Sample] =
        [
            Sample(.gitlab, "Push Hook", "nothing", push(ref: "refs/keep-around/x")),
            Sample(.gitlab, "Push Hook", "nothing", push(ref: "refs/heads/-x")),
            Sample(.gitlab, "Merge Request Hook", "nothing", mergeRequest(action: nil)),
            Sample(.gitlab, "Merge Request Hook", "nothing", mergeRequest(action: "open", head: nil)),
            Sample(.gitlab, "Merge Request Hook", "nothing", mergeRequest(action: "open", branch: "-x")),
            Sample(.gitlab, "Note Hook", "nothing", note(action: "update")),
            Sample(.gitlab, "Note Hook", "nothing", note(system: true)),
            Sample(.gitlab, "Note Hook", "nothing", note(on: "Commit")),
            Sample(.gitlab, "Note Hook", "nothing", note(on: "Issue")),
            Sample(.gitlab, "Note Hook", "nothing", note(on: "Snippet")),
            Sample(.gitlab, "Confidential Note Hook", "nothing", note()),
            Sample(.gitlab, "Tag Push Hook", "nothing", push(ref: "refs/tags/v1")),
            Sample(.gitlab, "System Hook", "nothing", push()),
            Sample(.gitlab, "Subgroup Hook", "nothing", #"{"event_name":"subgroup_create","name":"ml","group_id":10}"#),
            Sample(.gitlab, "Member Hook", "nothing", #"{"event_name":"user_add_to_group","user_username":"bob"}"#),
            Sample(.gitlab, "A Hook That Does Not Exist Yet", "nothing", other("future")),
        ]
        + ["approved", "unapproved", "approval", "unapproval", "something else"].map {
            Sample(.gitlab, "Merge Request Hook", "nothing", mergeRequest(action: $0))
        }
        + [
            ("Issue Hook", "issue"), ("Confidential Issue Hook", "issue"), ("Work Item Hook", "work_item"),
            ("Wiki Page Hook", "wiki_page"), ("Pipeline Hook", "pipeline"), ("Job Hook", "build"),
            ("Build Hook", "build"), ("Deployment Hook", "deployment"), ("Feature Flag Hook", "feature_flag"),
            ("Release Hook", "release"), ("Emoji Hook", "emoji"), ("Milestone Hook", "milestone"),
            ("Vulnerability Hook", "vulnerability"), ("Resource Access Token Hook", "access_token"),
            ("Resource Deploy Token Hook", "deploy_token"), ("Project Hook", "project"),
        ].map { Sample(.gitlab, $0.0, "nothing", other($0.1)) }
}
