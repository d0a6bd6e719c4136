import Domain
import Foundation

extension FakeGitLab {
    static let acts: [FakeRoute] = [
        FakeRoute("POST", "/projects/*/statuses/*", setStatus),
        FakeRoute("POST", "/projects/*/merge_requests/*/notes") { call, state in
            if let wrong = wrongNote(call) { return wrong }
            return onRequest(call, &state) { pull, repository, state in
                guard let body = obeyed(call.body["body"]?.text ?? "", &pull) else {
                    return FakeAnswer(202, ["summary": ["Commands applied."]])
                }
                let comment = FakeComment(
                    id: state.newID(), pull: pull.number, author: state.bot, body: body, createdAt: call.now,
                    updatedAt: call.now)
                repository.comments.append(comment)
                tell(
                    .comment(comment, repository: repository.path, action: "created", by: state.bot), repository, &state
                )
                return FakeAnswer(201, note(comment))
            }
        },
        FakeRoute("PUT", "/projects/*/merge_requests/*/notes/*") { call, state in
            if let wrong = wrongNote(call) { return wrong }
            return onRequest(call, &state) { pull, repository, state in
                guard let place = place(of: call.part(2), on: pull, in: repository) else {
                    return .message(404, "404 Note Not Found")
                }
                guard repository.comments[place].author.id == state.bot.id else {
                    return .message(403, "403 Forbidden")
                }
                guard let body = obeyed(call.body["body"]?.text ?? "", &pull) else {
                    return FakeAnswer(202, ["summary": ["Commands applied."]])
                }
                repository.comments[place].body = body
                repository.comments[place].updatedAt = max(
                    call.now, repository.comments[place].createdAt.addingTimeInterval(1))
                let comment = repository.comments[place]
                tell(
                    .comment(comment, repository: repository.path, action: "edited", by: state.bot), repository, &state)
                return FakeAnswer(200, note(comment))
            }
        },
        FakeRoute("POST", "/projects/*/merge_requests/*/notes/*/award_emoji") { call, state in
            if let wrong = wrong(call, ["name": "string"]) { return wrong }
            return onRequest(call, &state) { pull, repository, state in
                guard let place = place(of: call.part(2), on: pull, in: repository) else {
                    return .message(404, "404 Note Not Found")
                }
                let name = call.body["name"]?.text ?? ""
                guard ["eyes", "thumbsup", "thumbsdown", "rocket", "tada", "heart"].contains(name) else {
                    return .message(404, "404 Award Emoji Name is not included in the list Not Found")
                }
                let sign = "\(name) \(state.bot.login)"
                guard !repository.comments[place].reactions.contains(sign) else {
                    return .message(404, "404 Award Emoji Name has already been taken Not Found")
                }
                repository.comments[place].reactions.append(sign)
                return FakeAnswer(201, ["id": state.newID(), "name": name, "user": user(state.bot)] as [String: Any])
            }
        },
        FakeRoute("POST", "/projects/*/merge_requests", openRequest),
        FakeRoute("PUT", "/projects/*/merge_requests/*", changeRequest),
        FakeRoute("PUT", "/projects/*/merge_requests/*/merge", acceptRequest),
    ]

    @Sendable private static func acceptRequest(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let optional = [
            "sha": "string", "squash": "bool", "should_remove_source_branch": "bool", "merge_commit_message": "string",
        ]
        if let wrong = wrong(call, [:], optional: optional) { return wrong }
        return inProject(call, &state) { repository, state in
            guard let number = Int64(call.part(1)), repository.pulls[number] != nil else {
                return .message(404, "404 Not found")
            }
            let refusal = state.mergeAsBot(
                number, in: &repository, head: call.body["sha"]?.text, way: "merge", success: "success", now: call.now)
            switch refusal {
            case nil:
                return repository.pulls[number].map { FakeAnswer(200, mergeRequest($0, in: repository, state)) }
                    ?? .message(404, "404 Not found")
            case .otherHead: return .message(409, "SHA does not match HEAD of source branch: \(call.part(1))")
            case .mayNot: return .message(401, "401 Unauthorized")
            case .conflict: return .message(422, "Branch cannot be merged")
            case .notOpen, .notLookedAt, .way, .missing: return .message(405, "405 Method Not Allowed")
            }
        }
    }

    /// What Grape says about the fields; nil: they are as they should be.
    private static func wrong(
        _ call: FakeCall, _ required: [String: String], optional: [String: String] = [:]
    ) -> FakeAnswer? {
        for name in required.keys.sorted() where call.body[name] == nil || call.body[name] == .null {
            return FakeAnswer(400, ["error": "\(name) is missing"])
        }
        return call.fields(required, optional: optional).map { FakeAnswer(400, ["error": $0]) }
    }

    private static func wrongNote(_ call: FakeCall) -> FakeAnswer? {
        if let wrong = wrong(call, ["body": "string"]) { return wrong }
        guard call.body["body"]?.text?.unicodeScalars.count ?? 0 <= 1_000_000 else {
            return FakeAnswer(400, ["message": ["note": ["is too long (maximum is 1000000 characters)"]]])
        }
        return nil
    }

    private static func place(of id: String, on pull: FakePull, in repository: FakeRepository) -> Int? {
        repository.comments.firstIndex { String($0.id) == id && $0.pull == pull.number && !$0.isSystem }
    }

    /// GitLab obeys lines that begin with a quick action, and takes them out. Nil: nothing else was there.
    static func obeyed(_ body: String, _ pull: inout FakePull) -> String? {
        var kept: [Substring] = []
        var isObeyed = false
        for line in body.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false) {
            switch line.drop(while: { $0 == " " || $0 == "\t" }).split(separator: " ").first {
            case "/close": pull.state = "closed"
            case "/merge": pull.state = "merged"
            case "/draft": pull.isDraft.toggle()
            case "/approve", "/assign", "/label", "/title", "/reopen": break
            default:
                kept.append(line)
                continue
            }
            isObeyed = true
        }
        let rest = kept.joined(separator: "\n")
        return isObeyed && rest.allSatisfy(\.isWhitespace) ? nil : rest
    }

    private static func tell(
        _ happening: FakeHappening, _ repository: FakeRepository, _ state: inout FakeForgeState
    ) {
        var known = state
        if let place = known.index(of: repository.path) { known.repositories[place] = repository }
        if let delivery = tell(happening, known) { state.deliveries.append(delivery) }
    }

    /// The state machine of a job: `pending` → `running` → an end; an end that is followed is another job.
    @Sendable private static func setStatus(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let optional = [
            "name": "string", "context": "string", "ref": "string", "target_url": "string", "description": "string",
            "coverage": "number", "pipeline_id": "number",
        ]
        if let wrong = wrong(call, ["state": "string"], optional: optional) { return wrong }
        return inProject(call, &state, least: .write) { repository, state in
            let commit = call.part(1)
            guard state.has(commit, in: repository) else { return .message(404, "404 Commit Not Found") }
            let word = call.body["state"]?.text ?? ""
            guard ["pending", "running", "success", "failed", "canceled", "skipped"].contains(word) else {
                return FakeAnswer(400, ["error": "state does not have a valid value"])
            }
            let name = call.body["name"]?.text ?? call.body["context"]?.text ?? "default"
            let description = call.body["description"]?.text ?? ""
            let link = call.body["target_url"]?.text
            for (field, text) in [("name", name), ("description", description), ("target_url", link ?? "")]
            where text.unicodeScalars.count > 255 {
                return FakeAnswer(400, ["message": [field: ["is too long (maximum is 255 characters)"]]])
            }
            guard link == nil || link?.hasPrefix("http://") == true || link?.hasPrefix("https://") == true else {
                return FakeAnswer(
                    400, ["message": ["target_url": ["is blocked: Only allowed schemes are http, https"]]])
            }
            let last = repository.statuses.last { $0.commit == commit && $0.context == name }?.state ?? "created"
            if let act = ["pending": "enqueue", "running": "run"][word],
                last == "running" || (last == "pending" && word == "pending")
            {
                return .message(
                    400,
                    "Cannot transition status via :\(act) from :\(last) "
                        + "(Reason(s): Status cannot transition via \"\(act)\")")
            }
            let status = FakeStatus(
                commit: commit, context: name, state: word, description: description, link: link, at: call.now)
            repository.statuses.append(status)
            return FakeAnswer(201, FakeGitLab.status(status, id: repository.statuses.count))
        }
    }

    @Sendable private static func openRequest(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let required = ["source_branch": "string", "target_branch": "string", "title": "string"]
        if let wrong = wrong(call, required, optional: ["description": "string"]) { return wrong }
        return inProject(call, &state, least: .write) { repository, state in
            let branch = call.body["source_branch"]?.text ?? ""
            let base = call.body["target_branch"]?.text ?? ""
            let title = call.body["title"]?.text ?? ""
            if let wrong = wrongTitle(title) { return wrong }
            let same = repository.pulls.values.first {
                $0.state == "open" && $0.headBranch == branch && $0.base == base && $0.headRepository == repository.path
            }
            if let same {
                return FakeAnswer(
                    409,
                    ["message": ["Another open merge request already exists for this source branch: !\(same.number)"]])
            }
            guard let head = state.head(of: branch, in: repository) else {
                return FakeAnswer(400, ["message": ["Source branch \"\(branch)\" does not exist"]])
            }
            var pull = FakePull(
                number: repository.nextNumber, title: title, author: state.bot, head: head, headBranch: branch,
                headRepository: repository.path, base: base, createdAt: call.now, updatedAt: call.now,
                commits: [(head, state.bot)])
            pull.body = obeyed(call.body["description"]?.text ?? "", &pull) ?? ""
            repository.nextNumber += 1
            repository.pulls[pull.number] = pull
            tell(
                .pullRequest(repository: repository.path, number: pull.number, action: "opened", by: state.bot),
                repository, &state)
            return FakeAnswer(201, mergeRequest(pull, in: repository, state))
        }
    }

    @Sendable private static func changeRequest(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let optional = [
            "title": "string", "description": "string", "target_branch": "string", "state_event": "string",
        ]
        if let wrong = wrong(call, [:], optional: optional) { return wrong }
        return onRequest(call, &state) { pull, repository, state in
            guard pull.author.id == state.bot.id || state.role(of: state.bot, in: repository) >= .write else {
                return .message(403, "403 Forbidden")
            }
            if let title = call.body["title"]?.text {
                if let wrong = wrongTitle(title) { return wrong }
                pull.title = title
            }
            if let description = call.body["description"]?.text { pull.body = obeyed(description, &pull) ?? "" }
            if let base = call.body["target_branch"]?.text { pull.base = base }
            switch call.body["state_event"]?.text {
            case "close": if pull.state == "open" { pull.state = "closed" }
            case "reopen": if pull.state == "closed" { pull.state = "open" }
            case nil: break
            default: return FakeAnswer(400, ["error": "state_event does not have a valid value"])
            }
            pull.updatedAt = max(call.now, pull.updatedAt.addingTimeInterval(1))
            return FakeAnswer(200, mergeRequest(pull, in: repository, state))
        }
    }

    private static func wrongTitle(_ title: String) -> FakeAnswer? {
        guard !title.isEmpty else { return FakeAnswer(400, ["error": "title is empty"]) }
        guard title.unicodeScalars.count <= 255 else {
            return FakeAnswer(400, ["message": ["title": ["is too long (maximum is 255 characters)"]]])
        }
        return nil
    }
}
