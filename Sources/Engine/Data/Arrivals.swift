package import Domain
import Drops
import Foundation
import Storage

extension Engine {
    /// Of these keys, those that need not be looked at again: the file is as it was when it was dealt with, and was taken
    /// in, or is asked the same questions as then.
    func dealtWith(_ keys: [DropKey], _ target: DropTarget) async throws(Fault) -> Set<DropKey> {
        let arrivals = try await store.arrivals(
            of: keys.map(\.name), dataset: target.dataset.name, model: target.policy.model)
        return Set(
            keys.filter { key in
                guard let arrival = arrivals[key.name], arrival.stamp == key.stamp else { return false }
                switch arrival.outcome {
                case .accepted, .unchanged: return true
                case .refused, .heldBack: return arrival.question == target.question
                }
            })
    }

    /// Brings runs to their end that a watch started and did not finish.
    func resumeDataRuns(
        of repository: RepositoryID, progress: @escaping ProgressHandler
    ) async throws(Fault) {
        for run in try await unfinished().runs where run.repository == repository {
            switch run.trigger {
            case .data, .drift: _ = try await resume(run.id, progress: progress)
            case .manual, .reproduction: continue
            }
        }
    }

    /// What is known of a dropped file.
    package struct FileStory: Sendable, Equatable {
        package let dataset: DatasetName
        package let model: ModelName
        package let arrival: Arrival
        /// Newest first.
        package let refusals: [Refusal]
    }

    /// What became of files of that name (with or without folders), in all datasets.
    package func stories(of name: String) async throws(Fault) -> [FileStory] {
        var stories: [FileStory] = []
        for known in try await store.arrivals(named: name, limit: 100) {
            let refusals = try await store.refusals(
                model: known.model, dataset: known.dataset, name: known.arrival.name, onlyHeld: false, limit: 20)
            stories.append(
                FileStory(
                    dataset: known.dataset, model: known.model, arrival: known.arrival, refusals: refusals))
        }
        return stories
    }
}
