import Content
package import DataChecks
package import Domain
import Foundation
import Host
package import Storage
import SystemPackage

/// Profiles lie beside the snapshots, one file each, written once: what a reference looks like is never scanned again,
/// and of a snapshot that grew by a file only that file is read.
extension Engine {
    /// The profile of a snapshot, on edges of its own.
    ///
    /// A snapshot that holds an older one with a profile takes over that one's edges and reads the added files only,
    /// for as long as the edges fit: less than twice the rows that they were chosen from, no bin over 1/100 of a
    /// column's values, the same columns. Then they are chosen anew, from all files.
    package func profile(of snapshot: Store.Snapshot) async throws(Fault) -> Profile {
        let place = home.profile(snapshot.ref.digest)
        if let known = await stored(place) { return known.profile }
        let files = keys(snapshot.files)
        for older in try await olderSnapshots(than: snapshot) {
            guard let base = await stored(home.profile(older.ref.digest)), base.files.isStrictSubset(of: files) else {
                continue
            }
            guard let grown = try await fittingGrowth(of: base, by: snapshot.files) else { break }
            try await keep(StoredProfile(files: files, chosenFrom: base.chosenFrom, profile: grown), at: place)
            return grown
        }
        let profile = try await Profiler(duckdb: duckdb()).profile(
            of: located(snapshot.files), temporary: home.temporary)
        try await keep(StoredProfile(files: files, chosenFrom: profile.rows, profile: profile), at: place)
        return profile
    }

    /// How far a snapshot is from a reference.
    ///
    /// - Parameter addedOnly: looks only at those files of the snapshot that the reference has not; throws `.input` if
    ///   there are none.
    package func drift(
        of snapshot: Store.Snapshot, from reference: Store.Snapshot, addedOnly: Bool = false
    ) async throws(Fault) -> Drift {
        let profile = try await profile(of: reference)
        let known = keys(reference.files)
        let files = addedOnly ? snapshot.files.filter { !known.contains(key($0)) } : snapshot.files
        guard !files.isEmpty else {
            throw Fault(
                .input, "snapshot \(snapshot.ref.number) has no file that snapshot \(reference.ref.number) has not")
        }
        let digest = addedOnly ? Digest.of(canonical: keys(files).sorted()) : snapshot.ref.digest
        return try Drift(
            reference: profile,
            current: try await counts(of: files, digest: digest, on: profile, reference: reference, than: snapshot))
    }

    /// The files counted on a reference's edges; what was counted of them before is not read again.
    private func counts(
        of files: [Store.SnapshotFile], digest: Digest, on profile: Profile, reference: Store.Snapshot,
        than snapshot: Store.Snapshot
    ) async throws(Fault) -> Profile {
        let layout = profile.layout
        let place = home.profile(digest, on: layout)
        if let known = await stored(place), known.profile.layout == layout { return known.profile }
        let wanted = keys(files)
        var bases = [home.profile(reference.ref.digest)]
        for older in try await olderSnapshots(than: snapshot) {
            bases.append(home.profile(older.ref.digest, on: layout))
        }
        for base in bases {
            guard let base = await stored(base), base.profile.layout == layout, base.files.isSubset(of: wanted) else {
                continue
            }
            guard let grown = try await grow(base, by: files) else { continue }
            try await keep(StoredProfile(files: wanted, chosenFrom: base.chosenFrom, profile: grown), at: place)
            return grown
        }
        let counted = try await Profiler(duckdb: duckdb()).count(
            located(files), on: profile, temporary: home.temporary)
        try await keep(StoredProfile(files: wanted, chosenFrom: profile.rows, profile: counted), at: place)
        return counted
    }

    /// Nil if the edges do not fit the sum. Where only new values lie too close together for them, edges are added
    /// among these first.
    private func fittingGrowth(
        of base: StoredProfile, by files: [Store.SnapshotFile]
    ) async throws(Fault) -> Profile? {
        func fits(_ grown: Profile) -> Bool {
            grown.rows < 2 * base.chosenFrom && grown.others.isEmpty && !grown.hasColumnUnknown(to: base.profile)
        }
        func isRough(_ grown: Profile) -> Bool { grown.coarsest > max(0.01, 2 / Double(base.chosenFrom)) }
        guard let grown = try await grow(base, by: files), fits(grown) else { return nil }
        if !isRough(grown) { return grown }
        let added = files.filter { !base.files.contains(key($0)) }
        let own = try await Profiler(duckdb: duckdb()).profile(of: located(added), temporary: home.temporary)
        var wider = base
        wider.profile = base.profile.extended(by: own)
        guard let again = try await grow(wider, by: files), !isRough(again) else { return nil }
        return again
    }

    private func grow(_ base: StoredProfile, by files: [Store.SnapshotFile]) async throws(Fault) -> Profile? {
        let added = files.filter { !base.files.contains(key($0)) }
        if added.isEmpty { return base.profile }
        let counted = try await Profiler(duckdb: duckdb()).count(
            located(added), on: base.profile, temporary: home.temporary)
        return base.profile.adding(counted)
    }

    private func olderSnapshots(than snapshot: Store.Snapshot) async throws(Fault) -> [Store.Snapshot] {
        try await store.snapshots(model: snapshot.model, limit: 10_000).filter {
            $0.ref.dataset == snapshot.ref.dataset && $0.ref.number < snapshot.ref.number
        }
    }

    private func located(_ files: [Store.SnapshotFile]) -> [(name: String, path: FilePath)] {
        files.map { ($0.name, content.location(of: $0.artifact.object)) }
    }

    // The name's ending says how a file is read.
    private func key(_ file: Store.SnapshotFile) -> String {
        "\(file.artifact.digest.hex) \(FilePath(file.name).lastComponent?.string ?? file.name)"
    }

    private func keys(_ files: [Store.SnapshotFile]) -> Set<String> { Set(files.map(key)) }

    /// Nil if there is none, or one that this version does not read: it is then measured again.
    private func stored(_ place: FilePath) async -> StoredProfile? {
        let bytes = try? await Blocking.run { () throws(Fault) -> Data in
            try Files.readSmall(place, limit: 256 << 20)
        }
        guard let bytes, let known = try? Canonical.decode(StoredProfile.self, from: bytes) else { return nil }
        return known.version == StoredProfile.current ? known : nil
    }

    private func keep(_ profile: StoredProfile, at place: FilePath) async throws(Fault) {
        let bytes = Canonical.bytes(of: profile)
        try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(place.removingLastComponent(), mode: 0o700)
            try Files.writeDurably(bytes, to: place)
        }
    }
}

/// A profile as its file holds it.
private struct StoredProfile: Codable, Sendable {
    static let current = 1

    var version = StoredProfile.current
    /// Digest and name of each file that is counted.
    var files: Set<String>
    /// Rows of the data that the edges were chosen from.
    var chosenFrom: Int64
    var profile: Profile
}

extension Profile {
    /// True if a column has values of which the older profile had none, so that its kind was not known.
    fileprivate func hasColumnUnknown(to older: Profile) -> Bool {
        zip(columns, older.columns).contains { $0.values.count > 0 && $1.values.count == 0 }
    }
}
