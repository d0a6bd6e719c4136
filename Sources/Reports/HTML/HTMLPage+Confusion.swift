import Domain

extension HTMLPage {
    /// The matrices of both sides as they are, each with its own labels.
    static func drawn(_ confusion: Page.Confusion, _ details: ReportDetails?) -> [String: Any] {
        var parts = fields(of: confusion)
        let sides = [
            ("Champion", details?.championPortrait?.confusion), ("Challenger", details?.challengerPortrait?.confusion),
        ]
        parts["sides"] = sides.compactMap { name, matrix in matrix.map { side(name, $0) } }
        return parts
    }

    private static func side(_ name: String, _ matrix: Portrait.Confusion) -> [String: Any] {
        let labels = matrix.labels.prefix(Portrait.Confusion.mostLabels)
        let rows = zip(labels, matrix.counts).enumerated().map { index, row -> [String: Any] in
            ["label": visible(row.0, limit: 40), "cells": cells(row.1, count: labels.count, hit: index)]
        }
        let others = matrix.others > 0 ? "\(Numbers.count(matrix.others)) rows have other labels" : ""
        return [
            "side": name, "labels": labels.map { visible($0, limit: 40) }, "matrix": rows, "others": others,
        ]
    }

    private static func cells(_ counts: [Int64], count: Int, hit: Int) -> [[String: Any]] {
        let counts = counts.prefix(count)
        let total = counts.reduce(0.0) { $0 + Double(max(0, $1)) }
        return counts.enumerated().map { index, count in
            let share = total > 0 ? Double(max(0, count)) / total : 0
            return [
                "count": Numbers.count(count), "share": Numbers.percent((share * 1000).rounded() / 1000),
                "shade": "\(Int((share * 7).rounded(.up)))", "isRight": index == hit,
            ]
        }
    }
}
