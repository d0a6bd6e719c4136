import Domain
import Foundation

extension FakeGitea {
    static let acts: [FakeRoute] = [
        FakeRoute("POST", "/repos/*/*/statuses/*", setStatus),
        FakeRoute("POST", "/repos/*/*/issues/*/comments") { call, state in
            if let fault = call.fields(["body": "string"]) { return wrong(422, fault) }
            return onPull(call, &state) { pull, repository, state in
                let text = call.body["body"]?.text ?? ""
                guard !text.isEmpty else { return wrong(422, "[Body]: Required") }
                let made = FakeComment(
                    id: state.newID(), pull: pull.number, author: state.bot, body: text, createdAt: call.now,
                    updatedAt: call.now)
                repository.comments.append(made)
                tell(.comment(made, repository: repository.path, action: "created", by: state.bot), repository, &state)
                return FakeAnswer(201, comment(made))
            }
        },
        FakeRoute("PATCH", "/repos/*/*/issues/comments/*") { call, state in
            if let fault = call.fields(["body": "string"]) { return wrong(422, fault) }
            return onComment(call, &state) { changed, repository, state in
                guard changed.author.id == state.bot.id || state.role(of: state.bot, in: repository) >= .admin else {
                    return wrong(403, "Forbidden")
                }
                changed.body = call.body["body"]?.text ?? ""
                changed.updatedAt = max(call.now, changed.createdAt.addingTimeInterval(1))
                tell(
                    .comment(changed, repository: repository.path, action: "edited", by: state.bot), repository, &state)
                return FakeAnswer(200, comment(changed))
            }
        },
        FakeRoute("POST", "/repos/*/*/issues/comments/*/reactions") { call, state in
            if let fault = call.fields(["content": "string"]) { return wrong(422, fault) }
            return onComment(call, &state) { changed, _, state in
                let content = call.body["content"]?.text ?? ""
                guard ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"].contains(content) else {
                    return wrong(403, "'\(content)' is not an allowed reaction")
                }
                let sign = "\(content) \(state.bot.login)"
                let answer: [String: Any] = [
                    "user": user(state.bot), "content": content, "created_at": fakeTime(call.now),
                ]
                guard !changed.reactions.contains(sign) else { return FakeAnswer(200, answer) }
                changed.reactions.append(sign)
                return FakeAnswer(201, answer)
            }
        },
        FakeRoute("POST", "/repos/*/*/pulls", openPull),
        FakeRoute("PATCH", "/repos/*/*/pulls/*", changePull),
        FakeRoute("POST", "/repos/*/*/pulls/*/merge", mergePull),
    ]

    @Sendable private static func mergePull(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let optional = [
            "head_commit_id": "string", "delete_branch_after_merge": "bool", "force_merge": "bool",
            "MergeTitleField": "string", "MergeMessageField": "string", "merge_when_checks_succeed": "bool",
        ]
        if let fault = call.fields(["Do": "string"], optional: optional) { return wrong(422, fault) }
        return inRepository(call, &state) { repository, state in
            guard let number = Int64(call.part(2)), repository.pulls[number] != nil else { return missing }
            let way = call.body["Do"]?.text ?? ""
            let refusal = state.mergeAsBot(
                number, in: &repository, head: call.body["head_commit_id"]?.text, way: way, success: "success",
                now: call.now)
            switch refusal {
            case nil: return FakeAnswer(200, body: Data())
            case .notOpen: return wrong(405, "The PR is not open")
            case .otherHead: return wrong(409, "head out of date")
            case .mayNot: return wrong(405, "User not allowed to merge PR")
            case .notLookedAt: return wrong(405, "Please try again later")
            case .way(let way): return wrong(405, "\(way) is not allowed an allowed merge style for this repository")
            case .missing(let what): return wrong(405, "\(what) is missing")
            case .conflict: return wrong(409, "merge conflicts")
            }
        }
    }

    private static func onComment(
        _ call: FakeCall, _ state: inout FakeForgeState,
        _ act: (inout FakeComment, inout FakeRepository, inout FakeForgeState) -> FakeAnswer
    ) -> FakeAnswer {
        inRepository(call, &state) { repository, state in
            guard let place = repository.comments.firstIndex(where: { String($0.id) == call.part(2) }) else {
                return missing
            }
            var changed = repository.comments[place]
            let answer = act(&changed, &repository, &state)
            repository.comments[place] = changed
            return answer
        }
    }

    private static func tell(
        _ happening: FakeHappening, _ repository: FakeRepository, _ state: inout FakeForgeState
    ) {
        var known = state
        if let place = known.index(of: repository.path) { known.repositories[place] = repository }
        if let delivery = tell(happening, known) { state.deliveries.append(delivery) }
    }

    @Sendable private static func setStatus(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let optional = ["context": "string", "description": "string", "target_url": "string"]
        if let fault = call.fields(["state": "string"], optional: optional) { return wrong(422, fault) }
        return inRepository(call, &state, least: .write) { repository, state in
            guard state.has(call.part(2), in: repository) else { return missing }
            let word = call.body["state"]?.text ?? ""
            guard ["pending", "success", "error", "failure", "warning"].contains(word) else {
                return wrong(400, "invalid state '\(word)'")
            }
            let made = FakeStatus(
                commit: call.part(2), context: call.body["context"]?.text ?? "default", state: word,
                description: call.body["description"]?.text ?? "", link: call.body["target_url"]?.text, at: call.now)
            repository.statuses.append(made)
            return FakeAnswer(201, status(made, id: repository.statuses.count))
        }
    }

    @Sendable private static func openPull(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        if let fault = call.fields(
            ["head": "string", "base": "string", "title": "string"], optional: ["body": "string"])
        {
            return wrong(422, fault)
        }
        return inRepository(call, &state, least: .write) { repository, state in
            let branch = call.body["head"]?.text ?? ""
            let base = call.body["base"]?.text ?? ""
            let title = call.body["title"]?.text ?? ""
            guard !title.isEmpty else { return wrong(422, "title is empty") }
            let isThere = repository.pulls.values.contains {
                $0.state == "open" && $0.headBranch == branch && $0.base == base && $0.headRepository == repository.path
            }
            guard !isThere else { return wrong(409, "pull request already exists for these targets") }
            guard let head = state.head(of: branch, in: repository) else { return missing }
            var made = FakePull(
                number: repository.nextNumber, title: title, author: state.bot, head: head, headBranch: branch,
                headRepository: repository.path, base: base, createdAt: call.now, updatedAt: call.now,
                commits: [(head, state.bot)])
            made.body = call.body["body"]?.text ?? ""
            repository.nextNumber += 1
            repository.pulls[made.number] = made
            tell(
                .pullRequest(repository: repository.path, number: made.number, action: "opened", by: state.bot),
                repository, &state)
            return FakeAnswer(201, pull(made, in: repository.path, state))
        }
    }

    @Sendable private static func changePull(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let optional = ["title": "string", "body": "string", "base": "string", "state": "string"]
        if let fault = call.fields([:], optional: optional) { return wrong(422, fault) }
        return onPull(call, &state) { changed, repository, state in
            guard changed.author.id == state.bot.id || state.role(of: state.bot, in: repository) >= .write else {
                return wrong(403, "Forbidden")
            }
            if let title = call.body["title"]?.text { changed.title = title }
            if let body = call.body["body"]?.text { changed.body = body }
            if let base = call.body["base"]?.text { changed.base = base }
            switch call.body["state"]?.text {
            case "closed" where changed.state == "merged", "open" where changed.state == "merged":
                return wrong(412, "cannot change state of this pull request, it was already merged")
            case "closed": changed.state = "closed"
            case "open": changed.state = "open"
            case nil: break
            default: return wrong(400, "unknown state")
            }
            changed.updatedAt = max(call.now, changed.updatedAt.addingTimeInterval(1))
            return FakeAnswer(201, pull(changed, in: repository.path, state))
        }
    }
}
