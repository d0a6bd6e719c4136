import Domain
import Foundation

extension FakeGitHub {
    static let questions: [FakeRoute] = [
        FakeRoute("GET", "/user") { call, state in
            // An installation is no user.
            state.app == nil
                ? FakeAnswer(200, user(state.bot)) : .message(403, "Resource not accessible by integration")
        },
        FakeRoute("GET", "/users/*") { call, state in
            state.user(call.part(0)).map { FakeAnswer(200, user($0)) } ?? .message(404, "Not Found")
        },
        FakeRoute("GET", "/repos/*/*/pulls") { call, state in
            on(call, &state) { repository, _ in
                let wanted = call.query["state"] ?? "open"
                let head = call.query["head"].map { String($0.split(separator: ":").last ?? "") }
                let pulls = repository.pulls.values.sorted { $0.number < $1.number }.filter {
                    (wanted == "all" || ($0.state == "open") == (wanted == "open"))
                        && (head == nil || $0.headBranch == head)
                }
                return .page(pulls.map { pull($0, repository) }, of: call)
            }
        },
        FakeRoute("GET", "/repos/*/*/pulls/*") { call, state in
            on(call, &state) { repository, _ in
                Int64(call.part(2)).flatMap { repository.pulls[$0] }.map { FakeAnswer(200, pull($0, repository)) }
                    ?? .message(404, "Not Found")
            }
        },
        FakeRoute("GET", "/repos/*/*/pulls/*/commits") { call, state in
            on(call, &state) { repository, _ in
                guard let found = Int64(call.part(2)).flatMap({ repository.pulls[$0] }) else {
                    return .message(404, "Not Found")
                }
                let commits = found.commits.prefix(250).map { commit -> [String: Any] in
                    let author = commit.author.map { user($0) as Any } ?? NSNull()
                    return ["sha": commit.sha, "author": author, "committer": author]
                }
                return .page(commits, of: call)
            }
        },
        FakeRoute("GET", "/repos/*/*/activity") { call, state in
            on(call, &state) { repository, _ in
                let branch = (call.query["ref"] ?? "").replacingOccurrences(of: "refs/heads/", with: "")
                let pull = repository.pulls.values.first { $0.headBranch == branch }
                let pushes = pull?.commits.compactMap(\.author).reversed() ?? []
                return .page(pushes.map { ["activity_type": "push", "actor": user($0)] }, of: call)
            }
        },
        FakeRoute("GET", "/repos/*/*/issues/*/comments") { call, state in
            on(call, &state) { repository, _ in
                guard let number = Int64(call.part(2)), repository.pulls[number] != nil else {
                    return .message(404, "Not Found")
                }
                let since = call.query["since"].flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
                let found = repository.comments.filter { $0.pull == number && $0.updatedAt >= since }
                return .page(found.map { comment($0, repository, base: call.base) }, of: call)
            }
        },
        FakeRoute("GET", "/repos/*/*/issues/comments/*") { call, state in
            on(call, &state) { repository, _ in
                let found = repository.comments.first { String($0.id) == call.part(2) }
                return found.map { FakeAnswer(200, comment($0, repository, base: call.base)) }
                    ?? .message(404, "Not Found")
            }
        },
        FakeRoute("GET", "/repos/*/*/collaborators/*/permission") { call, state in
            on(call, &state) { repository, state in
                guard let found = state.user(call.part(2)) else { return .message(404, "Not Found") }
                let role = state.role(of: found, in: repository)
                let legacy = role == .maintain ? "write" : role == .triage ? "read" : role.rawValue
                return FakeAnswer(200, ["permission": legacy, "role_name": role.rawValue, "user": user(found)])
            }
        },
        FakeRoute("GET", "/orgs/*/teams/*/memberships/*") { call, state in
            if let kept = call.token.flatMap({ state.installationTokens[$0] }), kept.permissions["members"] == nil {
                return .message(403, "Resource not accessible by integration")
            }
            guard let found = state.user(call.part(2)),
                state.teams["\(call.part(0))/\(call.part(1))"]?.contains(found.id) == true
            else { return .message(404, "Not Found") }
            return FakeAnswer(200, ["state": "active", "role": "member"])
        },
        FakeRoute("GET", "/repos/*/*/commits/*/status") { call, state in
            on(call, &state) { repository, state in
                guard state.has(call.part(2), in: repository) else { return invalid("No commit found for SHA") }
                var newest: [String: FakeStatus] = [:]
                for status in repository.statuses where status.commit == call.part(2) {
                    newest[status.context] = status
                }
                let statuses = newest.values.sorted { $0.context < $1.context }.map { status -> [String: Any] in
                    [
                        "context": status.context, "state": status.state, "description": status.description,
                        "target_url": status.link as Any? ?? NSNull(),
                    ]
                }
                return FakeAnswer(200, ["state": "pending", "sha": call.part(2), "statuses": statuses])
            }
        },
    ]
}
