package import Domain
import Host
import Storage

extension Engine {
    /// What was interrupted and can go on.
    package struct Unfinished: Sendable, Equatable {
        /// Runs that are not over, without those of a server that lives, and, among the newest thousand, runs that were
        /// approved and whose promotion has not begun.
        package let runs: [Run]
        package let promotions: [Promotion]
    }

    /// Runs and promotions that are not over and on which no process works.
    package func unfinished() async throws(Fault) -> Unfinished {
        var runs: [Run] = []
        let serverLock = home.serverLock
        let isServed = try await Blocking.run { () throws(Fault) in try FileLock.isHeld(serverLock) }
        for run in try await store.runs(unfinishedOnly: true, limit: 1000) where try await !isOwned(run.id) {
            // What waits in a server's queue waits for its turn.
            if isServed, try await store.ticket(of: run.id) != nil { continue }
            runs.append(run)
        }
        runs += try await owedPromotions()
        return Unfinished(runs: runs, promotions: try await unfinishedPromotions())
    }

    /// Runs among the newest thousand that were approved and whose promotion has not begun, newest first.
    package func owedPromotions() async throws(Fault) -> [Run] {
        try await store.facts(of: try await store.runs(limit: 1000))
            .filter { $0.promotion == nil && isApproved($0.run, $0.approval, $0.decisions) }.map(\.run)
    }

    /// Promotions that are not over and on which no process works.
    package func unfinishedPromotions() async throws(Fault) -> [Promotion] {
        var promotions: [Promotion] = []
        for promotion in try await store.promotions(of: nil, unfinishedOnly: true, limit: 1000)
        where try await !isOwned(promotion) {
            promotions.append(promotion)
        }
        return promotions
    }

    /// Removes what killed processes left of the newest runs that are over.
    package func sweep(progress: @escaping ProgressHandler) async throws(Fault) {
        for run in try await store.runs(limit: 200) { try await sweep(run, progress) }
    }

    /// Continues a run, or the promotion that its decisions call for, from the last committed transition.
    package func resume(_ id: RunID, progress: @escaping ProgressHandler) async throws(Fault) -> Run {
        if let promotion = try await store.promotion(ofRun: id), !promotion.state.isFinal {
            _ = try await finish(promotion.id, progress: progress)
            return try await required(id)
        }
        let run = try await work(on: id, progress: progress)
        if try await isApprovedAndLeft(run) { _ = try await promote(decided: id, progress: progress) }
        return try await required(id)
    }

    /// True for a run that may be promoted and whose promotion has not begun: the process ended between the two, or
    /// the policy needs no person.
    private func isApprovedAndLeft(_ run: Run) async throws(Fault) -> Bool {
        guard let facts = try await store.facts(of: [run]).first, facts.promotion == nil else { return false }
        return isApproved(run, facts.approval, facts.decisions)
    }

    private func isOwned(_ promotion: Promotion) async throws(Fault) -> Bool {
        let path = home.promotionLock(promotion.id)
        return try await Blocking.run { () throws(Fault) in try FileLock.isHeld(path) }
    }
}
