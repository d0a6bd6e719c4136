import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A client's batch files of 592 columns, taken in by the commands of the template's README as they stand there.
///
/// Training is left out; `make demo` runs the same commands with it.
@Suite(.timeLimit(.minutes(15)))
struct WaferTests {
    @Test func `the README of the wafer template parts good batches and bad ones, each with its reason`() async throws {
        try await withTemporaryFolder { folder in
            let reader = Reader(folder: folder)
            let told = try await reader.follow()
            #expect(told.status == 0, "\(told.output)\n\(told.errors)")

            let why = try await reader.project.sluice("data", "why", "--all", "--json").json()
            let refused = (why["refused"]?.array ?? []).map { refusal in
                let finding = refusal["findings"]?.array?.first
                return [refusal["file"], finding?["check"], finding?["column"], finding?["value"]].map {
                    $0?.text ?? ""
                }
            }
            #expect(
                refused.sorted { $0[0] < $1[0] } == [
                    ["batch-of-monday.csv", "file-name", "", "batch-of-monday.csv"],
                    ["wafer_02032026_081501.csv", "missing-column", "Sensor - 300", ""],
                    ["wafer_02032026_081502.csv", "extra-column", "Operator", ""],
                    ["wafer_02032026_081503.csv", "column-order", "Sensor - 11", ""],
                    ["wafer_02032026_081504.csv", "type", "Sensor - 42", "sensor error"],
                    ["wafer_02032026_081505.csv", "null-fraction", "Sensor - 200", "1"],
                    ["wafer_02032026_081506.csv", "file-empty", "", ""],
                    ["wafer_02032026_081507.csv.gz", "file-format", "", ""],
                    ["wafer_31022026_081500.csv", "file-name", "", "wafer_31022026_081500.csv"],
                ])
            let one = (why["refused"]?.array ?? []).map { $0["findings"]?.array?.count }
            #expect(one.allSatisfy { $0 == 1 }, "one fault is one finding: \(one)")

            let held = try await reader.project.sluice("data", "why", "--json").json()["refused"]?.array ?? []
            #expect(held.count == 7, "two were corrected")
            let shown = try await reader.project.sluice("data", "show", "batches", "--json").json()
            #expect(shown["number"]?.int64 == 2)
            #expect(
                (shown["files"]?.array ?? []).map { $0["name"]?.text ?? "" }.sorted() == [
                    "Wafer_12012026_081500.csv", "Wafer_16022026_081500.csv", "wafer_02022026_081500.csv",
                    "wafer_02032026_081501.csv", "wafer_02032026_081504.csv", "wafer_05012026_081500.csv",
                    "wafer_09022026_081500.csv", "wafer_19012026_081500.csv", "wafer_23022026_081500.csv",
                    "wafer_26012026_081500.csv",
                ])
            #expect(told.output.contains("replaced Wafer_12012026_081500.csv"))
            let unlabelled = try await reader.project.sluice("data", "show", "to_predict", "--json").json()
            #expect(unlabelled["files"]?.array?.count == 1)
        }
    }

    @Test func `a batch with a label is refused where those without one arrive, and the other way round`() async throws
    {
        try await withTemporaryFolder { folder in
            let reader = Reader(folder: folder)
            let template = try reader.template
            for (kind, dataset, name, check) in [
                ("to-predict", "batches", "wafer_02032026_081530.csv", "missing-column"),
                ("good", "to_predict", "wafer_05012026_081500.csv", "extra-column"),
            ] {
                _ = try await reader.bash(
                    "python3 \(template)/tools/make_batches.py \(kind) \(folder)/files --rows 10", in: folder)
                let checked = try await Tool(path: Project.program(), name: "sluice").run(
                    ["data", "check", "\(folder)/files/\(name)", "--policy", "sluice.yaml", "--dataset", dataset],
                    in: template, environment: [:], deadline: .seconds(600))
                #expect(checked.status == 1, "\(checked.errors)")
                #expect(checked.output.contains("\(check): the column 'Good/Bad'"), "\(checked.output)")
            }
        }
    }
}

/// Someone who types what the README says, in a folder that stands for `~`.
private struct Reader {
    let folder: FilePath

    /// What the README makes.
    var project: Project {
        Project(folder: folder, repository: folder.appending("wafers"), home: folder.appending("home"))
    }

    var root: FilePath {
        FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    }

    var template: FilePath {
        get throws { root.appending("templates").appending("wafer-batches") }
    }

    /// The lines of its first section, without those that are about runs.
    func commands() throws -> [String] {
        let page = String(decoding: try Files.readSmall(try template.appending("README.md")), as: UTF8.self)
        let section = page.components(separatedBy: "\n## ").first { $0.hasPrefix("In ") } ?? ""
        let blocks = section.components(separatedBy: "```sh\n").dropFirst()
        let lines = blocks.flatMap { ($0.components(separatedBy: "```").first ?? "").components(separatedBy: "\n") }
        return lines.filter { !$0.isEmpty && !$0.hasPrefix("sluice approve") }
    }

    /// Runs them one after the other; the first one that does not end as the README says is the last.
    func follow() async throws -> Project.Call {
        var script = ["set -e", "sluice() { '\(try Project.program())' \"$@\"; }"]
        for line in try commands() {
            script.append("got=0; { \(line)\n} || got=$?; [ $got = \(expected(of: line)) ] || exit 99")
            if line.hasPrefix("sed ") {
                // No run is started, and no time waited.
                script.append("sed -i -e 's/data: \\[batches\\]/data: []/' -e 's/settle: 5s/settle: 0.2s/' sluice.yaml")
            }
        }
        let told = script.joined(separator: "\n").replacing("~/", with: "\(folder)/").replacing(
            "$HOME", with: folder.string)
        return try await bash(told, in: root)
    }

    private func expected(of line: String) -> String {
        let mark = "# exit code "
        guard let place = line.firstRange(of: mark) else { return "0" }
        return String(line[place.upperBound...].prefix(while: \.isNumber))
    }

    func bash(_ script: String, in directory: FilePath) async throws -> Project.Call {
        let bash = try Tool.find("bash", advice: "")
        let outcome = try await bash.run(
            ["-c", script], in: directory,
            environment: [
                "SLUICE_HOME": project.home.string, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
                "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
            ], deadline: .seconds(600))
        return Project.Call(status: outcome.status, output: outcome.output, errors: outcome.errors)
    }
}

extension JSONValue {
    /// The items of a list.
    fileprivate var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }
}
