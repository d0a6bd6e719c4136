import DataChecks
import Domain
import Engine
import Foundation
import Storage

/// A snapshot for `--json`.
struct SnapshotView: Encodable {
    struct File: Encodable {
        let name: String
        let bytes: Int64
        let digest: Digest
        let rows: Int64?
    }

    struct Schema: Encodable {
        let path: TreePath
        let digest: Digest?
    }

    struct Column: Encodable {
        struct Category: Encodable {
            let name: String
            let share: Double
        }

        struct Bin: Encodable {
            let label: String
            let share: Double
        }

        let column: String
        let kind: String
        let values: Int64
        let nulls: Int64
        let nullFraction: Double
        let minimum: Double?
        let maximum: Double?
        let mean: Double?
        let deviation: Double?
        let categories: [Category]
        let bins: [Bin]

        init(_ profile: ColumnProfile, rows: Int64, isHidden: Bool) {
            column = profile.name
            kind = profile.values.kind
            values = profile.values.count
            nulls = profile.nulls
            nullFraction = Double(profile.nulls) / Double(max(1, rows))
            let numbers = isHidden ? nil : profile.values.numbers.flatMap { $0.count > 0 ? $0 : nil }
            minimum = numbers?.minimum
            maximum = numbers?.maximum
            mean = numbers?.mean
            deviation = numbers?.deviation
            categories = isHidden ? [] : profile.frequent.prefix(10).map { Category(name: $0.name, share: $0.share) }
            bins = profile.picture.enumerated().map { index, bin in
                Bin(label: isHidden ? "bin \(index + 1)" : bin.label, share: bin.share)
            }
        }
    }

    let model: ModelName
    let dataset: DatasetName
    let number: Int
    let digest: Digest
    let createdAt: Date
    let by: PersonName?
    let bytes: Int64
    let rows: Int64?
    let files: [File]
    let schema: Schema?
    let columns: [Column]?

    init(
        _ snapshot: Store.Snapshot, rows: [Int64?], schema: Engine.SchemaFile? = nil, profile: Profile? = nil,
        hiding sensitive: Set<String> = []
    ) {
        model = snapshot.model
        dataset = snapshot.ref.dataset
        number = snapshot.ref.number
        digest = snapshot.ref.digest
        createdAt = snapshot.createdAt
        by = snapshot.by
        bytes = snapshot.bytes
        self.rows = total(rows)
        files = zip(snapshot.files, rows).map {
            File(name: $0.name, bytes: $0.artifact.bytes, digest: $0.artifact.digest, rows: $1)
        }
        self.schema = schema.map { Schema(path: $0.path, digest: $0.digest) }
        columns = profile.map { profile in
            profile.columns.map { Column($0, rows: profile.rows, isHidden: sensitive.contains($0.name)) }
        }
    }
}

extension Store.Snapshot {
    /// Of all its files.
    var bytes: Int64 { files.reduce(0) { $0 + $1.artifact.bytes } }
}

/// The sum; nil if one is not known.
func total(_ rows: [Int64?]) -> Int64? {
    let known = rows.compactMap { $0 }
    return known.count == rows.count ? known.reduce(0, +) : nil
}
