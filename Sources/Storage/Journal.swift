package import Domain
package import Foundation
import GRDB

extension Store {
    /// An entry of the append-only, hash-chained journal.
    package struct JournalEntry: Sendable, Equatable {
        package let sequence: Int64
        package let at: Date
        /// `run 12`, `stage 12 train:fit`, `promotion 3`, `event 7`, `decision 12`, `model flight-delay 4`,
        /// `snapshot flight-delay flights 2`, `refusal 5`, `permit flights <commit>`, `user ann`, `token 4`.
        package let subject: String
        /// Canonical JSON: what happened, from, to, and the value that it left.
        package let body: String
        package let hash: Digest
    }

    /// Oldest first; `subject` matches exactly.
    package func journal(subject: String? = nil, limit: Int) async throws(Fault) -> [JournalEntry] {
        try await read { database in
            let filter = subject == nil ? "" : "WHERE subject = ?"
            return try Row.fetchAll(
                database, sql: "SELECT * FROM journal \(filter) ORDER BY sequence LIMIT ?",
                arguments: (subject.map { [$0] } ?? []) + [max(0, limit)]
            ).map(Journal.entry)
        }
    }

    /// Entries after one, oldest first.
    package func journal(after sequence: Int64, limit: Int) async throws(Fault) -> [JournalEntry] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [sequence, max(0, limit)]
            ).map(Journal.entry)
        }
    }

    /// What recomputing the chain came to.
    package enum JournalCheck: Sendable, Equatable {
        case intact(entries: Int64)
        /// The first entry whose hash does not follow from it and the one before.
        case broken(sequence: Int64)
    }

    /// Recomputes the chain from its first entry. An edited, inserted or removed entry breaks it; that the newest
    /// entries were cut off shows only against a hash noted elsewhere.
    package func verifyJournal() async throws(Fault) -> JournalCheck {
        try await read { try Journal.verify($0) }
    }
}

/// The chain: each entry's hash is over the entry and the hash before it.
enum Journal {
    private static let anchor = String(repeating: "0", count: 64)

    private struct Link {
        let sequence: Int64
        let at: String
        let subject: String
        let body: String
        let previous: String

        /// SHA-256 of the canonical JSON of the members, which are written here in the order of their names: encoding
        /// a text that holds a text costs more than all the rest of a transaction.
        var hash: Digest {
            var text = "{\"at\":"
            text.reserveCapacity(body.utf8.count + body.utf8.count / 4 + 300)
            CanonicalText.append(at, to: &text)
            text += ",\"body\":"
            CanonicalText.append(body, to: &text)
            text += ",\"previous\":"
            CanonicalText.append(previous, to: &text)
            text += ",\"sequence\":\(sequence),\"subject\":"
            CanonicalText.append(subject, to: &text)
            text += "}"
            return Digest.of(text)
        }
    }

    /// Appends an entry; only ever in the transaction that makes what it says true.
    static func append(
        _ database: Database, at: Date, _ subject: String, _ what: String, from: String? = nil, to: String? = nil,
        value: (some Encodable)?
    ) throws {
        try append(
            database, at: at, subject, what, from: from, to: to, json: value.map { Canonical.text(of: $0) })
    }

    /// As `append`, of a value whose canonical JSON is there already.
    static func append(
        _ database: Database, at: Date, _ subject: String, _ what: String, from: String? = nil, to: String? = nil,
        json: String?
    ) throws {
        let last = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1"))
        let link = Link(
            sequence: try last.map { try $0.number("sequence") + 1 } ?? 1,
            at: Timestamp.text(at),
            subject: subject,
            body: body(what, from: from, to: to, json: json),
            previous: try last?.text("hash") ?? anchor
        )
        try database.cachedStatement(
            sql: "INSERT INTO journal (sequence, at, subject, body, hash) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [link.sequence, link.at, link.subject, link.body, link.hash.hex])
    }

    /// What an entry says, as canonical JSON. Members that are nil are left out.
    static func body(_ what: String, from: String?, to: String?, json: String?) -> String {
        var text = "{"
        text.reserveCapacity((json?.utf8.count ?? 0) + 100)
        for (name, value) in [("from", from), ("to", to)] {
            guard let value else { continue }
            text += "\"\(name)\":"
            CanonicalText.append(value, to: &text)
            text += ","
        }
        if let json {
            text += "\"value\":"
            text += json
            text += ","
        }
        text += "\"what\":"
        CanonicalText.append(what, to: &text)
        text += "}"
        return text
    }

    static func verify(_ database: Database) throws -> Store.JournalCheck {
        var entries: Int64 = 0
        var previous = anchor
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM journal ORDER BY sequence")
        while let row = try rows.next() {
            let link = Link(
                sequence: entries + 1,
                at: try row.text("at"),
                subject: try row.text("subject"),
                body: try row.text("body"),
                previous: previous
            )
            let sequence = try row.number("sequence")
            guard sequence == link.sequence, try row.text("hash") == link.hash.hex else {
                return .broken(sequence: sequence)
            }
            entries += 1
            previous = link.hash.hex
        }
        return .intact(entries: entries)
    }

    static func entry(_ row: Row) throws -> Store.JournalEntry {
        Store.JournalEntry(
            sequence: try row.number("sequence"),
            at: try row.time("at"),
            subject: try row.text("subject"),
            body: try row.text("body"),
            hash: try row.value("hash") { Digest(hex: $0) }
        )
    }
}
