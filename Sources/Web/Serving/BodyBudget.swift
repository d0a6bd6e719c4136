import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Settings
import Synchronization

/// How many bytes of bodies may be held at the same time, by all requests together.
///
/// Only what arrived counts, so a request buys nothing by announcing much. When the budget is spent, the request that
/// holds most of it ends: small deliveries get through whoever sends large ones slowly.
final class BodyBudget: Sendable {
    private struct State {
        var held: [Int: (bytes: Int, end: @Sendable () -> Void)] = [:]
        var total = 0
        var next = 0
    }

    private let most: Int
    private let state = Mutex(State())

    init(most: Int) { self.most = most }

    /// Bytes held now.
    var total: Int { state.withLock { $0.total } }

    /// - Parameter end: ends the request from outside.
    func open(end: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.held[state.next] = (0, end)
            return state.next
        }
    }

    /// False: this request is the one that has to end.
    func add(_ bytes: Int, to id: Int) -> Bool {
        let (mayGoOn, end): (Bool, (@Sendable () -> Void)?) = state.withLock { state in
            guard state.held[id] != nil else { return (false, nil) }
            state.held[id]?.bytes += bytes
            state.total += bytes
            guard state.total > most, let greatest = state.held.max(by: { $0.value.bytes < $1.value.bytes }) else {
                return (true, nil)
            }
            state.total -= greatest.value.bytes
            state.held[greatest.key] = nil
            return greatest.key == id ? (false, nil) : (true, greatest.value.end)
        }
        end?()
        return mayGoOn
    }

    func close(_ id: Int) {
        state.withLock { state in
            guard let held = state.held.removeValue(forKey: id) else { return }
            state.total -= held.bytes
        }
    }
}

extension Exchange {
    /// Reads the body. Throws 413 by what was announced, then by what comes; 503 if too much is in flight; a body that
    /// is not whole in time ends the connection.
    func read(upTo limit: Int, _ site: Site) async throws -> Data {
        try await withBody(upTo: limit, site) { $0 }
    }

    /// As `read(upTo:_:)`; the bytes count as held until `use` is done with them.
    func withBody<Value>(
        upTo limit: Int, _ site: Site, _ use: (Data) async throws -> Value
    ) async throws -> Value {
        func tooLong() -> Problem {
            var problem = Problem(.contentTooLarge, "the body is over \(limit) bytes, the most that is taken here")
            problem.closes = true
            return problem
        }
        var announced = 0
        if let text = headers[.contentLength] {
            guard let length = Int(text), length >= 0 else { throw Problem.invalid("Content-Length is no number") }
            guard length <= limit else { throw tooLong() }
            announced = length
        }
        let channel = channel
        let end: @Sendable () -> Void = { channel.close(promise: nil) }
        let seconds = max(0.1, min(site.limits.idle, 3600))
        let deadline = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1000)), end)
        let id = site.bodies.open(end: end)
        defer {
            deadline.cancel()
            site.bodies.close(id)
        }
        askForBody()
        let bytes = try await pieces(upTo: limit, announced: announced, as: id, tooLong(), site)
        deadline.cancel()
        return try await use(bytes)
    }

    /// A client that would rather know first whether its body is wanted (`Expect: 100-continue`, RFC 9110 10.1.1; curl does
    /// so over 1 MiB) waits a second for this line. Who is refused gets the refusal in its place.
    private func askForBody() {
        guard headers[.expect]?.lowercased() == "100-continue" else { return }
        let channel = channel
        channel.eventLoop.execute {
            // Behind the encoder of answers, which knows of one answer to a request.
            let encoder = try? channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            encoder?.writeAndFlush(NIOAny(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    private func pieces(
        upTo limit: Int, announced: Int, as id: Int, _ tooLong: Problem, _ site: Site
    ) async throws -> Data {
        var bytes = Data()
        do {
            for try await piece in body {
                guard bytes.count + piece.readableBytes <= limit else { throw tooLong }
                guard site.bodies.add(piece.readableBytes, to: id) else {
                    var problem = Problem.busy("too much is being received at the moment")
                    problem.closes = true
                    throw problem
                }
                if bytes.isEmpty { bytes.reserveCapacity(min(announced, 64 << 10)) }
                piece.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            var problem = Problem(.badRequest, "the body ended before it was whole")
            problem.closes = true
            throw problem
        }
        return bytes
    }
}
