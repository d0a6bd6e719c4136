import Domain
import Foundation

extension FakeGitHub {
    static let acts: [FakeRoute] = [
        FakeRoute("POST", "/repos/*/*/statuses/*") { call, state in
            on(call, &state, needs: "statuses") { repository, state in postStatus(call, &repository, state) }
        },
        FakeRoute("POST", "/repos/*/*/issues/*/comments") { call, state in
            on(call, &state, needs: "pull_requests") { repository, state in
                guard let number = Int64(call.part(2)), repository.pulls[number] != nil else {
                    return .message(404, "Not Found")
                }
                if let wrong = body(of: call) { return invalid(wrong) }
                let text = call.body["body"]?.text ?? ""
                let made = FakeComment(
                    id: state.newID(), pull: number, author: state.bot, body: text, createdAt: call.now,
                    updatedAt: call.now)
                repository.comments.append(made)
                state.tell(
                    .comment(made, repository: repository.path, action: "created", by: state.bot), in: repository)
                return FakeAnswer(201, comment(made, repository, base: call.base))
            }
        },
        FakeRoute("PATCH", "/repos/*/*/issues/comments/*") { call, state in
            on(call, &state, needs: "pull_requests") { repository, state in
                guard let place = repository.comments.firstIndex(where: { String($0.id) == call.part(2) }) else {
                    return .message(404, "Not Found")
                }
                if let wrong = body(of: call) { return invalid(wrong) }
                repository.comments[place].body = call.body["body"]?.text ?? ""
                repository.comments[place].updatedAt = call.now
                repository.comments[place].editedBy = state.bot
                state.tell(
                    .comment(
                        repository.comments[place], repository: repository.path, action: "edited", by: state.bot),
                    in: repository)
                return FakeAnswer(200, comment(repository.comments[place], repository, base: call.base))
            }
        },
        FakeRoute("POST", "/repos/*/*/issues/comments/*/reactions") { call, state in
            on(call, &state, needs: "pull_requests") { repository, state in
                guard let place = repository.comments.firstIndex(where: { String($0.id) == call.part(2) }) else {
                    return .message(404, "Not Found")
                }
                if let wrong = call.fields(["content": "string"]) { return invalid(wrong) }
                let content = call.body["content"]?.text ?? ""
                let known = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]
                guard known.contains(content) else { return invalid("content is not a reaction") }
                let sign = "\(content) by \(state.bot.login)"
                if repository.comments[place].reactions.contains(sign) { return FakeAnswer(200, ["content": content]) }
                repository.comments[place].reactions.append(sign)
                return FakeAnswer(201, ["content": content])
            }
        },
        FakeRoute("POST", "/repos/*/*/pulls") { call, state in
            on(call, &state, needs: "pull_requests") { repository, state in openPull(call, &repository, &state) }
        },
        FakeRoute("PATCH", "/repos/*/*/pulls/*") { call, state in
            on(call, &state, needs: "pull_requests") { repository, state in
                guard let number = Int64(call.part(2)), var found = repository.pulls[number] else {
                    return .message(404, "Not Found")
                }
                let optional = ["title": "string", "body": "string", "base": "string", "state": "string"]
                if let wrong = call.fields([:], optional: optional) { return invalid(wrong) }
                if let text = call.body["title"]?.text { found.title = text }
                if let text = call.body["body"]?.text { found.body = text }
                if let text = call.body["base"]?.text { found.base = text }
                if let text = call.body["state"]?.text {
                    guard ["open", "closed"].contains(text), found.state != "merged" else { return invalid("state") }
                    found.state = text
                }
                found.updatedAt = call.now
                repository.pulls[number] = found
                return FakeAnswer(200, pull(found, repository))
            }
        },
        FakeRoute("PUT", "/repos/*/*/pulls/*/merge") { call, state in
            on(call, &state, needs: "contents") { repository, state in mergePull(call, &repository, &state) }
        },
    ]

    private static func mergePull(
        _ call: FakeCall, _ repository: inout FakeRepository, _ state: inout FakeForgeState
    ) -> FakeAnswer {
        guard let number = Int64(call.part(2)), repository.pulls[number] != nil else {
            return .message(404, "Not Found")
        }
        let optional = [
            "sha": "string", "merge_method": "string", "commit_title": "string", "commit_message": "string",
        ]
        if let wrong = call.fields([:], optional: optional) { return invalid(wrong) }
        let way = call.body["merge_method"]?.text ?? "merge"
        guard ["merge", "squash", "rebase"].contains(way) else { return invalid("merge_method") }
        let refusal = state.mergeAsBot(
            number, in: &repository, head: call.body["sha"]?.text, way: way, success: "success", now: call.now)
        switch refusal {
        case nil:
            let sha = repository.pulls[number]?.mergeCommit ?? ""
            return FakeAnswer(
                200, ["sha": sha, "merged": true, "message": "Pull Request successfully merged"] as [String: Any])
        case .notOpen, .conflict, .notLookedAt: return .message(405, "Pull Request is not mergeable")
        case .otherHead: return .message(409, "Head branch was modified. Review and try the merge again.")
        case .mayNot: return .message(403, "You're not authorized to push to this branch.")
        case .way(let way):
            let name = ["merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"][way] ?? way
            return .message(405, "\(name) are not allowed on this repository.")
        case .missing(let what): return .message(405, what)
        }
    }

    private static func body(of call: FakeCall) -> String? {
        if let wrong = call.fields(["body": "string"]) { return wrong }
        let text = call.body["body"]?.text ?? ""
        if text.isEmpty { return "body can't be blank" }
        return text.unicodeScalars.count > 65_536 ? "body is too long (maximum is 65536 characters)" : nil
    }

    private static func postStatus(
        _ call: FakeCall, _ repository: inout FakeRepository, _ state: FakeForgeState
    ) -> FakeAnswer {
        let optional = ["context": "string", "description": "string", "target_url": "string"]
        if let wrong = call.fields(["state": "string"], optional: optional) { return invalid(wrong) }
        let sha = call.part(2)
        guard state.has(sha, in: repository) else { return invalid("No commit found for SHA: \(sha)") }
        let word = call.body["state"]?.text ?? ""
        guard ["error", "failure", "pending", "success"].contains(word) else { return invalid("state is not a state") }
        let context = call.body["context"]?.text ?? "default"
        guard context.count <= 255 else { return invalid("context is too long (maximum is 255 characters)") }
        let text = call.body["description"]?.text ?? ""
        guard text.unicodeScalars.count <= 140 else {
            return invalid("description is too long (maximum is 140 characters)")
        }
        let link = call.body["target_url"]?.text
        guard link.map({ $0.hasPrefix("http://") || $0.hasPrefix("https://") }) ?? true else {
            return invalid("target_url must use http(s) scheme")
        }
        guard repository.statuses.count(where: { $0.commit == sha && $0.context == context }) < 1000 else {
            return invalid("This SHA and context has reached the maximum number of statuses.")
        }
        repository.statuses.append(
            FakeStatus(commit: sha, context: context, state: word, description: text, link: link, at: call.now))
        return FakeAnswer(201, ["context": context, "state": word, "description": text])
    }

    private static func openPull(
        _ call: FakeCall, _ repository: inout FakeRepository, _ state: inout FakeForgeState
    ) -> FakeAnswer {
        let required = ["title": "string", "head": "string", "base": "string"]
        if let wrong = call.fields(required, optional: ["body": "string", "draft": "bool"]) { return invalid(wrong) }
        let branch = call.body["head"]?.text ?? ""
        let base = call.body["base"]?.text ?? ""
        guard let head = state.head(of: branch, in: repository) else { return invalid("head is invalid") }
        guard let tip = state.head(of: base, in: repository) else { return invalid("base is invalid") }
        guard tip != head else { return invalid("No commits between \(base) and \(branch)") }
        guard !repository.pulls.values.contains(where: { $0.state == "open" && $0.headBranch == branch }) else {
            return invalid("A pull request already exists for \(branch).")
        }
        guard call.body["title"]?.text?.isEmpty == false, call.body["title"]?.text?.count ?? 0 <= 256 else {
            return invalid("title is too long (maximum is 256 characters), or missing")
        }
        let text = call.body["body"]?.text ?? ""
        guard text.unicodeScalars.count <= 65_536 else { return invalid("body is too long") }
        let number = repository.nextNumber
        repository.nextNumber += 1
        var made = FakePull(
            number: number, title: call.body["title"]?.text ?? "", author: state.bot, head: head, headBranch: branch,
            headRepository: repository.path, base: base, createdAt: call.now, updatedAt: call.now,
            commits: [(head, state.bot)])
        made.body = text
        repository.pulls[number] = made
        state.tell(
            .pullRequest(repository: repository.path, number: number, action: "opened", by: state.bot), in: repository)
        return FakeAnswer(201, pull(made, repository))
    }
}
