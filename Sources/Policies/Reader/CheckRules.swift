import Documents
import Domain
import Foundation

/// The checks of a dataset's rules that look at more than a value's shape.
struct RulesCheck {
    var reading: Reading

    /// - Parameter path: what stands before the keys in complaints: `datasets.flights.`, or nothing.
    mutating func check(_ root: Value, _ path: String) {
        if let drift = root.fields.first(where: { $0.key == "drift" }), !drift.value.isBroken {
            checkDrift(drift.value, at: drift.place, "\(path)drift")
        }
        if let growth = root["growth"], !growth.isBroken, growth["minFactor"] == nil, growth["maxFactor"] == nil {
            reading.complain(
                growth.place, "'\(path)growth' sets no limit", advice: "give 'minFactor' or 'maxFactor'")
        }
        checkImages(root, path)
        for column in root["columns"]?.fields ?? [] where ColumnRules.isPattern(column.key) {
            guard let aliases = column.value["aliases"], !aliases.isBroken else { continue }
            reading.complain(
                aliases.place, "'\(path)columns.\(column.key)' stands for many columns, which cannot share aliases",
                advice: "give each column its 'aliases', here or in the schema")
        }
        for test in root["tests"]?.fields ?? [] where !test.value.isBroken {
            checkTest(test, "\(path)tests.\(test.key)")
        }
    }

    /// Images are no table: what is about records and columns would never be asked.
    private mutating func checkImages(_ root: Value, _ path: String) {
        guard let images = root.fields.first(where: { $0.key == "images" }), !images.value.isBroken else { return }
        for field in root.fields where field.key == "schema" || Language.rules[field.key] != nil {
            guard field.key != "images" else { continue }
            reading.complain(
                max(field.place, images.place),
                "'\(path)\(field.key)' is about tables, and '\(path)images' says that the files are images",
                advice: "remove one of them")
        }
        for what in ["PerClass", "Width", "Height"] {
            guard let least = images.value.whole("min\(what)"), let most = images.value["max\(what)"],
                let number = images.value.whole("max\(what)"), least > number
            else { continue }
            reading.complain(most.place, "'\(path)images.max\(what)' is less than 'min\(what)'")
        }
    }

    mutating func checkDrift(_ drift: Value, at place: Document.Place, _ path: String) {
        let shared = DriftBuilder.limits(of: drift)
        checkShares(drift, path)
        for column in drift["columns"]?.fields ?? [] where !column.value.isBroken {
            checkShares(column.value, "\(path).columns.\(column.key)")
            if shared.isEmpty, DriftBuilder.limits(of: column.value).isEmpty {
                reading.complain(
                    column.place, "'\(path).columns.\(column.key)' sets no limit",
                    advice: "add 'psi: 0.2'")
            }
        }
        if let columns = drift["columns"], !columns.items.isEmpty, shared.isEmpty, !columns.isBroken {
            reading.complain(columns.place, "'\(path).columns' sets no limit", advice: "add 'psi: 0.2' beside it")
        }
        if drift["columns"] == nil {
            if !shared.isEmpty {
                reading.complain(place, "'\(path)': give 'columns', to which the limits apply")
            } else if drift["nullFractionDelta"] == nil {
                reading.complain(
                    place, "'\(path)' sets no limit", advice: "give 'columns' or 'nullFractionDelta'")
            }
        }
        if let against = drift["against"], !against.fields.isEmpty || against.text == nil, !against.isBroken {
            let given = against.fields.count
            if given != 1 {
                reading.complain(
                    against.place, "'\(path).against' is either 'champion', a window or a season",
                    advice: "write '{window: 3}' or '{season: 12}'")
            }
        }
    }

    private mutating func checkShares(_ value: Value, _ path: String) {
        for name in ["ks", "js", "linf", "chi2_p", "nullFractionDelta"] {
            guard let limit = value[name], let number = limit.number, number > 1 else { continue }
            reading.complain(limit.place, "'\(path).\(name)': a limit lies from 0 to 1")
        }
    }

    private mutating func checkTest(_ test: Value.Field, _ path: String) {
        switch (test.value["sql"], test.value["run"]) {
        case (nil, nil):
            reading.complain(
                test.place, "'\(path)' says neither 'sql' nor 'run'", advice: "give one of them")
        case (.some, let run?):
            reading.complain(run.place, "'\(path)' says both 'sql' and 'run'", advice: "make it two tests")
        case (.some(let sql), nil):
            let text = sql.text ?? ""
            let first = text.drop(while: \.isWhitespace).prefix(6).uppercased()
            if !text.isEmpty, !first.hasPrefix("SELECT"), !first.hasPrefix("WITH"), !first.hasPrefix("FROM") {
                reading.complain(
                    sql.place, "'\(path).sql' is not a SELECT", advice: "write 'SELECT * FROM data WHERE …'")
            }
        case (nil, .some): break
        }
    }
}
