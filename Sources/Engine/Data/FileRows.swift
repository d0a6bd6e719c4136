import DataChecks
package import Domain
import Foundation
import Host
package import Storage
import SystemPackage

/// Rows of a snapshot's files, in a small file beside the profile, so that a list need not read the whole of it.
private struct StoredRows: Codable, Sendable {
    var rows: [String: Int64]
}

extension Engine {
    /// The rows of each file as far as they are known, from the snapshot's own counts alone; nothing is scanned.
    package func countedRows(of snapshot: Store.Snapshot) async -> [Int64?] {
        let known = await storedRows(snapshot)
        return snapshot.files.map { known[$0.key] }
    }

    /// As `countedRows`, with what the nearest snapshot that was counted knows of the files of this one. Only a few
    /// neighbours are asked, so that it costs the same however many snapshots there are.
    package func knownRows(of snapshot: Store.Snapshot) async throws(Fault) -> [Int64?] {
        var known = await storedRows(snapshot)
        let number = snapshot.ref.number
        var neighbours = (1...10).flatMap { [number - $0, number + $0] }.filter { $0 > 0 }[...]
        while snapshot.files.contains(where: { known[$0.key] == nil }), let next = neighbours.popFirst() {
            guard
                let other = try await store.snapshot(
                    number: next, of: snapshot.ref.dataset, model: snapshot.model)
            else { continue }
            known.merge(await storedRows(other)) { old, _ in old }
        }
        return snapshot.files.map { known[$0.key] }
    }

    /// The rows of each file; those that are not known yet are counted, once.
    package func rows(of snapshot: Store.Snapshot) async throws(Fault) -> [Int64] {
        let known = try await knownRows(of: snapshot)
        let missing = zip(snapshot.files, known).filter { $1 == nil }.map(\.0)
        var counts = Dictionary(
            zip(snapshot.files.map(\.key), known).compactMap { key, rows in rows.map { (key, $0) } },
            uniquingKeysWith: { first, _ in first })
        if !missing.isEmpty {
            let profiler = Profiler(duckdb: try duckdb())
            let found = try await profiler.rows(of: located(missing), temporary: home.temporary)
            counts.merge(zip(missing.map(\.key), found)) { old, _ in old }
        }
        try await keep(rows: counts, of: snapshot)
        return snapshot.files.map { counts[$0.key] ?? 0 }
    }

    /// Adds to what is known of a snapshot's files; what the neighbours know of them joins it.
    func keep(rows: [String: Int64], of snapshot: Store.Snapshot) async throws(Fault) {
        let known = await storedRows(snapshot)
        let neighbours = try await knownRows(of: snapshot)
        let asked = Dictionary(
            zip(snapshot.files.map(\.key), neighbours).compactMap { key, rows in rows.map { (key, $0) } },
            uniquingKeysWith: { first, _ in first })
        let keys = Set(snapshot.files.map(\.key))
        let all = asked.merging(rows) { old, _ in old }.filter { keys.contains($0.key) }
        guard all != known else { return }
        let bytes = Canonical.bytes(of: StoredRows(rows: all))
        let place = home.rows(snapshot.ref.digest)
        try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(place.removingLastComponent(), mode: 0o700)
            try Files.writeDurably(bytes, to: place)
        }
    }

    private func storedRows(_ snapshot: Store.Snapshot) async -> [String: Int64] {
        let place = home.rows(snapshot.ref.digest)
        let bytes = try? await Blocking.run { () throws(Fault) -> Data in
            try Files.readSmall(place, limit: 256 << 20)
        }
        return bytes.flatMap { try? Canonical.decode(StoredRows.self, from: $0) }?.rows ?? [:]
    }
}
