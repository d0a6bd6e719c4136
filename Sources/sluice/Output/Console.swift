import Domain
import Foundation
import Reports
import Synchronization
import Web

/// Everything that is printed: results on standard output, progress and complaints on standard error.
enum Console {
    /// True if the descriptor is a terminal that shows colours, and NO_COLOR is not set.
    static func hasColour(_ descriptor: Int32 = STDOUT_FILENO) -> Bool {
        let variables = ProcessInfo.processInfo.environment
        return isatty(descriptor) == 1 && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
    }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 100
    }

    static func print(_ text: String) {
        write(text + "\n", to: .standardOutput)
    }

    static func note(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    static func write(_ text: String, to handle: FileHandle) {
        write(Data(text.utf8), to: handle)
    }

    static func write(_ bytes: Data, to handle: FileHandle) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            // A reader that went away (a closed pipe) ends the printing, not the work; a full disk is told at the end.
            let system = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
            guard handle == .standardOutput, system.code != EPIPE else { return }
            lost.store(Int32(truncatingIfNeeded: system.code), ordering: .relaxed)
        }
    }

    /// Why results could not be printed; nil if they all were.
    static var failure: Fault? {
        let code = lost.load(ordering: .relaxed)
        guard code != 0 else { return nil }
        return Fault(.environment, "the results could not be printed: \(String(cString: strerror(code)))")
    }

    private static let lost = Atomic<Int32>(0)

    static func complain(_ fault: Fault) {
        let colour = hasColour(STDERR_FILENO)
        let label = colour ? "\u{1B}[1;31msluice:\u{1B}[0m" : "sluice:"
        note("\(label) \(laid(fault.message))")
        if let advice = fault.advice { note("        \(laid(advice))") }
        if fault.kind == .bug { note("        this is a mistake of Sluice's own; please report it") }
    }

    /// A complaint made printable; on a terminal its lines are broken at blanks, to stand below one another after
    /// `sluice: `. Elsewhere they stay whole, for those who search in them.
    static func laid(_ text: String) -> String {
        let shown = printable(text)
        guard isatty(STDERR_FILENO) == 1 else { return shown }
        return shown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // Indented lines are quoted from somewhere: they stay as they are.
            if line.first == " " || line.first == "\t" { return String(line) }
            return ReportRenderer.lines(String(line), width: max(40, width - 8)).joined(separator: "\n        ")
        }.joined(separator: "\n        ")
    }

    static func printJSON(_ value: some Encodable) { printJSON(value, [.prettyPrinted]) }

    /// One object on one line, for what goes on printing.
    static func printJSONLine(_ value: some Encodable) { printJSON(value, []) }

    private static func printJSON(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) {
        print(String(decoding: JSONText.data(of: value, formatting), as: UTF8.self))
    }

    /// A text of lines, with everything else written out that could steer the terminal or hide letters.
    static func printable(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if scalar != "\n", scalar != "\t", let name = scalar.escaped {
                shown += name
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
