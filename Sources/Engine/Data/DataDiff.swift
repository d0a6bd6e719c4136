package import DataChecks
package import Domain
package import Storage

/// What is different between two snapshots of a dataset.
package struct SnapshotDiff: Sendable {
    package let before: Store.Snapshot
    package let after: Store.Snapshot
    /// Those that are not the same on both sides, by name.
    package let files: [File]
    /// How many are.
    package let unchangedFiles: Int
    package let content: Content

    package var isEqual: Bool { before.ref.digest == after.ref.digest }

    /// A file that one side has not, or that has other bytes.
    package struct File: Sendable, Equatable {
        package let name: String
        package let before: Side?
        package let after: Side?
    }

    /// A file in one of the snapshots.
    package struct Side: Sendable, Equatable {
        package let digest: Digest
        package let bytes: Int64
        /// Nil: not counted yet.
        package let rows: Int64?
    }

    /// What is in the files.
    package enum Content: Sendable {
        /// Nothing is to be looked for, or it was not asked for.
        case unasked
        case measured(Tables)
        /// A sentence: the files cannot be read as tables.
        case unreadable(String)
    }

    /// Both snapshots as tables.
    package struct Tables: Sendable {
        package let rows: (before: Int64, after: Int64)
        package let added: [ColumnProfile]
        package let removed: [ColumnProfile]
        package let otherKind: [(before: ColumnProfile, after: ColumnProfile)]
        /// Columns of the same kind on both sides, the farthest first.
        package let drift: [ColumnDrift]

        init(before: Profile, after: Profile, drift: Drift) {
            rows = (before.rows, after.rows)
            added = after.columns.filter { before[$0.name] == nil }
            removed = before.columns.filter { after[$0.name] == nil }
            let shared = before.columns.compactMap { column in after[column.name].map { (before: column, after: $0) } }
            otherKind = shared.filter { $0.before.values.kind != $0.after.values.kind }
            let same = Set(shared.filter { $0.before.values.kind == $0.after.values.kind }.map(\.before.name))
            func distance(_ column: ColumnDrift) -> Double { column[.psi]?.value ?? -1 }
            self.drift = drift.columns.filter { same.contains($0.column) }.sorted {
                (distance($1), $0.column) < (distance($0), $1.column)
            }
        }
    }
}

extension Engine {
    /// Compares two snapshots of a dataset. Of their files only those are read that no profile knows yet.
    ///
    /// - Parameters:
    ///   - filesOnly: reads none.
    ///   - sensitive: columns of which no value is shown.
    package func diff(
        from before: Store.Snapshot, to after: Store.Snapshot, filesOnly: Bool = false, hiding sensitive: Set<String>
    ) async throws(Fault) -> SnapshotDiff {
        let isEqual = before.ref.digest == after.ref.digest
        let content = filesOnly || isEqual ? .unasked : try await content(from: before, to: after, sensitive)
        let old = try await sides(before)
        let new = try await sides(after)
        let names = Set(old.keys).union(new.keys)
        let files = names.sorted().filter { old[$0]?.digest != new[$0]?.digest }.map {
            SnapshotDiff.File(name: $0, before: old[$0], after: new[$0])
        }
        return SnapshotDiff(
            before: before, after: after, files: files, unchangedFiles: names.count - files.count, content: content)
    }

    private func content(
        from before: Store.Snapshot, to after: Store.Snapshot, _ sensitive: Set<String>
    ) async throws(Fault) -> SnapshotDiff.Content {
        do throws(Fault) {
            let old = try await profile(of: before)
            let new = try await profile(of: after)
            let drift = try await drift(of: after, from: before).hiding(sensitive)
            for snapshot in [before, after] { _ = try await rows(of: snapshot) }
            return .measured(SnapshotDiff.Tables(before: old, after: new, drift: drift))
        } catch {
            // Images, or records that no reader takes: the files can be told apart all the same.
            guard error.kind == .input else { throw error }
            return .unreadable(error.message)
        }
    }

    private func sides(_ snapshot: Store.Snapshot) async throws(Fault) -> [String: SnapshotDiff.Side] {
        let rows = try await knownRows(of: snapshot)
        return Dictionary(
            zip(snapshot.files, rows).map { file, rows in
                let artifact = file.artifact
                return (file.name, SnapshotDiff.Side(digest: artifact.digest, bytes: artifact.bytes, rows: rows))
            }, uniquingKeysWith: { first, _ in first })
    }
}
