import DataChecks
import Domain
import Engine
import Foundation
import Storage

/// A difference of snapshots for `--json`.
struct DiffView: Encodable {
    struct Side: Encodable {
        let number: Int
        let digest: Digest
        let createdAt: Date
        let by: PersonName?
        let bytes: Int64
        let rows: Int64?

        init(_ snapshot: Store.Snapshot, rows: Int64?) {
            number = snapshot.ref.number
            digest = snapshot.ref.digest
            createdAt = snapshot.createdAt
            by = snapshot.by
            bytes = snapshot.bytes
            self.rows = rows
        }
    }

    struct FileSide: Encodable {
        let bytes: Int64
        let digest: Digest
        let rows: Int64?

        init(_ side: SnapshotDiff.Side) {
            bytes = side.bytes
            digest = side.digest
            rows = side.rows
        }
    }

    struct File: Encodable {
        let name: String
        let change: String
        let before: FileSide?
        let after: FileSide?
    }

    struct Column: Encodable {
        let column: String
        let kind: String
    }

    struct Kind: Encodable {
        let column: String
        let before: String
        let after: String
    }

    let verdict: String
    let model: ModelName
    let dataset: DatasetName
    let before: Side
    let after: Side
    let files: [File]
    let unchangedFiles: Int
    let unreadable: String?
    let addedColumns: [Column]?
    let removedColumns: [Column]?
    let changedKinds: [Kind]?
    let columns: [DriftView.Column]?

    init(_ diff: SnapshotDiff) {
        verdict = diff.isEqual ? "equal" : "different"
        model = diff.after.model
        dataset = diff.after.ref.dataset
        files = diff.files.map { file in
            File(
                name: file.name, change: file.before == nil ? "added" : file.after == nil ? "removed" : "changed",
                before: file.before.map(FileSide.init), after: file.after.map(FileSide.init))
        }
        unchangedFiles = diff.unchangedFiles
        var tables: SnapshotDiff.Tables?
        var unreadable: String?
        switch diff.content {
        case .unasked: break
        case .measured(let measured): tables = measured
        case .unreadable(let why): unreadable = why
        }
        self.unreadable = unreadable
        before = Side(diff.before, rows: tables?.rows.before)
        after = Side(diff.after, rows: tables?.rows.after)
        func named(_ columns: [ColumnProfile]) -> [Column] {
            columns.map { Column(column: $0.name, kind: $0.values.kind) }
        }
        addedColumns = tables.map { named($0.added) }
        removedColumns = tables.map { named($0.removed) }
        changedKinds = tables.map { tables in
            tables.otherKind.map {
                Kind(column: $0.before.name, before: $0.before.values.kind, after: $0.after.values.kind)
            }
        }
        columns = tables.map { tables in tables.drift.map { DriftView.Column($0) } }
    }
}
