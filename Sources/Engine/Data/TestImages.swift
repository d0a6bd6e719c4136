import Content
import DataChecks
import Domain
import Host
import Reports
import Storage
import SystemPackage

extension Engine {
    /// Nil for a dataset that is no folder of images.
    func imageRules(of dataset: DatasetName, _ plan: Plan) -> ImageRules? {
        plan.policy.dataset(dataset)?.rules?.images
    }

    /// The `schema` stage of a dataset whose files are images.
    func testImages(
        _ rules: ImageRules, of dataset: DatasetName, in workspace: Workspace, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> StageState.Change {
        guard let reference = workspace.plan.snapshots.first(where: { $0.dataset == dataset }),
            let snapshot = try await store.snapshot(reference, model: workspace.plan.policy.model)
        else { throw Fault(.bug, "the plan tests '\(dataset)' and does not hold it") }
        let released = try await store.released(dataset: dataset, model: workspace.plan.policy.model)
        let temporary = workspace.directory.temporary
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(temporary) }
        do throws(Fault) {
            let test = try await imageTest(progress)
            let excused = snapshot.files.filter { released[$0.artifact.digest] != nil }
            let outcome = try await test.run(
                rules, on: located(snapshot.files), excusing: Set(excused.map(\.name)), temporary: temporary
            ) { done, all in
                progress(.note("read \(done) of \(all) images"))
            }
            guard outcome.findings.isEmpty else { return .fail(.findings(outcome.findings), nil) }
            let known = try await test.findings(rules, on: located(excused), temporary: temporary)
            var notes: [String] = []
            for file in excused {
                guard let findings = known[file.name], let release = released[file.artifact.digest]?.release else {
                    continue
                }
                notes.append(ReportRenderer.sentence(released: file.name, release, findings))
            }
            return .succeed(StageResult(outs: [:], rows: outcome.rows, notes: notes.isEmpty ? nil : notes))
        } catch {
            return .error(error, nil)
        }
    }

    /// What is wrong with each dropped image, by its name.
    func imageFindings(
        _ files: [Store.SnapshotFile], _ rules: ImageRules, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> [String: [DataFinding]] {
        progress(.note("testing \(files.count == 1 ? "1 image" : "\(files.count) images")"))
        return try await imageTest(progress).findings(rules, on: located(files), temporary: home.temporary)
    }

    /// The reader of images on this home.
    private func imageTest(_ progress: @escaping ProgressHandler) async throws(Fault) -> ImageTest {
        try await ImageTest.ready(in: environments()) { progress(.environment($0)) }
    }
}
