import Domain
import Engine
import Forges
import Foundation
import Host
import Logging
import Settings
import Storage

extension Bot {
    /// Seconds between two looks at what is owed, and after one that failed.
    private static let pause = 600.0
    private static let shortPause = 60.0

    /// Begins promotions that somebody owes: a process ended between the last approval and the first step, or the machine
    /// did not let it begin. Until cancelled.
    func beginPromotions() async {
        var refused: Set<RunID> = []
        while !Task.isCancelled {
            let isDone = await beginPromotions(&refused)
            try? await Task.sleep(for: .seconds(isDone ? Self.pause : Self.shortPause))
        }
    }

    /// One look. False: something is to be tried again soon.
    ///
    /// - Parameter refused: those of which was said already that they are not promoted.
    func beginPromotions(_ refused: inout Set<RunID>) async -> Bool {
        var isDone = true
        var owed: [Run] = []
        await telling("unfinished promotions") { () throws(Fault) in owed = try await engine.owedPromotions() }
        for run in owed {
            let what = "promotion of run \(run.id)"
            do throws(Fault) {
                if let why = try await beginPromotion(of: run), refused.insert(run.id).inserted {
                    log.warning("a run is not promoted", metadata: ["run": "\(run.id)", "why": "\(masked(why))"])
                }
                isWell(what)
            } catch {
                tell(error, of: what)
                isDone = false
            }
        }
        bells.queue.ring()
        bells.publishing.ring()
        return isDone
    }

    /// Begins it if nothing stands against it now; else says what does.
    ///
    /// - Throws: what may be over later.
    private func beginPromotion(of run: Run) async throws(Fault) -> String? {
        let plan = try await engine.requiredPlan(of: run.id)
        var floor: Floor?
        if let ticket = try await engine.store.ticket(of: run.id), let project = try await project(ticket.project) {
            floor = project.settings.floor
            if let pull = try await pullRequest(decidingOn: run), let onForge = project.onForge,
                let why = try await obstacle(to: run, in: pull, onForge)
            {
                return why
            }
            if plan.rules != nil { try await project.refresh() }
        }
        do throws(Fault) {
            _ = try await engine.promote(decided: run.id, floor: floor, deployment: .later) { _ in }
            return nil
        } catch {
            guard error.kind == .input else { throw error }
            return error.message
        }
    }

    /// A pull request that was merged since it was approved stands on what was approved.
    private func obstacle(
        to run: Run, in pull: PullRequest, _ onForge: ServedProject.OnForge
    ) async throws(Fault) -> String? {
        do throws(ForgeError) {
            let now = try await onForge.forge.pullRequest(pull.number, in: onForge.repository)
            if now.state == .closed { return "pull request \(pull.number) was closed" }
            return now.head == run.commit ? nil : "pull request \(pull.number) stands on commit \(now.head.short)"
        } catch .notFound {
            return "pull request \(pull.number) is gone"
        } catch {
            throw error.fault
        }
    }
}
