package import Domain
import Drops
import Foundation
import Storage

extension Engine {
    /// Of these keys, those that need not be looked at again: the file is as it was when it was dealt with, and was taken
    /// in, or is asked the same questions as then. One that was moved to quarantine and is here again was put back.
    func dealtWith(_ keys: [DropKey], _ target: DropTarget) async throws(Fault) -> Set<DropKey> {
        let arrivals = try await store.arrivals(
            of: keys.map(\.name), dataset: target.dataset.name, model: target.policy.model)
        var known: Set<DropKey> = []
        var refused: [Int64: DropKey] = [:]
        for (key, arrival) in zip(keys, arrivals) {
            guard let arrival, arrival.stamp == key.stamp else { continue }
            let isAskedTheSame = arrival.question == target.question
            switch arrival.outcome {
            case .accepted, .unchanged: known.insert(key)
            case .heldBack: if isAskedTheSame { known.insert(key) }
            case .refused(let id): if isAskedTheSame { refused[id] = key }
            }
        }
        let places = try await store.places(ofRefusals: Array(refused.keys))
        for (id, key) in refused {
            switch places[id] {
            case .awaitsMove, .left: known.insert(key)
            case .quarantine, nil: break
            }
        }
        return known
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
