import Domain
import Engine
import Foundation
import Git
import Host
import Logging
import Settings

/// Takes in files that are dropped and looks for drift, for each project whose policy asks for one of the two. The runs
/// that this calls for are started by whoever acts on events.
struct DropWatching: Sendable {
    let bot: Bot

    /// Until cancelled.
    func run() async throws {
        await bot.forEachProject { name, _ in await watch(name) }
    }

    private func watch(_ name: ProjectName) async {
        while !Task.isCancelled {
            await bot.telling("drops of \(name)") { () throws(Fault) in
                guard let project = try await bot.project(name), try await asks(project) else { return }
                try await bot.engine.watch(project.repository, WatchRequest(startsRuns: false)) { news in
                    tell(news, of: name)
                }
            }
            try? await Task.sleep(for: .seconds(Double.random(in: 8...12)))
        }
    }

    /// True if the policy at the default branch has a drop, or something to compare again and again.
    private func asks(_ project: ServedProject) async throws(Fault) -> Bool {
        guard try await !project.clone.heads().branches.isEmpty else { return false }
        guard let policy = try await bot.policy(of: project, at: try await project.head().commit.id) else {
            return false
        }
        return policy.triggers?.drift != nil || policy.datasets.contains { $0.drop != nil }
    }

    private func tell(_ news: WatchNews, of name: ProjectName) {
        switch news {
        case .took, .drift, .called:
            bot.bells.events.ring()
            bot.bells.publishing.ring()
        case .trouble(let dataset, let fault):
            bot.tell(fault, of: "drop \(dataset.map { "\($0) " } ?? "")of \(name)")
        case .notice(let dataset, let text): bot.log.notice("\(dataset) of \(name): \(bot.masked(text))")
        case .progress: break
        }
    }
}
