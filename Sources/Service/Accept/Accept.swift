package import Domain
import Engine
package import Forges
import Foundation
import Git
import Host
import Settings
package import Storage
import SystemPackage

extension Bot {
    /// The message of the fault that `take` throws while too many deliveries wait: 503, and come again.
    package static let busy = "too many deliveries wait to be written"

    /// Makes a delivery durable; it is acted on later. Known already, by the forge's id, its bytes or its meaning: the
    /// event that it came to the first time. One that tells several things is several events, recorded together; the first
    /// is returned, as new if any of them is.
    ///
    /// Returns after the fsync, which deliveries that come at the same time share.
    /// - Throws: `.environment`: it is not recorded, and the forge should send it again.
    package func take(
        _ delivery: ForgeDelivery, body: Digest, from forge: ForgeName
    ) async throws(Fault) -> Store.Recorded {
        let project = delivery.repository.flatMap { configuration.now.project(of: $0, on: forge) }
        let owner = project?.text ?? "\(forge)/\(delivery.repository?.path ?? "")"
        var parts: [Store.Delivery] = []
        for (part, told) in ([delivery.event] + delivery.more).enumerated() {
            var key = EventKey.of(told, owner, body: body, part: part)
            if case .push(let branch, let before, _, _) = told, let project {
                key = try await newest(key, of: project, branch, before: before)
            }
            let event = Event(
                key: key, kind: .forge(forge, told),
                repository: repositoryID(of: project), at: engine.now(), by: told.author, project: project)
            var outcome: EventOutcome?
            if case .nothing(let name) = told {
                outcome = .ignored(reason: name)
            } else if project == nil {
                let path = delivery.repository?.path ?? "(none)"
                outcome = .ignored(reason: "no project of this server is \(path) on \(forge)")
            }
            parts.append(
                Store.Delivery(
                    forge: forge, id: delivery.id, body: body, name: delivery.name, event: event, part: part,
                    outcome: outcome))
        }
        let recorded = try await inbox.record(parts)
        engine.hooks.reached(.deliveryRecorded)
        guard let first = recorded.first else { throw Fault(.bug, "a delivery was recorded without an answer") }
        if recorded.contains(where: { $0.event.outcome == nil }) { bells.events.ring() }
        return Store.Recorded(event: first.event, isNew: recorded.contains(where: \.isNew))
    }

    /// Records that a run is asked for. Throws `.input` for a project that the server does not have.
    ///
    /// - Parameter key: asked again with the same one, it is the same wish; nil: it is a new one.
    package func ask(
        _ ask: Event.Ask, of project: ProjectName, by person: PersonName?, key: String?
    ) async throws(Fault) -> Store.StoredEvent {
        try await record(.asked(ask), of: project, by: person, key: "ask:\(project):\(key ?? UUID().uuidString)")
    }

    /// Records that a branch moved, as a hook or another program tells it. Throws `.input` for a project that the server
    /// does not have.
    ///
    /// - Parameter key: nil: the meaning of the push, under which a webhook or a look at the remote would record it too.
    package func tell(
        _ branch: BranchName, before: CommitID?, after: CommitID?, of project: ProjectName, key: String? = nil
    ) async throws(Fault) -> Store.StoredEvent {
        let meaning = EventKey.push(project.text, branch, before: before, after: after)
        let own = if let key { key } else { try await newest(meaning, of: project, branch, before: before) }
        return try await record(
            .branchMoved(branch, before: before, after: after), of: project, by: nil, key: own)
    }

    /// The key of a push. One that is known and settled while the branch stands where the push began is another push: the
    /// branch was put back in between.
    private func newest(
        _ push: String, of project: ProjectName, _ branch: BranchName, before: CommitID?
    ) async throws(Fault) -> String {
        guard let before, try await engine.store.head(of: branch, in: project) == before else { return push }
        var key = push
        while let known = try await engine.store.event(key: key), known.outcome != nil {
            key = EventKey.again(push, after: known.id)
        }
        return key
    }

    /// Records an event of a project and wakes whoever acts on it.
    func record(
        _ kind: Event.Kind, of project: ProjectName, by person: PersonName?, key: String
    ) async throws(Fault) -> Store.StoredEvent {
        guard configuration.now.settings.projects[project] != nil else {
            throw Fault(.input, "this server has no project '\(project)'")
        }
        let stored = try await engine.store.record(
            Event(
                key: key, kind: kind, repository: repositoryID(of: project), at: engine.now(), by: person,
                project: project))
        if stored.outcome == nil { bells.events.ring() }
        return stored
    }

    /// What all runs of a project carry as their repository: its clone, or the home for what no project has.
    func repositoryID(of project: ProjectName?) -> RepositoryID {
        RepositoryID(path: (project.map { clone(of: $0) } ?? root).string)
    }

    /// Where the clone of a project lies.
    func clone(of project: ProjectName) -> FilePath { root.appending("clones").appending("\(project).git") }
}

extension ForgeEvent {
    /// Who did it, as people write them.
    var author: PersonName? {
        switch self {
        case .push(_, _, _, let by): by?.login
        case .pullRequest(let pull, _): pull.author.login
        case .comment(let comment): comment.author.login
        case .button(let button): button.by.login
        case .mergeGroup, .pullRequestChanged, .nothing: nil
        }
    }
}
