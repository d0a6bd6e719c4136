import Content
package import DataChecks
package import Domain
import Foundation
import Host
package import Storage
import SystemPackage

/// Profiles lie beside the snapshots, one file each, written once: what a reference looks like is never scanned again,
/// and of files that were measured before with others only the others are read.
extension Engine {
    /// The profile of a snapshot, on edges of its own.
    ///
    /// A snapshot that shares files with an older one with a profile takes over that one's edges and reads the files
    /// that were added or removed only, for as long as the edges fit: less than twice the rows that they were chosen
    /// from, no bin over 1/100 of a column's values, the same columns. Then they are chosen anew, from all files.
    package func profile(of snapshot: Store.Snapshot) async throws(Fault) -> Profile {
        let place = home.profile(snapshot.ref.digest)
        if let known = await stored(place) { return known.profile }
        let keys = DataFiles.whole(snapshot).keys
        let found = try await searchOlder(than: snapshot) { older throws(Fault) -> (StoredProfile, ProfileStep)? in
            guard let base = await stored(home.profile(older.ref.digest)) else { return nil }
            return ProfileStep(from: older.files, to: snapshot.files).map { (base, $0) }
        }
        if let (base, step) = found, let moved = try await fitting(base, along: step) {
            try await keep(rows: moved.rows, of: snapshot)
            try await keep(StoredProfile(files: keys, chosenFrom: base.chosenFrom, profile: moved.profile), at: place)
            return moved.profile
        }
        let measured = try await Profiler(duckdb: duckdb()).measure(
            located(snapshot.files), temporary: home.temporary)
        try await keep(rows: rows(measured.rows, of: snapshot.files), of: snapshot)
        try await keep(
            StoredProfile(files: keys, chosenFrom: measured.profile.rows, profile: measured.profile), at: place)
        return measured.profile
    }

    /// How far a snapshot is from a reference.
    ///
    /// - Parameter addedOnly: looks only at those files of the snapshot that the reference has not; throws `.input` if
    ///   there are none.
    package func drift(
        of snapshot: Store.Snapshot, from reference: Store.Snapshot, addedOnly: Bool = false
    ) async throws(Fault) -> Drift {
        let added = DataFiles.whole(snapshot).without(.whole(reference))
        guard !addedOnly || !added.isEmpty else {
            throw Fault(
                .input, "snapshot \(snapshot.ref.number) has no file that snapshot \(reference.ref.number) has not")
        }
        return try await drift(
            DriftSides(
                snapshot: snapshot, reference: .init(files: .whole(reference), words: ""),
                current: .init(files: addedOnly ? .parts(added) : .whole(snapshot), words: "")))
    }

    /// How far two sides are apart.
    package func drift(_ sides: DriftSides) async throws(Fault) -> Drift {
        let profile =
            switch sides.reference.files {
            case .whole(let snapshot): try await profile(of: snapshot)
            case .parts(let files): try await profile(of: files.distinct, earlier: sides.earlier)
            }
        return try Drift(reference: profile, current: try await counts(sides, on: profile))
    }

    /// The new data counted on a reference's edges; what was counted of it before is not read again.
    private func counts(_ sides: DriftSides, on profile: Profile) async throws(Fault) -> Profile {
        let (layout, current, reference) = (profile.layout, sides.current.files, sides.reference.files)
        let (place, wanted) = (home.profile(current.digest, on: layout), current.keys)
        if let known = await stored(place), known.profile.layout == layout { return known.profile }
        if let moved = try await stepped(sides, on: layout) {
            try await keep(StoredProfile(files: wanted, chosenFrom: profile.rows, profile: moved), at: place)
            return moved
        }
        func usable(_ place: FilePath) async -> StoredProfile? {
            guard let base = await stored(place), base.profile.layout == layout, base.files.isSubset(of: wanted) else {
                return nil
            }
            return base
        }
        var base = await usable(home.profile(reference.digest))
        if base == nil {
            base = try await searchOlder(than: sides.snapshot) { older throws(Fault) -> StoredProfile? in
                if let whole = await usable(home.profile(older.ref.digest, on: layout)) { return whole }
                let added = DataFiles.parts(DataFiles.whole(older).without(reference))
                return added.files.isEmpty ? nil : await usable(home.profile(added.digest, on: layout))
            }
        }
        let left = current.files.distinct.filter { base?.files.contains($0.key) != true }
        var sum = base?.profile
        if !left.isEmpty {
            let more = try await counted(left, on: profile)
            sum = sum.map { $0.adding(more) } ?? more
        }
        guard let sum else { throw Fault(.bug, "two profiles on the same edges could not be added") }
        // The counts of one file lie there by now.
        if wanted.count > 1 || base != nil || left.isEmpty {
            try await keep(StoredProfile(files: wanted, chosenFrom: profile.rows, profile: sum), at: place)
        }
        return sum
    }

    /// Looks through the older snapshots of the dataset, the newest first, and no more of them at once than are small
    /// in memory.
    func searchOlder<Found: Sendable>(
        than snapshot: Store.Snapshot, _ look: (Store.Snapshot) async throws(Fault) -> Found?
    ) async throws(Fault) -> Found? {
        var number = snapshot.ref.number
        while true {
            let batch = try await store.snapshots(
                of: snapshot.ref.dataset, model: snapshot.model, before: number, limit: 20)
            for older in batch {
                if let found = try await look(older) { return found }
            }
            guard let last = batch.last else { return nil }
            number = last.ref.number
        }
    }
}
