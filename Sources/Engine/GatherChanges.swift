import Content
import DataChecks
import Domain
import Environments
import Foundation
import Git
import Host
import Pipelines
import Policies
import Storage
import SystemPackage

extension Engine {
    /// What is different from the run that made the champion. What cannot be found out any more is left out, and the
    /// ancestry says why.
    func changes(since champion: ModelRef, to plan: Plan) async throws(Fault) -> Changes {
        let before = try await requiredPlan(of: champion.run)
        var changes = Changes(champion: champion, commit: before.commit, ancestry: .same)
        let here = try await source(of: plan)
        try await addCommits(from: before.commit, to: plan.commit, in: here, &changes)
        changes.datasets = try await datasetChanges(from: before, champion.run, to: plan)
        let commits = TwoCommits(
            before: (try await source(of: before), before.commit), now: (here, plan.commit))
        changes.parameters = Self.few(try await parameterChanges(from: before, to: plan, commits))
        changes.packages = Self.few(try await packageChanges(from: before, to: plan, commits))
        changes.policy = Self.few(try await policyChanges(from: before, to: plan, commits))
        return changes
    }

    private static func few(_ values: [Changes.Value]) -> [Changes.Value] { Array(values.prefix(Changes.mostRows)) }

    private func addCommits(
        from old: CommitID, to new: CommitID, in repository: GitRepository, _ changes: inout Changes
    ) async throws(Fault) {
        if old == new { return }
        let distance: GitRepository.Distance
        do throws(Fault) {
            distance = try await repository.distance(from: old, to: new, limit: Changes.mostRows)
        } catch {
            guard error.kind == .input else { throw error }
            changes.ancestry = .unknown(why: "the champion's commit \(old.short) is not in this repository")
            return
        }
        changes.commits = distance.added.map {
            Changes.Commit(id: $0.id, author: $0.author, subject: $0.subject, at: $0.date)
        }
        changes.commitCount = distance.addedCount
        switch (distance.missing, distance.isCut) {
        case (0, _): changes.ancestry = .ahead
        case (let missing, false): changes.ancestry = .diverged(missing: missing)
        case (_, true):
            changes.ancestry = .unknown(why: "the history of this repository is cut off: it is a shallow clone")
        }
    }

    // MARK: Data

    private func datasetChanges(
        from before: Plan, _ run: RunID, to plan: Plan
    ) async throws(Fault) -> [Changes.Dataset] {
        let names = Set((before.snapshots + plan.snapshots).map(\.dataset)).sorted()
        var changes: [Changes.Dataset] = []
        for name in names {
            let old = before.snapshots.first { $0.dataset == name }
            let new = plan.snapshots.first { $0.dataset == name }
            if old?.digest == new?.digest { continue }
            var change = Changes.Dataset(name: name, before: old?.number, now: new?.number)
            let (earlier, current) = (try await snapshot(old, of: before), try await snapshot(new, of: plan))
            if let earlier { change.rowsBefore = try await rowCount(of: earlier) }
            if let current { change.rowsNow = try await rowCount(of: current) }
            if let earlier, let current {
                change.addFiles(from: earlier, to: current)
                let (columns, columnsNow) = (await columns(of: earlier), await columns(of: current))
                if let columns, let columnsNow {
                    change.columnsAdded = Self.names(columnsNow.filter { !columns.contains($0) })
                    change.columnsRemoved = Self.names(columns.filter { !columnsNow.contains($0) })
                }
            }
            changes.append(change)
        }
        return changes
    }

    private static func names(_ names: [String]) -> [String] {
        names.prefix(Changes.mostRows).map { $0.shown(limit: 100) }
    }

    private func snapshot(_ reference: SnapshotRef?, of plan: Plan) async throws(Fault) -> Store.Snapshot? {
        guard let reference else { return nil }
        return try await store.snapshot(reference, model: plan.policy.model)
    }

    /// Nil unless the rows of all files were counted before.
    private func rowCount(of snapshot: Store.Snapshot) async throws(Fault) -> Int64? {
        var sum: Int64 = 0
        for rows in try await knownRows(of: snapshot) {
            guard let rows else { return nil }
            sum = sum.addingReportingOverflow(rows).partialValue
        }
        return sum
    }

    /// The columns of the first and the last file, in order; nil if that is not told by a look at the beginning.
    private func columns(of snapshot: Store.Snapshot) async -> [String]? {
        let files = [snapshot.files.first, snapshot.files.last].compactMap { $0 }
        var columns: [String] = []
        for file in files {
            guard let format = DataFormat(fileName: file.name), format.kind == .csv, format.packing == .none else {
                return nil
            }
            let place = content.location(of: file.artifact.object)
            let isTabbed = file.name.lowercased().hasSuffix(".tsv")
            let head = try? await Blocking.run { () throws(Fault) in
                try DataFile.head(place, bytes: CSVHeader.limit)
            }
            let delimiter = isTabbed ? UInt8(ascii: "\t") : CSVHeader.Byte.comma
            guard let head, let header = try? CSVHeader(head, delimiter: delimiter) else { return nil }
            columns += header.names.filter { !columns.contains($0) }
        }
        return columns
    }

    // MARK: Files of both commits

    private func parameterChanges(
        from before: Plan, to plan: Plan, _ commits: TwoCommits
    ) async throws(Fault) -> [Changes.Value] {
        var changes: [Changes.Value] = []
        for file in Set(before.parameters.keys).union(plan.parameters.keys).sorted() {
            guard before.parameters[file] != plan.parameters[file], let path = TreePath(file) else { continue }
            guard let (old, new) = try await commits.bytes(of: path) else { continue }
            let earlier = old.map { parameterValues(path, Overrides(before.overrides), $0) }
            let current = new.map { parameterValues(path, Overrides(plan.overrides), $0) }
            changes += Changes.Value.between(earlier ?? [:], current ?? [:])
        }
        return changes
    }

    /// Keys joined by dots; empty for a file that cannot be read as parameters.
    private func parameterValues(_ file: TreePath, _ overrides: Overrides, _ bytes: Data) -> [String: String] {
        var flat: [String: String] = [:]
        let bytes = (try? overrides.applied(to: bytes, of: file)) ?? bytes
        let values = (try? Pipeline.values(of: ParamsRef(file: file, keys: []), in: bytes)) ?? [:]
        func add(_ value: JSONValue, _ key: String) {
            if case .object(let members) = value, !members.isEmpty {
                for (name, member) in members { add(member, "\(key).\(name)") }
            } else {
                flat[key] = value.text ?? Canonical.text(of: value)
            }
        }
        for (key, text) in values {
            guard let value = try? Canonical.decode(JSONValue.self, from: text) else { continue }
            add(value, key)
        }
        return flat
    }

    private func packageChanges(
        from before: Plan, to plan: Plan, _ commits: TwoCommits
    ) async throws(Fault) -> [Changes.Value] {
        if before.environment?.digest == plan.environment?.digest { return [] }
        var changes = Changes.Value.between(
            ["python": before.environment?.python].compactMapValues { $0 },
            ["python": plan.environment?.python].compactMapValues { $0 })
        let (old, new) = (before.policy.environment?.lock, plan.policy.environment?.lock)
        let earlier = try await commits.before(old).map { LockedPackages.versions($0, lock: old) } ?? [:]
        let current = try await commits.now(new).map { LockedPackages.versions($0, lock: new) } ?? [:]
        changes += Changes.Value.between(earlier, current)
        return changes
    }

    private func policyChanges(
        from before: Plan, to plan: Plan, _ commits: TwoCommits
    ) async throws(Fault) -> [Changes.Value] {
        guard before.policyDigest != plan.policyDigest, let path = TreePath(PolicyFile.name),
            let (old, new) = try await commits.bytes(of: path), let old, let new
        else { return [] }
        let (oldBlocks, newBlocks) = (
            try await commits.blocks(of: old) { path throws(Fault) in try await commits.before(path) },
            try await commits.blocks(of: new) { path throws(Fault) in try await commits.now(path) }
        )
        guard let earlier = try? PolicyFile.values(old, blocks: oldBlocks),
            let current = try? PolicyFile.values(new, blocks: newBlocks)
        else {
            return [
                Changes.Value(
                    name: PolicyFile.name, before: before.policyDigest.short, now: plan.policyDigest.short)
            ]
        }
        return Changes.Value.between(earlier, current)
    }
}

/// Files at the champion's commit and at this one. A commit that is gone has none.
private struct TwoCommits {
    let before: (repository: GitRepository, commit: CommitID)
    let now: (repository: GitRepository, commit: CommitID)

    /// Nil if the champion's commit is gone: then nothing is known about what changed.
    func bytes(of path: TreePath) async throws(Fault) -> (old: Data?, new: Data?)? {
        do throws(Fault) {
            _ = try await before.repository.commit(before.commit.hex)
        } catch {
            guard error.kind == .input else { throw error }
            return nil
        }
        return (try await self.before(path), try await self.now(path))
    }

    /// The files of blocks that a policy uses.
    func blocks(
        of policy: Data, _ read: (TreePath) async throws(Fault) -> Data?
    ) async throws(Fault) -> [TreePath: Data] {
        var blocks: [TreePath: Data] = [:]
        for path in (try? PolicyFile.blocks(policy)) ?? [] { blocks[path] = try await read(path) }
        return blocks
    }

    func before(_ path: TreePath?) async throws(Fault) -> Data? { try await read(path, before) }
    func now(_ path: TreePath?) async throws(Fault) -> Data? { try await read(path, now) }

    private func read(
        _ path: TreePath?, _ side: (repository: GitRepository, commit: CommitID)
    ) async throws(Fault) -> Data? {
        guard let path else { return nil }
        do throws(Fault) {
            return try await side.repository.file(path, at: side.commit, limit: 16 << 20)
        } catch {
            guard error.kind == .input else { throw error }
            return nil
        }
    }
}

extension Changes.Value {
    /// What is not the same on both sides, by name; long values are shortened.
    fileprivate static func between(_ before: [String: String], _ now: [String: String]) -> [Changes.Value] {
        Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }
            .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
            .map { name in
                Changes.Value(
                    name: name.shown(limit: 200), before: before[name]?.shown(limit: 200),
                    now: now[name]?.shown(limit: 200))
            }
    }
}

extension Changes.Dataset {
    fileprivate mutating func addFiles(from before: Store.Snapshot, to now: Store.Snapshot) {
        func files(_ snapshot: Store.Snapshot) -> [String: Digest] {
            Dictionary(snapshot.files.map { ($0.name, $0.artifact.digest) }, uniquingKeysWith: { first, _ in first })
        }
        let (old, new) = (files(before), files(now))
        let added = new.keys.filter { old[$0] == nil }.sorted()
        let removed = old.keys.filter { new[$0] == nil }.sorted()
        let changed = new.keys.filter { name in old[name].map { $0 != new[name] } ?? false }.sorted()
        filesAdded = added.prefix(Changes.mostRows).map { $0.shown(limit: 200) }
        filesRemoved = removed.prefix(Changes.mostRows).map { $0.shown(limit: 200) }
        filesChanged = changed.prefix(Changes.mostRows).map { $0.shown(limit: 200) }
        if added.count > filesAdded.count { addedCount = added.count }
        if removed.count > filesRemoved.count { removedCount = removed.count }
        if changed.count > filesChanged.count { changedCount = changed.count }
    }
}
