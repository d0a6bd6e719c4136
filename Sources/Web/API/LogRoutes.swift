import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Hummingbird
import HummingbirdCore
import NIOCore
import Service
import ServiceLifecycle
import Storage
import Synchronization
import SystemPackage

/// Logs of stages, piece by piece: never a whole one in memory.
enum LogRoutes {
    private static let offset = Manual.Parameter(
        name: "offset", shape: .integer(0...(1 << 53)), meaning: "The first byte; else 0.")

    static let all: [Route] = [
        Route(
            .get, "/api/v1/runs/{run}/stages/{stage}/log", .token(.viewer),
            Manual(
                "getLog", .runs,
                "What a stage printed, from a byte on. `Sluice-Log-Next` is the offset for the next piece.",
                query: [
                    offset,
                    .init(
                        name: "limit", shape: .integer(1...(64 << 20)), meaning: "At most so many bytes; else 1 MiB."),
                ], body: nil, answers: [.other(200, "The bytes.", ["text/plain"])]),
            piece),
        Route(
            .get, "/api/v1/runs/{run}/stages/{stage}/log/stream", .token(.viewer),
            Manual(
                "streamLog", .runs,
                "What a stage prints, as server-sent events: `data` is JSON text, `id` the offset behind it, `end` the last.",
                query: [offset], body: nil, answers: [.other(200, "Events.", ["text/event-stream"])]),
            stream),
    ]

    private static let size = 64 << 10

    /// The log of the stage that a path names; nil path: it has printed nothing yet.
    static func find(_ exchange: Exchange, _ site: Site) async throws -> (run: Run, path: FilePath?) {
        let run = try await RunRoutes.run(of: exchange, site)
        let stage: StageName = try exchange.part("stage") { StageName($0) }
        let engine = site.bot.engine
        guard try await engine.store.stages(of: run.id).contains(where: { $0.name == stage }) else {
            throw Problem.notFound("run \(run.id) has no such stage")
        }
        return (run, try await engine.logs(of: run.id).first { $0.stage == stage }?.path)
    }

    static func piece(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let path = try await find(exchange, site).path
        let size = try await length(of: path)
        let start = min(exchange.number("offset") ?? 0, size)
        let end = min(size, start + (exchange.number("limit") ?? 1 << 20))
        var reply = Reply(.ok, headers: [.contentType: "text/plain; charset=utf-8"], body: bytes(of: path, start..<end))
        reply.headers[.logNext] = String(end)
        reply.headers[.logSize] = String(size)
        return reply
    }

    /// Bytes of a file as they are when their turn comes; a file that is shorter by then ends the connection, because
    /// its length was told.
    static func bytes(of path: FilePath?, _ range: Range<Int64>) -> ResponseBody {
        guard let path, !range.isEmpty else { return ResponseBody() }
        return ResponseBody(contentLength: Int(range.upperBound - range.lowerBound)) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let piece = try await read(path, offset, min(Int64(size), range.upperBound - offset))
                guard !piece.isEmpty else { throw Fault(.environment, "the log became shorter") }
                try await writer.write(ByteBuffer(bytes: piece))
                offset += Int64(piece.count)
            }
            try await writer.finish(nil)
        }
    }

    static func length(of path: FilePath?) async throws -> Int64 {
        guard let path else { return 0 }
        return await Blocking.run { Files.size(path) ?? 0 }
    }

    static func read(_ path: FilePath, _ offset: Int64, _ count: Int64) async throws -> Data {
        try await Blocking.run { () throws(Fault) in try Files.read(path, from: offset, count: Int(count)) }
    }

    private struct Piece: Encodable {
        let offset: Int64
        let text: String
    }

    static func stream(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        _ = try await find(exchange, site)
        let resumed = exchange.headers[.lastEventID].flatMap { Int64($0) } ?? exchange.number("offset") ?? 0
        var reply = Reply(
            .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: ResponseBody { writer in
                // A stream ends when the server does: whoever listens asks again, from where it stood.
                let ending = Ending()
                try await withGracefulShutdownHandler {
                    var offset = max(0, resumed)
                    var silent = 0
                    while !ending.hasCome, try await site.stillMay(exchange) {
                        let (text, isOver) = try await news(exchange, site, &offset)
                        silent = text.isEmpty ? silent + 1 : 0
                        // Something now and then, so that a listener that is gone is noticed.
                        let told = silent % 60 == 59 ? ": still here\n\n" : text
                        if !told.isEmpty { try await writer.write(ByteBuffer(string: told)) }
                        if isOver { break }
                        if text.isEmpty { try await Task.sleep(for: .milliseconds(250)) }
                    }
                } onGracefulShutdown: {
                    ending.come()
                }
                try await writer.finish(nil)
            })
        reply.headers[.connection] = "close"
        return reply
    }

    /// The next piece as an event; with the last one, that it is the end.
    private static func news(
        _ exchange: Exchange, _ site: Site, _ offset: inout Int64
    ) async throws -> (text: String, isOver: Bool) {
        // The state is read before the log: what a finished stage wrote is then never missed.
        let (run, path) = try await find(exchange, site)
        var piece = Data()
        if let path { piece = wholeCharacters(try await read(path, offset, Int64(size))) }
        if piece.isEmpty {
            guard run.state.isFinal else { return ("", false) }
            return ("event: end\ndata: {\"state\":\"\(run.state.word)\"}\n\n", true)
        }
        let text = JSONText.data(of: Piece(offset: offset, text: String(decoding: piece, as: UTF8.self)))
        offset += Int64(piece.count)
        return ("id: \(offset)\ndata: \(String(decoding: text, as: UTF8.self))\n\n", false)
    }

    /// That the server is told to end.
    private final class Ending: Sendable {
        private let flag = Atomic<Bool>(false)
        var hasCome: Bool { flag.load(ordering: .relaxed) }
        func come() { flag.store(true, ordering: .relaxed) }
    }

    /// Without the beginning of a character whose rest is not there yet.
    static func wholeCharacters(_ bytes: Data) -> Data {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.endIndex - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            // What is cut off and alone is given as it is: more may never come.
            return length > back && bytes.count > back ? bytes.dropLast(back) : bytes
        }
        return bytes
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .accept
    static let logNext = HTTPField.Name("Sluice-Log-Next") ?? .accept
    static let logSize = HTTPField.Name("Sluice-Log-Size") ?? .accept
}
