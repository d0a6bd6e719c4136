import Documents
import Domain

/// Paths that must not lie in one another.
struct PathCheck {
    private struct Role {
        var name: String
        var path: TreePath
        var place: Document.Place
    }

    var reading: Reading

    init(reading: Reading) {
        self.reading = reading
    }

    mutating func check(_ root: Value) {
        let datasets = root["datasets"]?.fields ?? []
        let mounts = datasets.flatMap { roles("mount of dataset '\($0.key)'", $0.value["mount"]) }
        let train = root["train"]
        let model = roles("train.model", train?["model"])
        let metrics = roles("train.metrics", train?["metrics"])
        let outs = roles("train.outs", train?["outs"])
        let evaluated =
            roles("evaluate.predictions", root["evaluate"]?["predictions"])
            + roles("evaluate.metrics", root["evaluate"]?["metrics"])
            + roles("evaluate.outs", root["evaluate"]?["outs"])
        refuseOverlaps(mounts, mounts, "data is laid out read-only, each dataset in a place of its own")
        refuseOverlaps(model + metrics + outs + evaluated, mounts, "data is laid out read-only; write somewhere else")
        for dataset in datasets {
            refuseOverlaps(
                roles("schema of dataset '\(dataset.key)'", dataset.value["schema"]), mounts,
                "the mount would hide it; keep it somewhere else")
        }
        refuseOverlaps(outs, outs, "name only the outer one")
        refuseOverlaps(model, metrics, "model and metrics are files of their own")
        refuseOverlaps(evaluated, evaluated, "give each a file of its own")
        refuseOverlaps(evaluated, model + metrics + outs, "training writes that; give the evaluation a file of its own")
        refuseOverlaps(
            roles("train.deps", train?["deps"]), outs + model + metrics, "training cannot depend on what it writes")
        for inner in outs { refuseInside(inner, model) }
        for role in mounts + model + metrics + outs + evaluated
        where role.path.text.split(separator: "/").first == ".sluice" {
            reading.complain(
                role.place, "\(shown(role)) lies in '.sluice', which is Sluice's own", advice: "use another folder")
        }
    }

    private func roles(_ name: String, _ value: Value?) -> [Role] {
        (value?.each ?? []).compactMap { item in
            item.text.flatMap { TreePath($0) }.map { Role(name: name, path: $0, place: item.place) }
        }
    }

    private func shown(_ role: Role) -> String {
        role.name.contains(" ") ? "the \(role.name) ('\(role.path)')" : "'\(role.name)' ('\(role.path)')"
    }

    /// Complains once about each pair, at the later of the two places.
    private mutating func refuseOverlaps(_ ones: [Role], _ others: [Role], _ advice: String) {
        for (index, one) in ones.enumerated() {
            for (otherIndex, other) in others.enumerated() where one.place != other.place {
                guard one.path.contains(other.path) || other.path.contains(one.path) else { continue }
                let isSameList = ones.first?.name == others.first?.name && ones.count == others.count
                if isSameList, otherIndex >= index { continue }
                let (first, second) = one.place < other.place ? (one, other) : (other, one)
                reading.complain(second.place, "\(shown(second)) overlaps \(shown(first))", advice: advice)
            }
        }
    }

    /// An out may hold the model, but not lie in it.
    private mutating func refuseInside(_ inner: Role, _ outer: [Role]) {
        for role in outer where role.path.contains(inner.path) && role.path != inner.path {
            reading.complain(
                inner.place, "\(shown(inner)) lies in \(shown(role))", advice: "the model is an out already; remove it")
        }
    }
}
