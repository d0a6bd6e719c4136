import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Storage
import Testing

@testable import Service

extension BotBench {
    /// Acts on events while the body runs.
    func acting(_ body: () async throws -> Void) async throws { try await looping(isDispatching: false, body) }

    /// Acts on events and brings runs to their ends while the body runs.
    func serving(_ body: () async throws -> Void) async throws { try await looping(isDispatching: true, body) }

    private func looping(isDispatching: Bool, _ body: () async throws -> Void) async throws {
        let bot = bot
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Acting(bot: bot).run() }
            if isDispatching { group.addTask { try await Dispatching(bot: bot).run() } }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    /// What `look` finds, looked for again and again until it is there; fails after five minutes.
    func eventually<Value: Sendable>(
        at place: SourceLocation = #_sourceLocation, _ look: () async throws -> Value?
    ) async throws -> Value {
        let end = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < end {
            if let value = try await look() { return value }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try #require(try await look(), "it did not happen within five minutes", sourceLocation: place)
    }

    func outcome(of event: Int64) async throws -> EventOutcome? {
        try await bot.engine.store.event(event)?.outcome
    }

    /// Why an event was ignored.
    func reason(_ event: Int64) async throws -> String? {
        guard case .ignored(let reason) = try await outcome(of: event) else { return nil }
        return reason
    }

    func settled(_ event: Int64, at place: SourceLocation = #_sourceLocation) async throws {
        _ = try await eventually(at: place) { try await outcome(of: event) }
    }

    /// Waits for what is looked for while time goes on: an attempt that was refused just before the trouble ended may still
    /// be under way, and waits anew then.
    func eventuallyLater<Value: Sendable>(
        at place: SourceLocation = #_sourceLocation, _ look: () async throws -> Value?
    ) async throws -> Value {
        try await eventually(at: place) {
            if let value = try await look() { return value }
            clock.move(by: 60)
            bot.bells.events.ring()
            return nil
        }
    }

    /// The run, once it is over.
    func judged(_ number: Int64) async throws -> Run {
        let id = try #require(RunID(number))
        return try await eventually {
            let run = try await bot.engine.store.run(id)
            return run?.state.isFinal == true ? run : nil
        }
    }

    /// Tells of a push as a hook would.
    func told(_ branch: String, _ after: CommitID, before: CommitID? = nil) async throws -> Store.StoredEvent {
        try await bot.tell(try self.branch(branch), before: before, after: after, of: BotBench.project)
    }

    /// Takes a delivery of the forge.
    @discardableResult
    func take(_ event: ForgeEvent, id: String? = nil) async throws -> Store.StoredEvent {
        let delivery = ForgeDelivery(id: id, name: "test", repository: ForgeRepository("acme/toy"), event: event)
        let body = Digest.of("\(UInt64.random(in: 0 ... .max))")
        return try await bot.take(delivery, body: body, from: BotBench.forgeName).event
    }

    /// Newest statuses in the outbox by commit.
    func status(of commit: CommitID) async throws -> CommitStatus? {
        let key = "status:\(BotBench.forgeName):acme/toy:\(commit.hex):sluice/toy"
        guard case .status(let status)? = try await bot.engine.store.post(key: key)?.post.message else { return nil }
        return status
    }
}

extension Sending {
    /// Sends at most one post in each lane whose time has come, all at once, and waits for them. Returns how many.
    @discardableResult
    func pass() async throws(Fault) -> Int {
        let claims = try await claims()
        let faults = await withTaskGroup(of: Fault?.self) { group in
            for record in claims {
                group.addTask {
                    defer { lanes.end(Lane(record.post.target)) }
                    do throws(Fault) {
                        try await send(record)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var faults: [Fault] = []
            for await fault in group { if let fault { faults.append(fault) } }
            return faults
        }
        if let fault = faults.first { throw fault }
        return claims.count
    }
}
