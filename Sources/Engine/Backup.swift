import Content
package import Domain
import Foundation
import Host
package import Storage
package import SystemPackage

extension Engine {
    /// What a backup came to.
    package struct BackedUp: Equatable, Sendable {
        /// Files that were not there yet: hard links where both lie on one file system, copies elsewhere.
        package var linked = 0
        package var copied = 0
        /// Files that were there from an earlier backup.
        package var known = 0
        /// Bytes that were copied.
        package var bytes: Int64 = 0
        package init() {}
    }

    /// Copies the home into a folder while others go on working, so that the folder is a home itself.
    ///
    /// The database is copied first, as it is at one instant; everything that it names is in the content store by then and
    /// is copied after it. The database gets its name last: a folder holds the last backup that was whole, whenever a
    /// process is killed. Content is never changed once it is there, so it is linked where that is possible. What can be
    /// made again (environments, clones of remotes, work trees, scratch) is left out. Holds off `collect` meanwhile.
    ///
    /// `.input` if the folder holds the backup of another home, or what this home does not know any more.
    package func backUp(to folder: FilePath) async throws(Fault) -> BackedUp {
        let target = try await Blocking.run { () throws(Fault) in try BackupFolder.make(folder, of: home) }
        // A home that is mistyped, or whose disk is not there, is made anew and empty: it must not take the place of the last
        // good backup.
        guard try await store.continues(target.appending("sluice.db")) else {
            throw Fault(
                .input, "the backup in \(folder) is of another home than \(home.root), or of a newer state of it",
                advice: "see whether --home or SLUICE_HOME is right, or name another folder")
        }
        try await Blocking.run { () throws(Fault) in try BackupFolder.checkIdle(target) }
        let lock = try await Blocking.run { () throws(Fault) in try FileLock.wait(for: home.collectLock) }
        defer { withExtendedLifetime(lock) {} }
        let database = target.appending(".new-\(UInt64.random(in: 0 ... .max)).db")
        try await store.backup(to: database)
        return try await Blocking.run { () throws(Fault) in
            defer { unlink(database.string) }
            var copy = TreeCopy(from: home.root, to: target)
            // Of a repository the names before the objects that they name: more objects do no harm.
            for mirror in try copy.folders("mirrors") {
                try copy.take(mirror, .mirror, without: ["objects"])
                try copy.take(mirror.appending("objects"), .link)
            }
            try copy.take("store", .link)
            try copy.take("profiles", .link)
            try copy.take("models", .copy)
            try copy.take("deploy", .copy)
            try copy.take("runs", .copy, without: ["tree", "tmp", "env"])
            guard rename(database.string, target.appending("sluice.db").string) == 0 else {
                throw Files.systemFault("give the backup its name", target)
            }
            try Files.syncDirectory(target)
            return copy.outcome
        }
    }
}

extension Engine {
    /// What a check of a home came to.
    package struct HomeCheck: Equatable, Sendable {
        package var journal: Store.JournalCheck
        /// Versions of models whose bytes are what their digests say.
        package var versions = 0
        /// What is damaged or not there, a line each.
        package var damages: [String] = []
    }

    /// Reads everything of a backup again that a promotion could need: the journal's chain, and every byte of every version
    /// of a model; of snapshots, that their files are there. `.input` if there is no backup.
    package static func check(backup folder: FilePath) async throws(Fault) -> HomeCheck {
        guard await Blocking.run({ Files.exists(folder.appending("sluice.db")) }) else {
            throw Fault(.input, "there is no backup in \(folder)")
        }
        let engine = try await Engine.open(Home(root: folder))
        let (store, content) = (engine.store, engine.content)
        var check = HomeCheck(journal: try await store.verifyJournal())
        let needed = try await store.objectsKeptAlways()
        for version in try await store.versions(of: nil, limit: .max) {
            let ref = version.ref
            // What was never promoted may have been collected.
            if !needed.contains(ref.object), try await !content.holds(ref.object) { continue }
            do throws(Fault) {
                try await content.verify(Artifact(object: ref.object, digest: ref.digest, bytes: ref.bytes))
                check.versions += 1
            } catch {
                check.damages.append("\(ref.model) version \(ref.version): \(error.message)")
            }
        }
        for snapshot in try await store.snapshots(model: nil, limit: .max) {
            if try await content.holds(snapshot.ref.object) { continue }
            check.damages.append(
                "\(snapshot.ref.dataset) snapshot \(snapshot.ref.number): a file is missing in the store")
        }
        return check
    }
}

extension Home {
    /// The lock that whoever removes content holds, and whoever must not have any removed.
    package var collectLock: FilePath { root.appending("collect.lock") }
}

/// The folder that a backup goes to. Everything here blocks.
private enum BackupFolder {
    static func make(_ folder: FilePath, of home: Home) throws(Fault) -> FilePath {
        try Files.makeDirectory(folder, mode: 0o700)
        let target = try Files.canonical(folder)
        let source = try Files.canonical(home.root)
        guard !target.starts(with: source), !source.starts(with: target) else {
            throw Fault(.input, "\(folder) and the home \(home.root) lie in one another", advice: "name another folder")
        }
        let isEmpty = try Files.list(target).isEmpty
        guard isEmpty || Files.exists(target.appending("sluice.db")) || Files.exists(target.appending("store")) else {
            throw Fault(.input, "\(folder) holds something else than backups", advice: "name an empty folder")
        }
        return target
    }

    /// Throws while a process has the backup open. What a process left that was killed is taken in by whoever opens the
    /// database next, and closes it.
    static func checkIdle(_ target: FilePath) throws(Fault) {
        guard let size = Files.size(target.appending("sluice.db-wal")), size > 0 else { return }
        throw Fault(
            .input, "somebody works on the backup in \(target) as a home",
            advice: "copy it before you use it, or end what uses it")
    }
}
