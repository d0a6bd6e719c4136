import Domain
import GRDB
import Host
import SystemPackage

/// Opens the file in the one way that keeps the promises of `Store`. Blocks.
enum Opening {
    /// `SLUC`, in the header of every database that this room made.
    static let applicationID: Int64 = 0x534C_5543

    /// The pool, on a database with the newest schema.
    static func pool(at path: FilePath) throws(Fault) -> DatabasePool {
        // Switching to WAL and migrating look first and act later; the lock makes two first starts of a home one after
        // the other. It is given back before anything else happens.
        let lock = try FileLock.wait(for: FilePath(path.string + ".open"))
        defer { withExtendedLifetime(lock) {} }
        do {
            let pool = try DatabasePool(path: path.string, configuration: configuration)
            try migrate(pool)
            // The pool sets NORMAL when it turns WAL on, after every hook of its configuration, so a commit could be
            // lost with the power. Only a statement on the writer changes that.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return pool
        } catch {
            throw fault(for: error, at: path.string)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "sluice"
        configuration.busyMode = .timeout(30)
        configuration.maximumReaderCount = 4
        // Runs before the journal mode is changed: somebody else's database stays as it was.
        configuration.prepareDatabase { database in
            let id = try Int64.fetchOne(database, sql: "PRAGMA application_id")
            let isNew = try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
            guard id == applicationID || isNew else { throw Foreign() }
        }
        return configuration
    }

    private static func migrate(_ pool: DatabasePool) throws {
        let migrator = Schema.migrator
        try pool.writeWithoutTransaction { database in
            if try migrator.hasBeenSuperseded(database) { throw Superseded() }
            if try Int64.fetchOne(database, sql: "PRAGMA application_id") != applicationID {
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            }
        }
        try migrator.migrate(pool)
    }

    /// The database belongs to another program.
    struct Foreign: Error {}
    /// The database has migrations that this program does not know.
    struct Superseded: Error {}
}
