import Domain
import Foundation
import Glibc
import Host
import Synchronization
import SystemPackage
import TestSupport

@testable import Drops

/// What a caller dealt with, and what it heard.
final class Caller: Sendable {
    private let keys = Mutex<Set<DropKey>>([])
    private let heard = Mutex<[String]>([])
    private let fault = Mutex<Fault?>(nil)

    var known: DropWatch.Known {
        { [self] asked throws(Fault) in
            if let fault = fault.withLock({ $0 }) { throw fault }
            return keys.withLock { $0.intersection(asked) }
        }
    }

    var notices: [String] { heard.withLock { $0 } }

    func hear(_ notice: String) { heard.withLock { $0.append(notice) } }

    /// From now on every question fails; nil: none.
    func fail(with fault: Fault?) { self.fault.withLock { $0 = fault } }

    func deal(with batch: DropBatch) {
        keys.withLock { $0.formUnion(batch.files.map(\.key) + batch.refusals.map(\.key)) }
    }
}

/// A drop directory of a test's own, and one caller who watches it.
struct Drop: Sendable {
    let folder: FilePath
    let outside: FilePath
    let caller = Caller()

    func watch(
        _ rules: DropRules = DropRules(settle: 0.2), sight: DropSight = .automatic
    ) -> DropWatch {
        DropWatch(
            place: .directory(folder), rules: rules, sight: sight, known: caller.known,
            notice: { [caller] in caller.hear($0) })
    }

    @discardableResult
    func put(_ name: String, _ text: String = "a,b\n1,2\n") throws -> FilePath {
        let path = folder.pushing(FilePath(name))
        try Files.makeDirectory(path.removingLastComponent())
        try path.put(text)
        return path
    }
}

extension FilePath {
    /// Writes a file in one go, or appends to it.
    func put(_ text: String, appending: Bool = false) throws {
        // Not by its text: the name may be none.
        let flags = O_WRONLY | O_CREAT | (appending ? O_APPEND : O_TRUNC)
        let file = withPlatformString { Glibc.open($0, flags, 0o644) }
        guard file >= 0 else { throw Files.systemFault("write", self) }
        defer { Glibc.close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw Files.systemFault("write", self) }
    }

    func text() throws -> String { String(decoding: try Files.readSmall(self), as: UTF8.self) }
}

/// Does the same every 100 ms, on a thread of its own: the tests beside must not slow the writer down.
func slowly(_ times: Int, _ act: @escaping @Sendable () throws -> Void) async throws {
    try await Blocking.run {
        for _ in 0..<times {
            try act()
            usleep(100_000)
        }
    }
}

extension Drop {
    /// As many files as asked for, on a thread that may block: tests run beside.
    func putMany(_ count: Int, name: @escaping @Sendable (Int) -> String) async throws {
        let folder = folder.string
        try await Blocking.run {
            for number in 0..<count {
                let file = Glibc.open("\(folder)/\(name(number))", O_WRONLY | O_CREAT | O_EXCL, 0o644)
                guard file >= 0 else { throw Fault(.bug, "could not make file \(number)") }
                Glibc.close(file)
            }
        }
    }
}

func withDrop<Value>(_ body: (Drop) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { base in
        let drop = Drop(folder: base.appending("drop"), outside: base.appending("outside"))
        try Files.makeDirectory(drop.folder)
        try Files.makeDirectory(drop.outside)
        return try await body(drop)
    }
}

/// Asks one watch for one batch after the other.
struct Batches {
    private var iterator: AsyncStream<Result<DropBatch, Fault>>.Iterator
    private let caller: Caller

    init(_ watch: DropWatch, _ caller: Caller) {
        iterator = watch.batches().makeAsyncIterator()
        self.caller = caller
    }

    /// The next batch, not dealt with; throws a fault that is given.
    mutating func given() async throws -> DropBatch {
        guard let next = await iterator.next(isolation: #isolation) else { throw Fault(.bug, "the watch ended") }
        return try next.get()
    }

    /// The next batch, dealt with.
    mutating func next() async throws -> DropBatch {
        let batch = try await given()
        caller.deal(with: batch)
        return batch
    }
}

extension DropBatch {
    var names: [String] { files.map(\.name.text) }
    var reasons: [String: String] { Dictionary(uniqueKeysWithValues: refusals.map { ($0.name, $0.reason) }) }
}
