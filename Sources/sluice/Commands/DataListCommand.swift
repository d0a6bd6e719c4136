import ArgumentParser
import Domain
import Engine
import Host
import Reports
import Storage

struct DataListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List snapshots, newest first.",
        discussion: """
            Of all datasets of all models in the home, or of one. The rows are shown where they were counted; 'sluice \
            data show DATASET --stats' counts them.

            Examples:
              sluice data ls
              sluice data ls flights --limit 5
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The dataset's name.")
    var dataset: String?

    @Option(help: "How many at the most.")
    var limit = 20

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let snapshots = try await snapshots(engine.store)
            var counts: [[Int64?]] = []
            for snapshot in snapshots { counts.append(await engine.countedRows(of: snapshot)) }
            let all = Array(zip(snapshots, counts))
            if options.json {
                Console.printJSON(["snapshots": all.map { SnapshotView($0, rows: $1) }])
            } else if all.isEmpty {
                Console.print("no data yet: 'sluice data add DATASET FILE…' takes files in")
            } else {
                let head = ["model", "dataset", "snapshot", "files", "size", "rows", "digest", "created"]
                Table.lines([head] + all.map { row($0, rows: $1) }).forEach(Console.print)
            }
            return .yes
        }
    }

    private func row(_ snapshot: Store.Snapshot, rows: [Int64?]) -> [String] {
        [
            snapshot.model.text, snapshot.ref.dataset.text, String(snapshot.ref.number),
            counted(snapshot.files.count, "file"), ReportRenderer.size(snapshot.bytes),
            SnapshotText.count(total(rows)), snapshot.ref.digest.short, moment(snapshot.createdAt),
        ]
    }

    private func snapshots(_ store: Store) async throws(Fault) -> [Store.Snapshot] {
        guard let dataset else { return try await store.snapshots(model: nil, limit: max(1, limit)) }
        var found: [Store.Snapshot] = []
        if let name = DatasetName(dataset) {
            found = try await store.snapshots(of: name, limit: max(1, limit))
        }
        guard found.isEmpty else { return found }
        throw Fault(
            .input, "there is no snapshot of a dataset '\(dataset.shown())'",
            advice: "'sluice data ls' lists those of all datasets")
    }
}
