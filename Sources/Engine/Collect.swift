import Content
package import Domain
import Foundation
import Host
import Storage
import SystemPackage

extension Engine {
    /// What to collect.
    package struct CollectRequest: Sendable, Equatable {
        package var rule: KeepingRule
        /// Seconds; what was used since then is never removed, whoever needs it. At least an hour.
        package var grace: Double
        /// True: only say what would be removed.
        package var isDry: Bool

        package init(rule: KeepingRule, grace: Double = 86_400, isDry: Bool) {
            self.rule = rule
            self.grace = grace
            self.isDry = isDry
        }
    }

    /// What was removed, or would be.
    package struct Collected: Sendable, Equatable {
        /// Runs whose models and outputs are kept, by why.
        package var kept: [KeepingRule.Reason: Int] = [:]
        /// Runs of which something was removed that nobody else needs, oldest first.
        package var outputs: [RunID] = []
        /// Objects of the content store, also those that no run names any more, and their bytes.
        package var objects = 0
        package var bytes: Int64 = 0
        /// Runs whose logs and work files were removed, oldest first.
        package var logs: [RunID] = []
        /// Environments that only such runs had.
        package var environments: [Digest] = []
    }

    /// Removes what the rule lets go: models and outputs from the content store, environments, and logs and work files.
    /// Facts, reports and snapshots of data stay.
    ///
    /// First everything that is needed is marked, then what is not marked, and was not used for the grace, is removed
    /// in small steps. It may be killed at any time, and other processes may go on with their work; `.environment` if
    /// another one collects in this home. What cannot be read as it must be (a damaged listing) ends it before anything
    /// is removed.
    package func collectUnneeded(
        _ request: CollectRequest, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Fault) -> Collected {
        let path = home.collectLock
        guard let lock = try await Blocking.run({ () throws(Fault) in try FileLock.take(path) }) else {
            throw Fault(.environment, "another process collects in \(home.root) now")
        }
        defer { withExtendedLifetime(lock) {} }
        let collection = Collection(engine: self, request: request, time: now())
        return try await collection.run(progress)
    }
}

/// One collection.
private struct Collection {
    let engine: Engine
    let request: Engine.CollectRequest
    let time: Date

    private var cutoff: Date { time.addingTimeInterval(-max(3600, request.grace)) }

    func run(_ progress: @Sendable (String) -> Void) async throws(Fault) -> Engine.Collected {
        var collected = Engine.Collected()
        var marked: Set<ObjectID> = []
        var needed: Set<Digest> = []
        var free: [RunID] = []
        var silent: [RunID] = []
        var last: RunID?
        while true {
            let page = try await engine.store.footprints(after: last, now: time, limit: 1000)
            guard let end = page.last else { break }
            last = end.run
            var kept: [RunID] = []
            for footprint in page {
                if let reason = request.rule.reasonToKeepOutputs(of: footprint, now: time) {
                    collected.kept[reason, default: 0] += 1
                    kept.append(footprint.run)
                } else {
                    free.append(footprint.run)
                }
                if request.rule.reasonToKeepLogs(of: footprint, now: time) == nil { silent.append(footprint.run) }
            }
            marked.formUnion(try await engine.store.objects(namedBy: kept))
            needed.formUnion(try await engine.store.environments(namedBy: kept))
        }
        if request.rule.outputs != nil {
            progress("outputs")
            try await sweep(marked, free, &collected)
            try await removeEnvironments(of: free, needed, &collected)
        }
        progress("logs")
        for run in silent where try await removeLogs(of: run) { collected.logs.append(run) }
        if !request.isDry { try await engine.removeSpareTrees(unusedSince: cutoff) }
        return collected
    }

    private func sweep(
        _ named: Set<ObjectID>, _ free: [RunID], _ collected: inout Engine.Collected
    ) async throws(Fault) {
        var always = try await engine.store.objectsKeptAlways()
        var marked = try await closure(of: named.union(always))
        var removed: Set<ObjectID> = []
        for folder in UInt8.min...UInt8.max {
            // A version may have been promoted since, and is needed from then on.
            let late = try await engine.store.objectsKeptAlways().subtracting(always)
            if !late.isEmpty {
                always.formUnion(late)
                marked.formUnion(try await closure(of: late))
            }
            let held = try await engine.content.held(inFolder: folder, unusedSince: cutoff)
            var gone = held.filter { !marked.contains($0.object) }
            if !request.isDry { gone = try await engine.content.remove(gone.map(\.object), unusedSince: cutoff) }
            collected.objects += gone.count
            collected.bytes += gone.reduce(0) { $0 + $1.bytes }
            removed.formUnion(gone.map(\.object))
        }
        for run in free where try await !engine.store.objects(namedBy: [run]).isDisjoint(with: removed) {
            collected.outputs.append(run)
        }
    }

    /// With every object that a directory among them lists. A listing that is not there lists nothing.
    private func closure(of objects: Set<ObjectID>) async throws(Fault) -> Set<ObjectID> {
        var all = objects
        for object in objects where object.isDirectory {
            let place = engine.content.location(of: object)
            guard await Blocking.run({ Files.exists(place) }) else { continue }
            all.formUnion(try await engine.content.listing(of: object).map(\.object))
        }
        return all
    }

    private func removeEnvironments(
        of free: [RunID], _ needed: Set<Digest>, _ collected: inout Engine.Collected
    ) async throws(Fault) {
        if !request.isDry { try await removeLeftovers() }
        let candidates = try await engine.store.environments(namedBy: free).subtracting(needed)
        for digest in candidates.sorted(by: { $0.hex < $1.hex }) {
            let place = engine.home.environments.appending(digest.hex)
            guard await Blocking.run({ Files.isDirectory(place) }) else { continue }
            if !request.isDry {
                guard try await remove(environment: digest, at: place) else { continue }
            }
            collected.environments.append(digest)
        }
    }

    /// Of one that was killed.
    private func removeLeftovers() async throws(Fault) {
        let folder = engine.home.temporary
        try await Blocking.run { () throws(Fault) in
            for name in try Files.list(folder) where name.hasPrefix(Self.aside) {
                try Files.removeTree(folder.appending(name))
            }
        }
    }

    private static let aside = "collected-environment-"

    /// It is moved aside first and back if a run that began since has it; whoever comes later builds it anew.
    private func remove(environment digest: Digest, at place: FilePath) async throws(Fault) -> Bool {
        let path = engine.home.environments.appending("\(digest.hex).lock")
        guard let lock = try await Blocking.run({ () throws(Fault) in try FileLock.take(path) }) else { return false }
        defer { withExtendedLifetime(lock) {} }
        let aside = engine.home.temporary.appending("\(Self.aside)\(digest.hex)")
        try await Blocking.run { () throws(Fault) in try Files.move(place, to: aside) }
        let live = try await engine.store.runs(unfinishedOnly: true, limit: .max).map(\.id)
        if try await engine.store.environments(namedBy: live).contains(digest) {
            try await Blocking.run { () throws(Fault) in try Files.move(aside, to: place) }
            return false
        }
        try await Blocking.run { () throws(Fault) in try Files.removeTree(aside) }
        return true
    }

    /// True if there was something to remove. The report stays, and so does a tree that somebody asked to keep.
    private func removeLogs(of run: RunID) async throws(Fault) -> Bool {
        let directory = engine.home.directory(of: run)
        let isDry = request.isDry
        return try await Blocking.run { () throws(Fault) in
            guard Files.isDirectory(directory.root), !Files.exists(directory.kept) else { return false }
            let stays = [directory.report.lastComponent?.string, directory.owner.lastComponent?.string]
            let parts = try Files.list(directory.root).filter { !stays.contains($0) }
            if parts.isEmpty { return false }
            if isDry { return true }
            guard let lock = try FileLock.take(directory.owner) else { return false }
            defer { withExtendedLifetime(lock) {} }
            for part in parts { try Files.removeTree(directory.root.appending(part)) }
            return true
        }
    }
}
