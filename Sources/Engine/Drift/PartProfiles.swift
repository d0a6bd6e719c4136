import DataChecks
import Domain
import Foundation
import Host
import Storage
import SystemPackage

/// Profiles of files that are no whole snapshot: a window that slides over a dataset, a season.
extension Engine {
    /// Files whose counts are kept one by one; more of them are counted together, for each costs a start of DuckDB.
    static let mostSingles = 32

    /// The profile of files, on edges of their own or on those of a set that was the reference before.
    ///
    /// Each file is counted for itself, so that a window which slides by a file is the sum of what is known: its new
    /// file was counted when it was the new data. Edges are chosen anew from all files by the rule for snapshots.
    ///
    /// - Parameter earlier: sets that may have been a reference before, the likeliest first.
    func profile(
        of files: [Store.SnapshotFile], earlier: [[Store.SnapshotFile]]
    ) async throws(Fault) -> Profile {
        let set = DataFiles.parts(files)
        let place = home.profile(set.digest)
        if let known = await stored(place) { return known.profile }
        for other in earlier {
            guard let base = await stored(home.profile(DataFiles.parts(other).digest)) else { continue }
            let slid = try await counted(files, on: base.profile)
            guard base.fits(slid), !base.isRough(slid) else { break }
            try await keep(StoredProfile(files: set.keys, chosenFrom: base.chosenFrom, profile: slid), at: place)
            return slid
        }
        let profiler = Profiler(duckdb: try duckdb())
        guard files.count > 1, files.count <= Self.mostSingles else {
            let profile = try await profiler.profile(of: located(files), temporary: home.temporary)
            if let file = files.first, files.count == 1 { try await keep(file, profile, of: profile.rows) }
            try await keep(StoredProfile(files: set.keys, chosenFrom: profile.rows, profile: profile), at: place)
            return profile
        }
        let (whole, parts) = try await profiler.profiles(of: located(files), temporary: home.temporary)
        for (file, part) in zip(files, parts) { try await keep(file, part, of: whole.rows) }
        try await keep(StoredProfile(files: set.keys, chosenFrom: whole.rows, profile: whole), at: place)
        return whole
    }

    /// Where the counts of one file on a layout lie.
    func single(_ file: Store.SnapshotFile, _ layout: Digest) -> FilePath {
        home.profile(DataFiles.parts([file]).digest, on: layout)
    }

    func keep(_ file: Store.SnapshotFile, _ counted: Profile, of rows: Int64) async throws(Fault) {
        try await keep(
            StoredProfile(files: [file.key], chosenFrom: rows, profile: counted), at: single(file, counted.layout))
    }

    /// Nil if there is none, or one that this version does not read: it is then measured again.
    func stored(_ place: FilePath) async -> StoredProfile? {
        let bytes = try? await Blocking.run { () throws(Fault) -> Data in
            try Files.readSmall(place, limit: 256 << 20)
        }
        guard let bytes, let known = try? Canonical.decode(StoredProfile.self, from: bytes) else { return nil }
        return known.version == StoredProfile.current ? known : nil
    }

    func keep(_ profile: StoredProfile, at place: FilePath) async throws(Fault) {
        let bytes = Canonical.bytes(of: profile)
        try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(place.removingLastComponent(), mode: 0o700)
            try Files.writeDurably(bytes, to: place)
        }
    }
}

/// A profile as its file holds it.
struct StoredProfile: Codable, Sendable {
    static let current = 1

    var version = StoredProfile.current
    /// Digest and name of each file that is counted.
    var files: Set<String>
    /// Rows of the data that the edges were chosen from.
    var chosenFrom: Int64
    var profile: Profile

    /// True unless the edges should be chosen anew for what was counted on them.
    func fits(_ counted: Profile) -> Bool {
        counted.rows < 2 * chosenFrom && counted.others.isEmpty && !counted.hasColumnUnknown(to: profile)
    }

    /// True if the edges are too far apart for what was counted on them.
    func isRough(_ counted: Profile) -> Bool { counted.coarsest > max(0.01, 2 / Double(chosenFrom)) }
}

extension Profile {
    /// True if a column has values of which the older profile had none, so that its kind was not known.
    fileprivate func hasColumnUnknown(to older: Profile) -> Bool {
        zip(columns, older.columns).contains { $0.values.count > 0 && $1.values.count == 0 }
    }
}
