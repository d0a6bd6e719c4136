import Domain
package import Foundation
import Synchronization

/// What people do on a fake forge. Each act leaves the delivery that the real one would send.
extension FakeForge {
    /// Somebody new, or who is there already.
    @discardableResult
    package func user(_ login: String, isMachine: Bool = false) -> FakeUser {
        state.withLock { state in
            if let known = state.user(login) { return known }
            let user = FakeUser(id: state.newID(), login: login, isMachine: isMachine)
            state.users.append(user)
            return user
        }
    }

    /// Leaves the delivery that a new hook begins with.
    package func ping() {
        state.withLock { state in
            if let delivery = dialect.tell(.ping, state) { state.deliveries.append(delivery) }
        }
    }

    /// Gives somebody another login; the old one is free then.
    package func rename(_ login: String, to new: String) {
        state.withLock { state in
            guard let place = state.users.firstIndex(where: { $0.login == login }) else { return }
            state.users[place].login = new
        }
    }

    /// A private repository in which the bot may do what it must be able to do: write, and on Gitea, Forgejo and Bitbucket
    /// rule, because only rulers are told what others may do. A bare one on disk, at `clone`/`path`.git. `from`: cloned from that
    /// folder, else empty. `owner`: somebody's fork, in which they rule, the bot may read, and there is no hook.
    package func addRepository(_ path: String, from source: String? = nil, owner: String? = nil) {
        let ruler = owner.map { user($0) }
        let folder = "\(clone)/\(path).git"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = FakeGit.run(["init", "--quiet", "--bare", "--initial-branch=main"], in: folder)
        if let source { _ = FakeGit.run(["fetch", "--quiet", source, "+refs/heads/*:refs/heads/*"], in: folder) }
        state.withLock { state in
            var repository = FakeRepository(id: state.newID(), path: path, folder: folder)
            repository.roles[state.bot.id] = [.gitea, .forgejo, .bitbucket].contains(state.kind) ? .admin : .write
            if let ruler {
                repository.roles = [ruler.id: .admin, state.bot.id: .read]
                repository.hasHook = false
            }
            state.repositories.append(repository)
        }
    }

    /// Takes the branches of a folder into the bare repository, as a push would, and tells of the one named.
    package func push(_ branch: String, from source: String, to path: String, by login: String) {
        let by = user(login)
        change(path) { repository, state in
            let before = FakeGit.head(of: branch, in: repository.folder)
            let refs = "+refs/heads/\(branch):refs/heads/\(branch)"
            _ = FakeGit.run(["fetch", "--quiet", source, refs], in: repository.folder)
            let after = FakeGit.head(of: branch, in: repository.folder)
            let none = String(repeating: "0", count: 40)
            return [
                .push(repository: path, branch: branch, before: before ?? none, after: after ?? none, by: by)
            ]
        }
    }

    /// A branch at another one's commit, without telling anybody.
    package func branch(_ new: String, at old: String = "main", of path: String) {
        guard let folder = repository(path)?.folder, let head = FakeGit.head(of: old, in: folder) else { return }
        _ = FakeGit.run(["update-ref", "refs/heads/\(new)", head], in: folder)
    }

    /// Pushes a commit that puts these files into a branch, tells of it, and returns its id; empty if git refused.
    @discardableResult
    package func commit(_ files: [String: String], to branch: String, of path: String, by login: String) -> String {
        let by = user(login)
        return change(path) { repository, _ in
            let none = String(repeating: "0", count: 40)
            let before = FakeGit.head(of: branch, in: repository.folder) ?? none
            // Who has no role at all is a test's extra; who has one is held to it.
            guard repository.roles[by.id].map({ $0 >= .write }) ?? true,
                let after = FakeGit.commit(files, to: branch, by: login, in: repository.folder)
            else {
                return ("", [])
            }
            return (after, [.push(repository: path, branch: branch, before: before, after: after, by: by)])
        } ?? ""
    }

    package func setRole(_ login: String, _ role: FakeRole, in path: String) {
        let id = login == bot.login ? bot.id : user(login).id
        change(path) { repository, _ in
            repository.roles[id] = role
            return []
        }
    }

    /// Makes people members of a team, `acme/ml-leads`.
    package func setTeam(_ team: String, _ logins: [String]) {
        let ids = Set(logins.map { user($0).id })
        state.withLock { $0.teams[team] = ids }
    }

    /// Opens a pull request. `commits`: nil: one, the head, by the one who opens it.
    @discardableResult
    package func openPullRequest(
        _ path: String, from branch: String, head: String, into base: String = "main", by login: String,
        title: String = "A better model", isDraft: Bool = false, fork: String? = nil,
        commits: [(sha: String, by: String)]? = nil
    ) -> Int64 {
        let author = user(login)
        let written = commits?.map { (sha: $0.sha, author: Optional(user($0.by))) } ?? [(sha: head, author: author)]
        return change(path) { repository, state in
            let number = repository.nextNumber
            repository.nextNumber += 1
            repository.commits.formUnion(written.map(\.sha))
            repository.commits.insert(head)
            var pull = FakePull(
                number: number, title: title, author: author, head: head, headBranch: branch,
                headRepository: fork ?? path, base: base, createdAt: Date(), updatedAt: Date(), commits: written)
            pull.isDraft = isDraft
            repository.pulls[number] = pull
            state.keepHead(of: pull, in: repository)
            return (number, [.pullRequest(repository: path, number: number, action: "opened", by: author)])
        } ?? 0
    }

    /// A new commit on a pull request's branch.
    package func push(to number: Int64, of path: String, head: String, by login: String) {
        let by = user(login)
        edit(number, path, "synchronize", by) { pull in
            pull.head = head
            pull.commits.append((head, by))
        }
        change(path) { repository, state in
            if let pull = repository.pulls[number] { state.keepHead(of: pull, in: repository) }
            return []
        }
    }

    package func merge(_ number: Int64, of path: String, commit: String, by login: String) {
        let by = user(login)
        edit(number, path, "closed", by) { pull in
            pull.state = "merged"
            pull.mergedBy = by
            pull.mergeCommit = commit
        }
    }

    package func close(_ number: Int64, of path: String, by login: String) {
        edit(number, path, "closed", user(login)) { $0.state = "closed" }
    }

    package func reopen(_ number: Int64, of path: String, by login: String) {
        edit(number, path, "reopened", user(login)) { $0.state = "open" }
    }

    package func setBase(_ base: String, of number: Int64, in path: String, by login: String) {
        edit(number, path, "edited", user(login)) { $0.base = base }
    }

    /// Writes a comment and returns its id. `at`: nil: now. On GitLab its quick actions are obeyed and taken out; 0: nothing
    /// else was in it, and then there is none.
    @discardableResult
    package func comment(on number: Int64, of path: String, by login: String, _ body: String, at: Date? = nil) -> Int64
    {
        let author = user(login)
        return change(path) { repository, state in
            let time = at ?? Date()
            var body = body
            if state.kind == .gitlab, var pull = repository.pulls[number] {
                guard let rest = FakeGitLab.obeyed(body, &pull) else { return (0, []) }
                repository.pulls[number] = pull
                body = rest
            }
            let comment = FakeComment(
                id: state.newID(), pull: number, author: author, body: body, createdAt: time, updatedAt: time)
            repository.comments.append(comment)
            return (comment.id, [.comment(comment, repository: path, action: "created", by: author)])
        } ?? 0
    }

    /// Changes a comment, of one's own or, where the forge lets those who may write, of somebody else. False: it may not
    /// be.
    @discardableResult
    package func edit(comment id: Int64, of path: String, by login: String, _ body: String) -> Bool {
        let by = user(login)
        return change(path) { repository, state in
            guard let place = repository.comments.firstIndex(where: { $0.id == id }),
                state.may(by, edit: repository.comments[place], in: repository)
            else { return (false, []) }
            repository.comments[place].body = body
            repository.comments[place].editedBy = by
            repository.comments[place].updatedAt = max(
                Date(), repository.comments[place].createdAt.addingTimeInterval(1))
            return (true, [.comment(repository.comments[place], repository: path, action: "edited", by: by)])
        } ?? false
    }

    /// Presses a button of a check.
    package func press(_ identifier: String, of check: FakeCheck, in path: String, by login: String) {
        let by = user(login)
        change(path) { _, _ in [.button(repository: path, check: check, identifier: identifier, by: by)] }
    }

    package func comments(on number: Int64, of path: String) -> [FakeComment] {
        repository(path)?.comments.filter { $0.pull == number } ?? []
    }

    /// Oldest first; the last of a context is the one that counts.
    package func statuses(of commit: String, in path: String) -> [FakeStatus] {
        repository(path)?.statuses.filter { $0.commit == commit } ?? []
    }

    /// Another program than the bot says of a commit what it found, in the forge's own word.
    package func say(_ state: String, as context: String, of commit: String, in path: String) {
        change(path) { repository, _ in
            repository.statuses.append(
                FakeStatus(commit: commit, context: context, state: state, description: "", at: Date()))
            return []
        }
    }

    package func checks(of commit: String, in path: String) -> [FakeCheck] {
        repository(path)?.checks.filter { $0.commit == commit } ?? []
    }

    package func pull(_ number: Int64, of path: String) -> FakePull? { repository(path)?.pulls[number] }
    package func pulls(of path: String) -> [FakePull] {
        repository(path)?.pulls.values.sorted { $0.number < $1.number } ?? []
    }
    package func repository(_ path: String) -> FakeRepository? {
        state.withLock { state in state.index(of: path).map { state.repositories[$0] } }
    }

    private func edit(
        _ number: Int64, _ path: String, _ action: String, _ by: FakeUser, _ act: @Sendable (inout FakePull) -> Void
    ) {
        change(path) { repository, _ in
            guard var pull = repository.pulls[number] else { return [] }
            act(&pull)
            pull.updatedAt = max(Date(), pull.updatedAt.addingTimeInterval(1))
            repository.pulls[number] = pull
            repository.commits.insert(pull.head)
            return [.pullRequest(repository: path, number: number, action: action, by: by)]
        }
    }

    private func change(
        _ path: String, _ act: (inout FakeRepository, inout FakeForgeState) -> [FakeHappening]
    ) {
        _ = change(path) { repository, state in ((), act(&repository, &state)) }
    }

    @discardableResult
    private func change<Value: Sendable>(
        _ path: String, _ act: (inout FakeRepository, inout FakeForgeState) -> (Value, [FakeHappening])
    ) -> Value? {
        state.withLock { state in
            guard let place = state.index(of: path) else { return nil }
            var repository = state.repositories[place]
            let (value, happenings) = act(&repository, &state)
            state.repositories[place] = repository
            if repository.hasHook { state.deliveries += happenings.compactMap { dialect.tell($0, state) } }
            return value
        }
    }
}

extension FakeForgeState {
    /// The bot pushes with git, which tells the fake nothing: its open pull requests stand where their branches stand.
    mutating func followBranchesOfBot() {
        for place in repositories.indices {
            let repository = repositories[place]
            for var pull in repository.pulls.values
            where pull.state == "open" && pull.author.id == bot.id && pull.headRepository == repository.path {
                guard let head = FakeGit.head(of: pull.headBranch, in: repository.folder), head != pull.head else {
                    continue
                }
                pull.head = head
                pull.commits.append((head, bot))
                pull.updatedAt = max(Date(), pull.updatedAt.addingTimeInterval(1))
                repositories[place].pulls[pull.number] = pull
                keepHead(of: pull, in: repository)
            }
        }
    }

    /// Forges keep the heads of pull requests under names of their own, those of forks too; Bitbucket does not.
    fileprivate func keepHead(of pull: FakePull, in repository: FakeRepository) {
        let name: String
        switch kind {
        case .github, .gitea, .forgejo: name = "refs/pull/\(pull.number)/head"
        case .gitlab: name = "refs/merge-requests/\(pull.number)/head"
        case .bitbucket: return
        }
        if let fork = pull.headRepository, fork != repository.path {
            guard let place = index(of: fork) else { return }
            let refs = "+refs/heads/\(pull.headBranch):\(name)"
            _ = FakeGit.run(["fetch", "--quiet", repositories[place].folder, refs], in: repository.folder)
        } else if FakeGit.has(pull.head, in: repository.folder) {
            _ = FakeGit.run(["update-ref", name, pull.head], in: repository.folder)
        }
    }

    /// Whether somebody may change a comment: its author always; others on GitHub, Gitea and Forgejo with write access,
    /// on GitLab from maintainer on, on Bitbucket never. Who has no role at all is a test's extra.
    fileprivate func may(_ user: FakeUser, edit comment: FakeComment, in repository: FakeRepository) -> Bool {
        if comment.author.id == user.id { return true }
        guard let role = repository.roles[user.id] else { return true }
        switch kind {
        case .github, .gitea, .forgejo: return role >= .write
        case .gitlab: return role >= .maintain
        case .bitbucket: return false
        }
    }
}
