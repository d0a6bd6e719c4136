package import Domain
import Storage

extension Engine {
    /// What waits in a home, as far as its rows tell: the limits of a server are known to the server alone.
    package var homeWaiting: WaitingHook {
        let store = store
        return WaitingHook(
            run: { run in
                guard let queue = try? await store.queue(), let ahead = queue.firstIndex(where: { $0.run.id == run }),
                    let working = try? await store.working()
                else { return nil }
                return .turn(ahead: ahead, working: working.count)
            },
            event: { stored in
                guard case .forge(_, .pullRequest(let pull, _)) = stored.event.kind, pull.isFork, pull.state == .open,
                    let project = stored.event.project,
                    let isPermitted = try? await store.isPermitted(pull.head, of: project), !isPermitted
                else { return nil }
                return .permission(pull.head)
            })
    }

    /// What happened to a subject, and what became of dropped files of that name and of the data that they are part of.
    ///
    /// - Throws: `.input` if nothing is known of either.
    package func account(
        of subject: String, waiting hook: WaitingHook
    ) async throws(Fault) -> (Explanation, files: [FileStory]) {
        let files = try await stories(of: subject)
        let followed = try await whatFollowed(files)
        do throws(Fault) {
            return (try await explain(subject, and: followed, waiting: hook), files)
        } catch {
            guard error.kind == .input, !files.isEmpty else { throw error }
            return (Explanation(events: [], entries: []), files)
        }
    }

    /// The events of the snapshots that took the files in: whether they started a run, or why not.
    private func whatFollowed(_ files: [FileStory]) async throws(Fault) -> [Store.StoredEvent] {
        var followed: [Store.StoredEvent] = []
        for file in files {
            guard case .accepted(let number, _) = file.arrival.outcome,
                let snapshot = try await store.snapshot(number: number, of: file.dataset, model: file.model)
            else { continue }
            followed += try await store.events(about: .dataset(file.dataset), limit: 1000).filter { stored in
                switch stored.event.kind {
                case .dataAdded(_, let digest), .driftAlarm(_, let digest): digest == snapshot.ref.digest
                default: false
                }
            }
        }
        return followed
    }
}
