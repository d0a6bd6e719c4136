import Domain
import Foundation
import Host

/// Work on many files at once, as many as there are cores, each piece on a thread that may block.
enum Crowd {
    /// The results in the order of the items. After the first fault nothing new is begun, and that fault is thrown.
    static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) throws(Fault) -> Value
    ) async throws(Fault) -> [Value] {
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let outcome = await withTaskGroup(of: (Int, Result<Value, Fault>).self) { group in
            var results = [Value?](repeating: nil, count: items.count)
            var failure: Fault?
            var next = 0
            var running = 0
            while true {
                while failure == nil, running < width, next < items.count {
                    let index = next
                    let item = items[index]
                    group.addTask { (index, await attempt(item, work)) }
                    next += 1
                    running += 1
                }
                guard running > 0, let (index, result) = await group.next() else { break }
                running -= 1
                switch result {
                case .success(let value): results[index] = value
                case .failure(let fault): failure = failure ?? fault
                }
                if Task.isCancelled, failure == nil { failure = Fault(.environment, "the work was cancelled") }
            }
            return failure.map { .failure($0) } ?? Result<[Value], Fault>.success(results.compactMap { $0 })
        }
        return try outcome.get()
    }

    private static func attempt<Item: Sendable, Value: Sendable>(
        _ item: Item, _ work: @escaping @Sendable (Item) throws(Fault) -> Value
    ) async -> Result<Value, Fault> {
        do throws(Fault) {
            return .success(try await Blocking.run { () throws(Fault) in try work(item) })
        } catch {
            return .failure(error)
        }
    }
}
