package import Domain
import Foundation
package import SystemPackage

/// DuckDB's program, shut in: no extensions, no network, no files but those named, memory, threads and time limited.
///
/// Who calls it: the rooms that test and score data. A crash, an out-of-memory stop or a hostile file ends a child
/// process, never the bot. SQL comes from our own code only; what users wrote enters it through `literal`.
package struct DuckDB: Sendable {
    package let tool: Tool
    package init(tool: Tool) { self.tool = tool }

    /// What a call may use.
    package struct Limits: Sendable {
        /// Bytes, both for DuckDB's own limit and for the watched resident size of the child (twice this).
        package var memory: Int64
        package var threads: Int
        package var time: Duration
        package init(memory: Int64 = 2 << 30, threads: Int = 2, time: Duration = .seconds(1800)) {
            self.memory = memory
            self.threads = threads
            self.time = time
        }
    }

    /// Runs SQL and returns the rows that its SELECTs print, in order. The only files it can read are `files`; a
    /// relative one lies in `temporary`, where the program runs. DuckDB takes `*`, `?` and `[` in a path as a pattern,
    /// so give it a file of an unknown name through a link (`DataFile.link`).
    ///
    /// SELECTs should print little (16 MiB in all is the limit), and no number that JSON cannot hold.
    /// Throws `.input` with DuckDB's words if the SQL or a file is at fault, `.environment` if it ran out of memory or
    /// time.
    package func rows(
        _ sql: String, reading files: [FilePath], temporary: FilePath, limits: Limits = .init()
    ) async throws(Fault) -> [[String: JSONValue]] {
        switch try await answer(sql, reading: files, temporary: temporary, limits: limits) {
        case .rows(let rows): return rows
        case .mistake(let mistake): throw Fault(.input, mistake.words)
        }
    }

    /// What SQL came to that may be at fault itself.
    package enum Answer: Sendable {
        case rows([[String: JSONValue]])
        case mistake(Mistake)
    }

    /// Why DuckDB did not answer a statement.
    package struct Mistake: Sendable, Equatable {
        package let words: String
        /// Of the statement, from 1; nil: not about a place.
        package let line: Int?
        package let column: Int?
    }

    /// As `rows`, for SQL that was not written by our own code alone: a mistake of it, or of a file, is an answer. The
    /// caller sees to it that it is one statement.
    package func answer(
        _ sql: String, reading files: [FilePath], temporary: FilePath, limits: Limits = .init()
    ) async throws(Fault) -> Answer {
        let room = "duckdb-\(UInt64.random(in: 0 ... .max))"
        let folder = temporary.appending(room)
        let script = try frame(files, spill: room, limits: limits) + sql + "\n"
        try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(folder, mode: 0o700)
            do {
                try Data(script.utf8).write(to: URL(filePath: folder.appending("check.sql").string))
            } catch {
                throw Fault(.environment, "could not write in \(folder): \(error)")
            }
        }
        let outcome: Result<Tool.Outcome, Fault>
        do throws(Fault) {
            outcome = .success(
                try await tool.run(
                    ["-no-init", "-batch", "-bail", "-jsonlines", "-f", "\(room)/check.sql"], in: temporary,
                    deadline: limits.time, memoryLimit: limits.memory * 2))
        } catch {
            outcome = .failure(error)
        }
        try await Blocking.run { () throws(Fault) in try Files.removeTree(folder) }
        return try decode(try outcome.get(), temporary)
    }

    /// A text as an SQL literal; throws `.input` for control characters.
    package static func literal(_ text: String) throws(Fault) -> String { try quoted(text, "'") }

    /// A name as a quoted SQL identifier; throws `.input` for control characters.
    package static func identifier(_ text: String) throws(Fault) -> String { try quoted(text, "\"") }

    // A line of its own that starts with a dot is a command of the program, so no text may bring a line break.
    private static func quoted(_ text: String, _ quote: String) throws(Fault) -> String {
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw Fault(.input, "'\(text.shown())' holds control characters, which names and values may not")
        }
        return quote + text.replacingOccurrences(of: quote, with: quote + quote) + quote
    }

    // The order matters: paths are allowed before the door is shut, and the lock comes last.
    private func frame(_ files: [FilePath], spill: String, limits: Limits) throws(Fault) -> String {
        var paths: [String] = []
        for file in files { paths.append(try DuckDB.literal(file.string)) }
        return """
            SET memory_limit='\(limits.memory >> 20)MiB'; SET threads=\(limits.threads); SET TimeZone='UTC';
            SET temp_directory='\(spill)'; SET max_temp_directory_size='10GB';
            SET autoinstall_known_extensions=false; SET autoload_known_extensions=false;
            SET allowed_paths=[\(paths.joined(separator: ", "))]; SET enable_external_access=false;
            SET lock_configuration=true;

            """
    }

    private func decode(_ outcome: Tool.Outcome, _ temporary: FilePath) throws(Fault) -> Answer {
        guard outcome.status == 0 else { return .mistake(try mistake(outcome, temporary)) }
        let decoder = JSONDecoder()
        var rows: [[String: JSONValue]] = []
        for line in outcome.output.utf8.split(separator: UInt8(ascii: "\n")) {
            do {
                rows.append(try decoder.decode([String: JSONValue].self, from: Data(line)))
            } catch {
                throw Fault(
                    .bug, "DuckDB printed a row that is not JSON: \(String(decoding: line, as: UTF8.self).shown())")
            }
        }
        return .rows(rows)
    }

    /// Throws what is no mistake of the SQL or of a file.
    private func mistake(_ outcome: Tool.Outcome, _ temporary: FilePath) throws(Fault) -> Mistake {
        if outcome.status > 128 {
            throw Fault(.environment, "DuckDB was ended by signal \(outcome.status - 128)")
        }
        let said = outcome.errors.replacingOccurrences(of: temporary.string + "/", with: "")
        // What follows is the line of our SQL, with a mark under the place.
        let parts = said.components(separatedBy: "\n\nLINE ")
        let message = parts.first ?? said
        let words = String(message.trimmingCharacters(in: .whitespacesAndNewlines).prefix(2000))
        if words.contains("Out of Memory Error") {
            // What follows is advice about settings that nobody here can change.
            let said = words.firstRange(of: "\n\n").map { String(words[..<$0.lowerBound]) } ?? words
            throw Fault(.environment, "DuckDB ran out of memory: \(said)", advice: "give it more memory")
        }
        if words.contains("No space left") {
            throw Fault(.environment, "DuckDB ran out of disk: \(words)", advice: "free some disk space")
        }
        let internally = words.hasPrefix("INTERNAL Error") || words.hasPrefix("FATAL Error")
        if internally { throw Fault(.bug, words) }
        let (line, column) = parts.count > 1 ? DuckDB.place(parts[1]) : (nil, nil)
        return Mistake(words: words, line: line, column: column)
    }

    /// The place in `3: SELECT x` with a mark below; no column of a line that is shown in part.
    private static func place(_ text: String) -> (line: Int?, column: Int?) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, let colon = lines[0].firstIndex(of: ":"), let line = Int(lines[0][..<colon]) else {
            return (nil, nil)
        }
        let shown = lines[0][colon...].dropFirst(2)
        let mark = lines[1].prefix { $0 != "^" }.count
        let before = "LINE \(line): ".count
        guard !shown.hasPrefix("..."), mark >= before, lines[1].contains("^") else { return (line, nil) }
        return (line, mark - before + 1)
    }
}
