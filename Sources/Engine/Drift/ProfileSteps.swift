import DataChecks
import Domain
import Host
import Storage
import SystemPackage

/// The way from files that are counted to others.
struct ProfileStep: Sendable {
    let removed: [Store.SnapshotFile]
    let added: [Store.SnapshotFile]

    /// Nil if it would be no shorter than reading all files.
    init?(from: [Store.SnapshotFile], to files: [Store.SnapshotFile]) {
        removed = ProfileStep.difference(from, files)
        added = ProfileStep.difference(files, from)
        func bytes(_ files: [Store.SnapshotFile]) -> Int64 { files.reduce(0) { $0 + $1.artifact.bytes } }
        guard bytes(removed) + bytes(added) < bytes(files) else { return nil }
    }

    // The same bytes may lie in a snapshot twice, and count twice.
    private static func difference(
        _ files: [Store.SnapshotFile], _ others: [Store.SnapshotFile]
    ) -> [Store.SnapshotFile] {
        var known = others.reduce(into: [String: Int]()) { $0[$1.key, default: 0] += 1 }
        return files.filter { file in
            guard let count = known[file.key], count > 0 else { return true }
            known[file.key] = count - 1
            return false
        }
    }
}

/// A profile that was moved along a step, with the rows of the files that were read for it.
struct Moved: Sendable {
    var profile: Profile
    var rows: [String: Int64]
    /// The added files alone, on the same edges; nil: there are none.
    var added: Profile?
}

extension Engine {
    /// Nil if the edges do not fit what comes out. Where only new values lie too close together for them, edges are
    /// added among these first. Where the added files have fewer values of a column's kind, their own kinds are looked
    /// at: texts among numbers make another column of it.
    func fitting(_ base: StoredProfile, along step: ProfileStep) async throws(Fault) -> Moved? {
        guard let moved = try await move(base.profile, along: step), base.fits(moved.profile) else { return nil }
        // A column may have gone with the files that had it.
        if !step.removed.isEmpty, moved.profile.columns.contains(where: { $0.values.count == 0 }) { return nil }
        guard let added = moved.added, added.rows > 0 else { return base.isRough(moved.profile) ? nil : moved }
        let isDoubtful = added.hasColumn(withMoreNullsThan: base.profile)
        if !base.isRough(moved.profile), !isDoubtful { return moved }
        let own = try await Profiler(duckdb: duckdb()).profile(
            of: located(step.added), temporary: home.temporary)
        if own.hasColumn(ofOtherKindThan: base.profile) { return nil }
        if !base.isRough(moved.profile) { return moved }
        guard let again = try await move(base.profile.extended(by: own), along: step), !base.isRough(again.profile)
        else {
            return nil
        }
        return again
    }

    /// Reads only the files that were removed and added. Nil if what comes out cannot be told from these.
    func move(_ base: Profile, along step: ProfileStep) async throws(Fault) -> Moved? {
        var removed: Moved?
        if !step.removed.isEmpty {
            // What a snapshot of the past had may be gone from the store.
            guard (try? await located(step.removed)) != nil else { return nil }
            removed = try await countedByFile(step.removed, on: base)
        }
        let added = try await countedByFile(step.added, on: base)
        let profile: Profile?
        switch (removed, added) {
        case (let removed?, _): profile = base.replacing(removed.profile, by: added?.profile)
        case (nil, let added?): profile = base.adding(added.profile)
        case (nil, nil): profile = base
        }
        return profile.map { Moved(profile: $0, rows: added?.rows ?? [:], added: added?.profile) }
    }

    /// A whole snapshot counted on edges that it, the reference or an older one are counted on already: read are only
    /// the files in which they differ. Nil if there is nothing to start from.
    func stepped(_ sides: DriftSides, on layout: Digest) async throws(Fault) -> Profile? {
        guard case .whole(let snapshot) = sides.current.files else { return nil }
        func moved(_ files: [Store.SnapshotFile], _ place: FilePath) async throws(Fault) -> Profile? {
            guard let base = await stored(place), base.profile.layout == layout,
                let step = ProfileStep(from: files, to: snapshot.files)
            else { return nil }
            return try await move(base.profile, along: step)?.profile
        }
        for files in [sides.current.files, sides.reference.files] {
            if let profile = try await moved(files.files, home.profile(files.digest)) { return profile }
        }
        return try await searchOlder(than: snapshot) { older throws(Fault) -> Profile? in
            try await moved(older.files, home.profile(older.ref.digest, on: layout))
        }
    }

    func rows(_ counts: [Int64], of files: [Store.SnapshotFile]) -> [String: Int64] {
        Dictionary(zip(files.map(\.key), counts), uniquingKeysWith: { first, _ in first })
    }
}

extension Profile {
    /// True if a column of numbers or times has more cells without one than in the older profile, by over 1/100.
    fileprivate func hasColumn(withMoreNullsThan older: Profile) -> Bool {
        func share(_ column: ColumnProfile, _ rows: Int64) -> Double { Double(column.nulls) / Double(max(1, rows)) }
        return zip(columns, older.columns).contains { one, other in
            one.values.numbers != nil && share(one, rows) > share(other, older.rows) + 0.01
        }
    }

    /// True if a column with values is not the numbers or times that the older profile takes it for.
    fileprivate func hasColumn(ofOtherKindThan older: Profile) -> Bool {
        older.columns.contains { other in
            guard other.values.numbers != nil, let one = self[other.name], one.values.count > 0 else { return false }
            return one.values.kind != other.values.kind
        }
    }
}
