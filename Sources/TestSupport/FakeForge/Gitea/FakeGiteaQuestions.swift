import Domain
import Foundation

extension FakeGitea {
    static let questions: [FakeRoute] = [
        FakeRoute("GET", "/user") { _, state in FakeAnswer(200, user(state.bot)) },
        FakeRoute("GET", "/users/*") { call, state in
            state.user(call.part(0)).map { FakeAnswer(200, user($0)) }
                ?? wrong(404, "user does not exist [uid: 0, name: \(call.part(0))]")
        },
        FakeRoute("GET", "/repos/*/*/pulls") { call, state in
            inRepository(call, &state) { repository, state in
                let wanted = call.query["state"] ?? "open"
                let pulls = repository.pulls.values.filter {
                    wanted == "all" || (wanted == "open") == ($0.state == "open")
                }
                return page(
                    pulls.sorted { $0.number < $1.number }.map { pull($0, in: repository.path, state) }, of: call)
            }
        },
        FakeRoute("GET", "/repos/*/*/pulls/*") { call, state in
            onPull(call, &state) { pull, repository, state in
                FakeAnswer(200, FakeGitea.pull(pull, in: repository.path, state))
            }
        },
        FakeRoute("GET", "/repos/*/*/pulls/*/commits") { call, state in
            onPull(call, &state) { pull, _, _ in
                let commits = pull.commits.map { commit in
                    let author = orNull(commit.author.map { user($0) })
                    return ["sha": commit.sha, "author": author, "committer": author] as [String: Any]
                }
                return page(commits, of: call)
            }
        },
        FakeRoute("GET", "/repos/*/*/issues/*/timeline") { call, state in
            onPull(call, &state) { pull, _, _ in
                let pushes = pull.commits.dropFirst().compactMap { commit in
                    commit.author.map {
                        ["id": 1, "type": "pull_push", "user": user($0), "body": "{}"] as [String: Any]
                    }
                }
                return page(pushes, of: call)
            }
        },
        // In one piece. `since` is about the last change.
        FakeRoute("GET", "/repos/*/*/issues/*/comments") { call, state in
            onPull(call, &state) { pull, repository, _ in
                var since: Date?
                if let text = call.query["since"] {
                    guard let date = try? Date(text, strategy: .iso8601) else {
                        return wrong(422, "cannot parse since")
                    }
                    since = date
                }
                let comments = repository.comments.filter { comment in
                    comment.pull == pull.number && (since.map { comment.updatedAt >= $0 } ?? true)
                }
                return FakeAnswer(200, comments.sorted { $0.id < $1.id }.map { comment($0) })
            }
        },
        FakeRoute("GET", "/repos/*/*/issues/comments/*") { call, state in
            inRepository(call, &state) { repository, _ in
                repository.comments.first { String($0.id) == call.part(2) }.map { FakeAnswer(200, comment($0)) }
                    ?? missing
            }
        },
        FakeRoute("GET", "/repos/*/*/collaborators/*/permission", permission),
        FakeRoute("GET", "/orgs/*/teams/search") { call, state in
            let teams = state.teams.keys.sorted().enumerated().filter { $0.element.hasPrefix("\(call.part(0))/") }
            guard !teams.isEmpty else { return missing }
            let wanted = (call.query["q"] ?? "").lowercased()
            let found = teams.map { (id: $0.offset + 1, name: String($0.element.dropFirst(call.part(0).count + 1))) }
                .filter { wanted.isEmpty || $0.name.lowercased().contains(wanted) }
            return FakeAnswer(
                200,
                ["ok": true, "data": found.map { ["id": $0.id, "name": $0.name] as [String: Any] }] as [String: Any])
        },
        FakeRoute("GET", "/teams/*/members/*") { call, state in
            let names = state.teams.keys.sorted()
            guard let id = Int(call.part(0)), id > 0, id <= names.count, let team = state.teams[names[id - 1]],
                let member = state.user(call.part(1)), team.contains(member.id)
            else { return missing }
            return FakeAnswer(200, user(member))
        },
        FakeRoute("GET", "/repos/*/*/commits/*/status") { call, state in
            inRepository(call, &state) { repository, _ in
                var newest: [String: [String: Any]] = [:]
                for (at, status) in repository.statuses.enumerated() where status.commit == call.part(2) {
                    newest[status.context] = FakeGitea.status(status, id: at + 1)
                }
                let size = min(max(Int(call.query["limit"] ?? "") ?? 30, 1), 50)
                let start = min((max(Int(call.query["page"] ?? "") ?? 1, 1) - 1) * size, newest.count)
                let page = newest.sorted { $0.key < $1.key }.map(\.value)[start..<min(start + size, newest.count)]
                let shown: Any = newest.isEmpty ? NSNull() : Array(page)
                let answer: [String: Any] = [
                    "state": "pending", "sha": call.part(2), "total_count": newest.count, "statuses": shown,
                ]
                return FakeAnswer(200, answer)
            }
        },
    ]

    /// Only administrators of the repository are told what others may do.
    @Sendable private static func permission(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        inRepository(call, &state) { repository, state in
            guard state.role(of: state.bot, in: repository) >= .admin || state.bot.login == call.part(2) else {
                return wrong(
                    403,
                    "Only admins can query all permissions, repo admins can query all repo permissions, "
                        + "collaborators can query only their own")
            }
            guard let asked = state.user(call.part(2)) else { return missing }
            let word: String =
                switch state.role(of: asked, in: repository) {
                case .none: "none"
                case .read, .triage: "read"
                case .write, .maintain: "write"
                case .admin: "admin"
                }
            return FakeAnswer(200, ["permission": word, "role_name": word, "user": user(asked)] as [String: Any])
        }
    }
}
