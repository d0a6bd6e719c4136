import Domain
import Host

/// What is wrong with which files.
struct ImageFaults: Sendable {
    private struct Mark {
        let flaw: ImageFlaw
        let name: String
        let value: String?
    }

    private var marks: [Mark] = []

    mutating func add(_ flaw: ImageFlaw, _ name: String, value: String? = nil) {
        marks.append(Mark(flaw: flaw, name: name, value: value))
    }

    /// One finding for each flaw, in the order in which they were first met.
    var findings: [DataFinding] {
        var order: [ImageFlaw] = []
        var groups: [ImageFlaw: [Mark]] = [:]
        for mark in marks {
            if groups[mark.flaw] == nil { order.append(mark.flaw) }
            groups[mark.flaw, default: []].append(mark)
        }
        return order.map { finding($0, of: groups[$0] ?? []) }
    }

    /// The findings of each file that has any, by its name.
    var byFile: [String: [DataFinding]] {
        Dictionary(marks.map { ($0.name, [finding($0.flaw, of: [$0])]) }, uniquingKeysWith: +)
    }

    private func finding(_ flaw: ImageFlaw, of marks: [Mark]) -> DataFinding {
        let names = marks.prefix(10).map { "'\($0.name.shown())'" }.joined(separator: ", ")
        let value = marks.first?.value
        var message = "the file \(names) \(flaw.words.one)"
        if marks.count > 1 {
            let others = marks.count > 10 ? " and \(marks.count - 10) more" : ""
            message = "\(marks.count) files \(flaw.words.more): \(names)\(others)"
        }
        return DataFinding(
            check: flaw.check, file: marks.first?.name.shown() ?? "", count: Int64(marks.count), value: value,
            message: message)
    }
}
