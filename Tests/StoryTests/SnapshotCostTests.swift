import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// What looking at a snapshot that differs by a file costs: that file.
@Suite(.timeLimit(.minutes(15)))
struct SnapshotCostTests {
    @Test func `a month appended to a year costs a month, and a replaced one costs its two versions`() async throws {
        try await withProject { project in
            let tools = try project.watchedTools()
            func reads(_ arguments: [String]...) async throws -> (names: Set<String>, last: Project.Call) {
                try project.clearLog()
                var last = Project.Call(status: -1, output: "", errors: "")
                for rest in arguments {
                    last = try await project.call(["data"] + rest, environment: ["SLUICE_TOOLS": tools.string])
                    #expect(last.status < 2, "\(last)")
                }
                return (try project.readFiles(), last)
            }
            let months = (1...12).map { (name: "2025-\($0 < 10 ? "0" : "")\($0).csv", text: month($0)) }
            try await project.add(Dictionary(uniqueKeysWithValues: months.prefix(11).map { ($0.name, $0.text) }))
            let first = try await reads(["show", "points", "--stats"])
            let again = try await reads(["show", "points", "--stats"], ["ls"], ["show", "points"])

            try await project.add([months[11].name: months[11].text])
            let appended = try await reads(["show", "points", "--stats"], ["diff", "points", "--json"])
            try await project.add(["2025-03.csv": month(3, shift: 7)])
            let replaced = try await reads(["diff", "points", "--json"], ["show", "points", "--stats", "--json"])
            let settled = try await reads(
                ["diff", "points"], ["diff", "points", "1", "2"], ["show", "points", "--stats"])

            #expect(first.names == Set(months.prefix(11).map(\.text)))
            #expect(again.names.isEmpty)
            #expect(appended.names == [months[11].text])
            #expect(replaced.names == [months[2].text, month(3, shift: 7)])
            #expect(settled.names.isEmpty)
            #expect(try appended.last.json()["before"]?["rows"]?.int64 == 11 * 200)
            #expect(try appended.last.json()["after"]?["rows"]?.int64 == 12 * 200)

            // What came of steps is what one look at all files comes to.
            let fresh = try await project.call(
                ["data", "add", "points"] + months.map { project.folder.appending($0.name).string },
                environment: ["SLUICE_HOME": project.folder.appending("other").string])
            #expect(fresh.status == 0, "\(fresh)")
            let whole = try await project.sluice(
                "data", "show", "points", "--stats", "--json",
                environment: ["SLUICE_HOME": project.folder.appending("other").string])
            try requireSameColumns(whole.json(), replaced.last.json())
        }
    }

    /// Two hundred rows; the smallest and the largest of `v` are the same in every month.
    private func month(_ number: Int, shift: Int = 0) -> String {
        let rows = (0..<200).map { row in
            let day = row % 28 + 1
            let date = "2025-\(number < 10 ? "0" : "")\(number)-\(day < 10 ? "0" : "")\(day)"
            let value = row == 0 ? 0 : row == 1 ? 1000 : (row * (number + shift) * 37) % 1000
            return "\(date),\(value),k\((row + shift) % (3 + number % 3)),\(row % 10 == 0 ? "" : "\(number * row)")"
        }
        return "d,v,k,n\n" + rows.joined(separator: "\n") + "\n"
    }

    private func requireSameColumns(_ one: JSONValue, _ other: JSONValue) throws {
        guard case .array(let ones)? = one["columns"], case .array(let others)? = other["columns"] else {
            Issue.record("no columns")
            return
        }
        #expect(ones.count == 4)
        #expect(others.count == 4)
        for (one, other) in zip(ones, others) {
            for key in ["column", "kind", "values", "nulls", "minimum", "maximum", "categories"] {
                #expect(one[key] == other[key], "\(key): \(one) \(other)")
            }
            for key in ["mean", "deviation"] {
                guard let left = one[key]?.double else { continue }
                let right = try #require(other[key]?.double)
                #expect(abs(left - right) <= 1e-9 * abs(left), "\(key): \(left) \(right)")
            }
        }
    }
}

extension Project {
    func csv(_ header: String, _ rows: [String]) -> String { ([header] + rows).joined(separator: "\n") + "\n" }

    /// Takes files of these names and texts in.
    func add(_ files: [String: String]) async throws {
        for (name, text) in files { try Files.writeDurably(Data(text.utf8), to: folder.appending(name)) }
        let added = try await call(
            ["data", "add", "points"] + files.keys.sorted().map { folder.appending($0).string })
        #expect(added.status == 0, "\(added)")
    }

    /// Takes a Parquet file in that holds what a SELECT gives.
    func parquet(_ name: String, _ sql: String) async throws {
        let file = folder.appending(name)
        _ = try await Tool.find("duckdb", advice: "").output(["-c", "COPY (\(sql)) TO '\(file)' (FORMAT parquet)"])
        let added = try await sluice("data", "add", "points", file.string)
        #expect(added.status == 0, "\(added)")
    }

    /// Removes the one object of the store that holds the bytes of a file.
    func forget(_ name: String) throws {
        let text = try Files.readSmall(folder.appending(name))
        let root = home.appending("store/files/md5")
        let objects = try Files.list(root).flatMap { room in
            try Files.list(root.appending(room)).map { root.appending(room).appending($0) }
        }
        let found = try objects.filter { try Files.readSmall($0) == text }
        #expect(found.count == 1)
        for object in found { try Files.removeTree(object) }
    }

    private var log: FilePath { folder.appending("reads.log") }

    /// A folder with a DuckDB that writes down which files it is given before it does its work.
    func watchedTools() throws -> FilePath {
        let real = try Tool.find("duckdb", advice: "")
        let tools = folder.appending("tools")
        try Files.makeDirectory(tools)
        let script = """
            #!/bin/sh
            for link in f*/sluice-input; do
                if [ -e "$link" ]; then readlink -f "$link" >> '\(log)'; fi
            done
            exec '\(real.path)' "$@"

            """
        try Files.writeDurably(Data(script.utf8), to: tools.appending("duckdb"), mode: 0o755)
        return tools
    }

    func clearLog() throws { try Files.writeDurably(Data(), to: log) }

    /// The texts of the files that were given to DuckDB since.
    func readFiles() throws -> Set<String> {
        let paths = String(decoding: try Files.readSmall(log), as: UTF8.self).split(separator: "\n")
        return Set(try Set(paths).map { String(decoding: try Files.readSmall(FilePath(String($0))), as: UTF8.self) })
    }
}
