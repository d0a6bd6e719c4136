import Content
import Domain
import Evaluation
import Foundation
import Host
import SystemPackage

/// Files of the project's that its report shows, read from the content store: whatever lies in the work tree by now,
/// they are what training and the challenger's evaluation wrote.
struct ReportFiles {
    let engine: Engine
    /// What training and the challenger's evaluation wrote.
    let outs: [String: Artifact]
    let temporary: FilePath

    /// Bytes of a section's file, which people are to read.
    static let mostBytes = 8 << 20
    static let mostLines = 200
    static let mostRows = 100
    static let mostColumns = 20
    static let mostCharacters = 200
    /// Characters of all sections of a report together.
    static let mostCharactersInAll = 120_000

    /// The sections in the order of the policy. What cannot be shown is left out, with a sentence in `warnings`.
    func sections(
        _ wanted: [ReportPolicy.Section], _ warnings: inout [String]
    ) async throws(Fault) -> [ReportDetails.Section] {
        var sections: [ReportDetails.Section] = []
        var left = ReportFiles.mostCharactersInAll
        for section in wanted {
            do throws(Fault) {
                guard let place = try await place(of: section.file) else {
                    throw Fault(.input, "'\(section.file)' was not written")
                }
                let body = try await body(of: section.file, at: place)
                sections.append(.init(title: section.title, body: ReportFiles.cut(body, to: &left)))
            } catch {
                guard error.kind == .input else { throw error }
                warnings.append("the section '\(section.title.shown(limit: 100))' is not shown: \(error.message)")
            }
        }
        return sections
    }

    /// How much features count. What is wrong with the file becomes a sentence in `warnings`.
    func importances(
        in file: TreePath, _ warnings: inout [String]
    ) async throws(Fault) -> [ReportDetails.Importance] {
        do throws(Fault) {
            guard let place = try await place(of: file) else { throw Fault(.input, "'\(file)' was not written") }
            let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(place, limit: 1 << 20) }
            do throws(Complaints) {
                return try FeatureImportance.read(bytes, file: file.text)
            } catch {
                throw error.fault
            }
        } catch {
            guard error.kind == .input else { throw error }
            warnings.append("no importances of features are shown: \(error.message)")
            return []
        }
    }

    /// Where the bytes of a file are that a stage wrote; nil if none did.
    func place(of path: TreePath) async throws(Fault) -> FilePath? {
        if let artifact = outs[path.text] {
            guard !artifact.object.isDirectory else { throw Fault(.input, "'\(path)' is a directory") }
            return engine.content.location(of: artifact.object)
        }
        for (text, artifact) in outs where artifact.object.isDirectory {
            guard let out = TreePath(text), out.contains(path) else { continue }
            for (inner, object) in try await engine.content.listing(of: artifact.object)
            where "\(text)/\(inner)" == path.text {
                return engine.content.location(of: object)
            }
        }
        return nil
    }

    private func body(of file: TreePath, at place: FilePath) async throws(Fault) -> ReportDetails.Section.Body {
        let name = file.text.lowercased()
        if name.hasSuffix(".csv") { return try await table(file, at: place) }
        let bytes = try await Blocking.run { () throws(Fault) in
            do throws(Fault) {
                return try Files.readSmall(place, limit: ReportFiles.mostBytes)
            } catch {
                guard error.kind == .input else { throw error }
                throw Fault(.input, "'\(file)' is over \(ReportFiles.mostBytes >> 20) MiB, too much to be shown")
            }
        }
        if name.hasSuffix(".json") {
            guard let value = try? Canonical.decode(JSONValue.self, from: bytes) else {
                throw Fault(.input, "'\(file)' is not JSON")
            }
            return ReportFiles.table(of: value)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }
        return .text(lines.prefix(ReportFiles.mostLines).map { ReportFiles.cell(String($0)) })
    }

    // MARK: CSV

    /// Rows as DuckDB reads them: every cell a text, nothing guessed.
    private func table(_ file: TreePath, at place: FilePath) async throws(Fault) -> ReportDetails.Section.Body {
        let temporary = temporary
        try await Blocking.run { () throws(Fault) in try Files.makeDirectory(temporary) }
        let duckdb = try engine.duckdb()
        return try await ScratchFolder.use(below: temporary, named: "section") { folder throws(Fault) in
            let link = FilePath(DataFile.linkName)
            try await Blocking.run { () throws(Fault) in _ = try DataFile.link(place, in: folder) }
            let source = CSVSource(file: link, isGzipped: false)
            let header: CSVHeader
            switch try await source.header(duckdb, temporary: folder) {
            case .success(let found): header = found
            case .failure(let flaw): throw Fault(.input, "'\(file)' \(flaw.words)")
            }
            let table = try source.table(columns: header.names.count, missing: [])
            let shown = header.names.indices.prefix(ReportFiles.mostColumns)
            let cells = shown.map { "left(c\($0), \(ReportFiles.mostCharacters + 1)) AS c\($0)" }
            let rows = try await duckdb.rows(
                """
                SELECT \(cells.joined(separator: ", ")) FROM \(table) LIMIT \(ReportFiles.mostRows);
                SELECT count(*) AS count FROM \(table);
                """, reading: [link], temporary: folder, limits: .init(threads: 1))
            let count = rows.last?["count"]?.int64 ?? 0
            let found = rows.dropLast().map { row in shown.map { ReportFiles.cell(row["c\($0)"]?.text ?? "") } }
            return .table(
                header: shown.map { ReportFiles.cell(header.names[$0]) }, rows: found,
                left: Int(clamping: max(0, count - Int64(found.count))))
        }
    }

    // MARK: Pure parts

    /// Keys and values, keys of inner objects joined by dots.
    private static func table(of value: JSONValue) -> ReportDetails.Section.Body {
        var rows: [[String]] = []
        var count = 0
        func add(_ value: JSONValue, _ key: String) {
            if case .object(let members) = value, !members.isEmpty {
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    add(member, key.isEmpty ? name : "\(key).\(name)")
                }
                return
            }
            count += 1
            if rows.count < mostRows { rows.append([cell(key), cell(value.text ?? Canonical.text(of: value))]) }
        }
        add(value, "")
        return .table(header: ["key", "value"], rows: rows, left: count - rows.count)
    }

    private static func cell(_ text: String) -> String { text.shown(limit: mostCharacters) }

    /// Leaves out what would make the report too long.
    private static func cut(_ body: ReportDetails.Section.Body, to left: inout Int) -> ReportDetails.Section.Body {
        func fits(_ texts: [String]) -> Bool {
            left -= texts.reduce(0) { $0 + $1.count }
            return left >= 0
        }
        switch body {
        case .text(let lines): return .text(Array(lines.prefix { fits([$0]) }))
        case .table(let header, let rows, let unread):
            let kept = Array(rows.prefix { fits($0) })
            return .table(header: header, rows: kept, left: unread + rows.count - kept.count)
        }
    }
}

extension Measured {
    /// What training and the challenger's evaluation wrote.
    var outs: [String: Artifact] {
        var outs: [String: Artifact] = [:]
        for stage in training + [challenger].compactMap({ $0 }) {
            outs.merge(stage.state.result?.outs ?? [:]) { _, new in new }
        }
        return outs
    }
}
