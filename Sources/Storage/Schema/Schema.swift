import GRDB

/// All migrations, in order. Append only: one that was released is never edited, because homes exist that ran it.
///
/// The words in a migration are therefore literals; a test holds them against the words of Domain. A migration lands
/// with a test that takes a filled database of the version before through it.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001 the main road") { try $0.execute(sql: MainRoad.sql) }
        migrator.registerMigration("0002 drops") { try $0.execute(sql: Drops.sql) }
        migrator.registerMigration("0003 the server") { try $0.execute(sql: Server.sql) }
        return migrator
    }
}
