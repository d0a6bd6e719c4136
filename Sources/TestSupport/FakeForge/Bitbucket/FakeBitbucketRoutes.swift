import Domain
import Foundation

extension FakeBitbucket {
    static let questions: [FakeRoute] = [
        FakeRoute("GET", "/user") { _, state in FakeAnswer(200, user(state.bot)) },
        FakeRoute("GET", "/repositories/*/*/pullrequests") { call, state in
            on(call, &state) { repository, _ in
                let query = call.query["q"] ?? ""
                let branch = quoted(after: "source.branch.name=", in: query)
                let wanted = quoted(after: "state=", in: query) ?? call.query["state"] ?? "OPEN"
                let pulls = repository.pulls.values.sorted { $0.number < $1.number }.filter {
                    (["open": "OPEN", "merged": "MERGED"][$0.state] ?? "DECLINED") == wanted
                        && (branch == nil || $0.headBranch == branch)
                }
                return page(pulls.map { pull($0, repository) }, of: call)
            }
        },
        FakeRoute("GET", "/repositories/*/*/pullrequests/*") { call, state in
            on(call, &state) { repository, _ in
                Int64(call.part(2)).flatMap { repository.pulls[$0] }.map { FakeAnswer(200, pull($0, repository)) }
                    ?? error(404, "Not found")
            }
        },
        FakeRoute("GET", "/repositories/*/*/pullrequests/*/commits") { call, state in
            on(call, &state) { repository, _ in
                guard let found = Int64(call.part(2)).flatMap({ repository.pulls[$0] }) else {
                    return error(404, "Not found")
                }
                // Newest first.
                let commits = found.commits.reversed().map { commit -> [String: Any] in
                    var author: [String: Any] = ["raw": "Somebody <somebody@example.org>"]
                    if let known = commit.author { author["user"] = user(known) }
                    return ["hash": commit.sha, "author": author]
                }
                return page(commits, of: call)
            }
        },
        FakeRoute("GET", "/repositories/*/*/pullrequests/*/comments") { call, state in
            on(call, &state) { repository, _ in
                page(repository.comments.filter { String($0.pull) == call.part(2) }.map(comment), of: call)
            }
        },
        FakeRoute("GET", "/repositories/*/*/pullrequests/*/comments/*") { call, state in
            on(call, &state) { repository, _ in
                repository.comments.first { String($0.pull) == call.part(2) && String($0.id) == call.part(3) }
                    .map { FakeAnswer(200, comment($0)) } ?? error(404, "Not found")
            }
        },
        FakeRoute("GET", "/repositories/*/*/commit/*") { call, state in
            on(call, &state) { repository, _ in
                let all = repository.commits.union(repository.pulls.values.map(\.head))
                let found = all.filter { $0.hasPrefix(call.part(2)) }
                guard let full = found.count == 1 ? found.first : FakeGit.full(call.part(2), in: repository.folder)
                else { return error(404, "Commit not found") }
                return FakeAnswer(200, ["type": "commit", "hash": full])
            }
        },
        FakeRoute("GET", "/repositories/*/*/commit/*/statuses/build/*") { call, state in
            on(call, &state) { repository, _ in
                repository.statuses.last { $0.commit == call.part(2) && $0.context == call.part(3) }
                    .map { FakeAnswer(200, status($0)) } ?? error(404, "Not found")
            }
        },
        FakeRoute("GET", "/workspaces/*/permissions/repositories/*") { call, state in
            on(call, &state) { repository, state in
                guard state.role(of: state.bot, in: repository) >= .admin else {
                    return error(403, "Access denied. You must have admin access.")
                }
                let wanted = quoted(after: "user.uuid=", in: call.query["q"] ?? "")
                let granted = state.users.filter { wanted == nil || $0.uuid == wanted }.compactMap {
                    member -> [String: Any]? in
                    let role = state.role(of: member, in: repository)
                    guard role > .none else { return nil }
                    let word = role >= .admin ? "admin" : role >= .write ? "write" : "read"
                    return ["type": "repository_permission", "permission": word, "user": user(member)]
                }
                return page(granted, of: call)
            }
        },
    ]

    static let acts: [FakeRoute] = [
        FakeRoute("POST", "/repositories/*/*/pullrequests/*/comments") { call, state in
            on(call, &state, writes: true) { repository, state in
                guard let number = Int64(call.part(2)), repository.pulls[number] != nil else {
                    return error(404, "Not found")
                }
                if let wrong = text(of: call) { return error(400, wrong) }
                let made = FakeComment(
                    id: state.newID(), pull: number, author: state.bot,
                    body: call.body["content"]?["raw"]?.text ?? "", createdAt: call.now, updatedAt: call.now)
                repository.comments.append(made)
                state.tell(
                    .comment(made, repository: repository.path, action: "created", by: state.bot), in: repository)
                return FakeAnswer(201, comment(made))
            }
        },
        FakeRoute("PUT", "/repositories/*/*/pullrequests/*/comments/*") { call, state in
            on(call, &state, writes: true) { repository, state in
                guard let place = repository.comments.firstIndex(where: { String($0.id) == call.part(3) }) else {
                    return error(404, "Not found")
                }
                guard repository.comments[place].author == state.bot else { return error(403, "Not your comment") }
                if let wrong = text(of: call) { return error(400, wrong) }
                repository.comments[place].body = call.body["content"]?["raw"]?.text ?? ""
                repository.comments[place].updatedAt = call.now
                repository.comments[place].editedBy = state.bot
                state.tell(
                    .comment(
                        repository.comments[place], repository: repository.path, action: "edited", by: state.bot),
                    in: repository)
                return FakeAnswer(200, comment(repository.comments[place]))
            }
        },
        FakeRoute("POST", "/repositories/*/*/commit/*/statuses/build") { call, state in
            on(call, &state, writes: true) { repository, state in postStatus(call, &repository, state) }
        },
        FakeRoute("POST", "/repositories/*/*/pullrequests") { call, state in
            on(call, &state, writes: true) { repository, state in
                let required = ["title": "string", "source": "object", "destination": "object"]
                if let wrong = call.fields(required, optional: ["description": "string"]) { return error(400, wrong) }
                let branch = call.body["source"]?["branch"]?["name"]?.text ?? ""
                let base = call.body["destination"]?["branch"]?["name"]?.text ?? ""
                guard let head = state.head(of: branch, in: repository), state.head(of: base, in: repository) != nil
                else { return error(400, "branch not found") }
                let number = repository.nextNumber
                repository.nextNumber += 1
                var made = FakePull(
                    number: number, title: call.body["title"]?.text ?? "", author: state.bot, head: head,
                    headBranch: branch, headRepository: repository.path, base: base, createdAt: call.now,
                    updatedAt: call.now, commits: [(head, state.bot)])
                made.body = call.body["description"]?.text ?? ""
                repository.pulls[number] = made
                return FakeAnswer(201, pull(made, repository))
            }
        },
        FakeRoute("PUT", "/repositories/*/*/pullrequests/*") { call, state in
            on(call, &state, writes: true) { repository, _ in
                guard let number = Int64(call.part(2)), var found = repository.pulls[number], found.state == "open"
                else { return error(404, "Not found") }
                let optional = ["title": "string", "description": "string", "destination": "object"]
                if let wrong = call.fields([:], optional: optional) { return error(400, wrong) }
                found.title = call.body["title"]?.text ?? found.title
                found.body = call.body["description"]?.text ?? found.body
                found.base = call.body["destination"]?["branch"]?["name"]?.text ?? found.base
                found.updatedAt = call.now
                repository.pulls[number] = found
                return FakeAnswer(200, pull(found, repository))
            }
        },
        FakeRoute("POST", "/repositories/*/*/pullrequests/*/decline") { call, state in
            on(call, &state, writes: true) { repository, _ in
                guard let number = Int64(call.part(2)), var found = repository.pulls[number] else {
                    return error(404, "Not found")
                }
                guard found.state == "open" else { return error(400, "This pull request is already closed.") }
                found.state = "closed"
                repository.pulls[number] = found
                return FakeAnswer(200, pull(found, repository))
            }
        },
        FakeRoute("POST", "/repositories/*/*/pullrequests/*/merge") { call, state in
            on(call, &state, writes: true) { repository, state in
                guard let number = Int64(call.part(2)), repository.pulls[number] != nil else {
                    return error(404, "Not found")
                }
                let optional = [
                    "type": "string", "message": "string", "close_source_branch": "bool", "merge_strategy": "string",
                ]
                if let wrong = call.fields([:], optional: optional) { return error(400, wrong) }
                let refusal = state.mergeAsBot(
                    number, in: &repository, head: nil, way: "merge", success: "SUCCESSFUL", now: call.now)
                switch refusal {
                case nil:
                    return repository.pulls[number].map { FakeAnswer(200, pull($0, repository)) }
                        ?? error(404, "Not found")
                case .mayNot: return error(403, "You do not have permission to merge to this branch.")
                case .missing(let what): return error(400, what)
                case .conflict: return error(409, "There are conflicts.")
                case .notOpen, .otherHead, .notLookedAt, .way: return error(400, "The pull request can't be merged.")
                }
            }
        },
    ]

    private static func status(_ status: FakeStatus) -> [String: Any] {
        [
            "key": status.context, "state": status.state, "description": status.description,
            "url": status.link as Any? ?? NSNull(),
        ]
    }

    private static func postStatus(
        _ call: FakeCall, _ repository: inout FakeRepository, _ state: FakeForgeState
    ) -> FakeAnswer {
        let required = ["key": "string", "state": "string", "url": "string"]
        if let wrong = call.fields(required, optional: ["name": "string", "description": "string"]) {
            return error(400, wrong)
        }
        guard state.has(call.part(2), in: repository) else { return error(404, "Commit not found") }
        let key = call.body["key"]?.text ?? ""
        guard !key.isEmpty, key.count <= 40 else { return error(400, "key: at most 40 characters") }
        let word = call.body["state"]?.text ?? ""
        guard ["INPROGRESS", "SUCCESSFUL", "FAILED", "STOPPED"].contains(word) else { return error(400, "state") }
        repository.statuses.append(
            FakeStatus(
                commit: call.part(2), context: key, state: word, description: call.body["description"]?.text ?? "",
                link: call.body["url"]?.text, at: call.now))
        return FakeAnswer(201, ["key": key, "state": word])
    }

    private static func text(of call: FakeCall) -> String? {
        if let wrong = call.fields(["content": "object"]) { return wrong }
        guard let text = call.body["content"]?["raw"]?.text, !text.isEmpty else { return "content.raw is missing" }
        return text.unicodeScalars.count > 32_768 ? "content.raw is too long" : nil
    }

    /// What stands between quotes behind a name in a query.
    private static func quoted(after name: String, in query: String) -> String? {
        guard let start = query.range(of: "\(name)\"") else { return nil }
        return String(query[start.upperBound...].prefix { $0 != "\"" })
    }
}
