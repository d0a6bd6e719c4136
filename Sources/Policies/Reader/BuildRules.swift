import Documents
import Domain
import Foundation

/// Turns checked values into the rules of a dataset.
struct RulesBuilder {
    /// A mapping that has the keys of `Language.rules`, among others.
    let root: Value

    /// Nil if nothing is asked.
    func build() -> DataRules? {
        var rules = DataRules()
        if let file = root["file"] {
            rules.file = FileRules(
                namePattern: file["namePattern"]?.text, minRows: file.whole("minRows"),
                maxRows: file.whole("maxRows"))
        }
        for field in root["columns"]?.fields ?? [] {
            rules.columns[field.key] = ColumnRules(
                maxNullFraction: field.value["maxNullFraction"]?.number,
                maxTopFraction: field.value["maxTopFraction"]?.number, aliases: field.value["aliases"]?.texts ?? [])
        }
        if let leakage = root["leakage"], let label = leakage["label"]?.text,
            let most = leakage["maxAbsCorrelation"]?.number
        {
            rules.leakage = LeakageRules(label: label, maxAbsCorrelation: most)
        }
        if let mojibake = root["mojibake"] {
            rules.mojibake = MojibakeRules(columns: mojibake["columns"]?.texts ?? [])
        }
        if let freshness = root["freshness"], let column = freshness["column"]?.text,
            let age = freshness["maxAge"]?.number
        {
            rules.freshness = FreshnessRules(column: column, maxAge: age)
        }
        if let growth = root["growth"] {
            rules.growth = GrowthRules(
                minFactor: growth["minFactor"]?.number, maxFactor: growth["maxFactor"]?.number)
        }
        rules.images = images()
        rules.tests = tests()
        rules.drift = root["drift"].flatMap { DriftBuilder(root: $0).build() }
        return rules.isEmpty ? nil : rules
    }

    private func images() -> ImageRules? {
        guard let value = root["images"] else { return nil }
        return ImageRules(
            classes: value["classes"]?.texts, minPerClass: value.whole("minPerClass"),
            maxPerClass: value.whole("maxPerClass"), minWidth: value.whole("minWidth"),
            maxWidth: value.whole("maxWidth"), minHeight: value.whole("minHeight"),
            maxHeight: value.whole("maxHeight"), maxBytes: value.whole("maxBytes"))
    }

    private func tests() -> [DataTest]? {
        let tests = (root["tests"]?.fields ?? []).compactMap { field -> DataTest? in
            if let sql = field.value["sql"]?.text { return DataTest(name: field.key, question: .sql(sql)) }
            guard let commands = field.value["run"]?.commands, !commands.isEmpty else { return nil }
            return DataTest(name: field.key, question: .commands(commands))
        }
        return tests.isEmpty ? nil : tests.sorted { $0.name < $1.name }
    }
}

/// Turns the value of a key `drift` into rules.
struct DriftBuilder {
    let root: Value

    /// Nil if it sets no limit.
    func build() -> DriftRules? {
        let limits = limits()
        if limits.isEmpty { return nil }
        var rules = DriftRules(limits: limits)
        if let window = root["against"]?.whole("window") { rules.reference = .window(Int(window)) }
        if let season = root["against"]?.whole("season") { rules.reference = .season(Int(season)) }
        rules.dataset = root["dataset"]?.text.flatMap { DatasetName($0) }
        rules.action = root["action"]?.text.flatMap(DriftRules.Action.init) ?? rules.action
        return rules
    }

    func limits() -> DriftLimits {
        let shared = Self.limits(of: root)
        let delta = root["nullFractionDelta"]?.number
        guard let columns = root["columns"] else { return DriftLimits(nullFractionDelta: delta) }
        let listed = columns.items.compactMap(\.text).map {
            DriftLimits.Column(name: $0, limits: shared, isShared: true)
        }
        let named = columns.fields.map { field in
            let own = Self.limits(of: field.value)
            return DriftLimits.Column(
                name: field.key, limits: shared.merging(own) { _, own in own }, isShared: own.isEmpty)
        }
        return DriftLimits(columns: listed + named, nullFractionDelta: delta)
    }

    static func limits(of value: Value) -> [Measure: Double] {
        let known = Measure.allCases.compactMap { measure in value[measure.rawValue]?.number.map { (measure, $0) } }
        return Dictionary(known, uniquingKeysWith: { first, _ in first })
    }
}

/// Reads rules that stand in a file of their own, or those of one dataset in a policy.
enum RulesReader {
    static func read(
        _ bytes: Data, file: String, dataset: String?, blocks: [TreePath: Data] = [:]
    ) throws(Complaints) -> (DataRules, TreePath?) {
        let document = try Document(bytes, file: file)
        guard let node = document.root else { return (DataRules(), nil) }
        let keys = Set((node.entries ?? []).map(\.key))
        if !keys.isDisjoint(with: ["version", "datasets", "model", "train"]) {
            return try ofDataset(try PolicyFile.read(bytes, file: file, blocks: blocks), file: file, dataset)
        }
        var shape = ShapeCheck(reading: Reading(file: file))
        let root = shape.check(node, .mapping(Language.rules), ShapeCheck.rootName)
        try shape.reading.throwComplaints()
        var check = RulesCheck(reading: shape.reading)
        if let root { check.check(root, "") }
        try check.reading.throwComplaints()
        return (root.flatMap { RulesBuilder(root: $0).build() } ?? DataRules(), nil)
    }

    /// Limits of drift: a section of a dataset with the key `drift`, or the value of that key alone.
    static func driftLimits(_ bytes: Data, file: String) throws(Complaints) -> DriftLimits {
        let document = try Document(bytes, file: file)
        guard let node = document.root else {
            throw Complaints([Complaint(file: file, message: "the file is empty; it should set limits of drift")])
        }
        if node["drift"] != nil {
            return try read(bytes, file: file, dataset: nil).0.drift?.limits ?? .none
        }
        var shape = ShapeCheck(reading: Reading(file: file))
        let root = shape.check(node, .mapping(Language.drift), "drift")
        try shape.reading.throwComplaints()
        var check = RulesCheck(reading: shape.reading)
        if let root { check.checkDrift(root, at: node.place, "drift") }
        try check.reading.throwComplaints()
        return root.map { DriftBuilder(root: $0).limits() } ?? .none
    }

    private static func ofDataset(
        _ policy: Policy, file: String, _ name: String?
    ) throws(Complaints) -> (DataRules, TreePath?) {
        let names = policy.datasets.map(\.name.text)
        guard let dataset = policy.datasets.first(where: { $0.name.text == name }) else {
            let known = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
            let near = name.flatMap { Spelling.nearest(to: $0, in: names) }
            throw Complaints([
                Complaint(
                    file: file,
                    message: name.map { "the policy has no dataset '\($0)'" }
                        ?? "this is a whole policy, and no dataset of it was named",
                    advice: near.map { "did you mean '\($0)'?" } ?? "name one with --dataset; \(known)")
            ])
        }
        return (dataset.rules ?? DataRules(), dataset.schema)
    }
}
