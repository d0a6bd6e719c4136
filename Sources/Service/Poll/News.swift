import Domain
import Engine
import Forges
import Storage

extension Bot {
    /// Takes note of where a pull request stands, as its forge just said. What no webhook told of becomes an event, under
    /// the key that a look at the forge gives it: known without one, nobody would ever act on it.
    func note(
        _ pull: PullRequest, of project: ServedProject, on onForge: ServedProject.OnForge
    ) async throws(Fault) {
        let known = try await engine.store.pullRequest(pull.number, of: project.name)
        if known == pull { return }
        if let change = PullRequestChange(from: known, to: pull) {
            let news = try await record(.pullRequest(pull, change), of: project, on: onForge)
            if news.outcome == nil { return }
            // It was acted on, and something older was told after it.
        }
        try await engine.store.know(pull, of: project.name, at: engine.now())
    }

    /// Records what a look at a forge found, as if a webhook had told it.
    @discardableResult
    func record(
        _ told: ForgeEvent, of project: ServedProject, on onForge: ServedProject.OnForge
    ) async throws(Fault) -> Store.StoredEvent {
        try await record(
            .forge(onForge.name, told), of: project.name, by: told.author,
            key: EventKey.of(told, project.name.text, body: Digest.of("")))
    }
}

extension PullRequestChange {
    /// What happened to a pull request since it was known as it was, as a webhook would say it; nil: nothing that is acted
    /// on.
    init?(from known: PullRequest?, to pull: PullRequest) {
        switch pull.state {
        case .merged:
            guard known?.state == .open else { return nil }
            self = .merged
        case .closed:
            guard known?.state == .open else { return nil }
            self = .closed
        case .open:
            guard let known else {
                self = .opened
                return
            }
            if known.state != .open {
                self = .reopened
            } else if known.head != pull.head {
                self = .synchronized
            } else if known.base != pull.base || known.isDraft != pull.isDraft {
                self = .edited
            } else {
                return nil
            }
        }
    }

    /// What a pull request stands as, told as what happened to it last.
    init(_ state: PullRequest.State) {
        switch state {
        case .open: self = .edited
        case .closed: self = .closed
        case .merged: self = .merged
        }
    }
}
