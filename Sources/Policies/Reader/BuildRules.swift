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
        return rules.isEmpty ? nil : rules
    }
}

/// Reads rules that stand in a file of their own, or those of one dataset in a policy.
enum RulesReader {
    static func read(_ bytes: Data, file: String, dataset: String?) throws(Complaints) -> (DataRules, TreePath?) {
        let document = try Document(bytes, file: file)
        guard let node = document.root else { return (DataRules(), nil) }
        let keys = Set((node.entries ?? []).map(\.key))
        if !keys.isDisjoint(with: ["version", "datasets", "model", "train"]) {
            return try ofDataset(try PolicyFile.read(bytes, file: file), file: file, dataset)
        }
        var shape = ShapeCheck(reading: Reading(file: file))
        let root = shape.check(node, .mapping(Language.rules), ShapeCheck.rootName)
        try shape.reading.throwComplaints()
        return (root.flatMap { RulesBuilder(root: $0).build() } ?? DataRules(), nil)
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
