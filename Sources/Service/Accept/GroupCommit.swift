import Domain
import Foundation
import Storage

/// Records deliveries that come at the same time in one transaction: the wait for the disk is shared.
///
/// A caller that finds nobody writing writes, for itself and for all who came before it is its turn; then the first of
/// those who came in the meantime does. Everybody gets an answer after the fsync that made its own delivery durable.
/// What is lost with the process was acknowledged to nobody.
actor GroupCommit {
    /// The events of one delivery, in its order: all are recorded, or none is.
    typealias Parts = [Store.Delivery]

    /// What a waiting caller is told.
    private enum Turn: Sendable {
        case done(Result<[Store.Recorded], Fault>)
        /// Its own delivery is not written yet: it writes, for all.
        case lead
    }

    private struct Waiting {
        let parts: Parts
        let caller: CheckedContinuation<Turn, Never>
    }

    private let store: Store
    private let now: @Sendable () -> Date
    /// More than this many wait: the next is told to come again.
    private let most: Int
    /// Deliveries in one transaction.
    private let batch: Int
    private var waiting: [Waiting] = []
    private var isWriting = false

    init(store: Store, now: @escaping @Sendable () -> Date, most: Int = 4096, batch: Int = 256) {
        self.store = store
        self.now = now
        self.most = most
        self.batch = batch
    }

    /// One answer for each part. Throws `.environment`, with `Bot.busy` as its message, if too many wait.
    func record(_ parts: Parts) async throws(Fault) -> [Store.Recorded] {
        if isWriting {
            guard waiting.count < most else { throw Fault(.environment, Bot.busy) }
            let turn = await withCheckedContinuation { caller in
                waiting.append(Waiting(parts: parts, caller: caller))
            }
            if case .done(let result) = turn { return try result.get() }
        }
        isWriting = true
        let others = Array(waiting.prefix(batch - 1))
        waiting.removeFirst(others.count)
        let results = await write([parts] + others.map(\.parts))
        for (other, result) in zip(others, results.dropFirst()) { other.caller.resume(returning: .done(result)) }
        if waiting.isEmpty {
            isWriting = false
        } else {
            // `isWriting` stays: nobody else may begin before the one who was told to.
            waiting.removeFirst().caller.resume(returning: .lead)
        }
        guard let own = results.first else { throw Fault(.bug, "a delivery was recorded without an answer") }
        return try own.get()
    }

    /// One result for each. If all together fail, each is tried alone, so that one that cannot be written keeps no other
    /// from being.
    private func write(_ deliveries: [Parts]) async -> [Result<[Store.Recorded], Fault>] {
        do throws(Fault) {
            let recorded = try await record(all: deliveries)
            return recorded.map { .success($0) }
        } catch {
            if deliveries.count == 1 { return [.failure(error)] }
        }
        var results: [Result<[Store.Recorded], Fault>] = []
        for parts in deliveries {
            do throws(Fault) {
                results.append(.success(try await record(all: [parts]).first ?? []))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }

    /// In one transaction.
    private func record(all deliveries: [Parts]) async throws(Fault) -> [[Store.Recorded]] {
        var recorded = try await store.record(deliveries.flatMap(\.self), at: now())[...]
        guard recorded.count == deliveries.reduce(0, { $0 + $1.count }) else {
            throw Fault(.bug, "a delivery was recorded without an answer")
        }
        return deliveries.map { parts in
            defer { recorded = recorded.dropFirst(parts.count) }
            return Array(recorded.prefix(parts.count))
        }
    }
}
