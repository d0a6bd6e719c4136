import Domain
import Foundation
import GRDB

/// The one place where what SQLite, GRDB and the decoders say becomes a `Fault`.
func fault(for error: any Error, at path: String) -> Fault {
    switch error {
    case let fault as Fault: return fault
    case let error as DatabaseError: return fault(forDatabase: error, at: path)
    case is Opening.Foreign:
        return Fault(
            .environment, "\(path) is a database of another program",
            advice: "Choose another home with --home or SLUICE_HOME.")
    case is Opening.Superseded:
        return Fault(
            .environment, "\(path) was written by a newer version of sluice",
            advice: "Use that version or a later one; the database was not changed.")
    case let error as DamagedColumn: return damaged(path, "column '\(error.column)' holds what it cannot hold")
    case let error as DecodingError: return damaged(path, "a stored value cannot be read: \(error)")
    case is JSONCursor.Malformed: return damaged(path, "a stored value is not what was written")
    default: return Fault(.bug, "the database \(path) gave an error that nobody expected: \(error)")
    }
}

private func fault(forDatabase error: DatabaseError, at path: String) -> Fault {
    let said = error.message ?? error.resultCode.description
    // Room for the shared index of the write-ahead log is asked for in its own way, with its own error.
    let isFull = error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
    guard !isFull else {
        return Fault(
            .environment, "the disk that holds \(path) is full; nothing was changed",
            advice: "Make room and ask again.")
    }
    switch error.resultCode {
    case .SQLITE_NOTADB:
        return damaged(path, "it is not a database")
    case .SQLITE_CORRUPT:
        return damaged(path, said)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY:
        return Fault(
            .environment, "the database \(path) cannot be opened for writing: \(said)",
            advice: "The file and its directory must exist and be writable for this user.")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
        return Fault(
            .environment, "the database \(path) is held by another process for too long; nothing was changed",
            advice: "Ask again; if it goes on, look for a process that hangs with this home open.")
    case .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_NOLFS, .SQLITE_PROTOCOL:
        return Fault(
            .environment, "the database \(path) could not be read or written: \(said) (\(error.extendedResultCode))")
    default:
        return Fault(.bug, "the database \(path) refused: \(said) (\(error.extendedResultCode))")
    }
}

private func damaged(_ path: String, _ how: String) -> Fault {
    Fault(
        .environment, "the database \(path) is damaged: \(how)",
        advice: "Put a copy from a backup in its place, or choose another home with --home or SLUICE_HOME.")
}
