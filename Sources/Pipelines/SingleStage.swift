import Domain

/// See `Pipeline.single`.
func singleStage(
    commands: [String], deps: [TreePath], params: [String], outs: [TreePath], metrics: [TreePath], file: String
) throws(Complaints) -> Stage {
    var refs = ParamsList()
    var complaints: [Complaint] = []
    for text in params {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.count == 2 ? String(parts[0]) : "params.yaml"
        let keys = parts[parts.count - 1].split(separator: ",").map { String($0.filter { $0 != " " }) }
        guard let path = PathScope([]).entering(name)?.path, parts.count == 2 || !keys.isEmpty else {
            complaints.append(
                Complaint(
                    file: file, message: "'\(text)' does not name parameters",
                    advice: "write 'lr,train.epochs' or 'other.yaml:lr'"))
            continue
        }
        if let sentence = unreadable(path) { complaints.append(Complaint(file: file, message: sentence)) }
        refs.add(path, keys)
    }
    guard complaints.isEmpty else { throw Complaints(complaints) }
    let name = StageName("train:model")
    guard let name else { throw Complaints([Complaint(file: file, message: "the stage has no name")]) }
    var seen = Set(metrics)
    let data = outs.filter { seen.insert($0).inserted }.map { Output(path: $0) }
    // Nobody said what it reads, so nobody can say that nothing of it has changed.
    let stage = Stage(
        name: name, kind: .train, commands: commands, deps: deps, params: refs.all,
        outs: data + metrics.map { Output(path: $0, role: .metrics) }, alwaysRuns: deps.isEmpty)
    if let mistake = StageGraph([stage]).mistakes().first {
        throw Complaints([Complaint(file: file, message: mistake.sentence { _ in "'train'" })])
    }
    return stage
}
