import Content
import DataChecks
import Domain
import Host
import Storage
import SystemPackage

/// Files counted on edges that are given.
extension Engine {
    /// The counts of files on a profile's edges. Those of few files are kept one by one: as parts of other sets they
    /// are then known.
    func counted(_ files: [Store.SnapshotFile], on profile: Profile) async throws(Fault) -> Profile {
        guard let sum = try await countedByFile(files, on: profile)?.profile, sum.rows > 0 else {
            let names = files.prefix(5).map { "'\($0.name.shown())'" }.joined(separator: ", ")
            throw Fault(.input, "there are no records in \(names)\(files.count > 5 ? " and others" : "")")
        }
        return sum
    }

    /// As `counted`, with the rows of each file, which may be none; nil for no files.
    func countedByFile(_ files: [Store.SnapshotFile], on profile: Profile) async throws(Fault) -> Moved? {
        if files.isEmpty { return nil }
        let layout = profile.layout
        var (unknown, sum, all) = ([Store.SnapshotFile](), Profile?.none, [String: Int64]())
        func add(_ counted: Profile) throws(Fault) {
            guard let both = sum.map({ $0.adding(counted) }) ?? counted else {
                throw Fault(.bug, "two profiles on the same edges could not be added")
            }
            sum = both
        }
        for file in files {
            if let known = await stored(single(file, layout)), known.profile.layout == layout {
                try add(known.profile)
                all[file.key] = known.profile.rows
            } else {
                unknown.append(file)
            }
        }
        let isFew = unknown.count <= Self.mostSingles
        let profiler = Profiler(duckdb: try duckdb())
        for group in isFew ? unknown.map({ [$0] }) : [unknown] {
            let counted = try await profiler.measure(located(group), on: profile, temporary: home.temporary)
            if isFew { try await keep(group[0], counted.profile, of: profile.rows) }
            try add(counted.profile)
            all.merge(rows(counted.rows, of: group)) { old, _ in old }
        }
        return sum.map { Moved(profile: $0, rows: all) }
    }

    /// Files as the store has them; throws if one is not there any more, and names it.
    func located(_ files: [Store.SnapshotFile]) async throws(Fault) -> [(name: String, path: FilePath)] {
        let located = files.map { ($0.name, content.location(of: $0.artifact.object)) }
        if let index = await Blocking.run({ located.firstIndex { Files.size($0.1) == nil } }) {
            let (name, digest) = (files[index].name.shown(), files[index].artifact.digest.short)
            throw Fault(
                .environment, "the file '\(name)' (\(digest)) of a snapshot is not in the store any more",
                advice: "take the same file in again with 'sluice data add'")
        }
        return located
    }
}
