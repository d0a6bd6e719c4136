import Domain
import Engine
import Forges
import Foundation
import Reports
import Settings
import Storage

extension Deriving {
    /// Notices about a run; for a reproduction that a comment asked for, its outcome as an answer.
    func ofRun(_ id: RunID, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let run = try await store.run(id) else { return [] }
        if let original = run.trigger.reproduced { return try await outcome(of: run, original, ground) }
        let shown = try await shown(run, before: [])
        guard let kind = Deriving.kind(of: shown.status) else { return [] }
        let (title, text) = Outside.notice(kind, shown)
        let notice = Notice(
            kind: kind, project: ground.project, model: run.model, run: id, title: redactor.text(title),
            text: redactor.text(text), link: ground.link(to: id), at: try await time(of: shown))
        return posts(notice, "run:\(id):\(kind.rawValue)", ground)
    }

    private static func kind(of status: RunStatus) -> Notice.Kind? {
        switch status {
        case .waiting: .awaitsDecision
        case .refused: .failed
        case .undecided, .errored, .stuck: .errored
        case .promoted: .promoted
        case .rolledBack: .rolledBack
        case .rejected: .rejected
        case .working, .approved, .promoting, .expired, .cancelled, .compared: nil
        }
    }

    /// From the rows, so that the same notice is the same message whenever it is derived.
    private func time(of shown: OutsideRun) async throws(Fault) -> Date {
        switch shown.status {
        case .promoted(let at): return at
        case .rolledBack, .stuck:
            return try await store.promotions(ofModelOf: shown.run.id).last?.startedAt ?? shown.run.createdAt
        case .rejected: return shown.decisions.last?.at ?? shown.run.createdAt
        default: return shown.run.finishedAt ?? shown.run.createdAt
        }
    }

    /// Notices about data that drifted or was refused.
    func ofData(_ id: Int64, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let stored = try await store.event(id) else { return [] }
        switch (stored.event.kind, stored.outcome) {
        case (.driftAlarm(let dataset, _), _):
            let (title, text) = Outside.notice(drift: dataset, in: ground.project)
            return posts(notice(.drift, title, text, stored.event.at, ground), "event:\(id)", ground)
        case (.filesDropped(let dataset, _, _), .sorted(_, let refused, _)?) where refused > 0:
            let (title, text) = Outside.notice(refused: refused, of: dataset, in: ground.project)
            return posts(notice(.filesRefused, title, text, stored.event.at, ground), "event:\(id)", ground)
        default: return []
        }
    }

    private func notice(_ kind: Notice.Kind, _ title: String, _ text: String, _ at: Date, _ ground: Ground) -> Notice {
        Notice(
            kind: kind, project: ground.project, model: nil, run: nil, title: title, text: text,
            link: live.settings.listen.url, at: at)
    }

    /// To everybody in the configuration who wants it.
    private func posts(_ notice: Notice, _ subject: String, _ ground: Ground) -> [Post] {
        live.settings.notify.sorted { $0.key < $1.key }.compactMap { name, settings in
            guard settings.only.isEmpty || settings.only.contains(notice.kind),
                settings.projects.isEmpty || settings.projects.contains(ground.project)
            else { return nil }
            return Post(key: PostKey.notice(name, subject), target: .notify(name), message: .notice(notice))
        }
    }

    /// What came of making a run again, said where it was asked for.
    private func outcome(of again: Run, _ original: RunID, _ ground: Ground) async throws(Fault) -> [Post] {
        guard let forge = ground.forge, again.state.isFinal else { return [] }
        let pulls = Set(try await store.tickets(of: again.id).compactMap(\.pullRequest?.number)).sorted()
        if pulls.isEmpty { return [] }
        let reply: Outside.Reply
        switch again.state {
        case .judged:
            let tolerance = try await store.plan(of: original)?.policy.reproduction.tolerance ?? 0
            let verdict = ReproductionVerdict.compare(
                before: try await store.stages(of: original), now: try await store.stages(of: again.id),
                tolerance: tolerance)
            reply = .reproduced(verdict, original: original, again: again.id)
        case .errored(let fault): reply = .notReproduced(original: original, again: again.id, fault.message)
        case .cancelled(_, let reason): reply = .notReproduced(original: original, again: again.id, reason)
        case .queued, .preparing, .running, .judging: return []
        }
        return pulls.map { replyPost(reply, to: "run-\(again.id)", on: $0, forge) }
    }

    func replyPost(
        _ reply: Outside.Reply, to subject: String, on pull: Int64,
        _ forge: (name: ForgeName, client: any Forge, repository: ForgeRepository)
    ) -> Post {
        let marker = Outside.replyMarker(subject)
        let text = redactor.text(Outside.reply(reply, on: forge.client.kind))
        return Post(
            key: PostKey.reply(forge.name, forge.repository, pull, subject),
            target: .forge(forge.name, forge.repository),
            message: .reply(pullRequest: pull, marker: marker, body: "\(marker)\n\(text)\n"))
    }
}
