package import Domain
import Engine
import Forges
import Foundation
import Git
import Reports
import Settings
import Storage
package import Wire

extension Bot {
    /// The loop that writes what is to be said. Until cancelled; safe to run anew at any time.
    package func publishLoop() async throws { try await Publishing(bot: self).run() }

    /// The loop that says it. Until cancelled; one at a time for a home.
    ///
    /// - Parameter wire: to the addresses of `notify:`; nil: the network.
    package func sendLoop(_ wire: Wire? = nil) async throws {
        let wire = if let wire { wire } else { try Wire.live(agent: "sluice") }
        try await Sending(bot: self, wire: wire, lanes: lanes).run()
    }

    /// What a pull request says from its first second, before anything is fetched: a status that branch protection can
    /// require; for a fork that nobody let run, also how to. Empty for the bot's own pull requests, and where the
    /// commit has said something already.
    package func pendingStatus(for pull: PullRequest, project: ServedProject) async throws(Fault) -> [Post] {
        guard let onForge = project.onForge, pull.state == .open, !isOwn(pull) else { return [] }
        guard let policy = await policy(of: pull, project) else { return [] }
        let runs = try await engine.store.tickets(commit: pull.head, of: project.name)
        if runs.contains(where: { $0.run.model == policy.model && $0.run.trigger.reproduced == nil }) { return [] }
        let isHeld = try await isHeld(pull, policy, project)
        let context = Ground.context(policy.model)
        let target = Post.Target.forge(onForge.name, onForge.repository)
        let status = CommitStatus(
            commit: pull.head, context: context, state: .pending,
            description: isHeld ? Outside.foreignStatus(pull.head) : Outside.pendingStatus,
            link: configuration.now.settings.listen.url)
        var posts = [
            Post(
                key: PostKey.status(onForge.name, onForge.repository, pull.head, context), target: target,
                message: .status(status))
        ]
        if isHeld {
            let marker = Outside.reportMarker(policy.model)
            posts.append(
                Post(
                    key: PostKey.report(onForge.name, onForge.repository, pull.number, policy.model), target: target,
                    message: .report(
                        pullRequest: pull.number, marker: marker,
                        body: Outside.foreignComment(policy.model, pull.head, on: onForge.forge.kind))))
        }
        return posts
    }

    private func isHeld(_ pull: PullRequest, _ policy: Policy, _ project: ServedProject) async throws(Fault) -> Bool {
        guard case .run(_, needsPermission: true) = policy.match(pull) else { return false }
        return try await !engine.store.isPermitted(pull.head, of: project.name)
    }

    /// The policy that gives the rules, as fetched last; nil: nobody knows yet.
    private func policy(of pull: PullRequest, _ project: ServedProject) async -> Policy? {
        guard let rules = try? await project.rules(for: pull.base) else { return nil }
        return try? await engine.policy(in: project.repository, at: rules.commit).policy
    }
}
