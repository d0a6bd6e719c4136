import Domain
import Foundation
import Wire

/// Statuses of commits are jobs of a pipeline to GitLab, with a state machine: `pending` → `running` → an end. To say
/// what it is already is refused, and an end that is followed by something else becomes a new job of the same name.
extension GitLabForge {
    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) {
        let wanted = Wanted(status)
        let there = try await newest(wanted.name, of: status.commit, in: repository)
        guard let word = wanted.word(after: there) else { return }
        var body: [String: JSONValue] = [
            "state": .string(word), "name": .string(wanted.name), "description": .string(wanted.description),
        ]
        if let link = wanted.link { body["target_url"] = .string(link) }
        do throws(ForgeError) {
            _ = try await caller.call(.post, path(repository) + "/statuses/\(status.commit.hex)", body: body)
        } catch .refused(let said) where said.contains("Cannot transition status") {
            try await settle(wanted, status.commit, repository, said)
        } catch .conflict(let said) {
            try await settle(wanted, status.commit, repository, said)
        }
    }

    /// The state machine says no, or another request held the pipeline's lock: done if it stands as it should.
    private func settle(
        _ wanted: Wanted, _ commit: CommitID, _ repository: ForgeRepository, _ said: String
    ) async throws(ForgeError) {
        let there = try await newest(wanted.name, of: commit, in: repository)
        guard let there, wanted.isReached(by: there) else { throw .conflict(said) }
    }

    private func newest(
        _ name: String, of commit: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> GitLabStatus? {
        try await list(
            GitLabStatus.self, path(repository) + "/repository/commits/\(commit.hex)/statuses", query: ["name": name]
        ).filter { $0.name == name }.max { $0.id < $1.id }
    }
}

/// What a status should become, in GitLab's words and lengths.
private struct Wanted {
    let state: String
    let name: String
    let description: String
    /// At most 255 characters; a longer one is left out.
    let link: String?
    let isPassing: Bool

    init(_ status: CommitStatus) {
        switch status.state {
        case .pending: state = "pending"
        case .success: state = "success"
        case .failure, .error: state = "failed"
        case .cancelled: state = "canceled"
        }
        name = status.context
        description = cut(status.description, to: 255)
        link = status.link.flatMap { $0.utf16.count <= 255 ? $0 : nil }
        isPassing = status.isPassing ?? false
    }

    /// The state to post; nil: nothing is to be said, or nothing can be.
    func word(after there: GitLabStatus?) -> String? {
        guard let there else { return state }
        let isSame = there.description == description && there.targetUrl == link
        switch (state, there.status) {
        case ("pending", "pending"):
            // The one step that changes the words and still holds the merge request back: not for what passes.
            return isSame || isPassing ? nil : "running"
        case ("pending", "running"): return nil
        default: return there.status == state && isSame ? nil : state
        }
    }

    func isReached(by there: GitLabStatus) -> Bool {
        there.status == state || (state == "pending" && there.status == "running")
    }
}
