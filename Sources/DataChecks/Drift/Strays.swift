import Domain
import Host

/// Catches, in the scan that counts the known categories, the few values that are none of them, so that the files need
/// not be read again to name these.
///
/// A comparison of each value with all known ones would cost more than a second scan. A bit for each of 65,536 digests
/// tells most strays; one that shares a known category's digest is missed, and then the number of those caught does not
/// match, and the second scan is made. So is it where there are more than a few: memory does not grow with the rows.
struct Strays: Sendable {
    let layout: [ColumnProfile]
    /// Columns in which strays are caught; none if a second scan, of these columns alone, would be cheap.
    let columns: [Int]
    /// Values that are held of each of the columns.
    let limit: Int

    private static let digests = 65_536

    init(scan: Scanning, layout: [ColumnProfile]) {
        let isParsed = scan.intake.groups.contains { $0.format.kind != .parquet }
        let columns = layout.indices.filter { isParsed && layout[$0].roomForNew > 0 && layout[$0].knowsPlain }
        self.layout = layout
        // What is printed in all is limited, and so is memory.
        limit = min(4096, 8192 / max(1, columns.count))
        self.columns = limit >= 64 ? columns : []
    }

    /// SQL for what is caught; in a scan of `table`, too.
    var answers: [String] {
        columns.map { index in
            let isStray = "get_bit(b\(index), \(Strays.digest("v\(index)"))) = 0"
            return "min(CASE WHEN \(isStray) THEN v\(index) END, \(limit)) AS u\(index)"
        }
    }

    /// One row: for each column the bits of the known categories; nil if there are no columns.
    var table: String? {
        get throws(Fault) {
            if columns.isEmpty { return nil }
            var bits: [String] = []
            for index in columns {
                let known = try CountScan.literals(layout[index].values.categories)
                bits.append(
                    """
                    (SELECT bitstring_agg(\(Strays.digest("k")), 0, \(Strays.digests - 1))
                    FROM (SELECT unnest([\(known)]) AS k)) AS b\(index)
                    """)
            }
            return "(SELECT \(bits.joined(separator: ",\n")))"
        }
    }

    /// Counts of the strays of a column, by name; nil if not all of them were caught, or more names than may be.
    func caught(
        _ found: [String: JSONValue], _ index: Int, all count: Int64, atMost names: Int
    ) -> [String: Int64]? {
        guard case .array(let items)? = found["u\(index)"], Int64(items.count) == count else { return nil }
        var counts: [String: Int64] = [:]
        for case .string(let name) in items { counts[name, default: 0] += 1 }
        return counts.count <= names ? counts : nil
    }

    private static func digest(_ value: String) -> String { "(hash(\(value)) % \(digests))::INTEGER" }
}

extension ColumnProfile {
    /// How many new categories may be named beside the known ones; 0 unless all of them are known.
    var roomForNew: Int {
        guard let categories = values.categories, categories.rest == 0 else { return 0 }
        return CategoryProfile.limit - categories.counts.keys.count(where: isPlain)
    }

    fileprivate var knowsPlain: Bool { values.categories?.counts.keys.contains(where: isPlain) ?? false }
}
