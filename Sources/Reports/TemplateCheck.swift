import Domain
import Mustache

/// Reads a user's template tag by tag before the library does, so that a mistake is told by its line and no text,
/// however strange, takes more than its share of time and memory.
struct TemplateCheck {
    enum Kind: String, CaseIterable {
        case markdown
        case html
        case terminal

        var file: String { "\(rawValue).mustache" }
    }

    private struct Open {
        var name: String
        var line: Int
    }

    let file: String
    let kind: Kind
    private(set) var complaints: [Complaint] = []
    /// Bytes of the sections of ours that are taken in.
    private(set) var takenIn = 0
    private var open: [Open] = []

    static let mostNested = 30
    private static let mostComplaints = 20

    static func complaints(_ templates: [(kind: Kind, text: String)], folder: String) -> [Complaint] {
        let place = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
        return templates.flatMap { template in
            var check = TemplateCheck(file: place + template.kind.file, kind: template.kind)
            check.read(template.text)
            return check.complaints
        }
    }

    init(file: String, kind: Kind) {
        self.file = file
        self.kind = kind
    }

    mutating func read(_ text: String) {
        guard text.utf8.count <= ReportTemplates.mostBytes else {
            return complain(nil, "has more than \(Numbers.count(Int64(ReportTemplates.mostBytes))) bytes")
        }
        var rest = text[...]
        var line = 1
        while let start = rest.firstRange(of: "{{"), complaints.count < Self.mostComplaints {
            line += rest[..<start.lowerBound].count(where: \.isNewline)
            let isTriple = rest[start.upperBound...].hasPrefix("{")
            let closing = isTriple ? "}}}" : "}}"
            let inside = rest[start.upperBound...].dropFirst(isTriple ? 1 : 0)
            guard let end = inside.firstRange(of: closing) else {
                return complain(line, "a tag is opened with '{{' and not closed with '\(closing)'")
            }
            tag(inside[..<end.lowerBound], isTriple: isTriple, line: line)
            line += rest[start.lowerBound..<end.upperBound].count(where: \.isNewline)
            rest = rest[end.upperBound...]
        }
        for section in open { complain(section.line, "the section '\(shown(section.name))' is not closed") }
        if complaints.isEmpty { parse(text) }
    }

    private mutating func tag(_ body: Substring, isTriple: Bool, line: Int) {
        let name = body.dropFirst().trimmingBlanks
        switch isTriple ? nil : body.first {
        case "!": break
        case "#", "^": begin(name, line)
        case "/": finish(name, line)
        case ">": take(name, line)
        case "&": value(name, line)
        case "=", "%", "<", "$":
            complain(
                line, "'{{\(body.prefix(1))' is not part of report templates; there are values, sections and partials")
        default: value(body.trimmingBlanks, line)
        }
    }

    private mutating func begin(_ name: String, _ line: Int) {
        value(name, line)
        open.append(Open(name: name, line: line))
        if open.count == Self.mostNested + 1 { complain(line, "sections are nested deeper than \(Self.mostNested)") }
    }

    private mutating func finish(_ name: String, _ line: Int) {
        guard let last = open.popLast() else {
            return complain(line, "the section '\(shown(name))' is closed and was not opened")
        }
        if last.name != name {
            complain(
                line, "the section '\(shown(last.name))' of line \(last.line) is open here, not '\(shown(name))'")
        }
    }

    private mutating func take(_ name: String, _ line: Int) {
        let names = Templates.partials(of: kind)
        guard names[name] == nil else { return takenIn += names[name] ?? 0 }
        let near = Spelling.nearest(to: name, in: names.keys.sorted())
        complain(
            line, "there is no section '\(shown(name))' to take in",
            near.map { "did you mean '\($0)'?" } ?? "there are: \(names.keys.sorted().joined(separator: ", "))")
    }

    /// The first part of a dotted name must be the name of something that some value has.
    private mutating func value(_ text: String, _ line: Int) {
        var name = text[...]
        if let bracket = name.lastIndex(of: "("), name.hasSuffix(")") {
            name = name[name.index(after: bracket)...].dropLast()
        }
        let known = Templates.names(of: kind)
        for part in name.split(separator: ".") where !known.contains(String(part)) {
            let near = Spelling.nearest(to: String(part), in: known.sorted())
            return complain(
                line, "no value is called '\(shown(String(part)))'",
                near.map { "did you mean '\($0)'?" } ?? "docs/reports.md lists all names")
        }
    }

    /// What the library itself has to say, if anything is left.
    private mutating func parse(_ text: String) {
        do {
            _ = try Templates.read(text)
        } catch let error as MustacheTemplate.ParserError {
            // Our own first line is not the user's.
            complain(max(1, error.context.lineNumber - 1), "cannot be read: \(error.error)")
        } catch {
            complain(nil, "cannot be read: \(error)")
        }
    }

    private mutating func complain(_ line: Int?, _ message: String, _ advice: String? = nil) {
        guard complaints.count < Self.mostComplaints else { return }
        complaints.append(Complaint(file: file, line: line, message: message, advice: advice))
    }

    private func shown(_ name: String) -> String { visible(name, limit: 60) }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
