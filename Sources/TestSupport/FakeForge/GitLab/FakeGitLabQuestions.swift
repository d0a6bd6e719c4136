import Domain
import Foundation

extension FakeGitLab {
    static let questions: [FakeRoute] = [
        FakeRoute("GET", "/user") { _, state in FakeAnswer(200, user(state.bot)) },
        // Of a name there is one at most, letter case ignored; without one, everybody.
        FakeRoute("GET", "/users") { call, state in
            let found = call.query["username"].map { [state.user($0)] } ?? state.users.map { $0 }
            return page(found.compactMap { $0 }.map { user($0) }, of: call)
        },
        FakeRoute("GET", "/projects/*", oneProject),
        FakeRoute("GET", "/projects/*/merge_requests", requests),
        FakeRoute("GET", "/projects/*/merge_requests/*") { call, state in
            onRequest(call, &state) { pull, repository, state in
                FakeAnswer(200, mergeRequest(pull, in: repository, state))
            }
        },
        FakeRoute("GET", "/projects/*/merge_requests/*/notes") { call, state in
            onRequest(call, &state) { pull, repository, _ in
                let isOldestFirst = call.query["sort"] == "asc"
                let sorted = notes(of: pull, in: repository).sorted {
                    isOldestFirst
                        ? ($0.createdAt, $0.id) < ($1.createdAt, $1.id) : ($0.createdAt, $0.id) > ($1.createdAt, $1.id)
                }
                return page(sorted.map { note($0) }, of: call)
            }
        },
        FakeRoute("GET", "/projects/*/merge_requests/*/notes/*") { call, state in
            onRequest(call, &state) { pull, repository, _ in
                guard let found = notes(of: pull, in: repository).first(where: { String($0.id) == call.part(2) }) else {
                    return .message(404, "404 Note Not Found")
                }
                return FakeAnswer(200, note(found))
            }
        },
        FakeRoute("GET", "/projects/*/members/all/*") { call, state in
            inProject(call, &state) { repository, state in
                guard let user = Int64(call.part(1)).flatMap({ state.user(id: $0) }),
                    let access = level(repository.roles[user.id] ?? .none)
                else { return .message(404, "404 Not found") }
                return FakeAnswer(200, member(user, access))
            }
        },
        FakeRoute("GET", "/groups/*") { call, state in
            guard state.teams[call.part(0)] != nil else { return .message(404, "404 Group Not Found") }
            return FakeAnswer(200, ["id": 1, "full_path": call.part(0)] as [String: Any])
        },
        FakeRoute("GET", "/groups/*/members/all/*") { call, state in
            guard let team = state.teams[call.part(0)] else { return .message(404, "404 Group Not Found") }
            guard let user = Int64(call.part(1)).flatMap({ state.user(id: $0) }), team.contains(user.id) else {
                return .message(404, "404 Not found")
            }
            return FakeAnswer(200, member(user, 30))
        },
        FakeRoute("GET", "/projects/*/events") { call, state in
            inProject(call, &state) { repository, state in
                let pushes = repository.pulls.values.filter { $0.headRepository == repository.path }.flatMap { pull in
                    pull.commits.compactMap { commit in
                        commit.author.map { push(by: $0, of: pull.headBranch, at: pull.updatedAt) }
                    }
                }
                return page(pushes, of: call)
            }
        },
        FakeRoute("GET", "/projects/*/repository/commits/*/statuses") { call, state in
            inProject(call, &state) { repository, _ in
                var newest: [String: [String: Any]] = [:]
                for (at, status) in repository.statuses.enumerated()
                where status.commit == call.part(1) && (call.query["name"] ?? status.context) == status.context {
                    newest[status.context] = FakeGitLab.status(status, id: at + 1)
                }
                return page(newest.sorted { $0.key < $1.key }.map(\.value), of: call)
            }
        },
    ]

    /// Forks that nobody made a repository of are known by their number too.
    @Sendable private static func oneProject(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        let forks = state.repositories.flatMap(\.pulls.values).compactMap(\.headRepository)
        if let id = Int64(call.part(0)), !state.repositories.contains(where: { $0.id == id }),
            let fork = forks.first(where: { projectID($0, state) == id })
        {
            return FakeAnswer(200, ["id": id, "path_with_namespace": fork] as [String: Any])
        }
        return inProject(call, &state) { repository, _ in
            FakeAnswer(200, ["id": repository.id, "path_with_namespace": repository.path] as [String: Any])
        }
    }

    @Sendable private static func requests(_ call: FakeCall, _ state: inout FakeForgeState) -> FakeAnswer {
        inProject(call, &state) { repository, state in
            let wanted = ["opened": "open", "closed": "closed", "merged": "merged"][call.query["state"] ?? "all"]
            let pulls = repository.pulls.values.filter { pull in
                (wanted ?? pull.state) == pull.state
                    && (call.query["source_branch"] ?? pull.headBranch) == pull.headBranch
            }
            return page(
                pulls.sorted { $0.number < $1.number }.map { mergeRequest($0, in: repository, state) }, of: call)
        }
    }

    private static func level(_ role: FakeRole) -> Int? {
        switch role {
        case .none: nil
        case .read: 10
        case .triage: 20
        case .write, .maintain: 30
        case .admin: 40
        }
    }

    private static func member(_ user: FakeUser, _ level: Int) -> [String: Any] {
        [
            "id": user.id, "username": user.login, "name": user.login, "state": "active", "access_level": level,
            "expires_at": NSNull(), "membership_state": "active",
        ]
    }

    private static func push(by user: FakeUser, of branch: String, at: Date) -> [String: Any] {
        [
            "id": 1, "action_name": "pushed to", "author_id": user.id, "author_username": user.login,
            "created_at": Timestamp.text(at),
            "push_data": ["commit_count": 1, "action": "pushed", "ref_type": "branch", "ref": branch] as [String: Any],
        ]
    }
}
