package import Domain
import Foundation
import GRDB
import Glibc
import Host
package import SystemPackage

extension Store {
    /// Copies the database as it is at one instant, while others go on reading and writing. The copy has its name only
    /// once it is whole and on the disk; a process that is killed before leaves at most a file `.<name>.<number>.partial`.
    ///
    /// `.input` if something lies at the path already. What the content store holds is not in it.
    package func backup(to path: FilePath) async throws(Fault) {
        let pool = pool
        try await Blocking.run { () throws(Fault) in
            let folder = path.removingLastComponent()
            let name = path.lastComponent?.string ?? "backup"
            let partial = folder.appending(".\(name).\(UInt32.random(in: 0 ... .max)).partial")
            if Files.exists(path) || Files.isLink(path) { throw Backup.taken(path) }
            defer { Backup.remove(partial) }
            do { try Backup.copy(pool, to: partial) } catch { throw fault(for: error, at: partial.string) }
            try Backup.sync(partial)
            // A link replaces nothing, whoever made a file of that name in the meantime.
            guard link(partial.string, path.string) == 0 else {
                throw errno == EEXIST ? Backup.taken(path) : Files.systemFault("make the backup", path)
            }
            try Files.syncDirectory(folder)
        }
    }

    /// False if the database at a path was copied from another one, or from this one when it knew more than now: its
    /// newest entry of the journal is not ours. What cannot be read at all keeps nobody from copying over it.
    package func continues(_ path: FilePath) async throws(Fault) -> Bool {
        guard let last = await Blocking.run({ Backup.lastEntry(of: path) }) else { return true }
        return try await read { database in
            try String.fetchOne(
                database, sql: "SELECT hash FROM journal WHERE sequence = ?", arguments: [last.sequence]) == last.hash
        }
    }
}

/// The parts of a backup. Everything here blocks.
enum Backup {
    static func copy(_ pool: DatabasePool, to path: FilePath) throws {
        let file = open(path.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Files.systemFault("write", path) }
        close(file)
        let copy = try DatabaseQueue(path: path.string)
        try pool.backup(to: copy)
        // In the journal mode of one file: nothing of it lies beside it.
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try copy.close()
    }

    /// The newest entry of a copy's journal; nil: it has none, or is no database of ours.
    static func lastEntry(of path: FilePath) -> (sequence: Int64, hash: String)? {
        let sql = "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1"
        guard Files.exists(path), let copy = try? DatabaseQueue(path: path.string),
            let row = try? copy.read({ try Row.fetchOne($0, sql: sql) })
        else { return nil }
        try? copy.close()
        return (row["sequence"], row["hash"])
    }

    static func sync(_ path: FilePath) throws(Fault) {
        let file = open(path.string, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw Files.systemFault("open", path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw Files.systemFault("sync", path) }
    }

    static func remove(_ path: FilePath) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path.string + suffix) }
    }

    static func taken(_ path: FilePath) -> Fault {
        Fault(.input, "\(path) is there already; a backup replaces nothing", advice: "Choose another name.")
    }
}
