import Domain
import Engine
import Foundation
import Git
import Host
import Reports
import Settings
import Storage

extension Bot {
    /// Writes posts and wakes whoever sends them.
    func put(_ posts: [Post]) async throws(Fault) {
        if posts.isEmpty { return }
        try await engine.store.put(posts, at: engine.now())
        bells.posts.ring()
    }

    /// A status of a commit, if the project lies on a forge and a policy names the model.
    func status(
        _ state: CommitStatus.State, _ description: String, of commit: CommitID, model: ModelName?,
        project: ServedProject
    ) -> [Post] {
        guard let onForge = project.onForge, let model else { return [] }
        let context = Ground.context(model)
        return [
            Post(
                key: PostKey.status(onForge.name, onForge.repository, commit, context),
                target: .forge(onForge.name, onForge.repository),
                message: .status(
                    CommitStatus(
                        commit: commit, context: context, state: state, description: description,
                        link: configuration.now.settings.listen.url)))
        ]
    }

    /// An event about a commit came to nothing: whoever waits for a status hears why.
    func refusalStatus(of stored: Store.StoredEvent, for fault: Fault, project: ServedProject) async -> [Post] {
        let commit: CommitID?
        switch stored.event.kind {
        case .forge(_, .push(_, _, let after, _)), .branchMoved(_, _, let after): commit = after
        case .forge(_, .pullRequest(let pull, _)): commit = pull.state == .open ? pull.head : nil
        case .forge(_, .mergeGroup(let head, _)): commit = head
        case .asked(let ask): commit = ask.commit
        case .runCommand, .dataAdded, .filesDropped, .fileReleased, .driftAlarm, .reproduceCommand, .forge, .tick:
            commit = nil
        }
        guard let commit else { return [] }
        let model = await model(of: project)
        if project.onForge == nil { return await refusalNote(of: commit, for: fault, model, project) }
        let state: CommitStatus.State = fault.kind == .input ? .failure : .error
        return status(state, fault.message, of: commit, model: model, project: project)
    }

    /// As a status, where there is no forge: a note of the commit, if the clone has it and no run of it has more to say.
    private func refusalNote(
        of commit: CommitID, for fault: Fault, _ model: ModelName?, _ project: ServedProject
    ) async -> [Post] {
        guard (try? await project.clone.has(commit)) == true,
            (try? await engine.store.tickets(commit: commit, of: project.name).isEmpty) == true
        else { return [] }
        return [
            Post(
                key: PostKey.note(project.name, commit, model), target: .notes(project.name),
                message: .note(commit: commit, body: Outside.refusal(of: commit, fault)))
        ]
    }

    /// The model that the default branch's policy names, as fetched last.
    func model(of project: ServedProject) async -> ModelName? {
        guard let head = try? await project.head() else { return nil }
        return try? await engine.policy(in: project.repository, at: head.commit.id).policy.model
    }
}
