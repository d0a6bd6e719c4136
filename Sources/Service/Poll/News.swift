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
        let change: PullRequestChange? =
            switch pull.state {
            case .open: Polling.change(from: known, to: pull)
            case .closed: known?.state == .open ? .closed : nil
            case .merged: known?.state == .open ? .merged : nil
            }
        if let change {
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
