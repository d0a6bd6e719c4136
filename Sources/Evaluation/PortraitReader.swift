import Domain
import Host

/// Builds a portrait from the rows that its SQL prints.
struct PortraitReader {
    private let rows: ReadyRows
    private var labels: [String]
    /// By label, then by prediction.
    private var counts: [[Int64]]
    private var calibration: [Portrait.CalibrationBin] = []
    private var fit: [Portrait.Point] = []
    private(set) var positives: Int64 = 0

    init(_ rows: ReadyRows) {
        self.rows = rows
        labels =
            switch rows.kind {
            case .binary(let negative): ["\(negative)", "1"]
            case .regression, .classes, .relevance: []
            }
        counts = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
    }

    /// SELECTs over the table `ready`, each row with `part`, the name of what it belongs to.
    var sql: String {
        switch rows.kind {
        case .binary: (rows.basis.hasPrediction ? confusionSQL : "") + (rows.basis.isProbability ? calibrationSQL : "")
        case .classes: labelsSQL + confusionSQL
        case .regression: fitSQL
        case .relevance: ""
        }
    }

    // Labels lie in the order of their texts, and so do their codes; a label of any length is cut.
    private var labelsSQL: String {
        """
        CREATE TABLE shown AS SELECT code, row_number() OVER (ORDER BY code) - 1 AS place FROM (
        SELECT code FROM (SELECT y AS code, count(*) AS held, 0 AS told FROM ready GROUP BY y
        UNION ALL SELECT h, 0, count(*) FROM ready GROUP BY h) GROUP BY code
        ORDER BY sum(held) DESC, sum(told) DESC, code LIMIT \(Portrait.Confusion.mostLabels));
        SELECT 'label' AS part, left(label, 200) AS label FROM shown JOIN read_parquet('\(ReadyRows.labelsFile)')
        USING (code) ORDER BY place;

        """
    }

    private var confusionSQL: String {
        rows.kind == .classes
            ? """
            SELECT 'confusion' AS part, a.place AS y, b.place AS h, n FROM
            (SELECT y, h, count(*) AS n FROM ready GROUP BY y, h) JOIN shown a ON a.code = y JOIN shown b ON b.code = h;

            """
            : "SELECT 'confusion' AS part, y, h, count(*) AS n FROM ready GROUP BY y, h;\n"
    }

    private var calibrationSQL: String {
        """
        SELECT 'calibration' AS part, count(*) AS n, favg(s)::VARCHAR AS predicted, favg(y)::VARCHAR AS observed
        FROM (SELECT y, s, \(Part.bin("s")) AS bin FROM ready) GROUP BY bin ORDER BY bin;

        """
    }

    private var fitSQL: String {
        """
        SELECT 'fit' AS part, favg(y)::VARCHAR AS x, favg(h)::VARCHAR AS y FROM (
        SELECT y, h, ntile(\(Portrait.mostPoints)) OVER (ORDER BY y, rn) AS tile FROM ready) GROUP BY tile ORDER BY tile;

        """
    }

    /// False for a row that is none of the portrait's.
    mutating func read(_ row: [String: JSONValue]) -> Bool {
        func number(_ name: String) -> Double { row[name]?.double ?? .nan }
        switch row["part"]?.text {
        case "label":
            labels.append(row["label"]?.text ?? "")
            counts = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
        case "confusion":
            if let label = row["y"]?.int64, let prediction = row["h"]?.int64, counts.indices.contains(Int(label)),
                counts.indices.contains(Int(prediction))
            {
                counts[Int(label)][Int(prediction)] = row["n"]?.int64 ?? 0
            }
        case "calibration":
            calibration.append(
                Portrait.CalibrationBin(
                    predicted: number("predicted"), observed: number("observed"), rows: row["n"]?.int64 ?? 0))
        case "fit": fit.append(Portrait.Point(x: number("x"), y: number("y")))
        case "positives": positives = row["n"]?.int64 ?? 0
        default: return false
        }
        return true
    }

    /// Nil if there is nothing to draw.
    func portrait(_ curves: Ranks.Curves?) -> Portrait? {
        var confusion: Portrait.Confusion?
        if rows.basis.hasPrediction, !labels.isEmpty {
            let seen = counts.reduce(0) { $0 + $1.reduce(0, +) }
            confusion = Portrait.Confusion(labels: labels, counts: counts, others: rows.rows - seen)
        }
        let portrait = Portrait(
            confusion: confusion, roc: curves?.roc ?? [], precisionRecall: curves?.precisionRecall ?? [],
            calibration: calibration, fit: fit)
        return portrait == Portrait() ? nil : portrait
    }
}
